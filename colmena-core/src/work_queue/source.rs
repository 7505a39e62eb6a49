//! Source: where a task submitter's items come from.

use super::WorkQueue;
use crate::event::Event;
use crate::wait::WaitList;

/// Where a task submitter's items come from: a [`WorkQueue`], or something that chooses between several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of items for a task submitter",
    label = "not a source",
    note = "`queue` names a field of the thinker that is a `WorkQueue<..>`, or implements `Source`"
)]
pub trait Source: Send + Sync {
    /// What a submitter gets.
    type Item: Send;

    /// The best item at this moment. Called by the submitter's thread, under no lock.
    fn take(&self) -> Option<Self::Item>;

    /// Whether there will be no more items: the submitter then ends.
    fn is_finished(&self) -> bool;

    /// A copy of what [`Self::take`] would give, for `n_slots` by closure.
    fn peek(&self) -> Option<Self::Item>
    where
        Self::Item: Clone;

    /// Takes back an item that [`Self::take`] has given, to be the next one again: with `n_slots` by closure, if it turns
    /// out to need another number of slots than the one that was looked at. Even if the source is closed or full.
    fn put_back(&self, item: Self::Item);

    /// Names the queues and events after whose changes [`Self::take`] may give something.
    fn watch<'a>(&'a self, watch: &mut Watch<'a>);
}

/// The queues and events that wake a submitter; see [`Source::watch`].
#[derive(Debug, Default)]
pub struct Watch<'a>(Vec<&'a WaitList>);

impl<'a> Watch<'a> {
    /// Wakes at every change of `queue`.
    pub fn queue<T>(&mut self, queue: &'a WorkQueue<T>) {
        self.0.push(&queue.changed);
    }

    /// Wakes when `event` is set.
    pub fn event(&mut self, event: &'a Event) {
        self.0.push(event.waiting());
    }

    pub(crate) fn lists(&self) -> impl Iterator<Item = &'a WaitList> {
        self.0.iter().copied()
    }
}

impl<T: Send + Sync> Source for WorkQueue<T> {
    type Item = T;

    fn take(&self) -> Option<T> {
        self.try_pop()
    }

    fn is_finished(&self) -> bool {
        let state = self.state.lock();
        state.closed && state.items.is_empty()
    }

    fn peek(&self) -> Option<T>
    where
        T: Clone,
    {
        self.peek()
    }

    fn put_back(&self, item: T) {
        self.put_back(item);
    }

    fn watch<'a>(&'a self, watch: &mut Watch<'a>) {
        watch.queue(self);
    }
}
