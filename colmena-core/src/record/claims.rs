//! What of an earlier run a task takes over: pure.
//!
//! Invariants:
//! - a record is claimed at most once, by a task with its key;
//! - of the records with one key, the one that was sent first is claimed first;
//! - what has been claimed and what is left add up to what was given.

use std::collections::BTreeMap;

use super::Key;

/// Records of tasks that have not been claimed.
#[derive(Debug)]
pub(crate) struct Claims<R> {
    by_key: BTreeMap<Key, BTreeMap<u64, R>>,
}

impl<R> Claims<R> {
    /// Of records by key and id. Of two with the same key and id, the later one counts.
    pub(crate) fn of(records: impl IntoIterator<Item = (Key, u64, R)>) -> Self {
        let mut by_key = BTreeMap::<Key, BTreeMap<u64, R>>::new();
        for (key, id, record) in records {
            by_key.entry(key).or_default().insert(id, record);
        }
        Self { by_key }
    }

    /// The first record with this key that is left.
    pub(crate) fn claim(&mut self, key: Key) -> Option<(u64, R)> {
        let records = self.by_key.get_mut(&key)?;
        let first = records.pop_first();
        if records.is_empty() {
            self.by_key.remove(&key);
        }
        first
    }

    /// The ids of what nobody has claimed.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u64> {
        self.by_key.values().flat_map(BTreeMap::keys).copied()
    }

    /// What nobody has claimed.
    pub(crate) fn left(&self) -> impl Iterator<Item = &R> {
        self.by_key.values().flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(n: u8) -> Key {
        Key::of("m", [&*n.to_string()])
    }

    proptest! {
        /// Against the plain rule: among the unclaimed records with the key, the lowest id.
        #[test]
        fn the_first_unclaimed_record_with_the_key_is_claimed(
            given in prop::collection::btree_map(0_u64..64, 0_u8..6, 0..40),
            asked in prop::collection::vec(0_u8..8, 0..60),
        ) {
            let mut claims = Claims::of(given.iter().map(|(&id, &n)| (key(n), id, n)));
            let mut left = given.clone();
            for n in asked {
                let first = left.iter().find(|(_, record)| **record == n).map(|(&id, _)| id);
                prop_assert_eq!(claims.claim(key(n)), first.map(|id| (id, n)));
                first.map(|id| left.remove(&id));
                prop_assert_eq!(claims.left().count(), left.len());
            }
        }

        /// The order in which records are read does not matter.
        #[test]
        fn any_order_of_reading_is_the_same(given in prop::collection::btree_map(0_u64..64, 0_u8..6, 0..40)) {
            let mut forth = Claims::of(given.iter().map(|(&id, &n)| (key(n), id, n)));
            let mut back = Claims::of(given.iter().rev().map(|(&id, &n)| (key(n), id, n)));
            for n in (0..6).cycle().take(given.len() * 6) {
                prop_assert_eq!(forth.claim(key(n)), back.claim(key(n)));
            }
            prop_assert_eq!((forth.left().count(), back.left().count()), (0, 0));
        }
    }
}
