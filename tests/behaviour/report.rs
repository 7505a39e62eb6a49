//! The report: what a campaign came to, as a table and as numbers.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{AgentEnd, AgentKind, CallError, Ending};

use crate::world::{HOUR, SECOND, campaign, everything, in_orders, pause, refuse, run_for, square};

#[derive(ResourcePool)]
enum Pool {
    Sim,
    #[pool(name = "learning")]
    Ml,
}

struct Busy;

#[thinker(pools = Pool)]
impl Busy {
    #[agent(startup)]
    fn first(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 3)?;
        let _ = agent.call(run_for { time: SECOND * 4 }.holding(slots))?;
        let _ = agent.call(refuse { until: 3 }.retries(1))?;
        let idle = agent.rec().acquire(Pool::Sim, 4)?;
        pause(SECOND * 4);
        drop(idle);
        agent.done().set();
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}
}

const BUSY: &str = "\
Busy: `first` set `done` after 8.00 s
  agent     kind                calls  ended
  first     agent                   1  stopped
  store     result processor        0  stopped
               waited
  first        4.00 s  for the result of a call of `run_for`
               4.00 s  for an event
  store        8.00 s  for results of `square`
  method         ok  failed cancelled retries
  refuse          0       1         0       1
  run_for         1       0         0       0
  square          0       0         0       0
  times                    p50       p95       p99
  refuse    ran            0 s       0 s       0 s
            waited         0 s       0 s       0 s
  run_for   ran         4.00 s    4.00 s    4.00 s
            waited         0 s       0 s       0 s
  pool        slots   slot-seconds  utilisation
  sim             4          32.00        0.375
  learning        2          16.00        0.000
  idle: `sim` 62 % no decision yet
  idle: `learning` 100 % no decision yet
  failed: task 2 of `refuse` failed (2 attempts): attempt 2 is refused
  retried: `refuse` after 1 error";

#[test]
fn it_prints_as_a_readable_table() {
    in_orders(20, || {
        let report = campaign(Busy).slots([(Pool::Sim, 4), (Pool::Ml, 2)]).run().expect("nothing fails");
        assert_eq!(report.to_string(), BUSY);
    });
}

#[test]
fn it_gives_the_numbers() {
    in_orders(20, || {
        let report = campaign(Busy).slots([(Pool::Sim, 4), (Pool::Ml, 2)]).run().expect("nothing fails");
        assert_eq!((report.ending(), report.wall_time()), (&Ending::SetBy("first".into()), SECOND * 8));
        let store = report.agent("store").expect("it is one");
        assert_eq!((store.kind, store.end, store.calls), (AgentKind::ResultProcessor, AgentEnd::Stopped, 0));
        assert!(report.agent("nobody").is_none() && report.method("nothing").is_none());
        let run_for = report.method("run_for").expect("it was used");
        assert_eq!(
            (run_for.name, run_for.topic, run_for.settled(), run_for.waiting.p99),
            ("run_for", "run_for", 1, Duration::from_nanos(1))
        );
        assert!((run_for.running.p50.as_secs_f64() / 4.0 - 1.0).abs() < 0.001, "to three digits");
        assert_eq!(report.method("square").expect("it is expected").topic, "squares");
        let names: Vec<_> = report.pools().iter().map(|pool| (pool.name, pool.slots)).collect();
        assert_eq!(names, [("unallocated", 0), ("sim", 4), ("learning", 2)]);
        // 3 of 4 slots for 4 of 8 seconds; what an agent holds without a task is allocated, not used.
        assert!((report.utilisation(Pool::Sim) - 0.375).abs() < 1e-6);
        assert_eq!((report.utilisation(Pool::Ml), report.utilisation::<Pool>(None)), (0.0, 0.0));
        assert_eq!((report.uncollected(), report.late()), (0, 0));
    });
}

struct Wasteful;

#[thinker]
impl Wasteful {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) {
        let called = agent.call(run_for { time: HOUR });
        assert!(matches!(called, Err(CallError::Stopped { .. })));
        assert_eq!(
            with_cause(&called.expect_err("as above")),
            "the call of `run_for` was given up: stopped: the campaign is done"
        );
    }
}

/// An error with its causes, as `main` or a log would show it.
fn with_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let cause = error.source().map(ToString::to_string);
    cause.map_or(error.to_string(), |cause| format!("{error}: {cause}"))
}

#[test]
fn what_nobody_took_is_counted_at_its_end() {
    in_orders(20, || {
        let mut campaign = Campaign::new(Wasteful).ignore_ctrl_c().task_server(everything()).time_limit(SECOND * 90);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(
            report.to_string(),
            "\
Wasteful: the time limit was reached after 60.0 min
  agent    kind                calls  ended
  calls    agent                   1  stopped
              waited
  calls       90.0 s  for the result of a call of `run_for`
  method        ok  failed cancelled retries
  run_for        1       0         0       0
  times                   p50       p95       p99
  run_for  ran       60.0 min  60.0 min  60.0 min
           waited         0 s       0 s       0 s
  not used: 1 result of `run_for` (its caller had left)"
        );
    });
}
