//! Results that came to nothing: of which method, how many, and why.

use std::collections::BTreeMap;
use std::fmt;

use crate::sync::Mutex;
use crate::task::{FailureKind, Method, TaskResult};

/// Why nobody took a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// Whoever called for it had left.
    CallerLeft,
    /// Nobody reads the inbox of its method any more.
    ProcessorEnded,
    /// It lay in a plain queue, or would have.
    NotRead,
    /// Nobody was to take it: its task was cancelled, and nobody is left to be told.
    Cancelled,
    /// Its task had been settled otherwise: it was cancelled, or past its time limit.
    Late,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallerLeft => "its caller had left",
            Self::ProcessorEnded => "its processor had ended",
            Self::NotRead => "nobody read it",
            Self::Cancelled => "its task was cancelled",
            Self::Late => "its task had settled otherwise",
        })
    }
}

/// So many results of a method came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unused {
    pub(crate) method: &'static str,
    pub(crate) why: Why,
    pub(crate) n: u64,
}

/// The counts of all methods.
#[derive(Default)]
pub(super) struct Tally(Mutex<BTreeMap<(&'static str, Why), u64>>);

impl Tally {
    /// A result that a task has come to, or would have.
    pub(super) fn note<M: Method>(&self, result: &TaskResult<M>, why: Why) {
        let cancelled = result.failure().is_some_and(|failure| failure.kind() == FailureKind::Cancelled);
        self.add(M::NAME, if cancelled { Why::Cancelled } else { why }, 1);
    }

    pub(super) fn add(&self, method: &'static str, why: Why, n: usize) {
        *self.0.lock().entry((method, why)).or_default() += n as u64;
    }

    pub(super) fn all(&self) -> Vec<Unused> {
        self.0.lock().iter().map(|(&(method, why), &n)| Unused { method, why, n }).collect()
    }
}
