//! Agents and shutdown: what sets `done`, what ends then, and what `run` returns.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{AgentEnd, Ending, FailureKind, Problem};

use crate::world::{HOUR, SECOND, campaign, everything, in_orders, pause, problems, report, run_for, square, wait_for};

/// Ends in the way that it is told to; meanwhile everybody else waits.
#[derive(Default)]
struct Ends {
    how: &'static str,
    never: Event,
    jobs: WorkQueue<u64>,
    go: Event,
    set: Mutex<Vec<bool>>,
}

#[thinker]
impl Ends {
    #[agent(startup)]
    fn begins(&self, agent: &Agent<Self>) -> Result<()> {
        match self.how {
            "startup fails" => return Err("no licence".into()),
            "startup panics" => panic!("no licence"),
            "set" => {
                let (first, again) = (agent.done().set(), agent.done().set());
                self.set.lock().extend([first, again]);
            }
            "closed" => self.jobs.close(),
            "responder" => {
                self.go.set();
            }
            "processor" => {
                agent.submit(square { x: 1 })?;
            }
            _ => {}
        }
        Ok(())
    }

    #[agent]
    fn waits(&self) -> Result<()> {
        if self.how == "ended" {
            return Ok(());
        }
        self.never.wait()?;
        Ok(())
    }

    #[task_submitter(queue = jobs)]
    fn submits(&self, _slots: Slots, _x: u64) {}

    #[event_responder(event = go)]
    fn responds(&self) -> Result<()> {
        Err("no model".into())
    }

    #[result_processor]
    fn stores(&self, _result: TaskResult<square>) -> Result<()> {
        Err("disk full".into())
    }

    /// Keeps the standstill away.
    #[agent(startup)]
    fn lingers(&self) {
        pause(HOUR * 2);
    }
}

#[test]
fn done_is_set_by_whatever_ends_the_campaign_and_the_first_is_reported() {
    let expected = [
        ("set", Ending::SetBy("begins".into()), None),
        ("ended", Ending::AgentEnded("waits"), None),
        ("closed", Ending::AgentEnded("submits"), None),
        ("startup fails", Ending::AgentFailed("begins"), Some("the agent `begins` failed: no licence")),
        ("startup panics", Ending::AgentFailed("begins"), Some("the agent `begins` panicked: no licence")),
        ("responder", Ending::AgentFailed("responds"), Some("the agent `responds` failed: no model")),
        ("processor", Ending::AgentFailed("stores"), Some("the agent `stores` failed: disk full")),
        ("time", Ending::TimeLimit, None),
    ];
    for (how, ending, problem) in expected {
        in_orders(60, move || {
            let mut campaign = campaign(Ends { how, ..Ends::default() }).unallocated_slots(1).time_limit(HOUR);
            let outcome = campaign.run();
            let report = report(&outcome);
            assert_eq!(report.ending(), &ending);
            assert_eq!(report.wall_time(), if how == "time" { HOUR } else { Duration::ZERO });
            match problem {
                None => assert!(outcome.is_ok()),
                Some(text) => assert!(problems(outcome)[0].starts_with(text)),
            }
            if how == "set" {
                assert_eq!(*campaign.thinker().set.lock(), [true, false]);
            }
        });
    }
}

#[derive(Default)]
struct Chain {
    handled: AtomicUsize,
    failing: bool,
}

#[thinker]
impl Chain {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 1..=4 {
            agent.submit(run_for { time: SECOND * x })?;
        }
        Ok(())
    }

    /// After `done` the next step of a chain is refused, which is no failure.
    #[result_processor]
    fn stores(&self, agent: &Agent<Self>, result: TaskResult<run_for>) -> Result<()> {
        let n = self.handled.fetch_add(1, SeqCst);
        assert!(result.is_ok());
        if self.failing {
            return Err(format!("no room for result {n}").into());
        }
        agent.submit(square { x: 1 })?;
        Ok(())
    }

    #[result_processor]
    fn never_comes(&self, _result: TaskResult<square>) {}
}

#[test]
fn result_processors_go_on_until_everything_that_was_sent_is_handled() {
    in_orders(200, || {
        let mut campaign = campaign(Chain::default()).unallocated_slots(2);
        let report = campaign.run().expect("an agent that returns `Stopped` after `done` has ended cleanly");
        assert_eq!(campaign.thinker().handled.load(SeqCst), 4);
        assert_eq!(report.agent("stores").expect("it is one").end, AgentEnd::Stopped);
        assert_eq!(report.uncollected(), 0);
    });
}

#[test]
fn a_processor_that_returned_an_error_goes_on_and_every_error_is_reported() {
    in_orders(200, || {
        let mut campaign = campaign(Chain { failing: true, ..Chain::default() }).unallocated_slots(4);
        let outcome = campaign.run();
        let report = outcome.as_ref().expect_err("it fails").report().expect("it has run").clone();
        let expected: Vec<_> = (0..4).map(|n| format!("the agent `stores` failed: no room for result {n}")).collect();
        assert_eq!(problems(outcome), expected);
        assert_eq!((report.agent("stores").expect("it is one").end, report.uncollected()), (AgentEnd::Failed, 0));
    });
}

struct Fragile;

#[thinker]
impl Fragile {
    #[agent(startup)]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..4 {
            agent.submit(run_for { time: HOUR * x })?;
        }
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<run_for>) {
        assert!(result.inputs().time < HOUR, "cannot cope with this");
    }
}

#[test]
fn only_a_panic_ends_a_processor_and_then_its_results_are_waited_for_and_counted_as_uncollected() {
    in_orders(200, || {
        let outcome = campaign(Fragile).unallocated_slots(4).run();
        let report = outcome.as_ref().expect_err("it fails").report().expect("it has run").clone();
        let [text] = &problems(outcome)[..] else { panic!("one problem, and nobody left behind") };
        assert!(text.starts_with("the agent `stores` panicked: cannot cope with this\n    at tests/"), "{text}");
        assert_eq!((report.uncollected(), report.wall_time()), (2, HOUR * 3));
        assert_eq!(report.agent("stores").expect("it is one").end, AgentEnd::Panicked);
    });
}

#[derive(Default)]
struct Strict {
    seen: Mutex<Vec<(u64, Option<FailureKind>)>>,
    deaf: bool,
    gate: Event,
}

/// Ends when it is told that nobody wants it, unless it is deaf.
#[method(local)]
fn heed(deaf: bool, gate: &Event, task: &TaskContext) -> Result<()> {
    while deaf || !task.is_cancelled() {
        if gate.wait_timeout(SECOND / 2)? {
            return Ok(());
        }
    }
    task.check()?;
    Ok(())
}

#[thinker]
impl Strict {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..3 {
            agent.submit(heed { deaf: self.deaf, gate: self.gate.clone() })?;
        }
        pause(SECOND);
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<heed>) {
        let kind = result.failure().map(|failure| failure.kind());
        self.seen.lock().push((result.id().get(), kind));
    }
}

fn strict(deaf: bool) -> Campaign<Strict> {
    let server = LocalTaskServer::new().workers(1).serve::<heed>();
    let campaign = Campaign::new(Strict { deaf, ..Strict::default() }).ignore_ctrl_c().task_server(server);
    campaign.on_done(OnDone::Cancel(SECOND * 10))
}

#[test]
fn on_request_what_has_not_begun_is_cancelled_at_once_and_what_runs_is_told_so() {
    in_orders(100, || {
        let mut campaign = strict(false);
        let report = campaign.run().expect("a clean end");
        let mut seen = campaign.thinker().seen.lock().clone();
        seen.sort_unstable_by_key(|&(id, _)| id);
        assert_eq!(seen, [1, 2, 3].map(|id| (id, Some(FailureKind::Cancelled))));
        assert!(report.wall_time() < SECOND * 2);
        assert_eq!(report.method("heed").expect("it was used").cancelled, 3);
    });
}

/// The deaf one goes on until the test lets it, after `run` has returned.
#[test]
fn what_has_not_ended_within_the_grace_period_is_named_and_left_behind() {
    in_orders(50, || {
        let mut campaign = strict(true);
        let outcome = campaign.run();
        let report = outcome.as_ref().expect_err("somebody is left behind").report().expect("it has run").clone();
        let problem = &outcome.as_ref().expect_err("as above").problems()[0];
        assert!(matches!(problem, Problem::Unresponsive { .. }));
        assert_eq!(
            problems(outcome),
            ["\
left behind, not having ended in time:
    `worker 1` of `LocalTaskServer`, which runs task 1 of `heed`
    task 1 of `heed` had not settled
    help: a long method can look at `task.is_cancelled()` now and then, and return"]
        );
        assert_eq!(campaign.thinker().seen.lock().len(), 3, "its task is settled, and its result handled");
        assert_eq!(report.wall_time(), SECOND * 12, "a second, the grace period, and one more to part");
        campaign.thinker().gate.set();
    });
}

#[derive(Default)]
struct Particular {
    gate: Event,
    seen: Mutex<Vec<(u64, Option<FailureKind>, Duration)>>,
}

/// Three tasks say for themselves what is to become of them; the rest is waited for.
#[thinker]
impl Particular {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        let gate = || self.gate.clone();
        agent.submit(heed { deaf: false, gate: gate() }.on_done(OnDone::Cancel(SECOND * 5)))?;
        agent.submit(run_for { time: SECOND * 20 }.on_done(OnDone::Cancel(SECOND * 30)))?;
        agent.submit(run_for { time: SECOND * 20 })?;
        agent.submit(run_for { time: SECOND * 20 }.on_done(OnDone::Cancel(HOUR)))?;
        pause(SECOND);
        Ok(())
    }

    #[result_processor]
    fn heeded(&self, result: TaskResult<heed>) {
        self.note(result.id().get(), result.failure().map(|failure| failure.kind()), result.times().ended);
    }

    #[result_processor]
    fn ran(&self, result: TaskResult<run_for>) {
        self.note(result.id().get(), result.failure().map(|failure| failure.kind()), result.times().ended);
    }
}

impl Particular {
    fn note(&self, id: u64, failure: Option<FailureKind>, ended: Duration) {
        self.seen.lock().push((id, failure, ended));
    }
}

#[test]
fn a_task_says_for_itself_what_becomes_of_it_at_done() {
    in_orders(100, || {
        let server = LocalTaskServer::new().workers(3).serve::<heed>().serve::<run_for>();
        let mut campaign = Campaign::new(Particular::default()).ignore_ctrl_c().task_server(server);
        campaign.run().expect("a clean end");
        let mut seen = campaign.thinker().seen.lock().clone();
        seen.sort_unstable_by_key(|&(id, ..)| id);
        let cancelled = Some(FailureKind::Cancelled);
        assert_eq!(seen[0].1, cancelled, "it was told");
        assert!(seen[0].2 <= SECOND * 2, "and has ended soon: {:?}", seen[0].2);
        assert_eq!(seen[1], (2, None, SECOND * 20), "it did not look, and ended within its grace");
        assert_eq!(seen[2], (3, None, SECOND * 20), "it is waited for");
        assert_eq!(seen[3], (4, cancelled, SECOND), "it had not begun");
    });
}

#[derive(Default)]
struct Deaf {
    gate: Event,
}

#[thinker]
impl Deaf {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        let task = heed { deaf: true, gate: self.gate.clone() };
        agent.submit(task.on_done(OnDone::Cancel(SECOND * 5)))?;
        agent.submit(run_for { time: SECOND * 10 })?;
        pause(SECOND);
        Ok(())
    }

    #[result_processor]
    fn heeded(&self, result: TaskResult<heed>) {
        assert_eq!(result.times().ended, SECOND * 6, "a second, and its grace");
    }

    #[result_processor]
    fn ran(&self, result: TaskResult<run_for>) {
        assert!(result.is_ok(), "it is waited for");
    }
}

#[test]
fn a_task_that_outlives_its_own_grace_settles_and_its_method_is_named() {
    in_orders(50, || {
        let server = LocalTaskServer::new().workers(2).serve::<heed>().serve::<run_for>();
        let mut campaign = Campaign::new(Deaf::default()).ignore_ctrl_c().task_server(server);
        let problems = problems(campaign.run());
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("task 1 of `heed` had not settled"), "{problems:?}");
        campaign.thinker().gate.set();
    });
}

#[derive(Default)]
struct Overdue {
    gate: Event,
}

#[thinker]
impl Overdue {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let task = heed { deaf: true, gate: self.gate.clone() };
        let failure = agent.call(task.time_limit(SECOND * 2))?.into_value().expect_err("it never ends");
        assert_eq!(failure.kind(), FailureKind::TimedOut);
        Ok(())
    }
}

/// It is the task that failed, not the campaign; the method goes on until the test lets it.
#[test]
fn a_method_that_outlives_its_failed_task_is_left_behind_and_named_in_the_report() {
    in_orders(50, || {
        let server = LocalTaskServer::new().serve::<heed>();
        let mut campaign = Campaign::new(Overdue::default()).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nothing of the campaign failed");
        assert_eq!(report.wall_time(), SECOND * 3, "the limit, and a second to part");
        assert_eq!(report.left_behind(), ["`worker 1` of `LocalTaskServer`, which runs task 1 of `heed`"]);
        let last = "\n  left behind: `worker 1` of `LocalTaskServer`, which runs task 1 of `heed`";
        assert!(report.to_string().ends_with(last), "{report}");
        campaign.thinker().gate.set();
    });
}

/// Says `?` to each result.
#[derive(Default)]
struct Trusting {
    gate: Event,
}

#[thinker]
impl Trusting {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..3 {
            agent.submit(heed { deaf: false, gate: self.gate.clone() })?;
        }
        pause(SECOND);
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<heed>) -> Result<()> {
        result.into_value()?;
        Ok(())
    }
}

#[test]
fn a_task_that_is_cancelled_since_the_campaign_ends_is_no_failure_of_who_says_so() {
    in_orders(50, || {
        let server = LocalTaskServer::new().workers(1).serve::<heed>();
        let campaign = Campaign::new(Trusting::default()).ignore_ctrl_c().task_server(server);
        let report = campaign.on_done(OnDone::Cancel(SECOND * 10)).run().expect("a clean end");
        assert_eq!(report.method("heed").map(|method| method.cancelled), Some(3));
        assert!(!report.to_string().contains("not used"), "{report}");
    });
}

#[derive(Default)]
struct Locals {
    fails: &'static str,
    log: Mutex<Vec<String>>,
}

impl Locals {
    fn note(&self, text: String) {
        self.log.lock().push(text);
    }
}

/// Which thread it was made in, and how often it was used.
struct Details {
    thread: String,
    uses: u32,
}

fn this_thread() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[thinker(local = Details)]
impl Locals {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) -> Result<Details> {
        if self.fails == "prepare" && agent.name() == "one" {
            return Err("no scratch folder".into());
        }
        Ok(Details { thread: this_thread(), uses: 0 })
    }

    #[agent]
    fn one(&self, agent: &Agent<Self>, local: &mut Details) -> Result<()> {
        local.uses += 1;
        match self.fails {
            "error" => Err("lost contact".into()),
            "panic" => panic!("lost contact"),
            _ => {
                agent.submit(square { x: 2 })?;
                agent.submit(square { x: 3 })?;
                pause(HOUR);
                Ok(())
            }
        }
    }

    #[result_processor(threads = 2)]
    fn stores(&self, local: &mut Details, _result: TaskResult<square>) {
        local.uses += 1;
        assert_eq!(local.thread, this_thread());
        pause(SECOND);
    }

    #[tear_down_agent]
    fn tear_down(&self, agent: &Agent<Self>, local: &mut Details) -> Result<()> {
        assert_eq!(local.thread, this_thread());
        self.note(format!("{} in `{}` used {}", agent.name(), local.thread, local.uses));
        if self.fails == "tear down" && agent.name() == "one" { Err("cannot unmount".into()) } else { Ok(()) }
    }
}

#[test]
fn each_thread_of_an_agent_has_its_name_and_its_own_local_details() {
    in_orders(100, || {
        let mut campaign = campaign(Locals::default()).unallocated_slots(2);
        let report = campaign.run().expect("nothing fails");
        let mut log = campaign.thinker().log.lock().clone();
        log.sort_unstable();
        assert_eq!(log, ["one in `one` used 1", "stores in `stores 1` used 1", "stores in `stores 2` used 1"]);
        assert_eq!(report.agents().len(), 3);
    });
}

#[test]
fn tear_down_runs_whatever_happened_and_every_failure_is_the_agents() {
    let expected = [
        ("prepare", "the agent `one` failed: no scratch folder", 2),
        ("error", "the agent `one` failed: lost contact", 3),
        ("panic", "the agent `one` panicked: lost contact", 3),
        ("tear down", "the agent `one` failed: cannot unmount", 3),
    ];
    for (fails, text, torn_down) in expected {
        in_orders(50, move || {
            let mut campaign = campaign(Locals { fails, ..Locals::default() }).unallocated_slots(2);
            let outcome = campaign.run();
            let [problem] = &problems(outcome)[..] else { panic!("one problem") };
            assert!(problem.starts_with(text), "{problem}");
            assert_eq!(campaign.thinker().log.lock().len(), torn_down, "one that needs the details needs them made");
        });
    }
}

struct Bare;

#[thinker]
impl Bare {
    #[agent]
    fn ends(&self) {}
}

#[test]
fn the_campaign_gives_the_state_back_and_runs_once() {
    in_orders(20, || {
        let mut campaign = campaign(Ends { how: "ended", ..Ends::default() }).unallocated_slots(1);
        campaign.run().expect("nothing fails");
        let error = campaign.run().expect_err("once only");
        assert_eq!(
            error.to_string(),
            "\
the campaign of `Ends` cannot start

error: this campaign has run already
  = help: make a new `Campaign`: each runs once"
        );
        assert!(campaign.into_thinker().is_some_and(|thinker| thinker.how == "ended"));
    });
}

#[test]
fn what_main_prints_is_the_readable_report() {
    in_orders(5, || {
        let error = campaign(Ends { how: "startup fails", ..Ends::default() }).unallocated_slots(1).run();
        let error = error.expect_err("it fails");
        assert_eq!(format!("{error:?}"), error.to_string());
        let text = "the campaign of `Ends` failed\n  the agent `begins` failed: no licence\nEnds: the agent `begins` failed after ";
        assert!(error.to_string().starts_with(text), "{error}");
    });
}

#[derive(Default)]
struct Gated {
    gate: Event,
}

#[thinker]
impl Gated {
    #[agent(startup)]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        let task = agent.submit(wait_for { gate: self.gate.clone() })?;
        pause(SECOND);
        agent.done().set();
        pause(SECOND);
        self.gate.set();
        let _ = task;
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<wait_for>) {
        assert!(*result.value().expect("it was let go"), "draining does not cancel");
    }
}

#[test]
fn unless_said_what_is_out_is_waited_for_without_being_told() {
    in_orders(50, || {
        Campaign::new(Gated::default()).ignore_ctrl_c().task_server(everything()).run().expect("nothing fails");
        campaign(Bare).run().expect("nothing fails");
    });
}
