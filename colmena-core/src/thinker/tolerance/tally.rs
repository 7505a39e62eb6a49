//! What has settled, and whether too much of it has failed. Pure: no lock, no clock.
//!
//! Invariant: `failed <= settled`, and the limit is said to be exceeded at most once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::task::Failure;

/// How much may fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    None,
    Number(u64),
    /// Of what has settled, once that is `after` or more.
    Share {
        share: f64,
        after: u64,
    },
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) settled: u64,
    pub(super) failed: u64,
    pub(super) resubmitted: u64,
    pub(super) first: Option<Failure>,
    pub(super) methods: Vec<&'static str>,
    exceeded: bool,
}

/// What is kept of it: not which failure was the first.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Counts {
    settled: u64,
    failed: u64,
    resubmitted: u64,
    exceeded: bool,
}

impl Tally {
    pub(super) fn counts(&self) -> Counts {
        let Self { settled, failed, resubmitted, exceeded, .. } = *self;
        Counts { settled, failed, resubmitted, exceeded }
    }

    pub(super) fn with(counts: Counts) -> Self {
        let Counts { settled, failed, resubmitted, exceeded } = counts;
        Self { settled, failed, resubmitted, exceeded, ..Self::default() }
    }

    pub(super) fn succeeded(&mut self, method: &'static str) {
        self.settled += 1;
        if !self.methods.contains(&method) {
            self.methods.push(method);
        }
    }

    /// Whether with this one the limit is exceeded, for the first time.
    pub(super) fn failed(&mut self, method: &'static str, failure: &Failure, limit: Limit) -> bool {
        self.succeeded(method); // so far as it has settled
        self.failed += 1;
        self.first.get_or_insert_with(|| failure.clone());
        let first_time = !self.exceeded;
        self.exceeded |= limit.is_exceeded(self.failed, self.settled);
        first_time && self.exceeded
    }
}

impl Limit {
    fn is_exceeded(self, failed: u64, settled: u64) -> bool {
        match self {
            Self::None => false,
            Self::Number(most) => failed > most,
            Self::Share { share, after } => settled >= after && failed as f64 > share * settled as f64,
        }
    }
}

/// What it is more than.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::None => f.write_str("any number"),
            Self::Number(most) => most.fmt(f),
            Self::Share { share: 0.25, .. } => f.write_str("a quarter"),
            Self::Share { share: 0.5, .. } => f.write_str("half"),
            Self::Share { share, .. } => write!(f, "{} %", (share * 1000.0).round() / 10.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::task::failure::Cause;
    use crate::task::{FailureKind, TaskId};

    fn failure(task: u64) -> Failure {
        Cause::new(FailureKind::Error, "diverged").of(TaskId(task), "simulate", 1)
    }

    /// After which of the results, from 1, the limit is exceeded.
    fn exceeded(limit: Limit, fails: &[bool]) -> Vec<usize> {
        let mut tally = Tally::default();
        let mut over = Vec::new();
        for (n, fails) in (1..).zip(fails) {
            match fails {
                false => tally.succeeded("simulate"),
                true if tally.failed("simulate", &failure(n as u64), limit) => over.push(n),
                true => {}
            }
            assert_eq!(tally.settled, n as u64);
        }
        over
    }

    #[test]
    fn limits_by_hand() {
        let fails = [true, false, true, true, false, true];
        assert_eq!(exceeded(Limit::None, &fails), [0; 0]);
        assert_eq!(exceeded(Limit::Number(0), &fails), [1]);
        assert_eq!(exceeded(Limit::Number(2), &fails), [4]);
        assert_eq!(exceeded(Limit::Number(4), &fails), [0; 0]);
        assert_eq!(exceeded(Limit::Share { share: 0.5, after: 0 }, &fails), [1]);
        assert_eq!(exceeded(Limit::Share { share: 0.5, after: 2 }, &fails), [3], "half is not more than half");
        assert_eq!(exceeded(Limit::Share { share: 0.5, after: 5 }, &fails), [6], "looked at when one fails");
        assert_eq!(exceeded(Limit::Share { share: 1.0, after: 0 }, &fails), [0; 0]);
    }

    #[test]
    fn limits_are_told() {
        let share = |share| Limit::Share { share, after: 1 }.to_string();
        assert_eq!([share(0.25), share(0.5), share(0.1), share(0.125)], ["a quarter", "half", "10 %", "12.5 %"]);
        assert_eq!(Limit::Number(5).to_string(), "5");
    }

    fn limits() -> impl Strategy<Value = Limit> {
        let shares = (0.0..=1.0, 0u64..30).prop_map(|(share, after)| Limit::Share { share, after });
        prop_oneof![Just(Limit::None), (0u64..20).prop_map(Limit::Number), shares]
    }

    proptest! {
        /// Once, at the first failure at which the definition holds, and never without one.
        #[test]
        fn said_once_and_when_it_is_so(limit in limits(), fails in prop::collection::vec(any::<bool>(), 0..60)) {
            let definition = |n: usize| {
                let failed = fails[..n].iter().filter(|fails| **fails).count() as f64;
                fails[n - 1] && match limit {
                    Limit::None => false,
                    Limit::Number(most) => failed > most as f64,
                    Limit::Share { share, after } => n as u64 >= after && failed / n as f64 > share,
                }
            };
            let first = (1..=fails.len()).find(|&n| definition(n));
            prop_assert_eq!(exceeded(limit, &fails), first.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn the_first_failure_and_all_methods_are_kept(outcomes in prop::collection::vec((any::<bool>(), 0usize..3), 0..40)) {
            let names = ["embed", "relax", "ionise"];
            let mut tally = Tally::default();
            for (n, &(fails, method)) in outcomes.iter().enumerate() {
                match fails {
                    true => { tally.failed(names[method], &failure(n as u64), Limit::None); }
                    false => tally.succeeded(names[method]),
                }
            }
            let first = outcomes.iter().position(|(fails, _)| *fails);
            prop_assert_eq!(tally.first.map(|failure| failure.task().get()), first.map(|n| n as u64));
            prop_assert_eq!(tally.failed, outcomes.iter().filter(|(fails, _)| *fails).count() as u64);
            for (method, name) in names.iter().enumerate() {
                let seen = outcomes.iter().any(|outcome| outcome.1 == method);
                prop_assert_eq!(tally.methods.iter().filter(|one| *one == name).count(), usize::from(seen));
            }
        }
    }
}
