//! The threads that wait for one thing: a count beside a locked list.
//!
//! A notifier publishes, then loads the count; zero means that nobody is registered, and it returns. A waiter
//! registers, then tries again. With a fence on each side one of the two sees the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst, fence};

use super::ThreadCell;
use crate::rehearsal::turns::point;
use crate::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct WaitList {
    count: AtomicUsize,
    waiting: Mutex<VecDeque<Arc<ThreadCell>>>,
}

impl WaitList {
    /// Idempotent: a thread stands in the list at most once, at its first place.
    pub(crate) fn register(&self, me: &Arc<ThreadCell>) {
        let mut waiting = self.waiting.lock();
        if !waiting.iter().any(|other| Arc::ptr_eq(other, me)) {
            waiting.push_back(Arc::clone(me));
        }
        self.count.store(waiting.len(), SeqCst);
        drop(waiting);
        fence(SeqCst);
    }

    /// Leaves the list. False if a notifier had taken the thread out.
    pub(crate) fn leave(&self, me: &Arc<ThreadCell>) -> bool {
        let mut waiting = self.waiting.lock();
        let before = waiting.len();
        waiting.retain(|other| !Arc::ptr_eq(other, me));
        self.count.store(waiting.len(), SeqCst);
        waiting.len() < before
    }

    /// Leaves; if a wake for one thread may have been spent on this one, which did not use it, the next one gets it.
    ///
    /// Also if this one is still in the list: it may have registered again after it was taken out. Also if it took
    /// something: the wake may have been for what came after that, and before it left the list; then there is `more`.
    pub(crate) fn leave_and_pass_on(&self, me: &Arc<ThreadCell>, took: bool, more: impl FnOnce() -> bool) {
        let was_woken = !self.leave(me);
        if !took || (was_woken && more()) {
            self.notify_one();
        }
    }

    pub(crate) fn notify_one(&self) {
        if self.nobody_waits() {
            return;
        }
        let first = {
            let mut waiting = self.waiting.lock();
            let first = waiting.pop_front();
            self.count.store(waiting.len(), SeqCst);
            first
        };
        if let Some(thread) = first {
            thread.wake();
        }
    }

    pub(crate) fn notify_all(&self) {
        if self.nobody_waits() {
            return;
        }
        let all = {
            let mut waiting = self.waiting.lock();
            self.count.store(0, SeqCst);
            std::mem::take(&mut *waiting)
        };
        for thread in all {
            thread.wake();
        }
    }

    /// Orders what the notifier published before its look at the count.
    fn nobody_waits(&self) -> bool {
        super::thread::note_progress();
        fence(SeqCst);
        point();
        self.count.load(SeqCst) == 0
    }
}
