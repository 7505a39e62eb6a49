//! Watching a campaign while it runs: its status, and what is made of it.

#[cfg(feature = "live")]
mod live;
mod long_waits;
mod progress;
mod status;

#[cfg(feature = "live")]
pub(super) use live::{Address, Live};
pub(super) use long_waits::LongWaits;
pub(super) use progress::Progress;
pub use status::{AgentStatus, Idle, IdleTime, LastResult, MethodStatus, PoolStatus, Status};
pub(super) use status::{Budget, Watcher, utilisation};
