//! Races on real threads: no slot is lost, no item, no result, and nobody hangs (the test runner kills who does).
//!
//! Each race is run 100,000 times; `COLMENA_RACES=1000000` says otherwise. The seeded orders (`tests/orders`) find more, and
//! say how; what is here shows that the machine's own orders are among theirs.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{CampaignError, Ending, PopError, SlotsError};

#[derive(ResourcePool, Clone, Copy, Debug)]
enum Pool {
    Sim,
    Ml,
}

fn races() -> u64 {
    std::env::var("COLMENA_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

/// Where two threads meet. They go on at the same moment: a barrier that parks would give one of them a head start.
#[derive(Default)]
struct Meeting(AtomicU64);

impl Meeting {
    fn meet(&self, round: u64) {
        self.0.fetch_add(1, SeqCst);
        let mut looks = 0_u32;
        while self.0.load(SeqCst) < 2 * (round + 1) {
            looks += 1;
            if looks < 1000 { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
    }
}

/// Lets a moment pass that differs from round to round, to hit every point of what the other one does.
fn moment(round: u64) {
    (0..round * 7 % 1000).for_each(|_| std::hint::spin_loop());
}

/// Two threads that live for all rounds: each does its part in every one, at once; `check` looks between the rounds.
fn race(left: impl Fn(u64) + Sync, right: impl Fn(u64) + Sync, check: impl Fn(u64) + Sync) {
    let (start, end, n) = (Meeting::default(), Meeting::default(), races());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..n {
                start.meet(round);
                left(round);
                end.meet(round);
            }
        });
        for round in 0..n {
            start.meet(round);
            right(round);
            end.meet(round);
            check(round);
        }
    });
}

fn counter(sim: usize, ml: usize) -> ResourceCounter<Pool> {
    ResourceCounter::new([(Pool::Sim, sim), (Pool::Ml, ml)], 0)
}

/// All slots are free, nobody waits, and the pools have so many.
#[track_caller]
fn assert_balance(rec: &ResourceCounter<Pool>, sim: usize, ml: usize) {
    let pools = rec.snapshot();
    assert!(pools.iter().all(|pool| pool.available == pool.allocated && pool.waiting == 0), "{pools:?}");
    assert_eq!((rec.allocated_slots(Pool::Sim), rec.allocated_slots(Pool::Ml)), (sim, ml));
}

/// How often a race went which way: the machine's doing, so it is told and not required. (The seeded orders require both.)
fn tell(race: &str, ways: &[AtomicU64; 2]) {
    println!("{race}: {} not granted, {} granted", ways[0].load(Relaxed), ways[1].load(Relaxed));
}

/// The slot that somebody holds at the start of each round.
struct Held(Mutex<Option<Slots<Pool>>>);

impl Held {
    fn of(rec: &ResourceCounter<Pool>) -> Self {
        Self(Mutex::new(Some(rec.acquire(Pool::Sim, 1).expect("it is free"))))
    }

    fn release(&self) {
        let held = self.0.lock().take();
        drop(held);
    }

    fn take(&self, rec: &ResourceCounter<Pool>) {
        *self.0.lock() = rec.try_acquire(Pool::Sim, 1).expect("there is one");
        assert!(self.0.lock().is_some(), "nobody has it");
    }
}

#[test]
fn a_cancel_races_a_grant() {
    let (rec, cancel, ways) = (counter(1, 0), Event::new(), [AtomicU64::new(0), AtomicU64::new(0)]);
    let held = Held::of(&rec);
    race(
        |_| {
            let outcome = rec.cancel_if(&cancel).acquire(Pool::Sim, 1);
            assert!(matches!(&outcome, Ok(_) | Err(SlotsError::Cancelled { .. })), "{outcome:?}");
            ways[usize::from(outcome.is_ok())].fetch_add(1, Relaxed);
        },
        |round| {
            moment(round);
            let releases_first = round.is_multiple_of(2);
            if releases_first {
                held.release();
                moment(round / 2);
            }
            cancel.set();
            if !releases_first {
                held.release();
            }
        },
        |_| {
            assert_balance(&rec, 1, 0);
            cancel.clear().expect("nobody answers it");
            held.take(&rec);
        },
    );
    tell("a cancel and a grant", &ways);
}

#[test]
fn a_timeout_races_a_grant() {
    let (rec, ways) = (counter(1, 0), [AtomicU64::new(0), AtomicU64::new(0)]);
    let held = Held::of(&rec);
    race(
        |round| {
            let outcome = rec.timeout(Duration::from_micros(round % 4)).acquire(Pool::Sim, 1);
            assert!(matches!(&outcome, Ok(_) | Err(SlotsError::TimedOut { .. })), "{outcome:?}");
            ways[usize::from(outcome.is_ok())].fetch_add(1, Relaxed);
        },
        |round| {
            moment(round);
            held.release();
        },
        |_| {
            assert_balance(&rec, 1, 0);
            held.take(&rec);
        },
    );
    tell("a timeout and a grant", &ways);
}

#[test]
fn a_timeout_races_a_reallocation() {
    let (rec, moved) = (counter(1, 0), AtomicU64::new(0));
    let ways = [AtomicU64::new(0), AtomicU64::new(0)];
    let held = Held::of(&rec);
    race(
        |round| {
            let outcome = rec.timeout(Duration::from_micros(round % 4)).reallocate(Pool::Sim, Pool::Ml, 1);
            ways[usize::from(outcome.is_ok())].fetch_add(1, Relaxed);
            moved.store(outcome.unwrap_or(0) as u64, Relaxed);
        },
        |round| {
            moment(round);
            held.release();
        },
        |_| {
            let moved = moved.load(Relaxed) as usize;
            assert_balance(&rec, 1 - moved, moved);
            if moved == 1 {
                rec.reallocate(Pool::Ml, Pool::Sim, 1).expect("it is free");
            }
            held.take(&rec);
        },
    );
    tell("a timeout and a reallocation", &ways);
}

#[test]
fn opposite_reallocations() {
    let rec = counter(2, 0);
    race(
        |_| assert_eq!(rec.reallocate(Pool::Sim, Pool::Ml, 2).expect("it is granted"), 2),
        |_| assert_eq!(rec.reallocate(Pool::Ml, Pool::Sim, 2).expect("it is granted in the end"), 2),
        |_| assert_balance(&rec, 2, 0),
    );
}

#[test]
fn a_close_races_pops() {
    let queues: Vec<WorkQueue<u64>> = (0..races()).map(|_| WorkQueue::new()).collect();
    let popped = AtomicU64::new(0);
    race(
        |round| {
            let queue = &queues[round as usize];
            loop {
                match queue.pop() {
                    Ok(_) => popped.fetch_add(1, Relaxed),
                    Err(PopError::Closed) => return,
                    Err(error) => panic!("{error}"),
                };
            }
        },
        |round| {
            let queue = &queues[round as usize];
            queue.push(1).expect("it is open");
            queue.push(2).expect("it is open");
            queue.close();
        },
        |round| assert_eq!(popped.load(Relaxed), 2 * (round + 1)),
    );
}

/// Two who set an event, and two who answer it.
#[derive(Default)]
struct Bells {
    ring: Event,
    set: AtomicU64,
    answered: [AtomicU64; 2],
}

#[thinker]
impl Bells {
    #[agent(startup)]
    fn one(&self) {
        for _ in 0..races() {
            self.set.fetch_add(self.ring.set().into(), Relaxed);
        }
    }

    #[agent(startup)]
    fn two(&self) {
        for _ in 0..races() {
            self.set.fetch_add(self.ring.set_again().into(), Relaxed);
        }
    }

    #[event_responder(event = ring)]
    fn left(&self) {
        self.answered[0].fetch_add(1, Relaxed);
    }

    #[event_responder(event = ring)]
    fn right(&self) {
        self.answered[1].fetch_add(1, Relaxed);
    }
}

#[test]
fn a_set_races_the_end_of_a_round() {
    let mut campaign = Campaign::new(Bells::default()).ignore_ctrl_c();
    let outcome = campaign.run();
    let ending = outcome.as_ref().err().and_then(CampaignError::report).map(Report::ending);
    assert_eq!(ending, Some(&Ending::Stalled), "at last, nobody rings any more: {outcome:?}");
    let bells = campaign.thinker();
    let answered = [bells.answered[0].load(Relaxed), bells.answered[1].load(Relaxed)];
    assert_eq!(answered, [bells.set.load(Relaxed); 2]);
}

#[method]
fn square(x: u64) -> u64 {
    x * x
}

/// Sends tasks and cancels every other one at once.
#[derive(Default)]
struct Hasty {
    cancelled: AtomicU64,
    failed: AtomicU64,
    stored: AtomicU64,
    sum: AtomicU64,
}

#[thinker(pools = Pool)]
impl Hasty {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..races() {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            let id = agent.submit(square { x }.holding(slots))?;
            if x.is_multiple_of(2) {
                self.cancelled.fetch_add(agent.cancel(id).into(), Relaxed);
            }
        }
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        self.failed.fetch_add((!result.is_ok()).into(), Relaxed);
        self.sum.fetch_add(result.inputs().x, Relaxed);
        if self.stored.fetch_add(1, Relaxed) + 1 == races() {
            assert_balance(agent.rec(), 4, 0);
            agent.done().set();
        }
    }
}

#[test]
fn a_cancel_races_a_result() {
    let mut campaign = Campaign::new(Hasty::default())
        .slots([(Pool::Sim, 4)])
        .task_server(LocalTaskServer::new().serve::<square>().workers(2))
        .ignore_ctrl_c();
    let report = campaign.run().expect("nothing fails");
    let (hasty, n) = (campaign.thinker(), races());
    assert_eq!(hasty.cancelled.load(Relaxed), hasty.failed.load(Relaxed));
    assert_eq!((hasty.stored.load(Relaxed), hasty.sum.load(Relaxed)), (n, n * (n - 1) / 2));
    assert_eq!(report.uncollected(), 0);
}

/// Two who wait for each other all the time, so that mostly one alone runs: a standstill is close, and there is none.
#[derive(Default)]
struct PingPong {
    ping: Event,
    pong: Event,
}

#[thinker]
impl PingPong {
    #[agent(startup)]
    fn one(&self) -> Result<()> {
        for _ in 0..races() {
            self.ping.set();
            self.pong.wait()?;
            self.pong.clear()?;
        }
        Ok(())
    }

    #[agent(startup)]
    fn two(&self) -> Result<()> {
        for _ in 0..races() {
            self.ping.wait()?;
            self.ping.clear()?;
            self.pong.set();
        }
        Ok(())
    }
}

#[test]
fn who_wakes_races_who_looks_for_a_standstill() {
    let report = Campaign::new(PingPong::default()).ignore_ctrl_c().run().expect("there is no standstill");
    assert_eq!(*report.ending(), Ending::AllEnded);
}

/// `done` comes while somebody submits, somebody waits, and somebody handles.
#[derive(Default)]
struct Short {
    work: WorkQueue<u64>,
    sent: AtomicU64,
    stored: AtomicU64,
}

#[thinker(pools = Pool)]
impl Short {
    #[task_submitter(task_type = Sim, queue = work)]
    fn send(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        self.sent.fetch_add(1, Relaxed);
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        let _ = agent;
        self.stored.fetch_add(1, Relaxed);
        Ok(self.work.push(result.inputs().x)?)
    }

    #[agent]
    fn end(&self, agent: &Agent<Self>) -> Result<()> {
        drop(agent.rec().acquire(Pool::Sim, 1)?);
        Ok(())
    }
}

#[test]
fn done_races_everything() {
    for _ in 0..races() / 100 {
        let mut campaign = Campaign::new(Short { work: (0..3).collect(), ..Short::default() })
            .slots([(Pool::Sim, 1)])
            .task_server(LocalTaskServer::new().serve::<square>().workers(1))
            .ignore_ctrl_c();
        let report = campaign.run().expect("nothing fails");
        let short = campaign.thinker();
        assert_eq!(short.sent.load(Relaxed), short.stored.load(Relaxed), "{report}");
        assert_eq!(report.uncollected(), 0);
    }
}
