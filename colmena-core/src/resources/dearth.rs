//! How long slots lie free because a submitter has no item for them.
//!
//! The clock is read only where such a time begins, ends, or changes its number of slots; while no submitter lacks an item
//! it costs a look at a flag.

use std::time::Instant;

use super::ledger::Ledger;
use crate::wait::now;

#[derive(Debug)]
pub(super) struct Dearth {
    /// A submitter lacks an item, or did at the last look.
    lacking: bool,
    /// By place: slots that lie free for that reason.
    idle: Vec<u32>,
    /// By place: the slot-time of that until `since`.
    slot_seconds: Vec<f64>,
    since: Instant,
}

impl Dearth {
    pub(super) fn new(places: usize, since: Instant) -> Self {
        Self { lacking: false, idle: vec![0; places], slot_seconds: vec![0.0; places], since }
    }

    /// A submitter has found no item for the slots that it was granted.
    pub(super) fn begin(&mut self, ledger: &Ledger) {
        self.lacking = true;
        self.look(ledger);
    }

    /// Whether a change of the books has to be noted.
    #[inline]
    pub(super) fn is_noted(&self) -> bool {
        self.lacking
    }

    /// After each change of the books.
    #[inline]
    pub(super) fn note(&mut self, ledger: &Ledger) {
        if self.lacking {
            self.look(ledger);
        }
    }

    #[cold]
    fn look(&mut self, ledger: &Ledger) {
        if (0..self.idle.len()).any(|place| self.idle[place] != ledger.without_item(place)) {
            self.catch_up();
            self.idle.iter_mut().enumerate().for_each(|(place, idle)| *idle = ledger.without_item(place));
        }
        self.lacking = ledger.lacks_items();
    }

    fn catch_up(&mut self) {
        let now = now();
        let elapsed = now.saturating_duration_since(self.since).as_secs_f64();
        for (sum, idle) in self.slot_seconds.iter_mut().zip(&self.idle) {
            *sum += elapsed * f64::from(*idle);
        }
        self.since = now;
    }

    /// By place: slot-seconds until now.
    pub(super) fn slot_seconds(&mut self) -> Vec<f64> {
        self.catch_up();
        self.slot_seconds.clone()
    }
}
