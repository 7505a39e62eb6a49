//! What is noted of a task: its id, its times, its resources.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A task's number in its campaign, from 1 in the order of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub(crate) u64);

impl TaskId {
    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.0)
    }
}

/// When things happened to a task, counted from the start of its campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskTimes {
    /// It was sent.
    pub submitted: Duration,
    /// Its last attempt started on a worker; `None` if it never ran.
    pub started: Option<Duration>,
    /// It settled.
    pub ended: Duration,
    /// Of a task that is a program: how long the steps of its last attempt took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepTimes>,
}

/// How long the three steps of a program's run took; 0 for a step that it did not come to, or did not finish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StepTimes {
    /// Making the run directory and its files.
    pub preprocess: Duration,
    /// From starting the program to its end.
    pub run: Duration,
    /// Reading its output.
    pub postprocess: Duration,
}

impl TaskTimes {
    /// From sending to the start of the last attempt; all of it, if it never ran.
    #[must_use]
    pub fn waiting(&self) -> Duration {
        self.started.unwrap_or(self.ended).saturating_sub(self.submitted)
    }

    /// How long the last attempt ran.
    #[must_use]
    pub fn running(&self) -> Duration {
        self.started.map_or(Duration::ZERO, |started| self.ended.saturating_sub(started))
    }
}

/// What a task needs of each node; as in the original, 1 of each unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// Nodes.
    pub node_count: u32,
    /// Processes (MPI ranks) on each node.
    pub cpu_processes: u32,
    /// Threads of each process.
    pub cpu_threads: u32,
}

impl Resources {
    /// Processes on all nodes together.
    #[must_use]
    pub fn total_ranks(&self) -> u32 {
        self.node_count.saturating_mul(self.cpu_processes)
    }
}

impl Default for Resources {
    fn default() -> Self {
        Self { node_count: 1, cpu_processes: 1, cpu_threads: 1 }
    }
}
