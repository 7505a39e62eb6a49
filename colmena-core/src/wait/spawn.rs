//! Starting threads, and waiting for their end.
//!
//! A thread is registered with its campaign before it runs, so that nobody can take the campaign for standing still
//! between the two; and it leaves the count only after everything it does has been done.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use super::thread::enter;
use super::{Flag, Left, Limits, Over, Realm, ThreadCell, WaitingFor, panic, wait};
use crate::rehearsal::turns;
use crate::sync::Mutex;

/// What a thread is to be.
pub(crate) struct Spawn {
    pub(crate) name: Arc<str>,
    pub(crate) realm: Option<Arc<Realm>>,
    pub(crate) over: Over,
    pub(crate) holder: usize,
}

/// A thread that was started here. Dropping it detaches the thread.
#[derive(Debug)]
pub(crate) struct Thread {
    cell: Arc<ThreadCell>,
    ended: Arc<Flag>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Spawn {
    /// Starts the thread. A panic in `body` ends it silently: whoever cares catches it inside.
    ///
    /// # Errors
    /// Those of the operating system.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts threads")]
    pub(crate) fn start(self, body: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
        let Self { name, realm, over, holder } = self;
        let seat = turns::new_seat(&name);
        let cell = Arc::new(ThreadCell::new(Arc::clone(&name), realm.clone(), over, holder, seat.clone()));
        if let Some(realm) = &realm {
            realm.add(Arc::clone(&cell));
        }
        let ended = Arc::new(Flag::default());
        let life = Life { cell: Arc::clone(&cell), ended: Arc::clone(&ended), seat: seat.clone() };
        let started = std::thread::Builder::new().name(name.to_string()).spawn(move || life.live(body));
        let handle = started.inspect_err(|_| {
            if let Some(seat) = &seat {
                seat.leave();
            }
        })?;
        if let Some(seat) = seat {
            seat.born();
        }
        turns::point();
        Ok(Thread { cell, ended, handle: Mutex::new(Some(handle)) })
    }
}

/// Leaves the campaign when it is dropped: also if the thread could not be started.
struct Life {
    cell: Arc<ThreadCell>,
    ended: Arc<Flag>,
    seat: Option<turns::Seat>,
}

impl Life {
    fn live(self, body: impl FnOnce()) {
        enter(Arc::clone(&self.cell));
        let seat = self.seat.clone();
        let _ = panic::catch_all(move || {
            let life = self;
            // In here, since it unwinds if the order fails before this thread's first turn.
            if let Some(seat) = &life.seat {
                seat.take();
            }
            let _ = panic::catch(body);
            drop(life);
        });
        if let Some(seat) = seat {
            seat.leave();
        }
    }
}

impl Drop for Life {
    /// First what others wait for, last the count: the last thread to leave does not take those it has just woken
    /// for standing still.
    fn drop(&mut self) {
        self.ended.set();
        if let Some(realm) = self.cell.realm() {
            realm.remove(&self.cell);
        }
    }
}

impl Thread {
    pub(crate) fn name(&self) -> &Arc<str> {
        self.cell.name()
    }

    /// What others may see of it, and whether it has ended.
    pub(crate) fn seen(&self) -> (Arc<ThreadCell>, Arc<Flag>) {
        (Arc::clone(&self.cell), Arc::clone(&self.ended))
    }

    /// Waits for the end of the thread, or until `deadline`. True if it has ended.
    pub(crate) fn join(&self, deadline: Option<Instant>) -> bool {
        let mut ended = &*self.ended;
        match wait(&mut ended, Limits::NONE.until(deadline), WaitingFor::Thread) {
            Ok(()) => self.reap(),
            Err(Left::TimedOut | Left::Stopped) => return false,
        }
        true
    }

    /// The thread has nothing left to do but to run its destructors.
    #[expect(clippy::disallowed_methods, reason = "the thread has said that it ends")]
    fn reap(&self) {
        let handle = self.handle.lock().take();
        if let Some(handle) = handle.filter(|_| !turns::in_order()) {
            let _ = handle.join();
        }
    }
}
