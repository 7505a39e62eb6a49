//! Failures as a thinker sees them: dropped and counted, sent again, too many of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{Problem, TooManyFailures};

use crate::world::{in_orders, problems};

/// Fails for multiples of `each`.
#[method]
fn simulate(x: u64, each: u64) -> Result<u64> {
    if x.is_multiple_of(each) { Err(format!("{x} diverged").into()) } else { Ok(x) }
}

/// Fails so many times, counting down.
#[method(local)]
fn settle_down(failures: &Arc<AtomicU32>, task: &TaskContext) -> Result<u32> {
    let failed = failures.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
    if failed.is_ok() { Err("not yet".into()) } else { Ok(task.attempt()) }
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// Simulates 1, 2, 3 and so on, one after the other.
struct Series {
    inputs: WorkQueue<u64>,
    each: u64,
    failures: Tolerance,
    values: Mutex<Vec<u64>>,
}

#[thinker(pools = Pool)]
impl Series {
    #[task_submitter(task_type = Sim, queue = inputs)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(simulate { x, each: self.each }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        let Some(&value) = self.failures.value(&result)? else { return Ok(()) };
        self.values.lock().push(value);
        Ok(())
    }
}

fn series(n: u64, each: u64, failures: Tolerance) -> Campaign<Series> {
    let inputs: WorkQueue<u64> = (1..=n).collect();
    inputs.close();
    let server = LocalTaskServer::new().workers(1).serve::<simulate>();
    let series = Series { inputs, each, failures, values: Mutex::default() };
    Campaign::new(series).ignore_ctrl_c().slots([(Pool::Sim, 1)]).task_server(server)
}

#[test]
fn failures_are_dropped_and_counted() {
    in_orders(20, || {
        let mut campaign = series(10, 3, Tolerance::any());
        campaign.run().expect("any number may fail");
        let Series { failures, values, .. } = campaign.thinker();
        assert_eq!((failures.failed(), failures.settled(), failures.resubmitted()), (3, 10, 0));
        assert_eq!(*values.lock(), [1, 2, 4, 5, 7, 8, 10]);
        let first = failures.first().expect("three have failed").to_string();
        assert_eq!(first, "task 3 of `simulate` failed: 3 diverged");
        assert_eq!(failures.clone().settled(), 0, "a clone begins anew");
    });
}

#[test]
fn too_many_failures_end_the_campaign() {
    in_orders(20, || {
        let outcome = series(100, 3, Tolerance::at_most(2)).run();
        let text = "3 of 9 tasks of `simulate` failed, more than 2; the first: task 3 of `simulate` failed: 3 diverged";
        let problems = problems(outcome);
        assert!(problems.len() == 1 && problems[0].ends_with(text), "{problems:?}");
    });
}

#[test]
fn too_large_a_share_ends_the_campaign() {
    in_orders(20, || {
        let outcome = series(100, 3, Tolerance::share(0.25).after(20)).run();
        let error = outcome.expect_err("a third fails");
        let [Problem::AgentFailed { agent: "store", error }] = error.problems() else { panic!("{error}") };
        let text = "7 of 21 tasks of `simulate` failed, more than a quarter; the first: task 3 of `simulate` failed: 3 diverged";
        assert_eq!(error, text);
        series(19, 3, Tolerance::share(0.25).after(20)).run().expect("too few for a share");
        series(100, 3, Tolerance::share(0.35)).run().expect("a third is less");
    });
}

/// Handles some results by hand, and sends what fails again.
struct Stubborn {
    left: Arc<AtomicU32>,
    failures: Tolerance,
    seen: Mutex<Vec<u32>>,
    inputs: Mutex<Vec<usize>>,
    stop: bool,
}

const NAME: Info<String> = Info::new("name");
const LIMIT: Duration = Duration::from_secs(60);

#[thinker(pools = Pool)]
impl Stubborn {
    #[agent(startup)]
    fn begin(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 2)?;
        let task = settle_down { failures: Arc::clone(&self.left) }
            .info(NAME, "first".to_owned())
            .retries(1)
            .time_limit(LIMIT);
        agent.submit(task.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<settle_down>, mut slots: Slots<Pool>) -> Result<()> {
        self.seen.lock().push(result.resubmissions());
        self.inputs.lock().push(std::ptr::from_ref(result.inputs()).addr());
        assert_eq!((result.info(NAME), slots.count()), (Some(&"first".to_owned()), 2));
        if self.stop {
            agent.done().set();
        }
        let value = self.failures.value_or_resubmit(agent, &result, &mut slots)?;
        if value.is_some() || slots.count() == 2 {
            agent.done().set(); // they are not on their way with the task
        }
        Ok(())
    }
}

fn stubborn(left: u32, resubmit: u32, stop: bool) -> Campaign<Stubborn> {
    let failures = Tolerance::any().resubmit(resubmit);
    let (left, seen, inputs) = (Arc::new(AtomicU32::new(left)), Mutex::default(), Mutex::default());
    let server = LocalTaskServer::new().workers(1).serve::<settle_down>();
    let thinker = Stubborn { left, failures, seen, inputs, stop };
    Campaign::new(thinker).ignore_ctrl_c().slots([(Pool::Sim, 3)]).task_server(server)
}

/// Each sending has an attempt and a retry.
#[test]
fn what_fails_is_sent_again_with_inputs_options_notes_and_slots() {
    in_orders(20, || {
        let mut campaign = stubborn(5, 3, false);
        campaign.run().expect("nothing else fails");
        let Stubborn { failures, seen, inputs, .. } = campaign.thinker();
        assert_eq!(*seen.lock(), [0, 1, 2]);
        assert!(inputs.lock().windows(2).all(|pair| pair[0] == pair[1]), "they are not copied");
        assert_eq!((failures.failed(), failures.settled(), failures.resubmitted()), (0, 1, 2));
    });
}

#[test]
fn what_goes_on_failing_is_given_up() {
    in_orders(20, || {
        let mut campaign = stubborn(100, 3, false);
        campaign.run().expect("any number may fail");
        let Stubborn { failures, seen, .. } = campaign.thinker();
        assert_eq!(*seen.lock(), [0, 1, 2, 3]);
        assert_eq!((failures.failed(), failures.settled(), failures.resubmitted()), (1, 1, 3));
    });
}

#[test]
fn nothing_is_sent_again_when_the_campaign_is_done() {
    in_orders(20, || {
        let mut campaign = stubborn(100, 3, true);
        campaign.run().expect("any number may fail");
        let failures = &campaign.thinker().failures;
        assert_eq!((failures.failed(), failures.settled(), failures.resubmitted()), (1, 1, 0));
    });
}

/// Two methods of one topic, of which one cannot be told from the other by what is tolerated.
struct Topic {
    failures: Tolerance,
}

#[thinker(pools = Pool)]
impl Topic {
    #[agent(startup)]
    fn begin(&self, agent: &Agent<Self>) -> Result<()> {
        let cancelled = agent.submit(simulate { x: 1, each: 2 })?;
        agent.cancel(cancelled);
        agent.submit(simulate { x: 2, each: 2 })?;
        Ok(())
    }

    #[result_processor]
    fn first(&self, agent: &Agent<Self>, result: TaskResult<simulate>) -> Result<()> {
        if self.failures.value(&result)?.is_none() && result.inputs().x == 2 {
            agent.submit(settle_down { failures: Arc::new(AtomicU32::new(1)) })?;
        }
        Ok(())
    }

    #[result_processor]
    fn second(&self, agent: &Agent<Self>, result: TaskResult<settle_down>) -> Result<()> {
        let error: TooManyFailures = self.failures.value(&result).expect_err("two are too many");
        assert_eq!((error.failed, &*error.methods), (2, &["simulate", "settle_down"][..]));
        assert!(self.failures.value(&result)?.is_none(), "that is said once");
        agent.done().set();
        Ok(())
    }
}

#[test]
fn a_tolerance_may_be_shared_by_methods_and_leaves_cancelled_tasks_alone() {
    in_orders(20, || {
        let server = LocalTaskServer::new().workers(2).serve::<simulate>().serve::<settle_down>();
        let topic = Topic { failures: Tolerance::at_most(1) };
        Campaign::new(topic).ignore_ctrl_c().task_server(server).run().expect("it is handled");
    });
}
