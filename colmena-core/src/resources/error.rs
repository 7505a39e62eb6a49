//! Why slots are not to be had.

use crate::error::Stopped;

/// Why slots were not granted, or not moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlotsError {
    /// The campaign is done.
    #[error("no slots of `{pool}`")]
    Stopped {
        /// The pool.
        pool: &'static str,
        /// Why.
        #[source]
        cause: Stopped,
    },
    /// The time is over.
    #[error("no slots of `{pool}` came in time")]
    TimedOut {
        /// The pool.
        pool: &'static str,
    },
    /// The event of `cancel_if` is set.
    #[error("the request for slots of `{pool}` was cancelled")]
    Cancelled {
        /// The pool.
        pool: &'static str,
    },
    /// A request for no slots.
    #[error("0 slots of `{pool}` are no request: ask for at least 1")]
    Zero {
        /// The pool.
        pool: &'static str,
    },
    /// More than exist: it could never be granted.
    #[error("{asked} slots of `{pool}` were asked for, but there are only {total} in all pools together")]
    TooMany {
        /// The pool.
        pool: &'static str,
        /// How many were asked for.
        asked: usize,
        /// How many there are.
        total: usize,
    },
    /// More slots than can be counted were to be added.
    #[error("{asked} slots cannot be added: a counter holds at most {} in all", u32::MAX)]
    TooManyToCount {
        /// How many were to be added.
        asked: usize,
    },
    /// From a pool to itself.
    #[error("slots cannot move from `{pool}` to itself")]
    SamePool {
        /// The pool.
        pool: &'static str,
    },
    /// A pool that this counter does not have.
    #[error("there is no such pool; the pools are: {}", known.join(", "))]
    UnknownPool {
        /// The pools that there are.
        known: Vec<&'static str>,
    },
}
