//! What can go wrong with a campaign, in the words of a person.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::{LaunchError, Report};
use crate::rehearsal::FailedOrder;
use crate::task::{Failure, TaskId};

/// Something that went wrong while a campaign ran.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Problem {
    /// An agent returned an error, or its `prepare_agent` or `tear_down_agent` did.
    AgentFailed {
        /// The agent.
        agent: &'static str,
        /// The error, with its causes.
        error: String,
    },
    /// An agent panicked.
    AgentPanicked {
        /// The agent.
        agent: &'static str,
        /// The panic's message.
        message: String,
        /// Where, as `file:line:column`.
        place: Option<String>,
        /// The backtrace, if the environment asks for one.
        backtrace: Option<String>,
    },
    /// All agents waited, and nothing could have woken any of them.
    Stalled(Stalled),
    /// These did not end in time and were left behind.
    Unresponsive {
        /// Threads.
        threads: Vec<String>,
        /// Tasks that had not settled by themselves, with their methods.
        tasks: Vec<(TaskId, &'static str)>,
    },
    /// The tasks of too many threads of a task server have settled without them (they were cancelled, or past their time
    /// limit), and their methods go on all the same. See
    /// [`LocalTaskServer::stuck_limit`](crate::LocalTaskServer::stuck_limit).
    Stuck {
        /// The server.
        server: &'static str,
        /// How many there may be.
        limit: usize,
        /// The tasks, with their methods.
        tasks: Vec<(TaskId, &'static str)>,
    },
    /// A task server cannot start a thread in the place of one that is stuck.
    NoThread {
        /// The server.
        server: &'static str,
        /// Why.
        error: String,
    },
    /// More worker processes were lost than [`Campaign::crash_limit`](crate::Campaign::crash_limit) allows.
    Crashes {
        /// How many may be.
        limit: u32,
        /// The last one.
        last: Failure,
    },
    /// What happened could not be recorded: the disk is full, say, or the directory has vanished.
    Record {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: String,
    },
    /// The thinker's state, or a task, cannot be in a checkpoint.
    Checkpoint {
        /// Which part, and why.
        error: String,
    },
}

/// So many tasks are named.
const NAMED: usize = 8;

/// A standstill: who waited for what, and who held the slots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stalled {
    /// The waits, in the order in which the threads were started.
    pub waits: Vec<Wait>,
    /// Who held how many slots of which pool.
    pub holdings: Vec<(Arc<str>, &'static str, usize)>,
    /// Tasks whose result had not been handled.
    pub outstanding: usize,
}

/// A thread that waited.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wait {
    /// The thread: an agent or a worker.
    pub who: Arc<str>,
    /// What it waited for, in words.
    pub what: String,
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standstill: all agents wait, and nothing is left that could wake one")?;
        // Workers that wait for requests are no news.
        for Wait { who, what } in self.waits.iter().filter(|wait| wait.what != "waits for requests") {
            write!(f, "\n    `{who}` {what}")?;
        }
        for (who, pool, n) in &self.holdings {
            let slots = crate::wait::slots(u32::try_from(*n).unwrap_or(u32::MAX));
            write!(f, "\n    `{who}` has taken {n} {slots} of `{pool}`")?;
        }
        match self.outstanding {
            0 => {}
            1 => f.write_str("\n    1 task is outstanding: its result has not been handled")?,
            n => write!(f, "\n    {n} tasks are outstanding: their results have not been handled")?,
        }
        f.write_str("\n    help: an agent that has finished should end, or call `agent.done().set()`")?;
        if self.waits.iter().any(|wait| wait.what == "sleeps") {
            f.write_str("\n    help: a sleep counts as running only if something has come of the last one")?;
        }
        f.write_str("\n    help: if code outside the agents wakes them, say so: `.woken_from_outside()`")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentFailed { agent, error } => write!(f, "the agent `{agent}` failed: {error}"),
            Self::AgentPanicked { agent, message, place, backtrace } => {
                write!(f, "the agent `{agent}` panicked: {message}")?;
                if let Some(place) = place {
                    write!(f, "\n    at {place}")?;
                }
                backtrace.as_ref().map_or(Ok(()), |trace| write!(f, "\n{trace}"))
            }
            Self::Stalled(stalled) => stalled.fmt(f),
            Self::Unresponsive { threads, tasks } => {
                f.write_str("left behind, not having ended in time:")?;
                for thread in threads {
                    write!(f, "\n    {thread}")?;
                }
                for (id, method) in tasks {
                    write!(f, "\n    {id} of `{method}` had not settled")?;
                }
                f.write_str("\n    help: a long method can look at `task.is_cancelled()` now and then, and return")
            }
            Self::Stuck { server, limit, tasks } => {
                let threads = if tasks.len() == 1 { "thread" } else { "threads" };
                write!(f, "`{server}` has {} stuck {threads}, and may have {limit}: ", tasks.len())?;
                f.write_str("their tasks have settled without them, but their methods go on")?;
                for (id, method) in tasks.iter().take(NAMED) {
                    write!(f, "\n    {id} of `{method}`")?;
                }
                if let more @ 1.. = tasks.len().saturating_sub(NAMED) {
                    write!(f, "\n    and {more} more")?;
                }
                f.write_str("\n    help: a long method can look at `task.is_cancelled()` now and then, and return")?;
                f.write_str("\n    help: a method that cannot is stopped with its process: `ProcessTaskServer`")
            }
            Self::NoThread { server, error } => {
                write!(f, "`{server}` cannot start a thread in the place of one that is stuck: {error}")
            }
            Self::Checkpoint { error } => write!(f, "no checkpoint can be taken: {error}"),
            Self::Record { path, error } => {
                write!(f, "`{}` cannot be recorded: {error}", path.display())?;
                f.write_str(
                    "\n    help: make room there, or bring it back, and go on from what is recorded: `.resume(..)`",
                )
            }
            Self::Crashes { limit, last } => {
                write!(f, "more than {limit} worker processes were lost; the last: {last}")?;
                f.write_str("\n    help: if so many are to be expected, raise `.crash_limit(..)`")
            }
        }
    }
}

/// A campaign that could not be started, or in which something failed. `Debug` is the readable text, since that is what
/// `main` prints.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CampaignError {
    /// Nothing has been started, or everything has been ended again.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// Something failed; what had been computed is in the thinker and in the report.
    #[error(transparent)]
    Failed(#[from] Box<Failed>),
    /// A rehearsal could not go on.
    #[error("the rehearsal failed (seed {}): {}", .0.seed, .0.text)]
    Rehearsal(Box<FailedOrder>),
}

impl CampaignError {
    /// The report, if the campaign has run.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Launch(_) | Self::Rehearsal(_) => None,
            Self::Failed(failed) => Some(&failed.report),
        }
    }

    /// Everything that failed, in the order in which it did; nothing, if the campaign has not run.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Launch(_) | Self::Rehearsal(_) => &[],
            Self::Failed(failed) => &failed.problems,
        }
    }
}

impl fmt::Debug for CampaignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What failed in a campaign, and the report.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub struct Failed {
    /// The thinker.
    pub thinker: &'static str,
    /// Everything that failed, in the order in which it did.
    pub problems: Vec<Problem>,
    /// What the campaign came to.
    pub report: Report,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the campaign of `{}` failed", self.thinker)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        write!(f, "\n{}", self.report)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
