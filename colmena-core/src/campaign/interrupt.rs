//! Ctrl-C: one thread of the process reads the signals and hands them to the campaigns that run.
//!
//! While no campaign listens, the signal does what it does by default: it ends the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

use crate::rehearsal::turns::in_order;
use crate::sync::Mutex;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, ThreadCell, WaitList};

/// How often Ctrl-C has been pressed while a campaign runs.
pub(super) struct Interrupts {
    presses: Arc<Presses>,
    seen: u32,
    listening: bool,
}

#[derive(Default)]
struct Presses {
    count: AtomicU32,
    waiting: WaitList,
}

/// What the process knows.
struct Listeners {
    campaigns: Vec<Arc<Presses>>,
    reader: Option<Thread>,
    nobody_listens: Option<Arc<AtomicBool>>,
}

static LISTENERS: Mutex<Listeners> =
    Mutex::new(Listeners { campaigns: Vec::new(), reader: None, nobody_listens: None });

impl Interrupts {
    /// Listens until it is dropped; or not at all, if the campaign does not want to.
    ///
    /// # Errors
    /// The signal cannot be handled, or its reader not be started.
    pub(super) fn listen(wanted: bool) -> io::Result<Self> {
        let presses = Arc::new(Presses::default());
        // A seeded order has no signals, and must not meet other threads of the process at a lock.
        let listening = wanted && !in_order();
        if listening {
            let mut listeners = LISTENERS.lock();
            listeners.start()?;
            listeners.campaigns.push(Arc::clone(&presses));
            listeners.tell_the_default();
        }
        Ok(Self { presses, seen: 0, listening })
    }

    /// True once for each press.
    pub(super) fn take(&mut self) -> bool {
        let new = self.presses.count.load(SeqCst) > self.seen;
        self.seen += u32::from(new);
        new
    }

    /// How many presses have been taken.
    pub(super) fn seen(&self) -> u32 {
        self.seen
    }

    pub(super) fn register(&self, me: &Arc<ThreadCell>) {
        self.presses.waiting.register(me);
    }

    pub(super) fn leave(&self, me: &Arc<ThreadCell>) {
        self.presses.waiting.leave(me);
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        if !self.listening {
            return;
        }
        let mut listeners = LISTENERS.lock();
        listeners.campaigns.retain(|other| !Arc::ptr_eq(other, &self.presses));
        listeners.tell_the_default();
    }
}

impl Listeners {
    /// Once in the life of the process.
    fn start(&mut self) -> io::Result<()> {
        if self.reader.is_some() {
            return Ok(());
        }
        let nobody_listens = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(&nobody_listens))?;
        let mut signals = Signals::new([SIGINT])?;
        let spawn = Spawn { name: "ctrl-c".into(), realm: None, over: Over::Never, holder: 0 };
        self.reader = Some(spawn.start(move || {
            for _ in signals.forever() {
                tell_all();
            }
        })?);
        self.nobody_listens = Some(nobody_listens);
        Ok(())
    }

    fn tell_the_default(&self) {
        if let Some(nobody_listens) = &self.nobody_listens {
            nobody_listens.store(self.campaigns.is_empty(), SeqCst);
        }
    }
}

fn tell_all() {
    let campaigns = LISTENERS.lock().campaigns.clone();
    for campaign in campaigns {
        campaign.count.fetch_add(1, SeqCst);
        campaign.waiting.notify_all();
    }
}
