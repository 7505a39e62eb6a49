//! The sweeper: a thread that removes run directories, so that no task waits for a file system that takes its time.
//!
//! It keeps a few behind at most: who brings more removes one himself. When it goes, it has removed all.

use std::sync::Arc;

use super::run_dir::RunDir;
use crate::rehearsal::turns::in_order;
use crate::sync::Mutex;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Limits, Over, ThreadCell, WaitList, Waitable, WaitingFor, wait};

/// So many directories may wait for it.
const MOST: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Sweeper {
    pile: Arc<Pile>,
    thread: Option<Thread>,
}

#[derive(Debug, Default)]
struct Pile {
    dirs: Mutex<Dirs>,
    changed: WaitList,
}

#[derive(Debug, Default)]
struct Dirs {
    left: Vec<RunDir>,
    /// Nothing is added any more.
    closed: bool,
}

impl Sweeper {
    /// Without a thread, in a seeded order too, it removes what it gets at once.
    pub(super) fn start() -> Self {
        let pile = Arc::<Pile>::default();
        let theirs = Arc::clone(&pile);
        let body = move || {
            while let Ok(Some(dir)) = wait(&mut &*theirs, Limits { spin: false, ..Limits::NONE }, WaitingFor::Requests)
            {
                dir.remove();
            }
        };
        let spawn = Spawn { name: "sweeper".into(), realm: None, over: Over::Never, holder: 0 };
        let thread = if in_order() { None } else { spawn.start(body).ok() };
        Self { pile, thread }
    }

    /// Has the directory removed, soon after [`Self::go_on`].
    pub(super) fn remove(&self, dir: &RunDir) {
        let taken = self.thread.is_some() && {
            let left = &mut self.pile.dirs.lock().left;
            let has_room = left.len() < MOST;
            if has_room {
                left.push(dir.clone());
            }
            has_room
        };
        if !taken {
            dir.remove();
        }
    }

    /// Removes what there is. Called when no result is held up by it: it would compete with who waits for one.
    pub(super) fn go_on(&self) {
        if !self.pile.dirs.lock().left.is_empty() {
            self.pile.changed.notify_all();
        }
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.pile.dirs.lock().closed = true;
        self.pile.changed.notify_all();
        if let Some(thread) = &self.thread {
            thread.join(None);
        }
    }
}

/// The next directory; `None` when there are none, and will be none.
impl Waitable for &Pile {
    type Output = Option<RunDir>;

    fn try_take(&mut self) -> Option<Option<RunDir>> {
        let Dirs { left, closed } = &mut *self.dirs.lock();
        left.pop().map(Some).or_else(|| closed.then_some(None))
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.changed.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.changed.leave(me);
    }
}
