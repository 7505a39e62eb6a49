//! What a campaign came to, as numbers; `table.rs` prints it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::watching::{IdleTime, utilisation};
use crate::checkpoint::CheckpointStatus;
use crate::queue::tally::MethodReport;
use crate::queue::unused::{Unused, Why};
use crate::record::replay::Resumed;
use crate::resources::pool::place;
use crate::resources::{IntoPool, ResourcePool};
use crate::thinker::runtime::Runtime;
use crate::thinker::{AgentKind, Thinker};

/// What a campaign came to. Its `Display` is a readable table.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) thinker: &'static str,
    pub(super) ending: Ending,
    pub(super) wall_time: Duration,
    pub(super) agents: Vec<AgentReport>,
    pub(super) methods: Vec<MethodReport>,
    pub(super) pools: Vec<PoolReport>,
    pub(super) unused: Vec<Unused>,
    pub(super) left_behind: Vec<String>,
    pub(super) resumed: Resumed,
    pub(super) handled_before: u64,
    pub(super) checkpoints: Option<CheckpointStatus>,
}

/// What set `done`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// `done().set()`, by the thread of this name.
    SetBy(Arc<str>),
    /// This agent ended.
    AgentEnded(&'static str),
    /// This agent failed.
    AgentFailed(&'static str),
    /// Ctrl-C.
    Interrupted,
    /// The campaign's time limit.
    TimeLimit,
    /// This task server could not go on.
    ServerFailed(&'static str),
    /// All agents waited for ever.
    Stalled,
    /// All agents ended; nobody set `done`.
    AllEnded,
    /// Not everything could be started.
    LaunchFailed,
    /// What happened could not be recorded any more, or no checkpoint taken.
    RecordFailed,
    /// The run had come to its end before: its last checkpoint says so.
    EndedBefore,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetBy(who) => write!(f, "`{who}` set `done`"),
            Self::AgentEnded(agent) => write!(f, "the agent `{agent}` ended"),
            Self::AgentFailed(agent) => write!(f, "the agent `{agent}` failed"),
            Self::Interrupted => f.write_str("interrupted by Ctrl-C"),
            Self::TimeLimit => f.write_str("the time limit was reached"),
            Self::ServerFailed(server) => write!(f, "`{server}` failed"),
            Self::Stalled => f.write_str("it came to a standstill"),
            Self::AllEnded => f.write_str("all agents ended"),
            Self::RecordFailed => f.write_str("it could not be recorded any more"),
            Self::EndedBefore => f.write_str("it had come to its end before"),
            Self::LaunchFailed => f.write_str("it could not be started"),
        }
    }
}

/// How one thread of an agent ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentReport {
    /// The agent.
    pub name: &'static str,
    /// Its kind.
    pub kind: AgentKind,
    /// How it ended.
    pub end: AgentEnd,
    /// How often its method was called.
    pub calls: u64,
    /// How long it has waited for what, in words; the longest first. Waits that are over before
    /// its thread sleeps (it tries again for some microseconds; longer, if other programs have the cores) are not counted.
    pub waited: Vec<(String, Duration)>,
}

/// How an agent ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AgentEnd {
    /// By itself.
    Ended,
    /// Because the campaign was done.
    Stopped,
    /// With an error.
    Failed,
    /// With a panic.
    Panicked,
    /// Its thread could not be started.
    NotStarted,
}

impl fmt::Display for AgentEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::NotStarted => "not started",
        })
    }
}

/// What became of a pool.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PoolReport {
    /// Its name; "unallocated" for `None`.
    pub name: &'static str,
    /// Slots allocated to it at the end.
    pub slots: usize,
    /// Slot-seconds in which tasks ran, over slot-seconds allocated to it; 0 if it never had slots.
    pub utilisation: f64,
    /// Slot-seconds allocated to it.
    pub slot_seconds: f64,
    /// Those in which no task ran, by what the slots waited for.
    pub idle_time: IdleTime,
}

impl Report {
    pub(super) fn new<T: Thinker>(
        runtime: &Runtime<T>,
        ending: Ending,
        mut agents: Vec<AgentReport>,
        left_behind: Vec<String>,
    ) -> Self {
        agents.sort_by_key(|agent| T::AGENTS.iter().position(|info| info.name == agent.name));
        let counter = runtime.rec.slots();
        let pools = counter.slot_seconds().into_iter().enumerate().map(|(place, seconds)| PoolReport {
            name: counter.name(place),
            slots: counter.allocated(place) as usize,
            utilisation: utilisation(&seconds),
            slot_seconds: seconds.allocated,
            idle_time: IdleTime::of(&seconds),
        });
        let mut methods: Vec<_> = runtime.queues.routes().iter().map(|route| route.report()).collect();
        methods.sort_by_key(|method| method.name);
        Self {
            thinker: T::NAME,
            ending,
            wall_time: runtime.queues.since_launch(),
            agents,
            methods,
            pools: pools.collect(),
            unused: runtime.queues.unused(),
            left_behind,
            resumed: runtime.queues.resumed(),
            checkpoints: runtime.checkpoints.as_ref().map(|checkpoints| checkpoints.story().lock().clone()),
            handled_before: runtime.checkpoints.as_ref().map_or(0, |checkpoints| checkpoints.handled_before()),
        }
    }

    /// What set `done`.
    #[must_use]
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// From launch to the end of all threads.
    #[must_use]
    pub fn wall_time(&self) -> Duration {
        self.wall_time
    }

    /// Every thread of every agent, in the order of the thinker's description.
    #[must_use]
    pub fn agents(&self) -> &[AgentReport] {
        &self.agents
    }

    /// The first thread of the agent of this name.
    #[must_use]
    pub fn agent(&self, name: &str) -> Option<&AgentReport> {
        self.agents.iter().find(|agent| agent.name == name)
    }

    /// Every method that was used, by name.
    #[must_use]
    pub fn methods(&self) -> &[MethodReport] {
        &self.methods
    }

    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&MethodReport> {
        self.methods.iter().find(|method| method.name == name)
    }

    /// The pools, the unallocated one first.
    #[must_use]
    pub fn pools(&self) -> &[PoolReport] {
        &self.pools
    }

    /// Slot-seconds in which tasks ran on slots of `pool`, over slot-seconds allocated to it: from 0 to 1. What agents
    /// hold without a task that runs is allocated, not used. 0 if the pool never had slots.
    #[must_use]
    pub fn utilisation<P: ResourcePool>(&self, pool: impl IntoPool<P>) -> f64 {
        self.pools.get(place(pool.into_pool())).map_or(0.0, |pool| pool.utilisation)
    }

    /// Results that nobody took: their caller had left, their processor had panicked, or nobody read the plain queue. Those
    /// of cancelled tasks count, too, if nobody was told.
    #[must_use]
    pub fn uncollected(&self) -> u64 {
        self.unused.iter().filter(|unused| unused.why != Why::Late).map(|unused| unused.n).sum()
    }

    /// Values that came after their task had been settled otherwise (cancelled, or past its time limit).
    #[must_use]
    pub fn late(&self) -> u64 {
        self.unused.iter().filter(|unused| unused.why == Why::Late).map(|unused| unused.n).sum()
    }

    /// Of a campaign that was [taken up again](crate::Campaign::resume): the tasks whose results were in its record, and that
    /// were not run again. They count among those of their method.
    #[must_use]
    pub fn taken_over(&self) -> u64 {
        self.resumed.taken_over
    }

    /// Of a campaign that has gone on from a [checkpoint](crate::Campaign::checkpoint_every): the results that had been handled
    /// by then. They do not count among those of their method.
    #[must_use]
    pub fn handled_before(&self) -> u64 {
        self.handled_before
    }

    /// Of a campaign [with checkpoints](crate::Campaign::checkpoint_every): how many it took, when the last one was, and who
    /// kept it from taking one more.
    #[must_use]
    pub fn checkpoints(&self) -> Option<&CheckpointStatus> {
        self.checkpoints.as_ref()
    }

    /// Of a campaign that was taken up again: the tasks that were under way, and were sent again under their old ids.
    #[must_use]
    pub fn sent_again(&self) -> u64 {
        self.resumed.sent_again
    }

    /// Of a campaign that was taken up again: the records of tasks that its thinker has not sent this time, by the name of
    /// the method. They stay in the directory.
    pub fn unclaimed(&self) -> impl Iterator<Item = (&str, u64)> {
        self.resumed.unclaimed.iter().map(|(method, &n)| (&**method, n))
    }

    /// The workers, in words, that had not ended a second after everything else had: each with its task, which had been
    /// settled before (it was cancelled, or past its time limit). Their threads go on until the method returns, or the
    /// program ends.
    #[must_use]
    pub fn left_behind(&self) -> &[String] {
        &self.left_behind
    }
}
