//! How many requests a server takes beyond those that its workers can begin at once: pure.
//!
//! What it takes no other server gets, and waits here. So of long tasks it takes none ahead; of short ones as many as its
//! workers begin in a moment, so that they need not wait for the broker.

use std::time::{Duration, Instant};

/// Long beside the way to the broker and back, short for whoever waits.
const MOMENT: Duration = Duration::from_millis(50);
/// How many are taken ahead at most.
const MOST: usize = 64;

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    taken: usize,
    ahead: usize,
}

impl Pace {
    pub(super) fn from(now: Instant) -> Self {
        Self { since: now, taken: 0, ahead: 0 }
    }

    pub(super) fn note_taken(&mut self, n: usize) {
        self.taken += n;
    }

    /// How many may be taken ahead.
    pub(super) fn ahead(&mut self, now: Instant) -> usize {
        let elapsed = now.saturating_duration_since(self.since);
        if elapsed >= MOMENT {
            let in_a_moment = self.taken as f64 * MOMENT.as_secs_f64() / elapsed.as_secs_f64();
            *self = Self { since: now, taken: 0, ahead: (in_a_moment as usize).min(MOST) };
        }
        self.ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::now;

    #[test]
    fn short_tasks_are_taken_ahead_and_long_ones_are_not() {
        let start = now();
        let mut pace = Pace::from(start);
        pace.note_taken(1000);
        assert_eq!(pace.ahead(start + MOMENT / 2), 0, "it is too soon to tell");
        assert_eq!(pace.ahead(start + MOMENT), MOST);
        pace.note_taken(20);
        assert_eq!(pace.ahead(start + 3 * MOMENT), 10);
        pace.note_taken(1);
        assert_eq!(pace.ahead(start + 5 * MOMENT), 0);
    }
}
