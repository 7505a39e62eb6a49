//! The gate that is closed while a campaign is paused: whoever wants to send a task waits until it is open, or `done`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::{Left, Limits, Realm, ThreadCell, WaitList, Waitable, WaitingFor, wait};

#[derive(Debug, Default)]
pub(super) struct Gate {
    closed: AtomicBool,
    waiting: WaitList,
}

impl Gate {
    /// Whoever waits for it, or for something else with an eye on it, looks again.
    pub(super) fn ring(&self) {
        self.waiting.notify_all();
    }
}

impl Realm {
    /// Whether the campaign is paused; after `done` it is not any more.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.gate.closed.load(SeqCst) && !self.is_done()
    }

    /// Pauses the campaign, or lets it go on. While it is paused nobody stands still; so it is looked for afterwards.
    pub(crate) fn pause(&self, paused: bool) {
        self.one_more();
        self.gate.closed.store(paused, SeqCst);
        self.gate.ring();
        self.one_less();
    }

    /// Waits while the campaign is paused.
    ///
    /// # Errors
    /// [`Left::Stopped`] when a wait with such limits ends.
    #[inline]
    #[track_caller]
    pub(crate) fn pass_gate(&self, limits: Limits) -> Result<(), Left> {
        if self.is_paused() { self.wait_at_gate(limits) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn wait_at_gate(&self, limits: Limits) -> Result<(), Left> {
        wait(&mut &*self, Limits { spin: false, ..limits }, WaitingFor::Resumption)
    }

    /// Who waits for something else is woken by changes of the gate, too.
    pub(crate) fn register_at_gate(&self, me: &Arc<ThreadCell>) {
        self.gate.waiting.register(me);
    }

    pub(crate) fn leave_gate(&self, me: &Arc<ThreadCell>) {
        self.gate.waiting.leave(me);
    }
}

/// The end of a pause.
impl Waitable for &Realm {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        (!self.is_paused()).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.register_at_gate(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.leave_gate(me);
    }
}
