//! A gate that submitters pass before they submit: closed while the campaign is paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::{Left, Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};

#[derive(Debug, Default)]
pub(crate) struct Gate {
    closed: AtomicBool,
    waiting: WaitList,
}

impl Gate {
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Closes it, or opens it. Whoever waits for something else with an eye on the gate looks again.
    pub(crate) fn set_closed(&self, closed: bool) {
        self.closed.store(closed, SeqCst);
        self.waiting.notify_all();
    }

    /// Waits until it is open.
    ///
    /// # Errors
    /// [`Left::Stopped`] when the thread's waits end.
    #[inline]
    #[track_caller]
    pub(crate) fn pass(&self) -> Result<(), Left> {
        if self.is_closed() { wait(&mut &*self, Limits::AGENT, WaitingFor::Resumption) } else { Ok(()) }
    }

    /// Who waits is woken by changes of the gate.
    pub(crate) fn watch(&self) -> &WaitList {
        &self.waiting
    }
}

impl Waitable for &Gate {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        (!self.is_closed()).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.waiting.leave(me);
    }
}
