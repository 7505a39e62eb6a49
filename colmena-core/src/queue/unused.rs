//! Results that came to nothing: of which method, how many, and why.

use std::collections::BTreeMap;
use std::fmt;

use crate::sync::Mutex;

/// Why nobody took a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// Whoever called for it had left.
    CallerLeft,
    /// Nobody reads the inbox of its method any more.
    ProcessorEnded,
    /// It lay in a plain queue, or would have.
    NotRead,
    /// Its task had been settled otherwise: it was cancelled, or past its time limit.
    Late,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallerLeft => "its caller had left",
            Self::ProcessorEnded => "its processor had ended",
            Self::NotRead => "nobody read it",
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
    pub(super) fn add(&self, method: &'static str, why: Why, n: usize) {
        *self.0.lock().entry((method, why)).or_default() += n as u64;
    }

    pub(super) fn all(&self) -> Vec<Unused> {
        self.0.lock().iter().map(|(&(method, why), &n)| Unused { method, why, n }).collect()
    }
}
