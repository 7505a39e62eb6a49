//! Seeded orders: the same code, one thread at a time, and a seed decides who goes on.
//!
//! Every wait, wake and lock of the runtime (and of the prelude's `Mutex`) is a point at which another thread may get
//! the turn. A race that shows once a week on real threads shows here within some thousand orders, and the seed of the
//! order that failed shows it again. Time is virtual: when nobody can go on, the clock jumps to the next deadline.
#![expect(clippy::disallowed_types, reason = "the explorer stands outside the program that it runs")]

pub(crate) mod turns;

use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use turns::Turns;

use crate::wait::panic::message;

/// An order in which the program under test failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedOrder {
    /// The seed that brings it about again.
    pub seed: u64,
    /// How many orders had been run, this one included.
    pub order: u64,
    /// The panic's message or what was found, and a table of who waited for what.
    pub text: String,
}

impl fmt::Display for FailedOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order {} (seed {}) failed: {}", self.order, self.seed, self.text)
    }
}

impl std::error::Error for FailedOrder {}

/// How long a thread may hold the turn, in real time, before it is taken for blocked on something unknown; unless said.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `program` once for each seed, in the order of that seed, until one fails.
///
/// `program` runs on a thread of its own. Threads that the runtime starts in it (agents, workers) take part; a thread
/// that it starts by other means must not touch them. When it returns, all threads that take part must end without
/// further help.
///
/// # Errors
/// The first order in which something panics unseen, or in which all threads wait and nothing can wake them, or in
/// which a thread blocks on something that the runtime does not know (found in real time; its threads are left
/// behind).
pub fn explore(seeds: Range<u64>, program: impl Fn(u64) + Send + Sync + 'static) -> Result<u64, FailedOrder> {
    explore_patiently(PATIENCE, seeds, program)
}

/// Like [`explore`], with a watchdog that waits for about `patience` of real time: for tests of the watchdog.
///
/// # Errors
/// As [`explore`].
#[doc(hidden)]
pub fn explore_patiently(
    patience: Duration,
    seeds: Range<u64>,
    program: impl Fn(u64) + Send + Sync + 'static,
) -> Result<u64, FailedOrder> {
    let current = Arc::new(Mutex::new(None));
    let (report, outcome) = channel();
    let (first, count) = (seeds.start, seeds.end.saturating_sub(seeds.start));
    let (shared, program) = (Arc::clone(&current), Arc::new(program));
    start_explorer(move || {
        for (number, seed) in (1..).zip(seeds) {
            let turns = Turns::new(seed);
            *shared.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, seed, Arc::clone(&turns)));
            let program = Arc::clone(&program);
            if let Err(text) = run_on_fresh_thread(move || run_order(&turns, || program(seed))) {
                let _ = report.send(Err(FailedOrder { seed, order: number, text }));
                return;
            }
        }
        let _ = report.send(Ok(count));
    });
    watch(patience, &outcome, &current).unwrap_or_else(|| {
        let text = "the explorer itself ended early".to_owned();
        Err(FailedOrder { seed: first, order: 0, text })
    })
}

/// The number of orders that a test explores: `usual`, or as many as the environment variable `COLMENA_ORDERS` says.
#[must_use]
pub fn orders(usual: u64) -> Range<u64> {
    let asked = std::env::var("COLMENA_ORDERS").ok().and_then(|n| n.parse().ok());
    0..asked.unwrap_or(usual)
}

#[expect(clippy::disallowed_methods, reason = "the explorer stands outside the program that it runs")]
fn start_explorer(body: impl FnOnce() + Send + 'static) {
    std::thread::spawn(body);
}

/// What a thread remembers of itself (its seat, what it waits for) is of one order only.
#[expect(clippy::disallowed_methods, reason = "the explorer stands outside the program that it runs")]
fn run_on_fresh_thread(order: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), String> {
    let joined = std::thread::spawn(order).join();
    joined.unwrap_or_else(|payload| Err(message(&*payload)))
}

fn run_order(turns: &Arc<Turns>, program: impl FnOnce()) -> Result<(), String> {
    let seat = turns.root();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        program();
        seat.join_all();
    }));
    if let Err(payload) = outcome {
        turns.fail(message(&*payload));
    }
    turns.wait_until_all_left();
    seat.stand_up();
    turns.failure().map_or(Ok(()), Err)
}

type Current = Mutex<Option<(u64, u64, Arc<Turns>)>>;

/// The watchdog: real time, since it looks for what virtual time cannot see.
#[expect(clippy::disallowed_methods, reason = "a watchdog in real time, outside the program that it watches")]
fn watch<R>(
    patience: Duration,
    outcome: &Receiver<Result<R, FailedOrder>>,
    current: &Current,
) -> Option<Result<R, FailedOrder>> {
    let mut last = (0, 0);
    loop {
        match outcome.recv_timeout(patience) {
            Ok(outcome) => return Some(outcome),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some((order, seed, turns)) = now else { continue };
        if last == (order, turns.steps()) {
            let text = format!(
                "`{}` has held the turn for {patience:?}: it blocks on something that the runtime does not know",
                turns.holder()
            );
            return Some(Err(FailedOrder { seed, order, text }));
        }
        last = (order, turns.steps());
    }
}
