//! What is in flight, and what came last, for those who look on.

use std::time::Duration;

use super::{Entry, Queues};
use crate::LastResult;

/// A task in flight.
pub(crate) struct Counted {
    pub(crate) method: &'static str,
    pub(crate) runs: bool,
    /// The place of their pool, and how many there are.
    pub(crate) slots: Option<(usize, u32)>,
    /// How long it has waited for a worker, and how long its attempt has run.
    pub(crate) so_far: (Duration, Duration),
}

impl Queues {
    /// What is in flight.
    pub(crate) fn census(&self) -> Vec<Counted> {
        let stamp = self.stamp();
        let counted = |entry: &Entry| Counted {
            method: entry.flight.method(),
            runs: entry.flight.head().attempts() > 0,
            slots: entry.slots.share(),
            so_far: entry.flight.head().so_far(stamp),
        };
        let mut all = Vec::new();
        for shard in &self.shards {
            all.extend(shard.lock().iter().map(|(_, entry)| counted(entry)));
        }
        all
    }

    #[cfg(feature = "live")]
    pub(crate) fn last_results(&self) -> Vec<LastResult> {
        self.latest.as_ref().map(super::latest::Latest::all).unwrap_or_default()
    }

    #[cfg(not(feature = "live"))]
    #[expect(clippy::unused_self, reason = "with the feature there are some")]
    pub(crate) fn last_results(&self) -> Vec<LastResult> {
        Vec::new()
    }
}
