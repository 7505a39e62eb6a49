//! Colmena steers campaigns of expensive computations: a *thinker* decides what to compute next, a *task server* computes.
//!
//! A thinker is an `impl` block marked [`#[thinker]`](macro@thinker), whose methods are its *agents*. Each agent is a thread:
//! one submits a task whenever slots are free, one handles each kind of result, one answers an event. They share the
//! fields of the thinker, a [`ResourceCounter`] and queues. The expensive computation is a function marked
//! [`#[method]`](macro@method). A [`Campaign`] wires both to a [`LocalTaskServer`], runs them, and reports.
//!
//! ```
//! use colmena::prelude::*;
//!
//! #[method]
//! fn square(x: u32) -> u32 {
//!     x * x
//! }
//!
//! #[derive(Default)]
//! struct Squares {
//!     inputs: WorkQueue<u32>,
//!     outputs: Mutex<Vec<u32>>,
//! }
//!
//! #[thinker]
//! impl Squares {
//!     /// Runs each time a slot is free and an input is waiting.
//!     /// When the queue is closed and empty, the campaign ends.
//!     #[task_submitter(queue = inputs)]
//!     fn submit(&self, agent: &Agent<Self>, slots: Slots, x: u32) -> Result<()> {
//!         agent.submit(square { x }.holding(slots))?;
//!         Ok(())
//!     }
//!
//!     /// Runs for each result.
//!     #[result_processor]
//!     fn store(&self, result: TaskResult<square>) -> Result<()> {
//!         self.outputs.lock().push(result.into_value()?);
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> Result<()> {
//! let thinker = Squares { inputs: (1..=3).collect(), ..Squares::default() };
//! thinker.inputs.close();
//! let mut campaign = Campaign::new(thinker)
//!     .unallocated_slots(2)
//!     .task_server(LocalTaskServer::new().serve::<square>());
//! println!("{}", campaign.run()?);
//!
//! let mut outputs = campaign.thinker().outputs.lock().clone();
//! outputs.sort();
//! assert_eq!(outputs, [1, 4, 9]);
//! # Ok(())
//! # }
//! ```
//!
//! # What can be relied on
//!
//! - **Nothing hangs.** Every wait of an agent ends on what it waits for, when the campaign is [done](Done), or at its
//!   deadline. If all agents wait and nothing can wake any of them, the campaign ends with [`Stalled`], which says who
//!   waited for what.
//! - **Nothing is lost.** Slots are conserved; every task settles exactly once, as a value or a [`Failure`]; what has been
//!   computed is handled before the campaign ends.
//! - **Mistakes are found early**: by the compiler, in the words of the attributes; at launch, all together
//!   ([`LaunchError`]); or at the call that is wrong.
//!
//! # Where to go on
//!
//! The guide explains what this reference lists; `scripts/guide.sh` builds both side by side. By its chapters:
//!
//! | in the guide | here |
//! | --- | --- |
//! | [Getting started](../../guide/getting-started.html) | the program above; [`prelude`] |
//! | [The thinker](../../guide/thinker.html) | [`macro@thinker`], [`Agent`], [`Mutex`], [`WorkQueue`], [`Event`] |
//! | [The kinds of agents](../../guide/agents.html) | [`macro@agent`], [`macro@task_submitter`], [`macro@result_processor`], [`macro@event_responder`]; [`macro@prepare_agent`], [`macro@tear_down_agent`]; [`PlainQueues`] |
//! | [Methods and tasks](../../guide/tasks.html) | [`macro@method`], [`TaskContext`], [`TaskOptions`], [`Info`], [`Shared`], [`TaskResult`], [`TaskUpdate`], [`Failure`], [`Tolerance`] |
//! | [Resources](../../guide/resources.html) | [`macro@ResourcePool`], [`ResourceCounter`], [`Slots`] |
//! | [Waiting and shutdown](../../guide/waiting.html) | [`Done`], [`Stopped`], [`OnDone`], [`Stalled`], [`BusyElsewhere`] |
//! | [Task servers](../../guide/task-servers.html) | [`LocalTaskServer`], [`ProcessTaskServer`], [`serve_if_asked`] |
//! | [Tasks that are programs](../../guide/executables.html) | [`ExecutableMethod`], [`Program`], [`Invocation`], [`RunDir`] |
//! | [Python methods, and clusters](../../guide/cluster.html) | `RedisQueues` (feature `redis`), [`wire`] |
//! | [The campaign](../../guide/campaign.html) | [`Campaign`], [`RunningCampaign`], [`Report`], [`CampaignError`], [`LaunchError`] |
//! | [Patterns](../../guide/patterns.html), [Traps](../../guide/traps.html) | [`Source`], [`Group`] |
//! | [Watching a campaign](../../guide/watching.html) | [`RunningCampaign::status`], [`Status`], [`Campaign::progress_line`], `Campaign::serve_page` (feature `live`) |
//! | [Rehearsing a campaign](../../guide/rehearsing.html), [How far will it scale?](../../guide/scale.html) | [`Rehearsal`](rehearsal::Rehearsal), [`Model`](rehearsal::Model), [`Campaign::rehearse`] |
//! | [Testing a thinker](../../guide/testing.html) | [`rehearsal`] |
//! | [Without macros](../../guide/without-macros.html) | [`Thinker`], [`Agents`], [`Method`] |
//! | [Coming from Python](../../guide/from-python.html) | [`wire`] |
//! | [Figures](../../guide/figures.html) | |
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use colmena_core::*;
pub use colmena_macros::{
    Checkpoint, ResourcePool, agent, event_responder, method, prepare_agent, result_processor, task_submitter,
    tear_down_agent, thinker,
};

pub mod prelude {
    //! What most programs need: `use colmena::prelude::*;`.
    pub use colmena_core::{
        Agent, All, Campaign, Checkpoint, CheckpointEvery, Emitted, Event, ExecutableMethod, Failure, FailureKind,
        GroupError, Info, Invocation, LocalTaskServer, Lookahead, Mutex, OnDone, ProcessTaskServer, Program, Report,
        ResourceCounter, ResourcePool, Result, Retry, RunDir, RunDirs, Shared, Slots, Source, Stopped, TaskContext,
        TaskId, TaskOptions as _, TaskResult, TaskUpdate, Thinker, Tolerance, Watch, WhenFull, WorkQueue,
        serve_if_asked,
    };
    pub use colmena_macros::{
        Checkpoint, ResourcePool, agent, event_responder, method, prepare_agent, result_processor, task_submitter,
        tear_down_agent, thinker,
    };
}

#[doc(hidden)]
pub mod __private {
    pub use colmena_core::*;
    pub use serde;
}

#[cfg(doctest)]
mod guide_tests;
