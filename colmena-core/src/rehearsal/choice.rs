//! Choice: who gets the turn next, and when somebody loses it who could go on. All of it is drawn from the seed.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// How many of 256 points give the turn away; one is drawn for each order. Some races need many switches, others few.
const RATES: [u32; 4] = [128, 48, 12, 3];

/// One order in so many goes by priorities.
const BY_PRIORITY: u32 = 4;

/// Priorities change after so many points, at most.
const LONGEST_STRETCH: u32 = 400;

/// What the choices of one order are drawn from.
#[derive(Debug)]
pub(super) struct Choice {
    rng: Pcg32,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// The turn changes only where its holder waits.
    Calm,
    /// At each point somebody else gets the turn with this chance, of 256.
    Random { rate: u32 },
    /// Who is first by priority has the turn; now and then the holder is put last (probabilistic concurrency testing:
    /// Burckhardt et al., ASPLOS 2010). It finds what needs few switches, at just the right places.
    Priorities { of: Vec<u32>, last: u32, until_change: u32 },
}

impl Choice {
    /// Any order: for finding races.
    pub(super) fn of_any_order(seed: u64) -> Self {
        let mut rng = Pcg32::seed_from_u64(seed);
        let way = match rng.next_u32() % BY_PRIORITY {
            0 => Way::Priorities { of: Vec::new(), last: u32::MAX / 2, until_change: stretch(&mut rng) },
            _ => Way::Random { rate: RATES[(rng.next_u32() as usize) % RATES.len()] },
        };
        Self { rng, way }
    }

    /// Orders in which nobody is interrupted: for rehearsing a campaign.
    pub(super) fn calm(seed: u64) -> Self {
        Self { rng: Pcg32::seed_from_u64(seed), way: Way::Calm }
    }

    pub(super) fn is_calm(&self) -> bool {
        matches!(self.way, Way::Calm)
    }

    /// A thread has been added.
    pub(super) fn add(&mut self) {
        if let Way::Priorities { of, .. } = &mut self.way {
            of.push(u32::MAX / 2 + self.rng.next_u32() / 2);
        }
    }

    /// One of those that are ready.
    pub(super) fn draw(&mut self, ready: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        if let Way::Priorities { of, .. } = &self.way {
            return ready.max_by_key(|&index| of[index]);
        }
        let nth = (self.rng.next_u32() as usize).checked_rem(ready.clone().count())?;
        ready.into_iter().nth(nth)
    }

    /// At a point of `holder`: who gets the turn instead, if anybody.
    pub(super) fn interrupt(&mut self, holder: usize, ready: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        match &mut self.way {
            Way::Calm => None,
            Way::Random { rate } => {
                let interrupts = self.rng.next_u32() % 256 < *rate;
                if interrupts { self.draw(ready.filter(move |&index| index != holder)) } else { None }
            }
            Way::Priorities { of, last, until_change } => {
                *until_change -= 1;
                if *until_change == 0 {
                    *until_change = stretch(&mut self.rng);
                    *last -= 1;
                    of[holder] = *last;
                }
                ready.chain([holder]).max_by_key(|&index| of[index]).filter(|&first| first != holder)
            }
        }
    }
}

/// Of any length, mostly short.
fn stretch(rng: &mut Pcg32) -> u32 {
    let longest = 1 + rng.next_u32() % LONGEST_STRETCH;
    1 + rng.next_u32() % longest
}
