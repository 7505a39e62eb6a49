//! What is counted of a method: outcomes, retries, retries_after, running and waiting times.

use std::collections::VecDeque;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::task::{Failure, FailureKind, TaskTimes};

/// So many failures of each method are kept.
const LAST: usize = 5;

/// Counts and times of one method, while the campaign runs.
pub(crate) struct Tally {
    succeeded: u64,
    failed: u64,
    timed_out: u64,
    cancelled: u64,
    retries: u64,
    retries_after: Retries,
    first_failure: Option<Failure>,
    /// The last ones, the newest first.
    last_failures: VecDeque<Failure>,
    running: Times,
    waiting: Times,
}

impl Default for Tally {
    fn default() -> Self {
        let (running, waiting) = (Times::new(), Times::new());
        let (retries, retries_after, first_failure) = (0, Retries::default(), None);
        Self {
            succeeded: 0,
            failed: 0,
            timed_out: 0,
            cancelled: 0,
            retries,
            retries_after,
            first_failure,
            last_failures: VecDeque::new(),
            running,
            waiting,
        }
    }
}

/// Three significant digits, from a nanosecond to what is needed.
struct Times(Histogram<u32>);

impl Times {
    fn new() -> Self {
        Self(Histogram::new(3).expect("three digits are within the histogram's range"))
    }

    fn add(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // Resizes itself; cannot fail for what fits 64 bits.
        let _ = self.0.record(nanoseconds);
    }

    fn percentiles(&self) -> Percentiles {
        // The middle of what the histogram cannot tell apart; it would give the upper end.
        let at = |quantile| Duration::from_nanos(self.0.median_equivalent(self.0.value_at_quantile(quantile)));
        Percentiles { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    }
}

impl Tally {
    /// Counts a task that has settled. True if it is the first that failed (cancelled ones do not).
    pub(crate) fn add(&mut self, failure: Option<&Failure>, attempts: u32, after: Retries, times: &TaskTimes) -> bool {
        match failure.map(Failure::kind) {
            None => self.succeeded += 1,
            Some(FailureKind::TimedOut) => self.timed_out += 1,
            Some(FailureKind::Cancelled) => self.cancelled += 1,
            Some(_) => self.failed += 1,
        }
        let first = self.first_failure.is_none() && self.failed + self.timed_out > 0;
        if first {
            self.first_failure = failure.cloned();
        }
        if let Some(failure) = failure.filter(|failure| failure.kind() != FailureKind::Cancelled) {
            self.last_failures.truncate(LAST - 1);
            self.last_failures.push_front(failure.clone());
        }
        self.retries += u64::from(attempts.saturating_sub(1));
        self.retries_after.add(after);
        if times.started.is_some() {
            self.running.add(times.running());
        }
        self.waiting.add(times.waiting());
        first
    }

    /// The failures that are kept, the newest first.
    pub(crate) fn last_failures(&self) -> Vec<Failure> {
        self.last_failures.iter().cloned().collect()
    }

    pub(crate) fn report(&self, name: &'static str, topic: &'static str, dropped_emissions: u64) -> MethodReport {
        MethodReport {
            name,
            topic,
            succeeded: self.succeeded,
            failed: self.failed,
            timed_out: self.timed_out,
            cancelled: self.cancelled,
            retries: self.retries,
            retries_after: self.retries_after,
            first_failure: self.first_failure.clone(),
            dropped_emissions,
            running: self.running.percentiles(),
            waiting: self.waiting.percentiles(),
        }
    }
}

/// What the tasks of one method came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MethodReport {
    /// The method.
    pub name: &'static str,
    /// The topic of its results.
    pub topic: &'static str,
    /// Tasks that gave a value.
    pub succeeded: u64,
    /// Tasks that failed: errors, panics, and those that no server could run.
    pub failed: u64,
    /// Tasks that exceeded their time limit.
    pub timed_out: u64,
    /// Tasks that were cancelled.
    pub cancelled: u64,
    /// Attempts beyond the first, over all tasks.
    pub retries: u64,
    /// The same by what had happened to the attempt before, as far as that is known here.
    pub retries_after: Retries,
    /// The first of the tasks that failed or exceeded their time limit, and why.
    pub first_failure: Option<Failure>,
    /// Intermediate results that were dropped because the processor had fallen behind.
    pub dropped_emissions: u64,
    /// How long the last attempts ran, of the tasks that ran; to three digits.
    pub running: Percentiles,
    /// How long tasks waited for a worker; to three digits.
    pub waiting: Percentiles,
}

impl MethodReport {
    /// All tasks that settled.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.succeeded + self.failed + self.timed_out + self.cancelled
    }
}

/// Attempts beyond the first, by how the attempt before each had failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// The method had returned an error.
    pub errors: u64,
    /// It had panicked.
    pub panics: u64,
    /// Its worker had been lost.
    pub lost_workers: u64,
    /// It had exceeded its time limit.
    pub time_limits: u64,
}

impl Retries {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.errors + self.panics + self.lost_workers + self.time_limits
    }

    /// One more, after such a failure.
    pub(crate) fn count(&mut self, kind: FailureKind) {
        match kind {
            FailureKind::Panicked => self.panics += 1,
            FailureKind::WorkerLost => self.lost_workers += 1,
            FailureKind::TimedOut => self.time_limits += 1,
            _ => self.errors += 1,
        }
    }

    fn add(&mut self, others: Self) {
        self.errors += others.errors;
        self.panics += others.panics;
        self.lost_workers += others.lost_workers;
        self.time_limits += others.time_limits;
    }
}

/// Of a set of durations: half are at most `p50`, and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Percentiles {
    /// The median.
    pub p50: Duration,
    /// 95 in a hundred are at most this.
    pub p95: Duration,
    /// 99 in a hundred are at most this.
    pub p99: Duration,
}
