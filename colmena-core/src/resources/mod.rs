//! Resources: slots in pools, who holds them, and how they move.

pub(crate) mod counter;
mod dearth;
mod error;
pub(crate) mod ledger;
pub(crate) mod pool;
pub(crate) mod reallocator;
mod rec;
pub(crate) mod slots;
pub(crate) mod used;

pub use error::SlotsError;
pub use pool::{IntoPool, ResourcePool, pool_named};
pub use rec::{All, Amount, Background, PoolState, ResourceCounter, Within};
pub use slots::{HeldSlots, KeptError, Slots, SplitError};
