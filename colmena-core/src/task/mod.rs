//! Tasks: what a method is, a task to send, and what comes back.

pub(crate) mod codec;
pub(crate) mod context;
pub(crate) mod failure;
pub(crate) mod flight;
pub(crate) mod info;
pub(crate) mod method;
pub(crate) mod record;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod shared;
#[expect(clippy::module_inception, reason = "a task to send is this folder's main thing")]
pub(crate) mod task;
pub(crate) mod travel;

pub use codec::Codec;
pub use context::TaskContext;
pub use failure::{Failure, FailureKind, ProgramEnd};
pub use flight::CancelReason;
pub use info::Info;
pub use method::{Body, Method, Portable, ProcessedBy, Processes, Recordable};
pub use record::{Resources, StepTimes, TaskId, TaskTimes};
pub use result::{Emitted, TaskResult, TaskUpdate};
pub use retry::Retry;
pub use shared::Shared;
pub use task::{IntoTask, OnDone, Task, TaskOptions};
