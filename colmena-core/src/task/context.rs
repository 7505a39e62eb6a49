//! What a method can know of the task that it is run for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::flight::{AnyFlight, CancelReason, Head};
use super::{Resources, TaskId};
use crate::error::Stopped;
use crate::wait::sleep;

/// The task that a method is run for; the last parameter of a method, if it wants one.
///
/// `Y` is what the method emits.
pub struct TaskContext<Y = ()> {
    /// Absent: a direct call.
    pub(crate) flight: Option<Arc<dyn AnyFlight>>,
    pub(crate) attempt: u32,
    pub(crate) emit: Option<Arc<Emit<Y>>>,
    /// In a rehearsal a model says how long it takes: sleeping takes no time.
    pub(crate) rehearsed: bool,
}

/// Where emissions go.
pub(crate) type Emit<Y> = dyn Fn(&Head, u32, Y) + Send + Sync;

impl<Y> TaskContext<Y> {
    /// For calling a method's body directly, as in a test: task 0, attempt 1, never cancelled; emissions are dropped.
    #[must_use]
    pub fn detached() -> Self {
        Self { flight: None, attempt: 1, emit: None, rehearsed: false }
    }

    /// What is known of the task; nothing, in a direct call.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.flight.as_ref().map(|flight| flight.head())
    }

    /// The task's id.
    pub fn id(&self) -> TaskId {
        self.flight.as_ref().map_or(TaskId(0), |flight| flight.head().id)
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What the task may use.
    pub fn resources(&self) -> Resources {
        self.flight.as_ref().map_or_else(Resources::default, |flight| flight.head().resources())
    }

    /// Whether nobody wants the value any more: the task was cancelled, or has exceeded its time limit. A method that
    /// runs for long should look now and then, and return.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled_because().is_some()
    }

    /// Why nobody wants the value any more; `None` as long as it is wanted.
    pub fn cancelled_because(&self) -> Option<CancelReason> {
        self.head().and_then(|head| head.cancelled_because(self.attempt))
    }

    /// For `?`: an error once [`Self::is_cancelled`].
    ///
    /// # Errors
    /// [`Stopped`] if the task has been cancelled.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.is_cancelled() { Err(Stopped) } else { Ok(()) }
    }

    /// Sleeps for `duration`, on the runtime's clock: in a seeded order time is virtual. For what a method must wait for, and
    /// for simulated work.
    ///
    /// # Errors
    /// [`Stopped`], at once, when the task is cancelled.
    #[track_caller]
    pub fn sleep(&self, duration: Duration) -> Result<(), Stopped> {
        match &self.flight {
            Some(_) if self.rehearsed => self.check(),
            Some(flight) => flight.head().sleep(self.attempt, duration),
            None => sleep(duration),
        }
    }

    /// Sends an intermediate result. Never blocks: if the processor has fallen too far behind, the oldest unread
    /// emission of the method is dropped and counted. After the task has settled, emissions are dropped.
    pub fn emit(&self, value: Y) {
        if let (Some(emit), Some(flight)) = (&self.emit, &self.flight) {
            emit(flight.head(), self.attempt, value);
        }
    }
}

impl<Y> fmt::Debug for TaskContext<Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("TaskContext");
        text.field("id", &self.id()).field("attempt", &self.attempt).field("cancelled", &self.is_cancelled());
        text.finish_non_exhaustive()
    }
}
