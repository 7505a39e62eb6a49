//! A task to send: the inputs of a method, and options.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Resources;
use super::info::{Info, Notes};
use super::method::Method;
use super::retry::Retry;
use crate::resources::pool::ResourcePool;
use crate::resources::slots::{HeldSlots, Slots};

/// A task that has not been sent yet. Dropping it drops its inputs and frees its slots.
#[must_use = "a task that is not sent never runs, and frees its slots: `agent.submit(task)` or `agent.call(task)`"]
pub struct Task<M: Method> {
    pub(crate) inputs: M,
    pub(crate) slots: HeldSlots,
    pub(crate) options: Options,
    pub(crate) notes: Notes,
}

/// What else is said of a task. Small: every outstanding task has one.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Options {
    /// How often the same has been sent before.
    pub(crate) resubmissions: u32,
    /// How often it had been tried in an earlier run.
    pub(crate) attempts_before: u32,
    /// `None`: as the server says for the method.
    pub(crate) retry: Option<Retry>,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) resources: Option<Resources>,
    pub(crate) after_done: bool,
    /// `None`: as the campaign says.
    pub(crate) on_done: Option<OnDone>,
}

/// What becomes of tasks that are out when the campaign is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnDone {
    /// They are waited for, and their results are handled.
    Drain,
    /// Tasks that have not begun are cancelled at once, running ones are told so; what has not ended after this time
    /// settles as cancelled, and if its method goes on all the same, it is left behind and reported.
    Cancel(Duration),
}

impl OnDone {
    pub(crate) fn grace(self) -> Option<Duration> {
        match self {
            Self::Drain => None,
            Self::Cancel(grace) => Some(grace),
        }
    }
}

impl<M: Method> Task<M> {
    /// A task that runs the method with these inputs, holds no slots and is not retried.
    pub fn new(inputs: M) -> Self {
        Self { inputs, slots: HeldSlots::none(), options: Options::default(), notes: Notes::default() }
    }

    /// The inputs.
    pub fn inputs(&self) -> &M {
        &self.inputs
    }

    /// The inputs and the slots that it held. `P` must be the pools of these slots.
    pub fn into_parts<P: ResourcePool>(self) -> (M, Slots<P>) {
        (self.inputs, self.slots.of())
    }
}

impl<M: Method> fmt::Debug for Task<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Task");
        text.field("method", &M::NAME).field("slots", &self.slots).field("options", &self.options).finish()
    }
}

/// What can be sent as a task: the struct that `#[method]` makes, or a [`Task`] with options.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no task",
    label = "not a task",
    note = "a task is the inputs of a method marked `#[method]`, in braces: `simulate {{ x: 0.5 }}`"
)]
pub trait IntoTask: Sized {
    /// The method that the task runs.
    type Method: Method;

    /// The task.
    fn into_task(self) -> Task<Self::Method>;

    /// Whether it may be sent when the campaign is done; see [`TaskOptions::after_done`].
    fn is_after_done(&self) -> bool {
        false
    }
}

impl<M: Method> IntoTask for Task<M> {
    type Method = M;

    fn into_task(self) -> Task<M> {
        self
    }

    fn is_after_done(&self) -> bool {
        self.options.after_done
    }
}

/// Options of a task, on the value: `simulate { x }.holding(slots).retries(2)`.
pub trait TaskOptions: IntoTask {
    /// The task holds `slots` until it settles. Slots of the same pool that it holds already are kept; of another
    /// pool, freed.
    fn holding<P: ResourcePool>(self, slots: Slots<P>) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.slots = task.slots.and(slots.into_held());
        task
    }

    /// Notes a value on the task, which comes back with its result ([`TaskResult::info`](crate::TaskResult::info)).
    fn info<V: Serialize + Send + Sync + 'static>(self, key: Info<V>, value: V) -> Task<Self::Method> {
        let task = self.into_task();
        task.notes.add(key, value);
        task
    }

    /// If an attempt fails (the method returns an error or panics, or its worker is lost), the server tries again, at once
    /// and at most `n` times: short for [`retry`](Self::retry)`(Retry::times(n))`. The slots are kept meanwhile.
    fn retries(self, n: u32) -> Task<Self::Method> {
        self.retry(Retry::times(n))
    }

    /// What is done about failed attempts of this task, instead of what the server says for its method
    /// ([`LocalTaskServer::retry`](crate::LocalTaskServer::retry)). Between attempts the task keeps its slots, and so its
    /// worker; a pause ends when the task is cancelled.
    fn retry(self, policy: Retry) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.options.retry = Some(policy);
        task
    }

    /// An attempt may run for `limit`, counted from its start on a worker. Then its cancellation flag is raised and
    /// the task settles as [`TimedOut`](crate::FailureKind::TimedOut), unless a [policy](Retry::on) lets it try again.
    fn time_limit(self, limit: Duration) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.options.time_limit = Some(limit);
        task
    }

    /// The task may be sent when the campaign is done, too: the next step of a chain that is paid for. It is waited for
    /// like those that were sent before; `call` waits for its result.
    fn after_done(self) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.options.after_done = true;
        task
    }

    /// What becomes of this task when the campaign is done and it has not settled; unless said, what the campaign's
    /// [`on_done`](crate::Campaign::on_done) says. A task that is sent later ([`Self::after_done`]) is waited for in any
    /// case; the grace of a campaign that cancels is the longest that any task gets.
    fn on_done(self, on_done: OnDone) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.options.on_done = Some(on_done);
        task
    }

    /// What the task needs. Absent: one process on one node for each slot that it holds, at least one.
    fn resources(self, resources: Resources) -> Task<Self::Method> {
        let mut task = self.into_task();
        task.options.resources = Some(resources);
        task
    }
}

impl<I: IntoTask> TaskOptions for I {}
