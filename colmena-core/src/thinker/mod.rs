//! Thinkers: agents that decide what to compute next.
//!
//! A [`Thinker`] describes its agents to [`Agents`]; each kind of agent is a loop in a file of its own here. The launch
//! checks the description, enlists every agent (its inbox, its part in an event) before any thread starts, and then
//! runs each in a thread.

mod agent;
mod describe;
mod group;
pub(crate) mod launch;
mod plain;
mod processor;
mod responder;
pub(crate) mod runtime;
mod setting;
pub(crate) mod shutdown;
mod submitter;
mod tolerance;

pub use agent::{Agent, BusyElsewhere};
pub use describe::{Agents, EventResponder, PlainAgent, QueueSubmitter, Reallocation, ResultProcessor, TaskSubmitter};
pub use group::{GatherError, Group, GroupError, IncompleteGroup};
pub use shutdown::Done;
pub use tolerance::{Tolerance, TooManyFailures};

use crate::error::BoxError;
use crate::resources::ResourcePool;

/// A set of agents that share state: what `#[thinker]` implements.
///
/// By hand, as `#[thinker]` would:
///
/// ```
/// use colmena_core::{Agent, AgentInfo, Agents, BoxError, Campaign, LocalTaskServer, Thinker};
///
/// struct Greeter;
///
/// impl Thinker for Greeter {
///     type Pools = ();
///     type Local = ();
///     const NAME: &'static str = "Greeter";
///     const AGENTS: &'static [AgentInfo] = &[AgentInfo::agent("greet")];
///
///     fn describe(agents: &mut Agents<Self>) {
///         agents.agent("greet").run(|_thinker, agent: &Agent<Self>, _local| {
///             println!("{} says hello", agent.name());
///         });
///     }
///
///     fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
///         Ok(())
///     }
/// }
///
/// let report = Campaign::new(Greeter).task_server(LocalTaskServer::new()).run()?;
/// assert_eq!(report.agents().len(), 1);
/// # Ok::<(), BoxError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no thinker",
    label = "not a thinker",
    note = "mark an `impl` block of it with `#[thinker]`"
)]
pub trait Thinker: Sized + Send + Sync + 'static {
    /// The pools of slots; `()` if there are none.
    type Pools: ResourcePool;
    /// What each agent has for itself; made by [`Self::prepare_agent`] in the agent's own thread.
    type Local: 'static;
    /// The name of the thinker, in logs and reports.
    const NAME: &'static str;
    /// All agents, in the order of their description.
    const AGENTS: &'static [AgentInfo];

    /// Describes the agents. Called once, at launch.
    fn describe(agents: &mut Agents<Self>);

    /// Runs in each agent's thread before it.
    ///
    /// # Errors
    /// Any error ends the agent, and with it the campaign.
    fn prepare_agent(&self, agent: &Agent<Self>) -> Result<Self::Local, BoxError>;

    /// Runs in each agent's thread after it, whatever happened. `local` is `None` if there is none, since
    /// [`Self::prepare_agent`] failed.
    ///
    /// # Errors
    /// Any error is reported as the agent's.
    fn tear_down_agent(&self, agent: &Agent<Self>, local: Option<&mut Self::Local>) -> Result<(), BoxError> {
        let _ = (agent, local);
        Ok(())
    }
}

/// What is known of an agent from its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentInfo {
    /// Its name: that of the method.
    pub name: &'static str,
    /// Its kind.
    pub kind: AgentKind,
    /// Whether its normal end leaves the campaign running.
    pub startup: bool,
}

impl AgentInfo {
    const fn new(name: &'static str, kind: AgentKind) -> Self {
        Self { name, kind, startup: false }
    }

    /// A plain agent.
    pub const fn agent(name: &'static str) -> Self {
        Self::new(name, AgentKind::Agent)
    }

    /// A result processor.
    pub const fn result_processor(name: &'static str) -> Self {
        Self::new(name, AgentKind::ResultProcessor)
    }

    /// A task submitter.
    pub const fn task_submitter(name: &'static str) -> Self {
        Self::new(name, AgentKind::TaskSubmitter)
    }

    /// An event responder.
    pub const fn event_responder(name: &'static str) -> Self {
        Self::new(name, AgentKind::EventResponder)
    }

    /// The same agent; its normal end leaves the campaign running.
    pub const fn startup(self) -> Self {
        Self { startup: true, ..self }
    }
}

/// The kinds of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgentKind {
    /// Runs once.
    Agent,
    /// Runs for each result of a method.
    ResultProcessor,
    /// Runs each time slots are granted, and an item waits.
    TaskSubmitter,
    /// Runs each time an event is set.
    EventResponder,
}

impl std::fmt::Display for AgentKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Agent => "agent",
            Self::ResultProcessor => "result processor",
            Self::TaskSubmitter => "task submitter",
            Self::EventResponder => "event responder",
        })
    }
}

/// What an agent may return: nothing, or a `Result` with any error that fits a boxed one.
#[diagnostic::on_unimplemented(
    message = "an agent cannot return `{Self}`",
    label = "neither nothing nor a fitting `Result<(), ..>`",
    note = "an agent returns nothing, or `Result<()>`, or `Result<(), E>` with an error `E` that is a `std::error::Error`, a \
            `String` or a `&str`"
)]
pub trait AgentReturn {
    /// As a result with a boxed error.
    ///
    /// # Errors
    /// The agent's own.
    fn into_result(self) -> Result<(), BoxError>;
}

#[diagnostic::do_not_recommend]
impl AgentReturn for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> AgentReturn for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}
