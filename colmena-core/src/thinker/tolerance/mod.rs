//! Tolerance: how many tasks may fail before the campaign ends, and which are sent again.
//!
//! The decision is pure (`tally.rs`): what has settled goes in, and at most once in a campaign it says that this is too
//! much. Here are the lock around it, and the sending.

mod tally;

use std::fmt;

use super::{Agent, Thinker};
use crate::checkpoint::{Checkpoint, CheckpointError, Saved};
use crate::resources::{ResourcePool, Slots};
use crate::sync::Mutex;
use crate::task::{Failure, FailureKind, Method, ProcessedBy, TaskResult};
use tally::{Limit, Tally};

/// How many failures of tasks a thinker bears: a field of the thinker, asked by its result processors.
///
/// A failed task has no value, and is counted. Beyond the limit, the campaign ends with [`TooManyFailures`], once: what is
/// still out is handled as before. Tasks that were cancelled count neither way. One `Tolerance` may serve several
/// processors, as those of a topic; a clone begins at 0.
///
/// ```
/// use colmena_core::{Agent, Method, Result, TaskResult, Thinker, Tolerance};
///
/// struct Search {
///     failures: Tolerance, // Tolerance::share(0.25).after(20)
/// }
///
/// impl Search {
///     fn store<M: Method<Value = f64>>(&self, result: TaskResult<M>) -> Result<()> {
///         let Some(&y) = self.failures.value(&result)? else { return Ok(()) };
///         assert!(y.is_finite());
///         Ok(())
///     }
/// }
/// ```
pub struct Tolerance {
    limit: Limit,
    resubmissions: u32,
    tally: Mutex<Tally>,
}

/// What it has counted. The failure that it names, should it be too many, is then the first since the run was taken up.
impl Checkpoint for Tolerance {
    fn save(&self) -> Result<Saved, CheckpointError> {
        let counts = self.tally.lock().counts();
        Saved::of(&counts)
    }

    fn restore(&self, saved: &Saved) -> Result<(), CheckpointError> {
        let before = std::mem::replace(&mut *self.tally.lock(), Tally::with(saved.read()?));
        drop(before);
        Ok(())
    }
}

/// More tasks have failed than a [`Tolerance`] bears.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.text())]
pub struct TooManyFailures {
    /// Tasks that failed, for good: one that was sent again counts when that has failed, too.
    pub failed: u64,
    /// Tasks that gave a value or failed.
    pub settled: u64,
    /// The first failure.
    pub first: Failure,
    /// The methods of these tasks.
    pub methods: Vec<&'static str>,
    limit: Limit,
}

impl Tolerance {
    /// Any number of tasks may fail.
    #[must_use]
    pub fn any() -> Self {
        Self::of(Limit::None)
    }

    /// At most `n` tasks may fail; with 0, the first ends the campaign.
    #[must_use]
    pub fn at_most(n: u64) -> Self {
        Self::of(Limit::Number(n))
    }

    /// At most this share of the tasks may fail: 0.25 is a quarter. It counts once 10 tasks have settled, unless
    /// [`Self::after`] says otherwise.
    ///
    /// # Panics
    /// The share is not between 0 and 1.
    #[must_use]
    pub fn share(share: f64) -> Self {
        assert!((0.0..=1.0).contains(&share), "a share is between 0 and 1, and not {share}");
        Self::of(Limit::Share { share, after: 10 })
    }

    /// A share counts once so many tasks have settled: the first to end may be the ones that fail.
    #[must_use]
    pub fn after(mut self, settled: u64) -> Self {
        if let Limit::Share { after, .. } = &mut self.limit {
            *after = settled;
        }
        self
    }

    /// [`Self::value_or_resubmit`] sends a task that failed again, at most so many times. Unlike
    /// [`retries`](crate::TaskOptions::retries), which a server makes at once, that is a task of its own, which waits behind
    /// all that have been sent in the meantime.
    #[must_use]
    pub fn resubmit(mut self, times: u32) -> Self {
        self.resubmissions = times;
        self
    }

    fn of(limit: Limit) -> Self {
        Self { limit, resubmissions: 0, tally: Mutex::default() }
    }

    /// The value; `None` if the task has failed, or was cancelled, and is to be left at that. Never blocks.
    ///
    /// # Errors
    /// With this one, too many have failed. `?` ends the campaign.
    pub fn value<'r, M: Method>(&self, result: &'r TaskResult<M>) -> Result<Option<&'r M::Value>, TooManyFailures> {
        match &result.outcome {
            Ok(value) => {
                self.tally.lock().succeeded(M::NAME);
                Ok(Some(value))
            }
            Err(failure) if failure.kind() == FailureKind::Cancelled => Ok(None),
            Err(failure) => self.give_up::<M>(failure).map(|()| None),
        }
    }

    /// The value; `None` if the task has failed. Then it has been sent again, holding `slots`, if it may be: as often as
    /// [`Self::resubmit`] says, before the campaign is done, and if it was the task that failed and not its server.
    /// Otherwise it is left at that, and the slots are left where they are. Blocks where
    /// [`submit`](Agent::submit) does.
    ///
    /// # Errors
    /// With this one, too many have failed. `?` ends the campaign.
    #[track_caller]
    pub fn value_or_resubmit<'r, T, M, P>(
        &self,
        agent: &Agent<T>,
        result: &'r TaskResult<M>,
        slots: &mut Slots<P>,
    ) -> Result<Option<&'r M::Value>, TooManyFailures>
    where
        T: Thinker,
        M: ProcessedBy<T> + Method,
        P: ResourcePool,
    {
        let again = result.failure().is_some_and(|failure| is_of_the_task(failure.kind()));
        if again && result.resubmissions() < self.resubmissions && agent.resubmit(result, slots).is_ok() {
            self.tally.lock().resubmitted += 1;
            return Ok(None);
        }
        self.value(result)
    }

    /// Counts a failure.
    fn give_up<M: Method>(&self, failure: &Failure) -> Result<(), TooManyFailures> {
        let mut tally = self.tally.lock();
        if !tally.failed(M::NAME, failure, self.limit) {
            return Ok(());
        }
        let Tally { settled, failed, methods, .. } = &*tally;
        let first = tally.first.clone().unwrap_or_else(|| failure.clone());
        Err(TooManyFailures { failed: *failed, settled: *settled, first, methods: methods.clone(), limit: self.limit })
    }

    /// Tasks that failed, for good.
    pub fn failed(&self) -> u64 {
        self.tally.lock().failed
    }

    /// Tasks that gave a value or failed.
    pub fn settled(&self) -> u64 {
        self.tally.lock().settled
    }

    /// How often a task was sent again.
    pub fn resubmitted(&self) -> u64 {
        self.tally.lock().resubmitted
    }

    /// The first failure of a task.
    pub fn first(&self) -> Option<Failure> {
        self.tally.lock().first.clone()
    }
}

/// Whether another try may go better.
fn is_of_the_task(kind: FailureKind) -> bool {
    !matches!(kind, FailureKind::Cancelled | FailureKind::UnknownMethod | FailureKind::ServerEnded)
}

impl TooManyFailures {
    fn text(&self) -> String {
        let Self { failed, settled, first, methods, limit } = self;
        let methods = methods.iter().map(|method| format!("`{method}`")).collect::<Vec<_>>().join(", ");
        format!("{failed} of {settled} tasks of {methods} failed, more than {limit}; the first: {first}")
    }
}

impl Clone for Tolerance {
    /// The same limits; nothing has been counted.
    fn clone(&self) -> Self {
        Self { resubmissions: self.resubmissions, ..Self::of(self.limit) }
    }
}

impl Default for Tolerance {
    /// [`Tolerance::any`].
    fn default() -> Self {
        Self::any()
    }
}

impl fmt::Debug for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, resubmissions, tally } = self;
        let mut text = f.debug_struct("Tolerance");
        text.field("limit", limit).field("resubmissions", resubmissions).field("tally", &*tally.lock()).finish()
    }
}
