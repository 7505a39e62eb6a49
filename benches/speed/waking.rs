//! How long it takes to wake a thread that sleeps in a wait. Before each wake there is a pause, so that it does.

use std::thread;
use std::time::Instant;

use colmena::prelude::*;
use crossbeam_channel::unbounded;

use crate::pairs::{Effort, median};
use crate::tasks::PAUSE;

/// Also in a quick run: where the threads come to lie is decided once for each campaign, and needs some wakes to settle.
const WAKES: usize = 400;

/// When the waker began, and how long each wake took.
struct Clock {
    began: Mutex<Instant>,
    times: Mutex<Vec<f64>>,
}

impl Clock {
    fn new() -> Self {
        Self { began: Mutex::new(Instant::now()), times: Mutex::default() }
    }

    /// Before the wake.
    fn begin(&self) {
        self.begin_if(|| true);
    }

    /// The same, once the other thread is ready.
    fn begin_if(&self, ready: impl Fn() -> bool) {
        thread::sleep(PAUSE);
        while !ready() {
            thread::sleep(PAUSE);
        }
        *self.began.lock() = Instant::now();
    }

    /// After it.
    fn end(&self) {
        let now = Instant::now();
        let time = now - *self.began.lock();
        self.times.lock().push(time.as_nanos() as f64);
    }

    fn median(&self) -> f64 {
        median(self.times.lock().clone())
    }
}

pub(crate) fn channel(_: Effort) -> f64 {
    let (send, receive) = unbounded();
    let clock = Clock::new();
    thread::scope(|scope| {
        scope.spawn(|| receive.iter().for_each(|()| clock.end()));
        for _ in 0..WAKES {
            clock.begin();
            send.send(()).expect("the receiver lives");
        }
        drop(send);
    });
    clock.median()
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

fn run<T: Thinker<Pools = Pool>>(thinker: T, slots: usize) -> Campaign<T> {
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, slots)]).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    campaign
}

/// One agent releases slots one by one, the other one waits for each, and keeps it.
struct Releasing {
    wakes: usize,
    ready: Event,
    clock: Clock,
}

#[thinker(pools = Pool)]
impl Releasing {
    #[agent(startup)]
    fn release(&self, agent: &Agent<Self>) -> Result<()> {
        let mut slots = agent.rec().acquire(Pool::Sim, self.wakes)?;
        self.ready.set();
        for _ in 0..self.wakes {
            let one = slots.split(1)?;
            self.clock.begin();
            drop(one);
        }
        Ok(())
    }

    #[agent(startup)]
    fn acquire(&self, agent: &Agent<Self>) -> Result<()> {
        self.ready.wait()?;
        let mut kept = Vec::with_capacity(self.wakes);
        for _ in 0..self.wakes {
            kept.push(agent.rec().acquire(Pool::Sim, 1)?);
            self.clock.end();
        }
        Ok(())
    }
}

pub(crate) fn release(_: Effort) -> f64 {
    let wakes = WAKES;
    run(Releasing { wakes, ready: Event::new(), clock: Clock::new() }, wakes).thinker().clock.median()
}

/// One agent waits for more slots than are free until the other one cancels that.
struct Cancelling {
    wakes: usize,
    cancel: Event,
    clock: Clock,
}

#[thinker(pools = Pool)]
impl Cancelling {
    #[agent(startup)]
    fn wait(&self, agent: &Agent<Self>) -> Result<()> {
        let _one_of_two = agent.rec().acquire(Pool::Sim, 1)?;
        for _ in 0..self.wakes {
            let waited = agent.rec().cancel_if(&self.cancel).acquire(Pool::Sim, 2);
            self.clock.end();
            assert!(matches!(waited, Err(colmena::SlotsError::Cancelled { .. })));
            self.cancel.clear()?;
        }
        Ok(())
    }

    #[agent(startup)]
    fn cancel(&self) {
        for _ in 0..self.wakes {
            self.clock.begin_if(|| !self.cancel.is_set()); // the waiter has returned, and cleared it
            self.cancel.set();
        }
    }
}

pub(crate) fn cancel(_: Effort) -> f64 {
    let thinker = Cancelling { wakes: WAKES, cancel: Event::new(), clock: Clock::new() };
    run(thinker, 2).thinker().clock.median()
}

/// A responder, and the agent that sets its event.
struct Responding {
    wakes: usize,
    go: Event,
    clock: Clock,
}

#[thinker(pools = Pool)]
impl Responding {
    #[event_responder(event = go)]
    fn respond(&self) {
        self.clock.end();
    }

    #[agent]
    fn set(&self) {
        for _ in 0..self.wakes {
            self.clock.begin();
            self.go.set();
        }
    }
}

pub(crate) fn set(_: Effort) -> f64 {
    let thinker = Responding { wakes: WAKES, go: Event::new(), clock: Clock::new() };
    run(thinker, 2).thinker().clock.median()
}
