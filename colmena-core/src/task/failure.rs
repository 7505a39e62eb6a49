//! Failure: why a task has no value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{CancelReason, TaskId};
use crate::error::{Stopped, in_full};
use crate::server::executable::RunFailed;
use crate::wait::panic::Panic;

/// Why a task has no value. Cheap to clone.
#[derive(Clone)]
pub struct Failure(Arc<Inner>);

struct Inner {
    kind: FailureKind,
    method: &'static str,
    task: TaskId,
    message: String,
    backtrace: Option<String>,
    attempts: u32,
    by_the_end: bool,
    program_end: Option<ProgramEnd>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProgramEnd {
    /// By itself, with this status.
    Exited(i32),
    /// A signal of this number killed it.
    Killed(i32),
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The method returned an error.
    Error,
    /// The method panicked.
    Panicked,
    /// An attempt took longer than the task's time limit.
    TimedOut,
    /// The task was cancelled.
    Cancelled,
    /// The server does not know the method.
    UnknownMethod,
    /// The worker ended while it ran the task.
    WorkerLost,
    /// The server ended before it had run the task.
    ServerEnded,
    /// A server elsewhere took the task, and is taken to have lost it.
    Lost,
}

/// What a record calls the cancelling of a task since the campaign ended.
const BY_THE_END: &str = "EndOfCampaign";

impl FailureKind {
    const ALL: [Self; 8] = [
        Self::Error,
        Self::Panicked,
        Self::TimedOut,
        Self::Cancelled,
        Self::UnknownMethod,
        Self::WorkerLost,
        Self::ServerEnded,
        Self::Lost,
    ];

    /// What a record calls so.
    pub(crate) fn recorded_as(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Panicked => "Panicked",
            Self::TimedOut => "TimedOut",
            Self::Cancelled => "Cancelled",
            Self::UnknownMethod => "UnknownMethod",
            Self::WorkerLost => "WorkerLost",
            Self::ServerEnded => "ServerEnded",
            Self::Lost => "Lost",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut => "exceeded its time limit",
            Self::Cancelled => "was cancelled",
            Self::UnknownMethod => "is unknown to the task server",
            Self::WorkerLost => "lost its worker",
            Self::ServerEnded => "was not run: the task server has ended",
            Self::Lost => "is lost",
        })
    }
}

impl Failure {
    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// As it is called in a record.
    pub(crate) fn recorded_kind(&self) -> &'static str {
        if self.0.by_the_end { BY_THE_END } else { self.0.kind.name() }
    }

    /// What went wrong: the text of the error or panic.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where a panic happened, if the environment asks for backtraces (`RUST_BACKTRACE=1`); of a method in Python, the trace
    /// of its exception.
    #[must_use]
    pub fn backtrace(&self) -> Option<&str> {
        self.0.backtrace.as_deref()
    }

    /// How the program ended, if the task was one and it ran to an end that counts as a failure (or whose output could not
    /// be read).
    #[must_use]
    pub fn program_end(&self) -> Option<ProgramEnd> {
        self.0.program_end
    }

    /// The name of the method.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.0.method
    }

    /// The task.
    #[must_use]
    pub fn task(&self) -> TaskId {
        self.0.task
    }

    /// How often it was tried; 0 if it never ran.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, method, task, message, attempts, .. } = &*self.0;
        write!(f, "{task} of `{method}` {kind}")?;
        if *attempts > 1 {
            write!(f, " ({attempts} attempts)")?;
        }
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Of a task that was cancelled because the campaign ended, [`Stopped`] is the cause: `?` on it ends an agent cleanly.
impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if self.0.by_the_end { Some(&Stopped) } else { None }
    }
}

/// What is known of a failure before it is tied to its task.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    pub(crate) backtrace: Option<String>,
    /// The task was cancelled because the campaign ended.
    by_the_end: bool,
    program_end: Option<ProgramEnd>,
}

impl Cause {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), backtrace: None, by_the_end: false, program_end: None }
    }

    /// The task was cancelled because the campaign ended.
    pub(crate) fn end_of_campaign(message: &str) -> Self {
        Self { by_the_end: true, ..Self::new(FailureKind::Cancelled, message) }
    }

    pub(crate) fn error(error: &(dyn std::error::Error + 'static)) -> Self {
        let program_end = error.downcast_ref::<RunFailed>().and_then(|failed| failed.end);
        Self { program_end, ..Self::new(FailureKind::Error, in_full(error)) }
    }

    pub(crate) fn panic(panic: Panic) -> Self {
        let Panic { message, place, backtrace } = panic;
        let message = place.map_or(message.clone(), |place| format!("{message} (at {place})"));
        Self { backtrace, ..Self::new(FailureKind::Panicked, message) }
    }

    pub(crate) fn time_limit(limit: Duration) -> Self {
        Self::new(FailureKind::TimedOut, format!("{limit:?}"))
    }

    /// Why the flag of a task that ends so is raised.
    pub(crate) fn reason(&self) -> CancelReason {
        match self.kind {
            FailureKind::TimedOut => CancelReason::TimeLimit,
            _ if self.by_the_end => CancelReason::EndOfCampaign,
            _ => CancelReason::Cancelled,
        }
    }

    pub(crate) fn of(self, task: TaskId, method: &'static str, attempts: u32) -> Failure {
        let Self { kind, message, backtrace, by_the_end, program_end } = self;
        Failure(Arc::new(Inner { kind, method, task, message, backtrace, attempts, by_the_end, program_end }))
    }
}
