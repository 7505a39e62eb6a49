//! Watching a campaign while it runs: its status, and what is made of it.

#[cfg(feature = "live")]
mod live;
mod progress;
mod status;

#[cfg(feature = "live")]
pub(super) use live::{Address, Live};
pub(super) use progress::Progress;
pub(super) use status::Watcher;
pub use status::{AgentStatus, Idle, MethodStatus, PoolStatus, Status};
