//! Queues, and what is in flight: every task settles once, and its result goes to one place.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{CallError, FailureKind, NotSent};

use crate::world::{HOUR, SECOND, campaign, count_to, everything, in_orders, pause, run_for, square, wait_for};

#[derive(ResourcePool, Debug, PartialEq)]
enum Pool {
    Sim,
}

/// The address of what it is lent.
#[method]
fn address(bytes: &[u8]) -> usize {
    bytes.as_ptr().addr()
}

struct Sharing;

#[thinker]
impl Sharing {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let bytes = vec![7; 1 << 20];
        let before = bytes.as_ptr().addr();
        let result = agent.call(address { bytes })?;
        assert_eq!((*result.value()?, result.inputs().bytes.as_ptr().addr()), (before, before));
        Ok(())
    }
}

#[test]
fn inputs_are_shared_and_never_copied_in_one_process() {
    let server = LocalTaskServer::new().serve::<address>();
    Campaign::new(Sharing).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
}

#[derive(Default)]
struct Destinations {
    handled: Mutex<Vec<u64>>,
}

#[thinker]
impl Destinations {
    #[agent]
    fn calls_and_submits(&self, agent: &Agent<Self>) -> Result<()> {
        let first = agent.submit(square { x: 2 })?;
        let called = agent.call(square { x: 3 })?;
        let last = agent.submit(square { x: 4 })?;
        assert_eq!([first.get(), called.id().get(), last.get()], [1, 2, 3]);
        assert_eq!(called.into_value()?, 9);
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, result: TaskResult<square>) -> Result<()> {
        self.handled.lock().push(result.into_value()?);
        Ok(())
    }
}

#[test]
fn each_result_goes_to_its_one_destination() {
    in_orders(300, || {
        let mut campaign = campaign(Destinations::default()).unallocated_slots(2);
        let report = campaign.run().expect("nothing fails");
        let mut handled = campaign.thinker().handled.lock().clone();
        handled.sort_unstable();
        assert_eq!(handled, [4, 16]);
        assert_eq!((report.uncollected(), report.late()), (0, 0));
        assert_eq!(report.method("square").expect("it was used").succeeded, 3);
    });
}

#[derive(Default)]
struct Bounded {
    gate: Event,
    submitted: Mutex<usize>,
    handled: Mutex<usize>,
}

#[thinker]
impl Bounded {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..5 {
            agent.submit(wait_for { gate: self.gate.clone() })?;
            *self.submitted.lock() += 1;
        }
        Ok(())
    }

    #[agent(startup)]
    fn looks(&self) {
        pause(HOUR);
        assert_eq!(*self.submitted.lock(), 3, "one runs, two wait, and the next one waits for room");
        self.gate.set();
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<wait_for>) {
        pause(HOUR);
        *self.handled.lock() += 1;
    }
}

/// The processor is slow, and the worker is done long before.
#[test]
fn requests_can_be_bounded_and_results_never_block_a_worker() {
    in_orders(100, || {
        let server = everything().workers(1);
        let mut campaign = Campaign::new(Bounded::default()).ignore_ctrl_c().task_server(server).request_limit(2);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().handled.lock(), 5);
        assert_eq!(report.method("wait_for").expect("it was used").running.p50, Duration::ZERO);
    });
}

#[derive(Default)]
struct Listening {
    seen: Mutex<Vec<u64>>,
}

#[thinker(pools = Pool)]
impl Listening {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        agent.submit(count_to { n: 10 }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn follow(&self, agent: &Agent<Self>, update: TaskUpdate<count_to>) -> Result<()> {
        match update {
            TaskUpdate::Emitted(emitted) => {
                assert_eq!(emitted.id.get(), 1);
                self.seen.lock().push(emitted.value);
                pause(HOUR);
            }
            TaskUpdate::Finished(result, slots) => {
                assert_eq!((slots.count(), agent.rec().available_slots(Pool::Sim)), (1, 1));
                self.seen.lock().push(100 + result.into_value()?);
                agent.done().set();
            }
        }
        Ok(())
    }
}

#[test]
fn past_its_limit_the_oldest_unread_emission_is_dropped_and_counted() {
    in_orders(200, || {
        let mut campaign = campaign(Listening::default()).slots([(Pool::Sim, 2)]).emission_limit(3);
        let report = campaign.run().expect("nothing fails");
        let seen = campaign.thinker().seen.lock().clone();
        assert!(seen.is_sorted() && seen.ends_with(&[8, 9, 10, 110]), "{seen:?}");
        let dropped = report.method("count_to").expect("it was used").dropped_emissions;
        assert_eq!(dropped as usize + seen.len(), 11);
    });
}

#[derive(Default)]
struct Holding {
    gate: Event,
}

#[thinker(pools = Pool)]
impl Holding {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 2)?;
        agent.submit(square { x: 1 }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, agent: &Agent<Self>, _result: TaskResult<square>) -> Result<()> {
        assert_eq!(agent.rec().available_slots(Pool::Sim), 2, "they are free before this runs");
        let slots = agent.rec().acquire(Pool::Sim, 2)?;
        agent.submit(run_for { time: SECOND }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn take_over(&self, agent: &Agent<Self>, result: TaskResult<run_for>, slots: Slots<Pool>) -> Result<()> {
        assert_eq!((slots.count(), slots.pool(), agent.rec().available_slots(Pool::Sim)), (2, Some(Pool::Sim), 0));
        assert_eq!(result.resources().node_count, 2);
        let _ = agent.call(square { x: 2 }.holding(slots))?;
        assert_eq!(agent.rec().available_slots(Pool::Sim), 2, "those of a call are free when it has settled");
        agent.submit(wait_for { gate: self.gate.clone() })?;
        self.gate.set();
        Ok(())
    }

    #[result_processor]
    fn without(&self, agent: &Agent<Self>, _result: TaskResult<wait_for>, slots: Slots<Pool>) {
        assert_eq!((slots.count(), slots.pool()), (0, None), "the task held none");
        agent.done().set();
    }
}

#[test]
fn the_slots_of_a_task_are_freed_or_handed_on_when_it_settles() {
    in_orders(300, || {
        campaign(Holding::default()).slots([(Pool::Sim, 2)]).run().expect("nothing fails");
    });
}

#[derive(Default)]
struct Cancelling {
    gate: Event,
    told: Mutex<Vec<(FailureKind, u32)>>,
}

#[thinker(pools = Pool)]
impl Cancelling {
    #[agent(startup)]
    fn cancels(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let running = agent.submit(wait_for { gate: self.gate.clone() }.holding(slots))?;
        pause(SECOND);
        let queued = agent.submit(wait_for { gate: self.gate.clone() })?;
        pause(SECOND);
        assert!(agent.cancel(queued) && agent.cancel(running));
        assert_eq!(agent.rec().available_slots(Pool::Sim), 1, "it has settled, and its slots are free");
        assert!(!agent.cancel(running), "once only");
        self.gate.set();
        pause(SECOND);
        agent.done().set();
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<wait_for>) {
        let failure = result.failure().expect("it was cancelled");
        self.told.lock().push((failure.kind(), failure.attempts()));
    }
}

#[test]
fn a_cancelled_task_settles_at_once_and_what_comes_of_it_later_is_dropped_and_counted() {
    in_orders(200, || {
        let server = everything().workers(1);
        let mut campaign =
            Campaign::new(Cancelling::default()).ignore_ctrl_c().task_server(server).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().told.lock(), [(FailureKind::Cancelled, 0), (FailureKind::Cancelled, 1)]);
        assert_eq!((report.late(), report.uncollected()), (1, 0));
        assert_eq!(report.method("wait_for").expect("it was used").cancelled, 2);
    });
}

#[derive(Default)]
struct Leaving {
    gate: Event,
}

#[thinker(pools = Pool)]
impl Leaving {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let error = agent.call(wait_for { gate: self.gate.clone() }.holding(slots)).expect_err("`done` comes first");
        assert!(matches!(error, CallError::Stopped { method: "wait_for", .. }));
        assert_eq!(agent.rec().available_slots(Pool::Sim), 0, "it is outstanding until it settles");
        self.gate.set();
        Err(error.into())
    }

    #[agent(startup)]
    fn ends_it(&self, agent: &Agent<Self>) {
        pause(SECOND);
        agent.done().set();
    }
}

#[test]
fn a_caller_that_leaves_gives_the_task_up_and_its_result_is_counted_as_uncollected() {
    in_orders(300, || {
        let report = campaign(Leaving::default()).slots([(Pool::Sim, 1)]).run().expect("a clean end");
        assert_eq!((report.uncollected(), report.late()), (1, 0));
    });
}

#[derive(Default)]
struct Late;

#[thinker(pools = Pool)]
impl Late {
    #[agent]
    fn sends_after_the_end(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        agent.done().set();
        let error = agent.submit(square { x: 5 }.holding(slots)).expect_err("it is done");
        assert_eq!(error.reason(), &NotSent::Stopped(Stopped));
        let (inputs, slots) = error.into_task().into_parts::<Pool>();
        assert_eq!((inputs.x, slots.count()), (5, 1));
        let Err(CallError::NotSent(error)) = agent.call(inputs.holding(slots)) else { panic!("it is done") };
        assert_eq!(error.into_task().into_parts::<Pool>().1.count(), 1);
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}
}

#[test]
fn a_task_that_was_not_sent_comes_back_with_its_slots() {
    in_orders(50, || {
        campaign(Late).slots([(Pool::Sim, 1)]).run().expect("nothing fails");
    });
}
