//! The threads of one campaign: how many of them run, and whether they have come to a standstill.
//!
//! Invariant: `running` counts the threads that are not parked without a deadline, plus the holds; it is raised
//! before a thread can run and lowered after it can no longer do anything.
//! Whoever lowers it to zero looks: if it is still zero and no thread has been woken meanwhile (`epoch`), all of them
//! were parked over the whole look, and nothing inside the campaign can wake any of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};

use super::gate::Gate;
use super::{ThreadCell, WaitingFor};
use crate::mutex::Place;
use crate::rehearsal::turns::point;
use crate::sync::Mutex;

const ONE_RUNNING: u64 = 1;
const ONE_EPOCH: u64 = 1 << 32;

/// A parked thread and what it waits for.
pub(crate) type Parked = (Arc<str>, WaitingFor);

/// Called once at `done`, and at a standstill; set before the first thread starts.
pub(crate) trait Overseer: Send + Sync {
    /// `done` has just been set.
    fn at_done(&self);
    /// All threads wait, and none can be woken. Called with no lock held.
    fn at_standstill(&self, waits: Vec<Parked>);
}

#[derive(Default)]
pub(crate) struct Realm {
    /// Low half: threads that run. High half: wakes, modulo 2^32.
    run: AtomicU64,
    done: AtomicBool,
    drained: AtomicBool,
    pub(super) gate: Gate,
    threads: Mutex<Vec<Arc<ThreadCell>>>,
    overseer: OnceLock<Weak<dyn Overseer>>,
    /// Where threads have waited, and locked the mutex that they held meanwhile.
    waits_with_locks: Mutex<BTreeSet<(Place, Place)>>,
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Realm").field("done", &self.is_done()).field("drained", &self.is_drained()).finish()
    }
}

impl Realm {
    pub(crate) fn oversee(&self, overseer: Weak<dyn Overseer>) {
        let _ = self.overseer.set(overseer);
    }

    fn overseer(&self) -> Option<Arc<dyn Overseer>> {
        self.overseer.get().and_then(Weak::upgrade)
    }

    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.done.load(SeqCst)
    }

    #[inline]
    pub(crate) fn is_drained(&self) -> bool {
        self.drained.load(SeqCst)
    }

    /// Whether no thread has waited there before with a mutex that it locked there.
    pub(super) fn first_wait_with_a_lock(&self, waits_at: Place, locked_at: Place) -> bool {
        self.waits_with_locks.lock().insert((waits_at, locked_at))
    }

    /// Ends the waits of agents. True for the one caller that set it.
    pub(crate) fn set_done(&self) -> bool {
        point();
        let first = !self.done.swap(true, SeqCst);
        if first {
            super::thread::note_progress();
            self.gate.ring(); // also for threads outside the campaign
            self.wake_all();
            if let Some(overseer) = self.overseer() {
                overseer.at_done();
            }
        }
        first
    }

    /// Ends the waits of result processors.
    pub(crate) fn set_drained(&self) {
        point();
        if !self.drained.swap(true, SeqCst) {
            self.wake_all();
        }
    }

    /// A thread that is added after the copy sees the flag at its first look.
    fn wake_all(&self) {
        let threads = self.threads.lock().clone();
        for thread in threads {
            thread.wake();
        }
    }

    pub(super) fn add(&self, thread: Arc<ThreadCell>) {
        self.one_more();
        self.threads.lock().push(thread);
    }

    pub(super) fn remove(&self, thread: &Arc<ThreadCell>) {
        self.threads.lock().retain(|other| !Arc::ptr_eq(other, thread));
        self.one_less();
    }

    pub(crate) fn one_more(&self) {
        self.run.fetch_add(ONE_RUNNING + ONE_EPOCH, SeqCst);
    }

    pub(crate) fn one_less(&self) {
        let before = self.run.fetch_sub(ONE_RUNNING, SeqCst);
        if before % ONE_EPOCH == ONE_RUNNING {
            self.look_for_standstill();
        }
    }

    #[cold]
    fn look_for_standstill(&self) {
        let Some(overseer) = self.overseer() else { return };
        let before = self.run.load(SeqCst);
        if !before.is_multiple_of(ONE_EPOCH) {
            return;
        }
        point();
        let threads = self.threads.lock().clone();
        let waits: Vec<Parked> =
            threads.iter().filter_map(|t| t.parked_for().map(|what| (Arc::clone(t.name()), what))).collect();
        point();
        if self.run.load(SeqCst) == before && !waits.is_empty() {
            overseer.at_standstill(waits);
        }
    }
}
