//! Snapshot: what was in a queue at one moment, and the order that it is to have.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::ReorderError;

/// What was in a queue at one moment, in its order; dereferences to a slice of shared items.
pub struct Snapshot<T> {
    pub(super) items: Vec<Arc<T>>,
    pub(super) tickets: Vec<u64>,
}

/// The place that a ticket is to have, if the snapshot has it.
pub(super) fn rank(ranks: &[(u64, usize)], ticket: u64) -> Option<usize> {
    ranks.binary_search_by_key(&ticket, |&(ticket, _)| ticket).ok().map(|found| ranks[found].1)
}

impl<T> Snapshot<T> {
    /// The items, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.items.iter().map(|item| &**item)
    }

    /// Copies of the items, in order.
    #[must_use]
    pub fn to_vec(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.iter().cloned().collect()
    }

    /// (ticket, place) of every item of the snapshot, by ticket: the named ones first, then the others.
    pub(super) fn ranks(&self, order: &[usize]) -> Result<Vec<(u64, usize)>, ReorderError> {
        let len = self.tickets.len();
        let mut place = vec![None; len];
        for (new, &index) in order.iter().enumerate() {
            let old = place.get_mut(index).ok_or(ReorderError::OutOfRange { index, len })?;
            if old.replace(new).is_some() {
                return Err(ReorderError::Repeated { index });
            }
        }
        let all = self.tickets.iter().zip(&place).enumerate();
        let mut ranks: Vec<_> =
            all.map(|(old, (&ticket, place))| (ticket, place.unwrap_or(order.len() + old))).collect();
        ranks.sort_unstable();
        Ok(ranks)
    }
}

impl<T> Deref for Snapshot<T> {
    type Target = [Arc<T>];

    fn deref(&self) -> &[Arc<T>] {
        &self.items
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
