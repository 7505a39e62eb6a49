//! The runtime of Colmena: waiting, slots, queues, task servers, thinkers and campaigns.
//!
//! Users depend on the package `colmena`, which adds the attributes; everything here can be used without them (see
//! [`Thinker`]).
#![cfg_attr(docsrs, feature(doc_cfg))]

mod campaign;
#[doc(hidden)]
pub mod check;
mod checkpoint;
mod error;
mod event;
mod mutex;
mod queue;
mod record;
#[cfg(feature = "redis")]
mod redis;
pub mod rehearsal;
mod resources;
mod server;
mod sync;
mod task;
mod thinker;
mod wait;
pub mod wire;
mod work_queue;

pub use campaign::{
    AgentEnd, AgentReport, AgentStatus, Campaign, CampaignError, Ending, Failed, Idle, IdleTime, LastResult,
    LaunchError, LaunchProblem, MethodStatus, PoolReport, PoolStatus, Problem, Report, RunningCampaign, Stalled,
    Status, Wait,
};
pub use checkpoint::{Checkpoint, CheckpointError, CheckpointEvery, CheckpointStatus, Saved};
pub use error::{BoxError, Result, Stopped};
pub use event::{Event, RoundInProgress};
pub use mutex::{Mutex, MutexGuard};
pub use queue::error::{CallError, GetResultError, NotSent, SubmitError};
pub use queue::plain::{AnyResult, PlainQueues};
pub use queue::tally::{MethodReport, Percentiles, Retries};
pub use record::Durability;
#[cfg(feature = "redis")]
pub use redis::{BrokerError, RedisQueues};
pub use resources::{
    All, Amount, Background, HeldSlots, IntoPool, KeptError, PoolState, ResourceCounter, ResourcePool, Slots,
    SlotsError, SplitError, Within, pool_named,
};
#[doc(hidden)]
pub use server::executable::command;
pub use server::executable::{CommandMethod, ExecutableMethod, Invocation, Program, RunDir, RunDirs};
pub use server::{LocalTaskServer, ProcessTaskServer, ServedMethods, TaskServer, serve_if_asked};
pub use task::{
    Body, CancelReason, Codec, Emitted, Failure, FailureKind, Info, IntoTask, Method, OnDone, Portable, ProcessedBy,
    Processes, ProgramEnd, Recordable, Resources, Retry, Shared, StepTimes, Task, TaskContext, TaskId, TaskOptions,
    TaskResult, TaskTimes, TaskUpdate,
};
pub use thinker::{
    Agent, AgentInfo, AgentKind, AgentReturn, Agents, BusyElsewhere, Done, EventResponder, GatherError, Group,
    GroupError, IncompleteGroup, PlainAgent, QueueSubmitter, Reallocation, ResultProcessor, TaskSubmitter, Thinker,
    Tolerance, TooManyFailures,
};
pub use wait::random::AgentRng;
pub use work_queue::{Lookahead, PopError, PushError, ReorderError, Snapshot, Source, Watch, WhenFull, WorkQueue};
