//! What has been sent and has not settled: a table, pure. This is one shard; the caller picks it by id, and locks it.
//!
//! Invariants:
//! - `inserted == settled + len`;
//! - an id settles at most once; each further settling of it, and any of an id that is not here, is late and changes nothing else;
//! - what the caller gave up stays until it settles, and is counted as uncollected then: `uncollected <= settled`.
//!
//! An entry costs its id and its `T`, in one allocation for the whole table, which does not shrink.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

#[cfg(test)]
mod tests;

/// A task's number, from a counter.
pub(crate) type Id = u64;

/// Room for so many from the start: in a smaller table, a few that come and go cost twice the time.
const ROOM: usize = 56;

/// What settling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settlement<T> {
    /// The one that counts.
    First {
        entry: T,
        /// Nobody will collect the outcome.
        given_up: bool,
    },
    /// Settled before, or never sent from here: to be dropped.
    Late,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct InFlight<T> {
    entries: HashMap<Id, T, BuildHasherDefault<IdHasher>>,
    /// Rarely any: apart, so that an entry stays small.
    given_up: HashSet<Id, BuildHasherDefault<IdHasher>>,
    settled: u64,
    late: u64,
    uncollected: u64,
}

impl<T> InFlight<T> {
    pub(crate) fn new() -> Self {
        Self {
            entries: HashMap::with_capacity_and_hasher(ROOM, BuildHasherDefault::default()),
            given_up: HashSet::default(),
            settled: 0,
            late: 0,
            uncollected: 0,
        }
    }

    /// Call before the task is sent. False, and nothing changed, if the id is here already: a mistake of the program.
    #[must_use]
    pub(crate) fn insert(&mut self, id: Id, entry: T) -> bool {
        match self.entries.entry(id) {
            Entry::Vacant(place) => {
                place.insert(entry);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Hands the entry out, to the first who settles it. Drop it outside the lock.
    pub(crate) fn settle(&mut self, id: Id) -> Settlement<T> {
        let Some(entry) = self.entries.remove(&id) else {
            self.late += 1;
            return Settlement::Late;
        };
        self.settled += 1;
        let given_up = !self.given_up.is_empty() && self.given_up.remove(&id);
        self.uncollected += u64::from(given_up);
        Settlement::First { entry, given_up }
    }

    /// The caller has left; the task goes on. False if it has settled already, or was given up before.
    pub(crate) fn give_up(&mut self, id: Id) -> bool {
        self.entries.contains_key(&id) && self.given_up.insert(id)
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.entries.get(&id)
    }

    /// In no particular order, but always in the same one.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (Id, &T)> {
        self.entries.iter().map(|(&id, entry)| (id, entry))
    }

    /// How many have not settled, those given up included.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many have settled, those given up included.
    #[cfg(test)]
    pub(crate) fn settled(&self) -> u64 {
        self.settled
    }

    /// How many settlings came late.
    #[cfg(test)]
    pub(crate) fn late(&self) -> u64 {
        self.late
    }

    /// How many have settled after they had been given up.
    #[cfg(test)]
    pub(crate) fn uncollected(&self) -> u64 {
        self.uncollected
    }
}

/// For ids from a counter, of which a shard sees every n-th: one multiplication, whose middle bits, which depend on all of the
/// id's low ones, are rotated to where the table looks (its low bits choose the place, the highest seven the tag).
#[derive(Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write_u64(&mut self, id: u64) {
        self.0 = id.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    /// Not for ids, but right for anything.
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
