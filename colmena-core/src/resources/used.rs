//! Slot-time: what of it tasks used, and what became of the rest.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::counter::Counter;

/// Slot-time of tasks that have settled, in units of 64 ns.
#[derive(Debug, Default)]
pub(super) struct Used {
    running: AtomicU64,
    waiting: AtomicU64,
}

const UNIT: f64 = 64e-9;

impl Used {
    fn add(sum: &AtomicU64, n: u32, time: Duration) {
        let units = (time.as_nanos().saturating_mul(u128::from(n)) + 32) >> 6;
        sum.fetch_add(u64::try_from(units).unwrap_or(u64::MAX), Relaxed);
    }
}

/// Slot-seconds of a pool until now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotSeconds {
    pub(crate) allocated: f64,
    /// Of tasks that have settled: in which they ran.
    pub(crate) running: f64,
    /// Of tasks that have settled: in which they waited for their server.
    pub(crate) waiting: f64,
    /// In which slots lay free because a submitter had no item for them.
    pub(crate) without_item: f64,
}

impl Counter {
    /// Notes that a task with `n` slots waited for its server, and ran.
    pub(super) fn note_use(&self, pool: usize, n: u32, waiting: Duration, running: Duration) {
        Used::add(&self.used[pool].waiting, n, waiting);
        Used::add(&self.used[pool].running, n, running);
    }

    /// By place.
    pub(crate) fn slot_seconds(&self) -> Vec<SlotSeconds> {
        let (allocated, without_item) = self.allotted();
        let seconds = |units: &AtomicU64| units.load(Relaxed) as f64 * UNIT;
        let pools = allocated.into_iter().zip(without_item).zip(&self.used);
        let of = |((allocated, without_item), used): ((f64, f64), &Used)| {
            let (running, waiting) = (seconds(&used.running), seconds(&used.waiting));
            SlotSeconds { allocated, running, waiting, without_item }
        };
        pools.map(of).collect()
    }
}
