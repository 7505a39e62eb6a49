//! Waiting: every wait ends on what it waits for, on `done`, or on its deadline, and none polls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use colmena::prelude::*;
use colmena::{All, CallError, NotSent, PopError, SlotsError};
use rand::RngExt;

use crate::world::{HOUR, SECOND, campaign, everything, in_orders, logs, square, wait_for};

/// One agent for each way of waiting, none of which comes to what it waits for.
#[derive(Default)]
struct Waiters {
    never: Event,
    taken: Event,
    nothing: WorkQueue<u64>,
    stopped: AtomicUsize,
    patience: u32,
}

impl Waiters {
    fn note(&self, stopped: bool) {
        assert!(stopped, "the wait ended otherwise");
        self.stopped.fetch_add(1, SeqCst);
    }
}

#[thinker]
impl Waiters {
    #[agent]
    fn ends_it(&self, agent: &Agent<Self>) -> Result<()> {
        agent.sleep(HOUR * self.patience)?;
        agent.done().set();
        Ok(())
    }

    #[agent]
    fn event(&self) {
        self.note(self.never.wait() == Err(Stopped));
    }

    #[agent]
    fn event_with_timeout(&self) {
        self.note(self.never.wait_timeout(HOUR * 1_000_000) == Err(Stopped));
    }

    #[agent]
    fn item(&self) {
        self.note(self.nothing.pop() == Err(PopError::Stopped(Stopped)));
    }

    #[agent]
    fn item_with_timeout(&self) {
        self.note(self.nothing.pop_timeout(HOUR * 1_000_000) == Err(PopError::Stopped(Stopped)));
    }

    #[agent]
    fn time(&self, agent: &Agent<Self>) {
        self.note(agent.sleep(HOUR * 1_000_000) == Err(Stopped));
    }

    #[agent]
    fn slots(&self, agent: &Agent<Self>) {
        let _all = agent.rec().acquire(None, 2).expect("they are free");
        self.taken.set();
        let more = agent.rec().acquire(None, 1);
        self.note(matches!(more, Err(SlotsError::Stopped { .. })));
    }

    #[agent]
    fn slots_with_timeout(&self, agent: &Agent<Self>) {
        let _ = self.taken.wait();
        let more = agent.rec().timeout(HOUR * 1_000_000).cancel_if(&self.never).acquire(None, 1);
        self.note(matches!(more, Err(SlotsError::Stopped { .. })));
    }

    #[agent]
    fn call(&self, agent: &Agent<Self>) {
        let gate = Event::new();
        let called = agent.call(wait_for { gate: gate.clone() });
        gate.set(); // the task is given up, and waited for
        self.note(matches!(called, Err(CallError::Stopped { .. })));
    }

    #[agent]
    fn done_itself(&self, agent: &Agent<Self>) {
        agent.done().wait();
        self.note(agent.done().is_set());
    }
}

#[test]
fn every_wait_of_an_agent_ends_at_done() {
    in_orders(100, || {
        let mut campaign = campaign(Waiters { patience: 1, ..Waiters::default() }).unallocated_slots(2);
        campaign.run().expect("all agents end cleanly");
        assert_eq!(campaign.thinker().stopped.load(SeqCst), 9);
    });
}

/// A poll, even one each second, would need some millions of turns; an order ends after two.
#[test]
fn no_wait_polls() {
    in_orders(2, || {
        let waiters = Waiters { patience: 10_000, ..Waiters::default() };
        campaign(waiters).unallocated_slots(2).run().expect("all agents end cleanly");
    });
}

#[derive(Default)]
struct Full {
    gate: Event,
    stopped: AtomicUsize,
}

#[thinker]
impl Full {
    /// One task runs, one waits in the queue, and there is room for one.
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        let mut sent = 0;
        let error = loop {
            match agent.submit(wait_for { gate: self.gate.clone() }) {
                Ok(_) => sent += 1,
                Err(error) => break error,
            }
        };
        assert_eq!((sent, error.reason()), (2, &NotSent::Stopped(Stopped)));
        self.stopped.fetch_add(1, SeqCst);
        self.gate.set();
        Err(error.into())
    }

    #[agent]
    fn ends_it(&self, agent: &Agent<Self>) -> Result<()> {
        agent.sleep(HOUR)?;
        agent.done().set();
        Ok(())
    }

    #[result_processor]
    fn handled(&self, _result: TaskResult<wait_for>) {
        self.stopped.fetch_add(1, SeqCst);
    }
}

#[test]
fn a_submit_that_waits_for_room_ends_at_done() {
    in_orders(100, || {
        let server = LocalTaskServer::new().workers(1).serve::<wait_for>();
        let mut campaign = Campaign::new(Full::default()).ignore_ctrl_c().task_server(server).request_limit(1);
        campaign.run().expect("an agent that returns what `done` has caused has ended cleanly");
        assert_eq!(campaign.thinker().stopped.load(SeqCst), 3);
    });
}

#[test]
fn a_wait_outside_an_agent_ends_at_its_own_deadline_only() {
    in_orders(20, || {
        assert_eq!(Event::new().wait_timeout(HOUR), Ok(false));
        assert_eq!(WorkQueue::<u8>::new().pop_timeout(HOUR), Err(PopError::TimedOut));
        let rec = ResourceCounter::<()>::new([], 1);
        let error = rec.timeout(HOUR).acquire(None, 1).and_then(|_held| rec.timeout(HOUR).acquire(None, 1));
        assert_eq!(error.expect_err("it is held").to_string(), "no slots of `unallocated` came in time");
    });
}

#[derive(Default)]
struct Punctual {
    go: Event,
}

#[thinker]
impl Punctual {
    #[agent(startup)]
    fn sets(&self, agent: &Agent<Self>) -> Result<()> {
        agent.sleep(SECOND)?;
        self.go.set();
        Ok(())
    }

    #[agent]
    fn waits(&self, agent: &Agent<Self>) -> Result<()> {
        assert!(self.go.wait_timeout(HOUR)?, "it is set after a second");
        assert!(self.go.wait_timeout(HOUR)?, "waiting does not clear it");
        let slots = agent.rec().timeout(SECOND).acquire(None, 1)?;
        assert!(agent.rec().timeout(SECOND).acquire(None, 1).is_err());
        drop(slots);
        assert_eq!(agent.rec().available_slots(None), 1, "what timed out gives back what it was promised");
        Ok(())
    }
}

#[test]
fn a_wait_ends_on_what_it_waits_for_or_on_its_deadline_whichever_comes_first() {
    in_orders(100, || {
        let report = campaign(Punctual::default()).unallocated_slots(1).run().expect("nothing fails");
        assert_eq!(report.wall_time(), SECOND * 2);
    });
}

/// Something of a user's that looks at the queue that it is in, whenever it can: under a lock of the queue it would hang.
struct Nosy(u64, Arc<WorkQueue<Nosy>>);

impl Clone for Nosy {
    fn clone(&self) -> Self {
        let _ = self.1.len();
        Self(self.0, Arc::clone(&self.1))
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        let _ = self.1.len();
    }
}

#[test]
fn no_code_of_a_user_runs_under_a_lock_of_a_work_queue() {
    in_orders(3, || {
        let queue =
            Arc::new(WorkQueue::highest_first(|nosy: &Nosy| nosy.1.len() as f64).bounded(4, WhenFull::DropOldest));
        for n in 0..6 {
            let _ = queue.push(Nosy(n, Arc::clone(&queue)));
        }
        let seen = queue.snapshot();
        queue.retain(|nosy| nosy.0 != queue.len() as u64);
        queue.reorder(&seen, &[3]).expect("an index of the snapshot");
        let _ = (queue.peek(), queue.try_pop());
        queue.replace([Nosy(7, Arc::clone(&queue))]);
        drop(seen);
        queue.replace([]);
        assert!(queue.is_empty());
    });
}

#[derive(Default)]
struct Callback {
    moved: Mutex<Vec<(String, usize)>>,
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[thinker(pools = Pool)]
impl Callback {
    #[agent]
    fn moves(&self, agent: &Agent<Self>) -> Result<()> {
        let (rec, (told, tell)) = (agent.rec().clone(), (Event::new(), Event::new()));
        let seen = Arc::new(Mutex::new(None));
        let (note, told_too) = (Arc::clone(&seen), told.clone());
        let moving = agent.rec().reallocate_in_background(Pool::Sim, None, All, move |moved| {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            *note.lock() = Some((name, moved.expect("they are free"), rec.unallocated_slots()));
            told_too.set();
        })?;
        told.wait()?;
        moving.join();
        tell.set();
        let seen = seen.lock().take();
        assert_eq!(seen, Some(("reallocation for moves".to_owned(), 2, 2)));
        self.moved.lock().push((String::new(), 2));
        Ok(())
    }
}

#[test]
fn a_callback_runs_on_a_named_thread_and_under_no_lock_of_the_counter() {
    in_orders(50, || {
        let mut campaign = campaign(Callback::default()).slots([(Pool::Sim, 2)]);
        campaign.run().expect("nothing fails");
        assert_eq!(campaign.thinker().moved.lock().len(), 1);
    });
}

#[derive(Default)]
struct Dice {
    throws: Mutex<Vec<u64>>,
}

#[thinker]
impl Dice {
    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) {
        let throw = agent.rng().random();
        self.throws.lock().push(throw);
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>) {
        let throw = agent.rng().random();
        self.throws.lock().push(throw);
    }
}

#[test]
fn randomness_follows_from_the_seed_and_differs_between_agents() {
    in_orders(10, || {
        let throws = |seed| {
            let mut campaign = campaign(Dice::default()).seed(seed);
            campaign.run().expect("nothing fails");
            let mut throws = campaign.thinker().throws.lock().clone();
            throws.sort_unstable();
            throws
        };
        let seven = throws(7);
        assert_eq!(seven, throws(7));
        assert_ne!(seven, throws(8));
        assert_ne!(seven[0], seven[1]);
    });
}

#[derive(Default)]
struct Quiet;

#[thinker]
impl Quiet {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        assert_eq!(agent.call(square { x: 3 })?.into_value()?, 9);
        Ok(())
    }
}

/// The waits of threads that are not the campaign's do not end at its `done`.
#[test]
fn a_worker_inside_a_method_does_not_notice_done() {
    in_orders(50, || {
        let mut campaign = Campaign::new(Quiet).ignore_ctrl_c().task_server(everything()).unallocated_slots(1);
        campaign.run().expect("nothing fails");
    });
}

#[derive(Default)]
struct Holding {
    ready: Event,
    best: Mutex<f64>,
}

/// Waits with a mutex locked, in two places, again and again; nothing comes of it, since nobody else wants it.
#[thinker]
impl Holding {
    #[agent]
    fn holds(&self, agent: &Agent<Self>) -> Result<()> {
        self.ready.set();
        for _ in 0..3 {
            let best = self.best.lock();
            self.ready.wait()?;
            drop(best);
            let mut best = self.best.lock();
            *best += agent.rec().acquire(None, 1)?.count() as f64;
        }
        Ok(())
    }
}

#[test]
fn a_wait_with_a_locked_mutex_is_warned_about_once_with_both_places() {
    let logs = logs();
    let mut campaign = campaign(Holding::default()).unallocated_slots(1);
    campaign.run().expect("nothing fails");
    let text = logs.text();
    let warnings: Vec<_> = text.lines().filter(|line| line.contains("with a locked `Mutex`")).collect();
    let [event, slots] = warnings[..] else { panic!("two are expected\n{text}") };
    let cure = "with a locked `Mutex`: whoever would end the wait may need it; let go of the guard first";
    assert!(event.contains(&format!("`holds` waits for an event {cure} wait=tests/behaviour/waiting.rs:")), "{event}");
    assert!(slots.contains(&format!("waits for 1 slot of `unallocated` {cure}")), "{slots}");
    assert!(warnings.iter().all(|line| line.contains(" lock=tests/behaviour/waiting.rs:")), "{text}");
}

#[test]
fn in_a_seeded_order_a_wait_with_a_locked_mutex_is_an_error() {
    let run = |_| drop(campaign(Holding::default()).unallocated_slots(1).run());
    let failed = colmena::rehearsal::explore(0..1, run).expect_err("it waits").to_string();
    assert!(failed.contains("`holds` waits for an event, at tests/behaviour/waiting.rs:"), "{failed}");
    assert!(failed.contains("with the `Mutex` that it locked at tests/behaviour/waiting.rs:"), "{failed}");
}
