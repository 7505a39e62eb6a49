//! Time limits of attempts: one thread, started with the first limit, that waits for the next deadline.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::record::Record;
use crate::sync::Mutex;
use crate::task::TaskId;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Left, Limits, Over, Realm, ThreadCell, WaitList, Waitable, WaitingFor, now, wait};

pub(crate) struct Deadlines {
    overdue: Weak<dyn Overdue>,
    realm: Arc<Realm>,
    /// What the monitor says is in it.
    record: Option<Arc<Record>>,
    shared: Arc<Shared>,
    monitor: Mutex<Option<Arc<Thread>>>,
}

/// Told of attempts that have exceeded their limit.
pub(crate) trait Overdue: Send + Sync {
    fn overdue(&self, id: TaskId, attempt: u32, limit: Duration);
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: WaitList,
}

/// When which attempt is overdue, and its limit.
type Due = (Instant, TaskId, u32, Duration);

#[derive(Default)]
struct State {
    due: BTreeSet<Due>,
    closed: bool,
    /// Raised by whoever makes the first deadline earlier, or closes; lowered by the monitor.
    news: bool,
}

impl Deadlines {
    pub(crate) fn new(overdue: Weak<dyn Overdue>, realm: Arc<Realm>, record: Option<&Arc<Record>>) -> Self {
        Self { overdue, realm, record: record.cloned(), shared: Arc::default(), monitor: Mutex::new(None) }
    }

    /// From now on, the attempt is overdue if it has not ended within `limit`, unless the guard is dropped before.
    ///
    /// # Errors
    /// The monitor's thread could not be started.
    pub(crate) fn watch(&self, id: TaskId, attempt: u32, limit: Duration) -> io::Result<Watched<'_>> {
        self.start_monitor()?;
        // A limit beyond the clock's range is none.
        let due = now().checked_add(limit).map(|at| (at, id, attempt, limit));
        if let Some(due) = due {
            let first = {
                let mut state = self.shared.state.lock();
                let first = state.due.first().is_none_or(|first| due < *first);
                state.due.insert(due);
                state.news |= first;
                first
            };
            if first {
                self.shared.changed.notify_all();
            }
        }
        Ok(Watched { shared: &self.shared, due })
    }

    fn start_monitor(&self) -> io::Result<()> {
        let mut monitor = self.monitor.lock();
        if monitor.is_none() {
            let (shared, overdue) = (Arc::clone(&self.shared), Weak::clone(&self.overdue));
            let (name, realm) = ("time limits".into(), Some(Arc::clone(&self.realm)));
            let spawn = Spawn { name, realm, over: Over::Never, holder: 0 };
            let record = self.record.clone();
            let watch = move || {
                let _listening = record.as_ref().map(Record::listen_here);
                shared.monitor(&overdue);
            };
            *monitor = Some(Arc::new(spawn.start(watch)?));
        }
        Ok(())
    }

    /// Ends the monitor.
    pub(crate) fn close(&self) {
        {
            let mut state = self.shared.state.lock();
            state.closed = true;
            state.news = true;
        }
        self.shared.changed.notify_all();
        let monitor = self.monitor.lock().clone();
        if let Some(monitor) = monitor {
            monitor.join(None);
        }
    }
}

/// While it lives, the attempt's time is limited.
pub(crate) struct Watched<'a> {
    shared: &'a Shared,
    due: Option<Due>,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let Some(due) = self.due else { return };
        // A monitor that waits for a deadline counts as running. Without one it must not: it would hide a standstill
        // until the time that the last limit has left.
        let was_last = {
            let mut state = self.shared.state.lock();
            let was_last = state.due.remove(&due) && state.due.is_empty();
            state.news |= was_last;
            was_last
        };
        if was_last {
            self.shared.changed.notify_all();
        }
    }
}

impl Shared {
    fn monitor(&self, told: &Weak<dyn Overdue>) {
        loop {
            let (first, closed) = {
                let mut state = self.state.lock();
                state.news = false;
                (state.due.first().copied(), state.closed)
            };
            if closed {
                return;
            }
            let limits = Limits::NONE.until(first.map(|(at, ..)| at));
            let over = wait(&mut News(self), Limits { spin: false, ..limits }, WaitingFor::Requests);
            if over == Err(Left::TimedOut) {
                self.end_overdue(told);
            }
        }
    }

    fn end_overdue(&self, told: &Weak<dyn Overdue>) {
        let now = now();
        loop {
            let overdue = {
                let mut state = self.state.lock();
                let first = state.due.first().copied().filter(|(at, ..)| *at <= now);
                if first.is_some() { state.due.pop_first() } else { None }
            };
            let Some((_, id, attempt, limit)) = overdue else { return };
            if let Some(told) = told.upgrade() {
                told.overdue(id, attempt, limit);
            }
        }
    }
}

struct News<'a>(&'a Shared);

impl Waitable for News<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        self.0.state.lock().news.then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.changed.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.changed.leave(me);
    }
}
