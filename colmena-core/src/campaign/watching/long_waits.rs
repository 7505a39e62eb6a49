//! Waits of agents that last long are told in the log: what is waited for, and who holds the slots that are needed.
//!
//! The supervisor looks when a wait that it knows of becomes long, and otherwise when one that begins now would.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::status::Watcher;
use crate::rehearsal::turns::in_order;
use crate::wait::{WaitingFor, now};

/// What has been told, and when to look again.
pub(in crate::campaign) struct LongWaits {
    /// From here on a wait is long.
    long: Duration,
    next: Option<Instant>,
    /// Of each agent's thread: a wait's beginning, and how long it must last to be told again.
    told: BTreeMap<Arc<str>, (Instant, Duration)>,
}

impl LongWaits {
    /// Time that is virtual passes without being waited for: then nothing is told.
    pub(in crate::campaign) fn from(long: Duration) -> Self {
        let next = if in_order() { None } else { now().checked_add(long) };
        Self { long, next, told: BTreeMap::new() }
    }

    /// When to look.
    pub(in crate::campaign) fn next(&self) -> Option<Instant> {
        self.next
    }

    pub(in crate::campaign) fn look(&mut self, watcher: &Watcher) {
        let now = now();
        self.next = now.checked_add(self.long);
        for (thread, what, since) in watcher.waits() {
            let waited = now.saturating_duration_since(since);
            let told = self.told.get(&thread).filter(|(of, _)| *of == since).map(|&(_, again)| again);
            let mut due = told.unwrap_or(self.long);
            if waited >= due {
                tell(watcher, &thread, what, waited);
                due = waited * 2;
                self.told.insert(thread, (since, due));
            }
            self.next = self.next.min(since.checked_add(due).or(self.next));
        }
    }
}

fn tell(watcher: &Watcher, thread: &str, what: WaitingFor, waited: Duration) {
    let holders = watcher.holders(what.pool());
    let held = if holders.is_empty() { String::new() } else { format!("; held by {}", holders.join(", ")) };
    tracing::info!(thinker = watcher.thinker, "for {waited:.0?} `{thread}` {what}{held}");
}
