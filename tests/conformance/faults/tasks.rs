//! Tasks that stayed active, were lost, or came back as others.

use std::sync::Arc;
use std::time::Duration;

use colmena::FailureKind;
use colmena::prelude::*;

use crate::duet::Pool::{self, Sim};
use crate::world::{Alone, HOUR, SECOND, campaign, everything, in_orders, pause, run_for, square};

/// No work at all: results come before their sender has gone on.
#[derive(Default)]
struct NoOps {
    work: WorkQueue<u64>,
    stored: Mutex<u64>,
}

#[thinker(pools = Pool)]
impl NoOps {
    #[task_submitter(task_type = Sim, queue = work)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {
        *self.stored.lock() += 1;
    }
}

impl NoOps {
    fn run(tasks: u64) {
        let noops = Self { work: (0..tasks).collect(), ..Self::default() };
        noops.work.close();
        let mut campaign = campaign(noops).slots([(Sim, 8)]);
        let report = campaign.run().expect("it ends");
        assert_eq!((*campaign.thinker().stored.lock(), report.uncollected(), report.late()), (tasks, 0, 0));
    }
}

/// ```text
/// submit                  worker                store
///   sends a task
///                           has run it
///                                                 handles it: is active no longer
///   notes it as active: for ever
/// ```
#[test]
fn f01_a_result_that_comes_at_once_does_not_leave_its_task_active() {
    in_orders(300, || NoOps::run(4));
    (0..10).for_each(|_| NoOps::run(1000));
}

/// A wait of a minute raised, and the server exited.
#[test]
fn f02_a_wait_of_a_day_is_no_error() {
    in_orders(20, || {
        let mut campaign = campaign(Patient::default()).unallocated_slots(2);
        campaign.run().expect("nobody minds");
        assert_eq!(*campaign.thinker().handled.lock(), 3);
    });
}

#[derive(Default)]
struct Patient {
    handled: Mutex<u64>,
}

#[thinker]
impl Patient {
    #[agent]
    fn sends_one_a_day(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..3 {
            agent.sleep(HOUR * 24)?;
            agent.submit(square { x })?;
        }
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {
        *self.handled.lock() += 1;
    }
}

/// Must not be dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

/// Comes too late: nobody wants its value any more, and the worker drops it with its own hands.
#[method(local)]
fn arm(time: Duration) -> Bomb {
    pause(time);
    Bomb
}

/// A worker that died failed every task in flight, and then the server exited. Here a worker is a thread, and whatever a
/// task does to it, it lives on.
#[test]
fn f12_what_happens_to_a_worker_is_no_other_tasks_failure() {
    let act = |agent: &Agent<Alone>| {
        let doomed = agent.gather([2, 3].map(|n| arm { time: SECOND * n }.time_limit(SECOND)))?;
        let others = agent.gather((1..=5).map(|n| run_for { time: SECOND * n }))?;
        for result in doomed {
            assert_eq!(result?.failure().map(|failure| failure.kind()), Some(FailureKind::TimedOut));
        }
        assert!(others.all()?.iter().all(TaskResult::is_ok), "whoever runs them: it has seen a bomb go off");
        Ok(())
    };
    in_orders(100, move || {
        let server = everything().workers(2).serve::<arm>();
        Campaign::new(Alone(act)).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
    });
}

/// Sends much before it reads anything.
#[derive(Default)]
struct Eager {
    sent: Event,
    handled: Mutex<usize>,
}

/// Gives its input back.
#[method]
fn echo(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

#[thinker]
impl Eager {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..1000 {
            agent.submit(echo { bytes: vec![7; 1000] })?;
        }
        self.sent.set();
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<echo>) {
        let _ = self.sent.wait();
        *self.handled.lock() += 1;
    }
}

/// Submitting without reading blocked, after 27 tasks of 1 kB.
#[test]
fn f15_submitting_without_reading_does_not_block() {
    let server = LocalTaskServer::new().serve::<echo>();
    let mut campaign = Campaign::new(Eager::default()).ignore_ctrl_c().task_server(server).unallocated_slots(2);
    campaign.run().expect("nothing waits for ever");
    assert_eq!(*campaign.thinker().handled.lock(), 1000);
}

/// Asks for results of 20 kB from several threads.
#[derive(Default)]
struct Mixing {
    intact: Mutex<usize>,
}

#[thinker]
impl Mixing {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for i in 0..200 {
            agent.submit(echo { bytes: vec![i; 20_000] })?;
        }
        Ok(())
    }

    #[result_processor(threads = 2)]
    fn store(&self, result: TaskResult<echo>) {
        assert_eq!(result.value().expect("it does not fail"), &result.inputs().bytes);
        *self.intact.lock() += 1;
    }
}

/// Results of 5 kB and more from several threads were mixed up.
#[test]
fn f16_results_are_not_mixed_up() {
    let server = LocalTaskServer::new().serve::<echo>().workers(8);
    let mut campaign = Campaign::new(Mixing::default()).ignore_ctrl_c().task_server(server);
    campaign.run().expect("nothing fails");
    assert_eq!(*campaign.thinker().intact.lock(), 200);
}

/// Uses its inputs up, and fails until the third attempt.
#[method]
fn consume(mut parts: Vec<u64>, name: &str, task: &TaskContext) -> Result<u64> {
    let sum = parts.drain(..).sum();
    assert_eq!(name, "parts");
    if task.attempt() < 3 { Err("not yet".into()) } else { Ok(sum) }
}

/// Where inputs were not kept, a retry had none.
#[test]
fn f17_a_retry_has_the_inputs_of_the_first_attempt() {
    let act = |agent: &Agent<Alone>| {
        let task = consume { parts: vec![1, 2, 3], name: "parts".to_owned() };
        let result = agent.call(task.retries(2))?;
        assert_eq!((*result.value()?, result.inputs().parts.len()), (6, 3));
        Ok(())
    };
    in_orders(20, move || {
        let server = LocalTaskServer::new().serve::<consume>();
        Campaign::new(Alone(act)).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
    });
}

/// What it gives cannot be serialised.
#[method(local)]
fn make_closure(n: u64) -> Arc<dyn Fn(u64) -> u64 + Send + Sync> {
    Arc::new(move |x| x * n)
}

/// What it gives is large.
#[method]
fn fill(n: usize) -> Vec<u8> {
    vec![7; n]
}

/// No result ever came of a value that could not be serialised, or was larger than 32 MiB.
#[test]
fn f18_every_value_comes_back() {
    let act = |agent: &Agent<Alone>| {
        let triple = agent.call(make_closure { n: 3 })?.into_value()?;
        assert_eq!(triple(14), 42);
        let n = 40 << 20;
        assert_eq!(agent.call(fill { n })?.into_value()?.len(), n);
        Ok(())
    };
    let server = LocalTaskServer::new().serve::<make_closure>().serve::<fill>();
    Campaign::new(Alone(act)).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
}
