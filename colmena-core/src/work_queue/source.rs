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

    /// Names the queues and events after whose changes [`Self::take`] may give something.
    fn watch<'a>(&'a self, watch: &mut Watch<'a>);
}

/// A source whose next item can be looked at before it is taken: what a submitter needs whose `n_slots` is a closure over
/// the item.
#[diagnostic::on_unimplemented(
    message = "the next item of `{Self}` cannot be looked at",
    label = "`n_slots` by closure needs that",
    note = "implement `Lookahead` for it, or give `n_slots` a number or an expression"
)]
pub trait Lookahead: Source {
    /// A copy of what [`take`](Source::take) would give.
    fn peek(&self) -> Option<Self::Item>;

    /// Takes back an item that [`take`](Source::take) has given, to be the next one again: if it turns out to need another
    /// number of slots than the one that was looked at. Even if the source is closed or full.
    fn put_back(&self, item: Self::Item);
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

    fn watch<'a>(&'a self, watch: &mut Watch<'a>) {
        watch.queue(self);
    }
}

impl<T: Clone + Send + Sync> Lookahead for WorkQueue<T> {
    fn peek(&self) -> Option<T> {
        self.peek()
    }

    fn put_back(&self, item: T) {
        self.put_back(item);
    }
}
