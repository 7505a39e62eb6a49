//! What comes back: a result, or an intermediate one.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::flight::Flight;
use super::info::Info;
use super::method::Method;
use super::{Failure, Resources, TaskId, TaskTimes};
use crate::resources::slots::HeldSlots;

/// The outcome of a task of the method `M`, with what was asked.
#[must_use = "a result may be a failure that nobody sees: look at `.value()`, or say `let _ = ..`"]
pub struct TaskResult<M: Method> {
    pub(crate) flight: Arc<Flight<M>>,
    pub(crate) outcome: Result<M::Value, Failure>,
}

impl<M: Method> TaskResult<M> {
    /// The value.
    ///
    /// # Errors
    /// Why there is none. `?` on it ends the agent, and so the campaign: a failed task is no reason for that by
    /// itself, so look first.
    pub fn value(&self) -> Result<&M::Value, Failure> {
        self.outcome.as_ref().map_err(Failure::clone)
    }

    /// The value, by value.
    ///
    /// # Errors
    /// Why there is none.
    pub fn into_value(self) -> Result<M::Value, Failure> {
        self.outcome
    }

    /// Why there is no value.
    pub fn failure(&self) -> Option<&Failure> {
        self.outcome.as_ref().err()
    }

    /// Whether there is a value.
    pub fn is_ok(&self) -> bool {
        self.outcome.is_ok()
    }

    /// What was asked.
    pub fn inputs(&self) -> &M {
        &self.flight.inputs
    }

    /// Adds a note to what is kept of the task: what its handler makes of the result, for the record. It is found by
    /// [`Self::info`] from now on; a note of the same name that the sender made is covered. If the run is
    /// [recorded](crate::Campaign::record_in) and this is the thread of an agent, so is the note.
    pub fn note<V: Serialize + Send + Sync + 'static>(&self, key: Info<V>, value: V) {
        self.flight.notes.add(key, value);
        crate::record::noted(self);
    }

    /// What was noted on the task under `key`, if anything was, and with this type.
    pub fn info<V: Send + Sync + 'static>(&self, key: Info<V>) -> Option<&V> {
        self.flight.notes.get(key)
    }

    /// The task's id.
    pub fn id(&self) -> TaskId {
        self.flight.head.id
    }

    /// How often the method was run for it; 0 if it never was. With the attempts of an earlier run that was taken up again.
    pub fn attempts(&self) -> u32 {
        self.flight.head.all_attempts()
    }

    /// How often the same task had been sent before, since it failed: [`Agent::resubmit`](crate::Agent::resubmit).
    pub fn resubmissions(&self) -> u32 {
        self.flight.head.options.resubmissions
    }

    /// Why earlier attempts failed, in their order; [`Failure::attempts`] says which attempt each was. At most the last 32.
    /// None, without a cost, if the first attempt was the last. (Of a task that was cancelled between two attempts, all.)
    pub fn earlier_failures(&self) -> Vec<Failure> {
        self.flight.head.earlier().failures
    }

    /// When it was sent, ran and ended.
    pub fn times(&self) -> TaskTimes {
        self.flight.head.times()
    }

    /// What it was allowed to use.
    pub fn resources(&self) -> Resources {
        self.flight.head.resources()
    }
}

impl<M: Method> fmt::Debug for TaskResult<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("TaskResult");
        text.field("method", &M::NAME).field("id", &self.id());
        match &self.outcome {
            Ok(_) => text.field("value", &format_args!("..")),
            Err(failure) => text.field("failure", failure),
        };
        text.finish()
    }
}

/// What a result processor of a method that emits gets, in order.
#[must_use = "dropping an update loses the value, and frees the slots that come with the last one"]
pub enum TaskUpdate<M: Method> {
    /// An intermediate result: the task goes on.
    Emitted(Emitted<M>),
    /// The task has settled. With it come the slots that it held.
    Finished(TaskResult<M>, HeldSlots),
}

/// An intermediate result.
pub struct Emitted<M: Method> {
    /// The task that emitted it.
    pub id: TaskId,
    /// What was emitted.
    pub value: M::Emission,
}

impl<M: Method> fmt::Debug for TaskUpdate<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emitted(emitted) => emitted.fmt(f),
            Self::Finished(result, slots) => f.debug_tuple("Finished").field(result).field(slots).finish(),
        }
    }
}

impl<M: Method> fmt::Debug for Emitted<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitted").field("method", &M::NAME).field("id", &self.id).finish_non_exhaustive()
    }
}
