//! WorkQueue: what is still to be done, in an order that agents can change.
//!
//! Items stand behind `Arc`, so that a snapshot shares them and nothing of a user's (`Clone`, `Drop`, a key function)
//! runs under the lock. Every item has a ticket, by which a later `reorder`, `retain` or `pop` knows it again.

mod error;
mod saved;
mod snapshot;
mod source;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use error::{PopError, PushError, ReorderError};
pub use snapshot::Snapshot;
use snapshot::rank;
pub use source::{Lookahead, Source, Watch};

use crate::error::Stopped;
use crate::sync::Mutex;
use crate::wait::{Left, Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};

/// A shared queue of work. First in, first out, unless made otherwise; unbounded, unless [`bounded`](Self::bounded).
///
/// ```
/// use colmena_core::WorkQueue;
///
/// let queue: WorkQueue<&str> = ["a", "b", "c"].into_iter().collect();
/// let seen = queue.snapshot();
/// queue.push("d").expect("neither full nor closed");
/// queue.reorder(&seen, &[2, 0]).expect("indices into what was seen");
/// assert_eq!(queue.snapshot().to_vec(), ["c", "a", "b", "d"]);
/// ```
pub struct WorkQueue<T> {
    state: Mutex<State<T>>,
    changed: WaitList,
    rule: Rule<T>,
    bound: Option<(usize, WhenFull)>,
}

/// What a bounded queue does with an item that it has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// `push` fails and gives the item back.
    Refuse,
    /// The item that has been in the queue for longest is dropped (and counted).
    DropOldest,
}

type Key<T> = Box<dyn Fn(&T) -> f64 + Send + Sync>;

enum Rule<T> {
    Fifo,
    Lifo,
    /// Smallest key first.
    ByKey(Key<T>),
}

struct State<T> {
    items: VecDeque<Entry<T>>,
    next_ticket: u64,
    closed: bool,
    dropped: u64,
    /// How to give out an item that a snapshot still shares; known once there has been a snapshot.
    clone: Option<fn(&T) -> T>,
}

struct Entry<T> {
    ticket: u64,
    key: f64,
    item: Arc<T>,
}

impl<T> WorkQueue<T> {
    fn with_rule(rule: Rule<T>) -> Self {
        let items = VecDeque::new();
        let state = Mutex::new(State { items, next_ticket: 0, closed: false, dropped: 0, clone: None });
        Self { state, changed: WaitList::default(), rule, bound: None }
    }

    /// First in, first out.
    #[must_use]
    pub fn new() -> Self {
        Self::with_rule(Rule::Fifo)
    }

    /// Last in, first out.
    #[must_use]
    pub fn lifo() -> Self {
        Self::with_rule(Rule::Lifo)
    }

    /// The item with the lowest key first; equal keys in order of arrival. Keys are compared by `f64::total_cmp`
    /// (a positive NaN comes last). The key is computed once, when the item is pushed.
    #[must_use]
    pub fn lowest_first(key: impl Fn(&T) -> f64 + Send + Sync + 'static) -> Self {
        Self::with_rule(Rule::ByKey(Box::new(key)))
    }

    /// The item with the highest key first; otherwise as [`Self::lowest_first`] (a negative NaN comes last).
    #[must_use]
    pub fn highest_first(key: impl Fn(&T) -> f64 + Send + Sync + 'static) -> Self {
        Self::with_rule(Rule::ByKey(Box::new(move |item| -key(item))))
    }

    /// Holds at most `n` items (at least 1).
    #[must_use]
    pub fn bounded(mut self, n: usize, when_full: WhenFull) -> Self {
        self.bound = Some((n.max(1), when_full));
        self
    }

    /// Adds an item at its place. Never blocks.
    ///
    /// # Errors
    /// [`PushError`], which gives the item back: the queue is closed, or full and refuses.
    pub fn push(&self, item: T) -> Result<(), PushError<T>> {
        self.insert(item, false)
    }

    /// Adds an item before all others, whatever the rule. Never blocks.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_front(&self, item: T) -> Result<(), PushError<T>> {
        self.insert(item, true)
    }

    /// Pushes all items.
    ///
    /// # Errors
    /// At the first item that cannot be pushed; those before it stay, those after it are dropped.
    pub fn extend(&self, items: impl IntoIterator<Item = T>) -> Result<(), PushError<T>> {
        items.into_iter().try_for_each(|item| self.push(item))
    }

    fn key(&self, item: &T) -> f64 {
        if let Rule::ByKey(key) = &self.rule { key(item) } else { 0.0 }
    }

    fn insert(&self, item: T, front: bool) -> Result<(), PushError<T>> {
        let key = self.key(&item);
        let item = Arc::new(item);
        let pushed = {
            let mut state = self.state.lock();
            match self.make_room(&mut state) {
                Ok(dropped) => {
                    let place = if front { 0 } else { self.place(&state.items, key) };
                    let ticket = state.ticket();
                    state.items.insert(place, Entry { ticket, key, item });
                    Ok(dropped)
                }
                Err(full) => Err((full, item)),
            }
        };
        match pushed {
            Ok(_dropped_outside_the_lock) => {
                self.changed.notify_all();
                Ok(())
            }
            Err((full, item)) => Err(full.with(Arc::into_inner(item))),
        }
    }

    /// Makes an item that has been taken the first one again, whatever the bound, and also if the queue is closed.
    /// Only a better one, by key, that has come meanwhile stays before it.
    pub fn put_back(&self, item: T) {
        let key = self.key(&item);
        let item = Arc::new(item);
        {
            let mut state = self.state.lock();
            let better = |other: &Entry<T>| other.key.total_cmp(&key) == Ordering::Less;
            let place = state.items.iter().position(|other| !better(other)).unwrap_or(state.items.len());
            let ticket = state.ticket();
            state.items.insert(place, Entry { ticket, key, item });
        }
        self.changed.notify_all();
    }

    /// Makes room for one more; what had to go is dropped by the caller, outside the lock.
    fn make_room(&self, state: &mut State<T>) -> Result<Option<Entry<T>>, NoRoom> {
        if state.closed {
            return Err(NoRoom::Closed);
        }
        match self.bound {
            Some((n, WhenFull::Refuse)) if state.items.len() >= n => Err(NoRoom::Full),
            Some((n, WhenFull::DropOldest)) if state.items.len() >= n => Ok(state.remove_oldest()),
            _ => Ok(None),
        }
    }

    /// Where a newcomer stands by the queue's own rule.
    fn place(&self, items: &VecDeque<Entry<T>>, key: f64) -> usize {
        match self.rule {
            Rule::Fifo => items.len(),
            Rule::Lifo => 0,
            // From the back, so that it is right after a `reorder`, too: behind the last that is no worse.
            Rule::ByKey(_) => {
                let no_worse = |other: &Entry<T>| other.key.total_cmp(&key) != Ordering::Greater;
                items.iter().rposition(no_worse).map_or(0, |last| last + 1)
            }
        }
    }

    /// Takes the first item, if there is one. Never blocks.
    pub fn try_pop(&self) -> Option<T> {
        let (entry, clone, was_the_last) = {
            let mut state = self.state.lock();
            let entry = state.items.pop_front()?;
            (entry, state.clone, state.closed && state.items.is_empty())
        };
        if was_the_last {
            // Who has looked between the closing and this, and seen neither an item nor the end, waits for more.
            self.changed.notify_all();
        }
        Some(give_out(entry.item, clone))
    }

    /// Takes the first item; blocks until there is one.
    ///
    /// # Errors
    /// [`PopError::Closed`] when the queue is closed and empty; in an agent [`PopError::Stopped`] when the campaign is
    /// done.
    #[track_caller]
    pub fn pop(&self) -> Result<T, PopError> {
        self.pop_within(None)
    }

    /// Takes the first item; blocks until there is one, for at most `timeout`.
    ///
    /// # Errors
    /// As [`Self::pop`], and [`PopError::TimedOut`].
    #[track_caller]
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        self.pop_within(Some(timeout))
    }

    #[track_caller]
    fn pop_within(&self, timeout: Option<Duration>) -> Result<T, PopError> {
        match wait(&mut Pop(self), Limits::AGENT.within(timeout), WaitingFor::Item) {
            Ok(popped) => popped.ok_or(PopError::Closed),
            Err(Left::TimedOut) => Err(PopError::TimedOut),
            Err(Left::Stopped) => Err(PopError::Stopped(Stopped)),
        }
    }

    /// What is in the queue now, in its order. Items are shared, not copied.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<T>
    where
        T: Clone,
    {
        let mut state = self.state.lock();
        state.clone = Some(T::clone);
        state.snapshot()
    }

    /// A copy of the first item.
    #[must_use]
    pub fn peek(&self) -> Option<T>
    where
        T: Clone,
    {
        let first = {
            let mut state = self.state.lock();
            state.clone = Some(T::clone);
            Arc::clone(&state.items.front()?.item)
        };
        Some(T::clone(&first))
    }

    /// Puts the items into a new order: `order` names items of `snapshot` by their indices, the next one first.
    ///
    /// What has left the queue in the meantime stays gone. Items of the snapshot that `order` does not name follow
    /// in their old order; items that have come since the snapshot stand where the queue's own rule puts them.
    ///
    /// # Errors
    /// An index that is out of range, or named twice; the queue is then unchanged.
    pub fn reorder(&self, snapshot: &Snapshot<T>, order: &[usize]) -> Result<(), ReorderError> {
        let ranks = snapshot.ranks(order)?;
        let mut state = self.state.lock();
        let (mut known, newcomers): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.items).into_iter().partition(|entry| rank(&ranks, entry.ticket).is_some());
        known.sort_by_key(|entry| rank(&ranks, entry.ticket));
        let mut items = VecDeque::from(known);
        match self.rule {
            Rule::Lifo => newcomers.into_iter().rev().for_each(|entry| items.push_front(entry)),
            Rule::Fifo => items.extend(newcomers),
            Rule::ByKey(_) => {
                for entry in newcomers {
                    items.insert(self.place(&items, entry.key), entry);
                }
            }
        }
        state.items = items;
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    /// Keeps the items for which `keep` is true; how many were removed. `keep` runs outside the lock: items that come
    /// meanwhile stay, and one that it refuses may have been taken meanwhile.
    pub fn retain(&self, mut keep: impl FnMut(&T) -> bool) -> usize
    where
        T: Clone,
    {
        let seen = self.snapshot();
        let refused = seen.iter().zip(&seen.tickets).filter(|(item, _)| !keep(item));
        let mut unwanted: Vec<u64> = refused.map(|(_, &ticket)| ticket).collect();
        unwanted.sort_unstable();
        let removed: VecDeque<Entry<T>> = {
            let mut state = self.state.lock();
            let items = std::mem::take(&mut state.items).into_iter();
            let (removed, kept) = items.partition(|entry| unwanted.binary_search(&entry.ticket).is_ok());
            state.items = kept;
            removed
        };
        self.changed.notify_all();
        removed.len()
    }

    /// Replaces all items at once by others, pushed in their order; those that do not fit a bound are dropped.
    /// A closed queue stays closed and takes nothing.
    pub fn replace(&self, items: impl IntoIterator<Item = T>) {
        let fresh: Vec<(f64, Arc<T>)> = items.into_iter().map(|item| (self.key(&item), Arc::new(item))).collect();
        let mut dropped = Vec::new();
        let old = {
            let mut state = self.state.lock();
            let old = std::mem::take(&mut state.items);
            for (key, item) in fresh {
                match self.make_room(&mut state) {
                    Ok(oldest) => {
                        dropped.extend(oldest.map(|entry| entry.item));
                        let (place, ticket) = (self.place(&state.items, key), state.ticket());
                        state.items.insert(place, Entry { ticket, key, item });
                    }
                    Err(_) => dropped.push(item),
                }
            }
            old
        };
        drop((old, dropped));
        self.changed.notify_all();
    }

    /// Takes no more items. What is in the queue can still be taken; when it is empty, `pop` fails and a task
    /// submitter that draws from it ends.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.changed.notify_all();
    }

    /// Whether the queue has been closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.lock().items.len()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items a bounded queue has dropped to make room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.state.lock().dropped
    }
}

/// The item itself, or a copy if a snapshot shares it. Not called under a lock: this runs the user's `Clone`.
fn give_out<T>(item: Arc<T>, clone: Option<fn(&T) -> T>) -> T {
    Arc::try_unwrap(item).unwrap_or_else(|shared| {
        let clone = clone.expect("items are shared only by snapshots, which leave behind how to clone");
        clone(&shared)
    })
}

enum NoRoom {
    Full,
    Closed,
}

impl NoRoom {
    fn with<T>(self, item: Option<T>) -> PushError<T> {
        let item = item.expect("nobody shares an item before it is in the queue");
        match self {
            Self::Full => PushError::Full(item),
            Self::Closed => PushError::Closed(item),
        }
    }
}

impl<T> State<T> {
    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    fn remove_oldest(&mut self) -> Option<Entry<T>> {
        self.dropped += 1;
        let oldest = self.items.iter().enumerate().min_by_key(|(_, entry)| entry.ticket)?.0;
        self.items.remove(oldest)
    }

    fn snapshot(&self) -> Snapshot<T> {
        let items = self.items.iter().map(|entry| Arc::clone(&entry.item)).collect();
        let tickets = self.items.iter().map(|entry| entry.ticket).collect();
        Snapshot { items, tickets }
    }
}

impl<T> Default for WorkQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> FromIterator<T> for WorkQueue<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let queue = Self::new();
        queue.replace(items);
        queue
    }
}

impl<T> fmt::Debug for WorkQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (len, closed) = (self.len(), self.is_closed());
        f.debug_struct("WorkQueue").field("len", &len).field("closed", &closed).finish_non_exhaustive()
    }
}

/// `Some(None)` when the queue is closed and empty.
struct Pop<'a, T>(&'a WorkQueue<T>);

impl<T> Waitable for Pop<'_, T> {
    type Output = Option<T>;

    fn try_take(&mut self) -> Option<Option<T>> {
        let closed = self.0.is_closed();
        match self.0.try_pop() {
            None if closed => Some(None),
            popped => popped.map(Some),
        }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.changed.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.changed.leave(me);
    }
}
