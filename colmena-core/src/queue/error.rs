//! Why a task was not sent, and why there is no result.

use crate::error::Stopped;
use crate::task::TaskId;

/// A task was not sent; it comes back with what it held.
#[derive(thiserror::Error)]
#[error("the task of `{method}` was not sent")]
pub struct SubmitError<I> {
    pub(crate) task: I,
    pub(crate) method: &'static str,
    #[source]
    pub(crate) reason: NotSent,
}

/// Why a task was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// The campaign is done.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No server of the campaign serves the method.
    #[error("no task server of this campaign serves it; served are: {}", known.join(", "))]
    UnknownMethod {
        /// The methods that are served.
        known: Vec<&'static str>,
    },
    /// The thinker says that it [processes](crate::Processes) the method, but describes no result processor of it. With
    /// attributes that cannot be.
    #[error("no result processor handles it: the thinker implements `Processes` for it, but describes none")]
    NoProcessor,
}

impl<I> SubmitError<I> {
    /// The task, as it was passed, with its slots.
    pub fn into_task(self) -> I {
        self.task
    }

    /// Why it was not sent.
    pub fn reason(&self) -> &NotSent {
        &self.reason
    }
}

impl<I> std::fmt::Debug for SubmitError<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}: {}", self.reason)
    }
}

/// A call gave no result.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CallError<I> {
    /// The task was not sent, and comes back.
    #[error(transparent)]
    NotSent(#[from] SubmitError<I>),
    /// The campaign is done. The task was given up: it is still waited for, and then counted as uncollected.
    #[error("the call of `{method}` was given up")]
    Stopped {
        /// The method.
        method: &'static str,
        /// The task.
        id: TaskId,
        /// Why.
        #[source]
        cause: Stopped,
    },
}

impl<I> std::fmt::Debug for CallError<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotSent(error) => error.fmt(f),
            Self::Stopped { cause, .. } => write!(f, "{self}: {cause}"),
        }
    }
}

/// The plain level has no result to give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetResultError {
    /// The campaign is done.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// None came in time.
    #[error("no result of the topic `{topic}` came in time")]
    TimedOut {
        /// The topic.
        topic: &'static str,
    },
    /// No method of this campaign has the topic.
    #[error("no method of this campaign has the topic `{topic}`; there are: {}", known.join(", "))]
    UnknownTopic {
        /// What was asked for.
        topic: String,
        /// The topics that there are.
        known: Vec<&'static str>,
    },
}
