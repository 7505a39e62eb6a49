//! The inbox of a result processor: results in the order of completion, emissions in between.
//!
//! Results never block a worker and are never dropped. Emissions are: a ring keeps the newest ones, and the channel
//! carries a number for each, so that they keep their place among the results; a number whose emission has been
//! pushed out of the ring is passed over.
//! When its last reader leaves, the inbox closes; whatever is in it, or comes later, is counted as uncollected by
//! whoever finds it there: the leaver, or a sender that looks after it has sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst, fence};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::resources::slots::HeldSlots;
use crate::sync::Mutex;
use crate::task::flight::Head;
use crate::task::{Emitted, Method, TaskId, TaskResult, TaskUpdate};
use crate::wait::{ThreadCell, WaitList, Waitable};

pub(crate) struct Inbox<M: Method> {
    send: Sender<Delivery<M>>,
    receive: Receiver<Delivery<M>>,
    waiting: WaitList,
    readers: AtomicUsize,
    hands_on_slots: bool,
    emissions: Mutex<Ring<M::Emission>>,
    dropped: AtomicU64,
}

enum Delivery<M: Method> {
    Emission(u64),
    Result(TaskResult<M>, HeldSlots),
}

/// The newest emissions, with their numbers.
struct Ring<Y> {
    limit: usize,
    next: u64,
    kept: VecDeque<(u64, TaskId, Y)>,
}

impl<M: Method> Inbox<M> {
    pub(crate) fn new(hands_on_slots: bool, emission_limit: usize) -> Self {
        let (send, receive) = unbounded();
        let emissions = Mutex::new(Ring { limit: emission_limit.max(1), next: 0, kept: VecDeque::new() });
        let (waiting, readers, dropped) = (WaitList::default(), AtomicUsize::new(0), AtomicU64::new(0));
        Self { send, receive, waiting, readers, hands_on_slots, emissions, dropped }
    }

    /// Whether the processor takes over the slots of a task; otherwise they are freed before it runs.
    pub(crate) fn hands_on_slots(&self) -> bool {
        self.hands_on_slots
    }

    pub(crate) fn dropped_emissions(&self) -> u64 {
        self.dropped.load(Relaxed)
    }

    pub(crate) fn add_reader(&self) {
        self.readers.fetch_add(1, SeqCst);
    }

    /// One reader leaves. How many results are thereby lost.
    pub(crate) fn remove_reader(&self) -> usize {
        if self.readers.fetch_sub(1, SeqCst) == 1 { self.drain() } else { 0 }
    }

    /// Delivers a result. How many results are lost, since nobody reads any more.
    pub(crate) fn deliver(&self, result: TaskResult<M>, slots: HeldSlots) -> usize {
        let after_emissions = M::EMITS.then(|| self.emissions.lock());
        self.push(Delivery::Result(result, slots));
        drop(after_emissions);
        self.waiting.notify_one();
        if self.readers.load(SeqCst) == 0 { self.drain() } else { 0 }
    }

    fn push(&self, delivery: Delivery<M>) {
        // The receiver lives as long as `self`: sending cannot fail.
        let _ = self.send.try_send(delivery);
    }

    fn drain(&self) -> usize {
        fence(SeqCst); // after the change or the look at `readers`, before the look into the channel
        self.receive.try_iter().filter(|delivery| matches!(delivery, Delivery::Result(..))).count()
    }

    /// Delivers an emission; drops the oldest unread one if there are too many.
    ///
    /// None comes after the end of its task, or of its attempt if another one has emitted anything: whoever ends a task that still runs raises its flag first, and then
    /// delivers the end under the lock under which the flag is looked at here.
    pub(crate) fn emit(&self, task: &Head, attempt: u32, value: M::Emission) {
        if self.readers.load(SeqCst) == 0 {
            return;
        }
        let oldest = {
            let mut ring = self.emissions.lock();
            if task.cancelled_because(attempt).is_some() {
                drop(ring);
                return;
            }
            let oldest = if ring.kept.len() >= ring.limit { ring.kept.pop_front() } else { None };
            ring.next += 1;
            let number = ring.next;
            ring.kept.push_back((number, task.id, value));
            self.push(Delivery::Emission(number));
            oldest
        };
        self.waiting.notify_one();
        self.dropped.fetch_add(u64::from(oldest.is_some()), Relaxed);
        drop(oldest);
    }

    fn emission(&self, number: u64) -> Option<Emitted<M>> {
        let mut ring = self.emissions.lock();
        let place = ring.kept.binary_search_by_key(&number, |&(number, ..)| number).ok()?;
        ring.kept.remove(place).map(|(_, id, value)| Emitted { id, value })
    }

    fn next(&self) -> Option<TaskUpdate<M>> {
        loop {
            match self.receive.try_recv().ok()? {
                Delivery::Result(result, slots) => return Some(TaskUpdate::Finished(result, slots)),
                Delivery::Emission(number) => {
                    if let Some(emitted) = self.emission(number) {
                        return Some(TaskUpdate::Emitted(emitted));
                    }
                }
            }
        }
    }
}

impl<M: Method> Waitable for &Inbox<M> {
    type Output = TaskUpdate<M>;

    fn try_take(&mut self) -> Option<TaskUpdate<M>> {
        self.next()
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.waiting.leave_and_pass_on(me, took, || !self.receive.is_empty());
    }
}
