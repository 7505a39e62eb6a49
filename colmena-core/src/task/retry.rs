//! Retry: whether a failed attempt is followed by another one, and after which pause. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::FailureKind;

/// The longest pause, unless said: five minutes.
const LONGEST: u32 = 300_000;

/// What is done about failed attempts: how many more there may be, after which failures, and after which pauses.
///
/// For one task ([`TaskOptions::retry`](crate::TaskOptions::retry)), or for the tasks of a method
/// ([`LocalTaskServer::retry`](crate::LocalTaskServer::retry)); what is said of a task counts instead of, not on top of,
/// what is said of its method.
///
/// ```
/// use std::time::Duration;
/// use colmena_core::{FailureKind, Retry};
///
/// // A licence server that is overrun now and then: about 1 s, 2 s, 4 s, .. between attempts.
/// let patient = Retry::times(6).backoff(Duration::from_secs(1)).longest_pause(Duration::from_secs(60));
/// // A program that hangs now and then, and whose errors are final.
/// let hanging = Retry::times(2).on([FailureKind::TimedOut, FailureKind::WorkerLost]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "it does nothing by itself: `task.retry(..)`, or `server.retry::<m>(..)`"]
pub struct Retry {
    retries: u32,
    /// Milliseconds.
    first: u32,
    longest: u32,
    after: After,
}

/// The failures after which there is another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct After {
    errors: bool,
    panics: bool,
    lost_workers: bool,
    time_limits: bool,
}

impl Retry {
    /// At most `n` more attempts, at once, if the method returns an error or panics, or if its worker is lost; not if an
    /// attempt exceeds its time limit.
    pub const fn times(n: u32) -> Self {
        let after = After { errors: true, panics: true, lost_workers: true, time_limits: false };
        Self { retries: n, first: 0, longest: LONGEST, after }
    }

    /// A pause before each further attempt: `first` before the second attempt, then twice as long each time. Of each pause
    /// at least half is waited; how much of the rest is drawn, from the seed of the campaign, so that tasks that have failed
    /// together do not come back together. Rounded up to milliseconds.
    pub fn backoff(mut self, first: Duration) -> Self {
        self.first = milliseconds(first);
        self
    }

    /// No pause is longer; unless said, five minutes. At most 49 days.
    pub fn longest_pause(mut self, longest: Duration) -> Self {
        self.longest = milliseconds(longest);
        self
    }

    /// After these failures, and no others, there is another attempt: [`Error`](FailureKind::Error),
    /// [`Panicked`](FailureKind::Panicked), [`WorkerLost`](FailureKind::WorkerLost) (and
    /// [`Lost`](FailureKind::Lost) with it), [`TimedOut`](FailureKind::TimedOut).
    /// With the last one the time limit is one of each attempt; without, it ends the task. Other kinds change nothing.
    pub fn on(mut self, failures: impl IntoIterator<Item = FailureKind>) -> Self {
        self.after = After { errors: false, panics: false, lost_workers: false, time_limits: false };
        for kind in failures {
            match kind {
                FailureKind::Error => self.after.errors = true,
                FailureKind::Panicked => self.after.panics = true,
                FailureKind::WorkerLost | FailureKind::Lost => self.after.lost_workers = true,
                FailureKind::TimedOut => self.after.time_limits = true,
                FailureKind::Cancelled | FailureKind::UnknownMethod | FailureKind::ServerEnded => {}
            }
        }
        self
    }

    /// How many more attempts there may be.
    pub(crate) fn most(&self) -> u32 {
        self.retries
    }

    /// Whether there is another attempt after one that has failed so; `attempts` have been made.
    pub(crate) fn allows(&self, kind: FailureKind, attempts: u32) -> bool {
        let counts = match kind {
            FailureKind::Error => self.after.errors,
            FailureKind::Panicked => self.after.panics,
            FailureKind::WorkerLost | FailureKind::Lost => self.after.lost_workers,
            FailureKind::TimedOut => self.after.time_limits,
            FailureKind::Cancelled | FailureKind::UnknownMethod | FailureKind::ServerEnded => false,
        };
        counts && attempts <= self.retries
    }

    /// The pause after `attempts` of them; `drawn` is any number.
    pub(crate) fn pause(&self, attempts: u32, drawn: u64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(32);
        let full = (u64::from(self.first) << doublings).min(u64::from(self.longest)) * 1_000_000;
        let rest = full / 2;
        // Between 0 and `rest`, in proportion to `drawn`.
        let more = (u128::from(drawn) * u128::from(rest + 1)) >> 64;
        Duration::from_nanos(full - rest + more as u64)
    }
}

/// None, unless something is said.
impl Default for Retry {
    fn default() -> Self {
        Self::times(0)
    }
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use FailureKind::{Cancelled, Error, Panicked, ServerEnded, TimedOut, UnknownMethod, WorkerLost};
    use proptest::prelude::*;

    use super::*;

    const ALL: [FailureKind; 7] = [Error, Panicked, WorkerLost, TimedOut, Cancelled, UnknownMethod, ServerEnded];

    #[test]
    fn unless_said_errors_panics_and_lost_workers_are_tried_again_at_once() {
        let retry = Retry::times(1);
        let again: Vec<_> = ALL.into_iter().filter(|&kind| retry.allows(kind, 1)).collect();
        assert_eq!(again, [Error, Panicked, WorkerLost]);
        assert_eq!(retry.pause(1, u64::MAX), Duration::ZERO);
        assert!(!Retry::default().allows(Error, 1));
    }

    #[test]
    fn a_pause_is_rounded_up_and_bounded() {
        let retry = Retry::times(9).backoff(Duration::from_nanos(1));
        assert_eq!(retry.pause(1, u64::MAX), Duration::from_millis(1));
        assert_eq!(retry.pause(u32::MAX, u64::MAX), Duration::from_secs(300));
        let longest = Retry::times(9).backoff(Duration::MAX).longest_pause(Duration::MAX);
        assert_eq!(longest.pause(40, u64::MAX), Duration::from_millis(u32::MAX.into()));
    }

    proptest! {
        /// There are as many attempts as were said, after the failures that were said.
        #[test]
        fn what_counts_is_what_was_said(n in 0..20_u32, chosen in proptest::sample::subsequence(&ALL[..], 0..=7)) {
            let retry = Retry::times(n).on(chosen.iter().copied());
            for kind in ALL {
                let attempts = (1..=40).take_while(|&attempts| retry.allows(kind, attempts)).count();
                let counts = chosen.contains(&kind) && ALL[..4].contains(&kind);
                prop_assert_eq!(attempts, if counts { n as usize } else { 0 });
            }
        }

        /// Pauses double up to the longest; at least half of each is waited, and never more than it.
        #[test]
        fn pauses_double_within_their_limits(
            first in 0..100_000_u64,
            longest in 0..10_000_000_u64,
            attempts in 1..50_u32,
            drawn: u64,
        ) {
            let (first, longest) = (Duration::from_millis(first), Duration::from_millis(longest));
            let retry = Retry::times(50).backoff(first).longest_pause(longest);
            let full = (first.as_nanos() << (attempts - 1)).min(longest.as_nanos());
            let pause = retry.pause(attempts, drawn).as_nanos();
            prop_assert!(full / 2 <= pause && pause <= full, "{pause} of {full}");
            prop_assert!(retry.pause(attempts, 0) <= retry.pause(attempts, drawn));
            prop_assert_eq!(retry.pause(attempts, u64::MAX).as_nanos(), full);
            prop_assert_eq!(retry.pause(attempts, 0).as_nanos(), full - full / 2);
        }
    }
}
