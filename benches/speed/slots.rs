//! Slots and locks that nobody, or somebody, contends for.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;

use colmena::prelude::*;
use tokio::sync::Semaphore;

use crate::pairs::{Effort, per_turn, time};

const TURNS: usize = 400_000;
const THREADS: usize = 4;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// In an agent, where slots are used.
struct Alone {
    turns: usize,
    time: Mutex<f64>,
}

#[thinker(pools = Pool)]
impl Alone {
    #[agent]
    fn acquire_and_release(&self, agent: &Agent<Self>) {
        let time = per_turn(self.turns, || {
            let slots = agent.rec().acquire(Pool::Sim, 1).expect("a slot is free");
            black_box(&slots);
        });
        *self.time.lock() = time;
    }
}

pub(crate) fn uncontended(effort: Effort) -> f64 {
    let thinker = Alone { turns: effort.of(TURNS), time: Mutex::default() };
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, THREADS)]).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    *campaign.thinker().time.lock()
}

pub(crate) fn two_lock_pairs(effort: Effort) -> f64 {
    let books = parking_lot::Mutex::new(0_u64);
    per_turn(effort.of(TURNS), || {
        *black_box(&books).lock() += 1;
        *black_box(&books).lock() -= 1;
    })
}

pub(crate) fn semaphore(effort: Effort) -> f64 {
    let semaphore = Arc::new(Semaphore::new(THREADS));
    per_turn(effort.of(TURNS), || {
        let permit = Arc::clone(&semaphore).try_acquire_many_owned(1).expect("a permit is free");
        drop(black_box(permit));
    })
}

/// The time of all, shared among the pairs of all: what one more pair costs.
pub(crate) fn four_threads(effort: Effort) -> f64 {
    let rec = ResourceCounter::new([(Pool::Sim, THREADS)], 0);
    let turns = effort.of(TURNS) / THREADS;
    let start = Barrier::new(THREADS);
    let run = || {
        for _ in 0..turns {
            let slots = rec.acquire(Pool::Sim, 1).expect("there is a slot for each thread");
            black_box(&slots);
        }
    };
    let work = || {
        start.wait();
        run();
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS).map(|_| scope.spawn(work)).collect();
        let all = time(|| {
            start.wait();
            run();
            while !others.iter().all(|other| other.is_finished()) {
                thread::yield_now();
            }
        });
        all / (turns * THREADS) as f64
    })
}

pub(crate) fn mutex(effort: Effort) -> f64 {
    let value = Mutex::new(0_u64);
    per_turn(effort.of(TURNS), || *black_box(&value).lock() += 1)
}

pub(crate) fn bare_mutex(effort: Effort) -> f64 {
    let value = parking_lot::Mutex::new(0_u64);
    per_turn(effort.of(TURNS), || *black_box(&value).lock() += 1)
}
