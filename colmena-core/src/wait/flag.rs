//! A flag that is set once and can be waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::{ThreadCell, WaitList, Waitable};

#[derive(Debug, Default)]
pub(crate) struct Flag {
    set: AtomicBool,
    waiting: WaitList,
}

impl Flag {
    pub(crate) fn is_set(&self) -> bool {
        self.set.load(SeqCst)
    }

    /// True if it was not set before.
    pub(crate) fn set(&self) -> bool {
        let first = !self.set.swap(true, SeqCst);
        if first {
            self.waiting.notify_all();
        }
        first
    }
}

impl Waitable for &Flag {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        self.is_set().then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.waiting.leave(me);
    }
}
