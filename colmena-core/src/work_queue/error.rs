//! What can go wrong with a work queue: one error for each operation.

use std::fmt;

use crate::error::Stopped;

/// An item that could not be queued.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError<T> {
    /// The queue is bounded, and refuses when it is full.
    #[error("the work queue is full")]
    Full(T),
    /// The queue has been closed.
    #[error("the work queue is closed")]
    Closed(T),
}

/// Why no item was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PopError {
    /// The queue is closed and empty.
    #[error("the work queue is closed and empty")]
    Closed,
    /// The time is over.
    #[error("no item came in time")]
    TimedOut,
    /// The campaign is done.
    #[error("no item came")]
    Stopped(#[source] Stopped),
}

/// An order that does not fit the snapshot; the queue is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReorderError {
    /// An index is not one of the snapshot's.
    #[error("index {index} is out of range: the snapshot has {len} items")]
    OutOfRange {
        /// The index.
        index: usize,
        /// The number of items in the snapshot.
        len: usize,
    },
    /// An index occurs twice.
    #[error("index {index} occurs twice in the order")]
    Repeated {
        /// The index.
        index: usize,
    },
}

impl<T> fmt::Debug for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Full(_)) { "Full(..)" } else { "Closed(..)" })
    }
}
