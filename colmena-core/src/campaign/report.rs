//! What a campaign came to: the report, and the errors in the words of a person.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::queue::tally::{MethodReport, Percentiles};
use crate::resources::ResourcePool;
use crate::resources::pool::place;
use crate::task::TaskId;
use crate::thinker::runtime::Runtime;
use crate::thinker::{AgentKind, Thinker};

/// What a campaign came to. Its `Display` is a readable table.
#[derive(Clone, Debug)]
pub struct Report {
    thinker: &'static str,
    ending: Ending,
    wall_time: Duration,
    agents: Vec<AgentReport>,
    methods: Vec<MethodReport>,
    pools: Vec<PoolReport>,
    uncollected: u64,
    late: u64,
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
    /// All agents waited for ever.
    Stalled,
    /// All agents ended; nobody set `done`.
    AllEnded,
    /// Not everything could be started.
    LaunchFailed,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetBy(who) => write!(f, "`{who}` set `done`"),
            Self::AgentEnded(agent) => write!(f, "the agent `{agent}` ended"),
            Self::AgentFailed(agent) => write!(f, "the agent `{agent}` failed"),
            Self::Interrupted => f.write_str("interrupted by Ctrl-C"),
            Self::TimeLimit => f.write_str("the time limit was reached"),
            Self::Stalled => f.write_str("it came to a standstill"),
            Self::AllEnded => f.write_str("all agents ended"),
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
}

impl Report {
    pub(crate) fn new<T: Thinker>(runtime: &Runtime<T>, ending: Ending, mut agents: Vec<AgentReport>) -> Self {
        agents.sort_by_key(|agent| T::AGENTS.iter().position(|info| info.name == agent.name));
        let counter = runtime.rec.slots();
        let pools = counter.slot_seconds().into_iter().enumerate().map(|(place, (used, allocated))| PoolReport {
            name: counter.name(place),
            slots: counter.allocated(place) as usize,
            utilisation: if allocated > 0.0 { (used / allocated).min(1.0) } else { 0.0 },
            slot_seconds: allocated,
        });
        let mut methods: Vec<_> = runtime.queues.routes().iter().map(|route| route.report()).collect();
        methods.sort_by_key(|method| method.name);
        Self {
            thinker: T::NAME,
            ending,
            wall_time: runtime.queues.elapsed(),
            agents,
            methods,
            pools: pools.collect(),
            uncollected: runtime.queues.uncollected(),
            late: runtime.queues.late(),
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
    pub fn utilisation<P: ResourcePool>(&self, pool: impl Into<Option<P>>) -> f64 {
        self.pools.get(place(pool.into())).map_or(0.0, |pool| pool.utilisation)
    }

    /// Results that nobody took: their caller had left, or their processor had panicked.
    #[must_use]
    pub fn uncollected(&self) -> u64 {
        self.uncollected
    }

    /// Results that came after their task had been settled otherwise (cancelled, or past its time limit).
    #[must_use]
    pub fn late(&self) -> u64 {
        self.late
    }
}

/// Three significant digits, with a unit.
fn short(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s >= 100.0 => format!("{s:.0} s"),
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.1} us", s * 1e6),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} after {}", self.thinker, self.ending, short(self.wall_time))?;
        self.write_agents(f)?;
        self.write_methods(f)?;
        self.write_pools(f)?;
        match (self.uncollected, self.late) {
            (0, 0) => Ok(()),
            (uncollected, late) => {
                write!(f, "\n  results that nobody took: {uncollected}; that came too late: {late}")
            }
        }
    }
}

impl Report {
    fn write_agents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<24} {:<18} {:>10} ended", "agent", "kind", "calls")?;
        for AgentReport { name, kind, end, calls } in &self.agents {
            write!(f, "\n  {name:<24} {:<18} {calls:>10} {end}", kind.to_string())?;
        }
        Ok(())
    }

    fn write_methods(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.methods.is_empty() {
            return Ok(());
        }
        write!(f, "\n  {:<24} {:>7} {:>7} {:>8}  ran p50 / p95 / p99", "method", "ok", "failed", "retries")?;
        for method in &self.methods {
            let failed = method.settled() - method.succeeded;
            let MethodReport { name, succeeded, retries, .. } = method;
            write!(f, "\n  {name:<24} {succeeded:>7} {failed:>7} {retries:>8}")?;
            if method.settled() == 0 {
                continue;
            }
            let Percentiles { p50, p95, p99 } = method.running;
            write!(f, "  {} / {} / {}", short(p50), short(p95), short(p99))?;
            let Percentiles { p50, p95, p99 } = method.waiting;
            write!(f, "\n  {:<49}  {} / {} / {} (waited)", "", short(p50), short(p95), short(p99))?;
        }
        Ok(())
    }

    fn write_pools(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used: Vec<_> = self.pools.iter().filter(|pool| pool.slot_seconds > 0.0 || pool.slots > 0).collect();
        if used.is_empty() {
            return Ok(());
        }
        write!(f, "\n  {:<24} {:>7} {:>14} {:>12}", "pool", "slots", "slot-seconds", "utilisation")?;
        for PoolReport { name, slots, utilisation, slot_seconds } in used {
            write!(f, "\n  {name:<24} {slots:>7} {slot_seconds:>14.2} {utilisation:>12.3}")?;
        }
        Ok(())
    }
}

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
}

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
            f.write_str(
                "\n    help: sleeping does not count as running, unless something has come of it since the last time",
            )?;
        }
        f.write_str("\n    help: if code outside the agents sets events or fills queues, say `.woken_from_outside()`")
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
                write!(f, "left behind, not having ended in time: {}", threads.join(", "))?;
                for (id, method) in tasks {
                    write!(f, "\n    {id} of `{method}` had not settled")?;
                }
                f.write_str("\n    help: a method that runs for long can look at `task.is_cancelled()` now and then")
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
}

impl CampaignError {
    /// The report, if the campaign has run.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Launch(_) => None,
            Self::Failed(failed) => Some(&failed.report),
        }
    }

    /// Everything that failed, in the order in which it did; nothing, if the campaign has not run.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Launch(_) => &[],
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

/// Everything that is wrong with a campaign before it starts.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct LaunchError {
    /// The thinker.
    pub thinker: &'static str,
    /// What is wrong.
    pub problems: Vec<LaunchProblem>,
}

/// One thing that is wrong, and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaunchProblem {
    /// What is wrong, and where.
    pub wrong: String,
    /// What to do.
    pub help: Option<String>,
}

impl LaunchProblem {
    pub(crate) fn new(wrong: impl Into<String>, help: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), help: Some(help.into()) }
    }
}

impl LaunchError {
    pub(crate) fn of(thinker: &'static str, wrong: String) -> Self {
        Self { thinker, problems: vec![LaunchProblem { wrong, help: None }] }
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the campaign of `{}` cannot start", self.thinker)?;
        for LaunchProblem { wrong, help } in &self.problems {
            write!(f, "\n  error: {wrong}")?;
            if let Some(help) = help {
                write!(f, "\n    help: {help}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
