//! A group of tasks, sent together by one agent, which reads their results.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Agent, Thinker};
use crate::error::Stopped;
use crate::queue::error::{NotSent, SubmitError};
use crate::queue::replies::Replies;
use crate::task::flight::Destination;
use crate::task::{IntoTask, Method, TaskId, TaskResult};
use crate::wait::{Left, Limits, Waitable, WaitingFor, now, wait, with_current};

/// Tasks that one agent has sent, and whose results it reads: in the order of completion as an iterator, or with
/// [`all`](Self::all) in the order sent. Stays on the agent's thread.
///
/// Dropping it cancels the tasks that have not settled.
#[must_use = "dropping a group cancels its tasks: read the results, `for result in group`, or `.all()`"]
pub struct Group<'a, T: Thinker, M: Method> {
    agent: &'a Agent<T>,
    replies: Arc<Replies<M>>,
    /// In the order sent.
    sent: Vec<TaskId>,
    /// Sent and not yet read.
    unread: Vec<TaskId>,
    deadline: Option<Instant>,
    /// All its tasks may be sent after `done`.
    after_done: bool,
}

/// A group gave no (further) result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// The campaign is done.
    #[error("the group was given up")]
    Stopped(#[source] Stopped),
    /// The group's time is over.
    #[error("not all results of the group came in time")]
    TimedOut,
}

/// Not all results of a group came; those that did are here.
#[derive(thiserror::Error)]
#[error("{} of {expected} results of the group came", received.len())]
pub struct IncompleteGroup<M: Method> {
    /// The results that came, in the order of completion.
    pub received: Vec<TaskResult<M>>,
    /// How many tasks there were.
    pub expected: usize,
    /// Why the others did not.
    #[source]
    pub cause: GroupError,
}

/// Not all tasks of a group were sent; those that were have been cancelled.
#[derive(thiserror::Error)]
#[error("the group was not sent")]
pub struct GatherError<I> {
    /// The tasks that were not sent, as they were passed.
    pub unsent: Vec<I>,
    /// Why.
    #[source]
    pub reason: NotSent,
}

impl<'a, T: Thinker, M: Method> Group<'a, T, M> {
    pub(super) fn new(agent: &'a Agent<T>) -> Self {
        let queues = Arc::clone(&agent.runtime().queues);
        let replies = with_current(|me| Arc::new(Replies::new(Arc::clone(me), queues)));
        Self { agent, replies, sent: Vec::new(), unread: Vec::new(), deadline: None, after_done: true }
    }

    /// Sends one more task.
    ///
    /// # Errors
    /// As for [`Agent::submit`]; the task comes back.
    #[track_caller]
    pub fn push<I: IntoTask<Method = M>>(&mut self, task: I) -> Result<TaskId, SubmitError<I>> {
        let after_done = task.is_after_done();
        let id = self.agent.send_to(task, Destination::Caller(Arc::downgrade(&self.replies)))?;
        self.after_done &= after_done;
        self.sent.push(id);
        self.unread.push(id);
        Ok(id)
    }

    /// Results that do not come within `timeout` from now are not waited for.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.deadline = now().checked_add(timeout);
        self
    }

    /// Cancels those of its tasks that have not settled: they do now, as [`Cancelled`](crate::FailureKind::Cancelled), their
    /// slots are free, and their results are read from the group like the others. How many. (Dropping a group cancels, too,
    /// and leaves the results unread.)
    pub fn cancel(&self) -> usize {
        self.agent.runtime().queues.cancel_each(self.unread.clone(), "its group was")
    }

    /// How many results have not been read.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.unread.len()
    }

    /// All results that have not been read yet, in the order sent.
    ///
    /// # Errors
    /// [`IncompleteGroup`] with those that came, when the campaign is done, or the time is over. The others are cancelled.
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<TaskResult<M>>, IncompleteGroup<M>> {
        let expected = self.unread.len();
        let mut received = Vec::with_capacity(expected);
        while let Some(result) = self.read_next() {
            match result {
                Ok(result) => received.push(result),
                Err(cause) => return Err(IncompleteGroup { received, expected, cause }),
            }
        }
        let place: BTreeMap<TaskId, usize> = self.sent.iter().copied().zip(0..).collect();
        received.sort_by_key(|result| place.get(&result.id()).copied());
        Ok(received)
    }

    #[track_caller]
    fn read_next(&mut self) -> Option<Result<TaskResult<M>, GroupError>> {
        if self.unread.is_empty() {
            return None;
        }
        let result = self.read();
        if result.is_err() {
            self.give_up();
        }
        Some(result)
    }

    #[track_caller]
    fn read(&mut self) -> Result<TaskResult<M>, GroupError> {
        let limits = Limits::sending(self.after_done).until(self.deadline);
        // What is there is read even after `done`.
        let result = match (&mut &*self.replies).try_take() {
            Some(result) => Ok(result),
            None => wait(&mut &*self.replies, limits, WaitingFor::ResultOf(M::NAME)),
        };
        let result = result.map_err(|left| match left {
            Left::Stopped => GroupError::Stopped(Stopped),
            Left::TimedOut => GroupError::TimedOut,
        })?;
        self.unread.retain(|id| *id != result.id());
        self.agent.runtime().queues.handled(1);
        Ok(result)
    }
}

/// The results in the order of completion, until all have been read. An error is followed by nothing: what has not
/// come is cancelled when the group is dropped.
impl<T: Thinker, M: Method> Iterator for Group<'_, T, M> {
    type Item = Result<TaskResult<M>, GroupError>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        self.read_next()
    }
}

impl<T: Thinker, M: Method> Group<'_, T, M> {
    /// What has settled in the meantime is in `replies`, or on its way there, and is counted when that goes.
    fn give_up(&mut self) {
        let queues = &self.agent.runtime().queues;
        let mut unread = std::mem::take(&mut self.unread);
        unread.retain(|&id| queues.give_up(id));
        queues.cancel_each(unread, "its group was given up");
    }
}

impl<T: Thinker, M: Method> Drop for Group<'_, T, M> {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl<T: Thinker, M: Method> fmt::Debug for Group<'_, T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Group");
        text.field("method", &M::NAME).field("sent", &self.sent.len()).field("unread", &self.unread.len()).finish()
    }
}

impl<M: Method> fmt::Debug for IncompleteGroup<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}: {}", self.cause)
    }
}

impl<I> fmt::Debug for GatherError<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}: {}", self.reason)
    }
}
