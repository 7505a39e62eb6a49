//! Rehearsals: the same thinker, one thread at a time, in virtual time, in an order that a seed decides.
//!
//! Every wait, wake and lock of the runtime (and of the prelude's `Mutex`) is a point at which another thread may get
//! the turn; time is virtual: when nobody can go on, the clock jumps to the next deadline. Of that there are two uses:
//!
//! - [`Campaign::rehearse`](crate::Campaign::rehearse) runs a campaign as a [`Rehearsal`] describes it: each [`Model`] says
//!   how long a method takes, and what comes back. A campaign of weeks on a thousand nodes takes seconds on a laptop.
//! - [`Rehearsal::explore`], and below it [`explore`] for any program, try many orders: a race that shows once a week on
//!   real threads shows within some thousand, and the seed of the order that failed shows it again.

mod agents;
mod choice;
mod explore;
mod model;
mod nodes;
pub(crate) mod order;
mod paced;
mod plan;
mod server;
mod state;
pub(crate) mod turns;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use agents::{Deciding, DecisionTime};
pub use explore::Divergence;
pub use model::Model;
pub(crate) use nodes::start as start_nodes;
pub use plan::Rehearsal;

use order::PATIENCE;
use turns::Turns;

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

/// What an exploration has tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explored {
    /// How many orders were run.
    pub orders: u64,
    /// How many of them differed from all others.
    pub distinct: u64,
}

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
pub fn explore(seeds: Range<u64>, program: impl Fn(u64) + Send + Sync + 'static) -> Result<Explored, FailedOrder> {
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
) -> Result<Explored, FailedOrder> {
    try_orders(patience, seeds, program, |_| false)
}

/// Like [`explore`], with the seeds from 0 on, until `wanted` orders have differed from all others; or, if there are not so many,
/// until `wanted` in a row have brought none that was new.
///
/// # Errors
/// As [`explore`].
pub fn explore_distinct(wanted: u64, program: impl Fn(u64) + Send + Sync + 'static) -> Result<Explored, FailedOrder> {
    let (mut distinct, mut in_vain) = (0, 0);
    try_orders(PATIENCE, 0..u64::MAX, program, |explored| {
        in_vain = if explored.distinct > distinct { 0 } else { in_vain + 1 };
        distinct = explored.distinct;
        distinct >= wanted || in_vain >= wanted
    })
}

/// Until one fails, all have been tried, or it is enough.
fn try_orders(
    patience: Duration,
    seeds: Range<u64>,
    program: impl Fn(u64) + Send + Sync + 'static,
    mut enough: impl FnMut(Explored) -> bool,
) -> Result<Explored, FailedOrder> {
    let (mut seen, program) = (BTreeSet::new(), Arc::new(program));
    let mut explored = Explored { orders: 0, distinct: 0 };
    for (order, seed) in (1..).zip(seeds) {
        let program = Arc::clone(&program);
        let turns = Turns::any(seed);
        order::run(&turns, patience, move || program(seed)).map_err(|text| FailedOrder { seed, order, text })?;
        seen.insert(turns.fingerprint());
        explored = Explored { orders: order, distinct: seen.len() as u64 };
        if enough(explored) {
            break;
        }
    }
    Ok(explored)
}

/// The number of orders that a test explores: `usual`, or as many as the environment variable `COLMENA_ORDERS` says.
#[must_use]
pub fn orders(usual: u64) -> Range<u64> {
    let asked = std::env::var("COLMENA_ORDERS").ok().and_then(|n| n.parse().ok());
    0..asked.unwrap_or(usual)
}
