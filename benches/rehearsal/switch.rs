//! The yardstick: passing a turn from one thread to another, by parking and unparking.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread::{self, Thread};
use std::time::Instant;

use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

const SWITCHES: u32 = 20_000;

/// This thread, and those that it starts.
pub(crate) fn stay_on_one_core() {
    let mut one = CpuSet::new();
    one.set(sched_getcpu());
    sched_setaffinity(None, &one).expect("a thread may choose its core");
}

/// How long one switch takes.
pub(crate) fn nanoseconds() -> f64 {
    let turn = Arc::new(AtomicU32::new(0));
    let begun = Instant::now();
    let (here, theirs) = (thread::current(), Arc::clone(&turn));
    let other = thread::spawn(move || pass(&theirs, 1, &here));
    pass(&turn, 0, other.thread());
    other.join().expect("it only counts");
    begun.elapsed().as_nanos() as f64 / f64::from(SWITCHES)
}

/// Has every second turn, and passes it on.
fn pass(turn: &AtomicU32, parity: u32, other: &Thread) {
    loop {
        let now = turn.load(SeqCst);
        if now >= SWITCHES {
            return other.unpark();
        }
        if now % 2 == parity {
            turn.store(now + 1, SeqCst);
            other.unpark();
        } else {
            thread::park();
        }
    }
}
