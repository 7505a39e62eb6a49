//! Desks: which thread is at which attempt of which task, and which threads have been written off.
//!
//! A method cannot be stopped from outside. When its task settles without it, or its attempt is given up, its desk is
//! written off, and somebody else takes its work. Each desk has one word for it: nothing, an attempt, or written off. Who
//! changes that from the attempt (the worker, when the method has returned, or who writes it off) decides: exactly one does.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};

use crate::sync::Mutex;
use crate::task::TaskId;
use crate::wait::spawn::Thread;

/// Where one thread works.
pub(super) struct Desk {
    /// From 0; no two are alike.
    pub(super) place: usize,
    at: AtomicU64,
    /// For reports: the task, 0 for none, and the place of its method. Written by the worker alone.
    task: AtomicU64,
    method: AtomicUsize,
    /// Set by whoever has started it.
    thread: OnceLock<Thread>,
}

const NOTHING: u64 = 0;
const WRITTEN_OFF: u64 = u64::MAX;

/// An attempt of a task as a word. (The attempts of one task differ in their low bits.)
fn word(id: TaskId, attempt: u32) -> u64 {
    id.get() << 16 | u64::from(attempt as u16)
}

impl Desk {
    /// From now on it may be written off.
    pub(super) fn begin(&self, id: TaskId, attempt: u32) {
        self.at.store(word(id, attempt), SeqCst);
    }

    /// The method has returned. False if the desk has been written off meanwhile.
    pub(super) fn end(&self, id: TaskId, attempt: u32) -> bool {
        self.leave(word(id, attempt), NOTHING)
    }

    fn leave(&self, from: u64, to: u64) -> bool {
        self.at.compare_exchange(from, to, SeqCst, SeqCst).is_ok()
    }

    pub(super) fn is_written_off(&self) -> bool {
        self.at.load(SeqCst) == WRITTEN_OFF
    }

    pub(super) fn report(&self, task: u64, method: usize) {
        self.method.store(method, Relaxed);
        self.task.store(task, Relaxed);
    }

    /// The task that it is at, and the place of its method.
    pub(super) fn reported(&self) -> Option<(TaskId, usize)> {
        let task = self.task.load(Relaxed);
        (task > 0).then(|| (TaskId(task), self.method.load(Relaxed)))
    }

    pub(super) fn is_started_as(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    pub(super) fn thread(&self) -> Option<&Thread> {
        self.thread.get()
    }
}

/// All desks of a server.
#[derive(Default)]
pub(super) struct Desks {
    all: Mutex<Vec<Arc<Desk>>>,
    made: AtomicUsize,
}

impl Desks {
    pub(super) fn add(&self) -> Arc<Desk> {
        let place = self.made.fetch_add(1, Relaxed);
        let (at, task, method) = (AtomicU64::new(NOTHING), AtomicU64::new(0), AtomicUsize::new(0));
        let desk = Arc::new(Desk { place, at, task, method, thread: OnceLock::new() });
        self.all.lock().push(Arc::clone(&desk));
        desk
    }

    /// Its thread ends, or could not be started.
    pub(super) fn remove(&self, desk: &Arc<Desk>) {
        self.all.lock().retain(|other| !Arc::ptr_eq(other, desk));
    }

    pub(super) fn all(&self) -> Vec<Arc<Desk>> {
        self.all.lock().clone()
    }

    /// Writes off the desk that is at this attempt, or at any of the task. Those that are written off now; `None` if none
    /// is at it, so that it or its worker has to see to the task itself.
    pub(super) fn write_off(&self, id: TaskId, attempt: Option<u32>) -> Option<Vec<Arc<Desk>>> {
        let all = self.all.lock();
        let is_at = |at: u64| match attempt {
            Some(attempt) => at == word(id, attempt),
            None => at != WRITTEN_OFF && at >> 16 == id.get(),
        };
        let is_written_off = |desk: &&Arc<Desk>| {
            let at = desk.at.load(SeqCst);
            is_at(at) && desk.leave(at, WRITTEN_OFF)
        };
        all.iter().find(is_written_off)?;
        Some(all.iter().filter(|desk| desk.is_written_off()).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: TaskId = TaskId(7);

    #[test]
    fn who_leaves_the_attempt_first_decides() {
        let desks = Desks::default();
        let desk = desks.add();
        desk.begin(TASK, 1);
        assert!(desk.end(TASK, 1));
        assert!(desks.write_off(TASK, None).is_none(), "it has ended");
        desk.begin(TASK, 2);
        assert!(desks.write_off(TASK, Some(1)).is_none(), "that was another attempt");
        assert!(desks.write_off(TaskId(8), None).is_none(), "that is another task");
        assert_eq!(desks.write_off(TASK, Some(2)).map(|written_off| written_off.len()), Some(1));
        assert!(!desk.end(TASK, 2) && desk.is_written_off());
        assert!(desks.write_off(TASK, None).is_none(), "once only");
    }

    #[test]
    fn those_that_have_returned_count_no_longer() {
        let desks = Desks::default();
        let [first, second] = [desks.add(), desks.add()];
        first.begin(TASK, 1);
        second.begin(TaskId(8), 1);
        assert_eq!(desks.write_off(TASK, None).map(|written_off| written_off.len()), Some(1));
        desks.remove(&first);
        let left = desks.write_off(TaskId(8), None).expect("it is at it");
        assert!(left.len() == 1 && Arc::ptr_eq(&left[0], &second));
        assert_eq!(desks.add().place, 2, "places are not used again");
    }
}
