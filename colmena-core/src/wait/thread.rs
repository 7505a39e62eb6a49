//! One thread's side of waiting: its state word, what it waits for, and whose waits end when.

use std::cell::{Cell, OnceCell};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::bell::{self, Bell};
use super::{Flag, Over, Realm, WaitingFor, now};
use crate::rehearsal::turns::{Seat, point};
use crate::sync::Mutex;

/// The thread runs, and no wake has come since it last looked.
const RUNNING: u8 = 0;
/// A wake has come.
const NOTED: u8 = 1;
/// Parked, and not counted as running.
const PARKED: u8 = 2;
/// Parked with a deadline, and still counted as running: it will go on by itself.
const DOZING: u8 = 3;

/// What a thread waits for, if it is parked, and what it has waited for.
#[derive(Debug, Default)]
struct Waits {
    now: Option<Since>,
    /// By sort.
    before: Vec<(WaitingFor, Duration)>,
}

/// A wait, and when it began; of threads that are no agents nobody asks that.
type Since = (WaitingFor, Option<Instant>);

/// What others know of a thread.
#[derive(Debug)]
pub(crate) struct ThreadCell {
    name: Arc<str>,
    state: AtomicU8,
    waits: Mutex<Waits>,
    /// Of an agent: how often its method has been called.
    calls: AtomicU64,
    /// Set by the thread itself, before its first park.
    handle: OnceLock<Thread>,
    /// Made when it first watches a descriptor.
    bell: OnceLock<Bell>,
    /// It watches one: it is to be rung for, not unparked.
    watches: AtomicBool,
    realm: Option<Arc<Realm>>,
    over: Over,
    holder: usize,
    seat: Option<Seat>,
}

impl ThreadCell {
    pub(crate) fn new(
        name: Arc<str>,
        realm: Option<Arc<Realm>>,
        over: Over,
        holder: usize,
        seat: Option<Seat>,
    ) -> Self {
        // Slots have 16 bits for it; threads beyond that share a number, which only reports show.
        let holder = holder.min(usize::from(u16::MAX));
        let (state, waits, handle) = (AtomicU8::new(RUNNING), Mutex::default(), OnceLock::new());
        let (bell, watches, calls) = (OnceLock::new(), AtomicBool::new(false), AtomicU64::new(0));
        Self { name, state, waits, calls, handle, bell, watches, realm, over, holder, seat }
    }

    /// For a thread that this crate did not start: it belongs to no campaign, and its waits end by themselves only.
    fn outside(seat: Option<Seat>) -> Self {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("a thread without a name").into();
        let cell = Self::new(name, None, Over::Never, 0, seat);
        let _ = cell.handle.set(thread);
        cell
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The number under which the thread's slots are booked; 0 outside agents.
    #[inline]
    pub(crate) fn holder(&self) -> usize {
        self.holder
    }

    pub(crate) fn realm(&self) -> Option<&Arc<Realm>> {
        self.realm.as_ref()
    }

    /// Whether a wait that ends at `over` (absent: what this thread's waits end at) has to end.
    #[inline]
    pub(crate) fn is_over(&self, over: Option<Over>) -> bool {
        match (over.unwrap_or(self.over), &self.realm) {
            (Over::Done, Some(realm)) => realm.is_done(),
            (Over::Drained, Some(realm)) => realm.is_drained(),
            (Over::Never, _) | (_, None) => false,
        }
    }

    /// What the thread waits for, if it is parked.
    pub(crate) fn parked_for(&self) -> Option<WaitingFor> {
        self.parked_since().map(|(what, _)| what)
    }

    /// The same, and since when.
    pub(crate) fn parked_since(&self) -> Option<Since> {
        let parked = matches!(self.state.load(SeqCst), PARKED | DOZING);
        if parked { self.waits.lock().now } else { None }
    }

    /// How long it has waited for what, in waits that have ended; the longest first.
    pub(crate) fn waited(&self) -> Vec<(WaitingFor, Duration)> {
        let mut waited = self.waits.lock().before.clone();
        waited.sort_by_key(|&(_, time)| std::cmp::Reverse(time));
        waited
    }

    /// The same by now, with the wait that has not ended.
    pub(crate) fn waited_by(&self, now: Instant) -> Vec<(WaitingFor, Duration)> {
        let present = self.parked_since().and_then(|(what, since)| Some((what.sort(), since?)));
        let mut waited = self.waits.lock().before.clone();
        if let Some((what, since)) = present {
            add(&mut waited, what, now.saturating_duration_since(since));
        }
        waited.sort_by_key(|&(_, time)| std::cmp::Reverse(time));
        waited
    }

    /// Whether somebody may ask how long it waits: of agents.
    pub(super) fn looks_at_the_clock(&self) -> bool {
        self.holder > 0
    }

    /// Must come before the look at what is waited for: a wake after it is a new one.
    pub(crate) fn forget_wakes(&self) {
        self.state.store(RUNNING, SeqCst);
    }

    /// Parks until a wake comes or the deadline has passed; returns at once if a wake has come since
    /// [`Self::forget_wakes`].
    pub(crate) fn park(&self, deadline: Option<Instant>, idle: bool, wait: Since) {
        let (what, _) = wait;
        self.waits.lock().now = Some(wait);
        let parked = if deadline.is_some() && !idle { DOZING } else { PARKED };
        point();
        if self.state.compare_exchange(RUNNING, parked, SeqCst, SeqCst).is_err() {
            return;
        }
        // A wake may come from here on. It adds itself to the count before this thread takes itself off: the count
        // is never too low.
        point();
        if parked == PARKED
            && let Some(realm) = &self.realm
        {
            realm.one_less();
        }
        self.sleep_until_woken(parked, deadline, what);
    }

    /// A wait has ended, in which it was parked.
    pub(super) fn note_waited(&self, what: WaitingFor, since: Instant) {
        let time = now().saturating_duration_since(since);
        add(&mut self.waits.lock().before, what.sort(), time);
    }

    /// By the thread itself: how often its agent's method has been called.
    pub(crate) fn note_calls(&self, calls: u64) {
        self.calls.store(calls, Relaxed);
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    fn sleep_until_woken(&self, parked: u8, deadline: Option<Instant>, what: WaitingFor) {
        while self.state.load(SeqCst) == parked {
            match deadline {
                Some(deadline) if now() >= deadline => return self.wake_by_deadline(parked),
                _ => self.block(deadline, what),
            }
        }
    }

    /// The race with a waker: whoever changes the state counts the thread as running again.
    fn wake_by_deadline(&self, parked: u8) {
        let by_itself = self.state.compare_exchange(parked, RUNNING, SeqCst, SeqCst).is_ok();
        if by_itself
            && parked == PARKED
            && let Some(realm) = &self.realm
        {
            realm.one_more();
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that parks")]
    fn block(&self, deadline: Option<Instant>, what: WaitingFor) {
        let timeout = || deadline.map(|deadline| deadline.saturating_duration_since(now()));
        match (&self.seat, self.bell(), deadline) {
            (Some(seat), ..) => seat.block(deadline, what, || self.state.load(SeqCst) == NOTED),
            (None, Some(bell), _) => bell.block(timeout()),
            (None, None, None) => std::thread::park(),
            (None, None, Some(_)) => std::thread::park_timeout(timeout().unwrap_or_default()),
        }
    }

    /// Makes the thread look again.
    ///
    /// It is counted as running before it can see that: it may still be on its way to sleep, go on without having
    /// been unparked, and wait again before its waker has got any further. Then nobody would seem to run.
    pub(crate) fn wake(&self) {
        note_progress();
        let mut was = self.state.load(SeqCst);
        loop {
            let counted = self.realm.as_ref().filter(|_| was == PARKED);
            if let Some(realm) = counted {
                realm.one_more();
            }
            point();
            match self.state.compare_exchange(was, NOTED, SeqCst, SeqCst) {
                Ok(_) => break,
                Err(is) => was = is,
            }
            if let Some(realm) = counted {
                realm.one_less();
            }
        }
        if was == PARKED || was == DOZING {
            point();
            self.unpark();
        }
    }

    fn unpark(&self) {
        match (&self.seat, self.bell(), self.handle.get()) {
            (Some(seat), ..) => seat.ready(),
            (None, Some(bell), _) => bell.ring(),
            (None, None, Some(thread)) => thread.unpark(),
            (None, None, None) => {}
        }
    }

    /// The bell, if it is to be rung.
    fn bell(&self) -> Option<&Bell> {
        self.watches.load(SeqCst).then(|| self.bell.get()).flatten()
    }
}

fn add(waits: &mut Vec<(WaitingFor, Duration)>, what: WaitingFor, time: Duration) {
    match waits.iter_mut().find(|(other, _)| *other == what) {
        Some((_, before)) => *before += time,
        None => waits.push((what, time)),
    }
}

thread_local! {
    static CURRENT: OnceCell<Arc<ThreadCell>> = const { OnceCell::new() };
    /// Whether this thread has woken anybody, or given cause to, since it last slept.
    static PROGRESS: Cell<bool> = const { Cell::new(true) };
}

/// Makes `cell` the current thread's; only once, before anything else that waits.
pub(crate) fn enter(cell: Arc<ThreadCell>) {
    let _ = cell.handle.set(std::thread::current());
    CURRENT.with(|current| {
        let _ = current.set(cell);
    });
}

/// While the current thread waits, `readable` is set when the descriptor can be read; until [`unwatch`].
///
/// # Errors
/// There are no descriptors left for the thread's bell.
pub(crate) fn watch(descriptor: OwnedFd, readable: Arc<Flag>) -> io::Result<()> {
    with_current(|me| {
        if me.bell.get().is_none() {
            let _ = me.bell.set(Bell::new()?);
        }
        bell::set_watched(descriptor, readable);
        me.watches.store(true, SeqCst);
        Ok(())
    })
}

/// The current thread watches nothing any more.
pub(crate) fn unwatch() {
    bell::clear_watched();
    with_current(|me| me.watches.store(false, SeqCst));
}

/// Runs `f` with the current thread's cell; in the destructors of thread-locals with a passing one.
#[inline]
pub(crate) fn with_current<R>(f: impl FnOnce(&Arc<ThreadCell>) -> R) -> R {
    let mut f = Some(f);
    let found = CURRENT.try_with(|current| {
        let cell = current.get_or_init(|| Arc::new(ThreadCell::outside(crate::rehearsal::turns::seat())));
        f.take().map(|f| f(cell))
    });
    match (found, f) {
        (Ok(Some(result)), _) => result,
        (_, Some(f)) => f(&Arc::new(ThreadCell::outside(None))),
        (_, None) => unreachable!("`f` was called or is still there"),
    }
}

/// Like [`with_current`], if the current thread's cell is there already; otherwise `None`.
#[inline]
pub(crate) fn with_known<R>(f: impl FnOnce(&ThreadCell) -> Option<R>) -> Option<R> {
    CURRENT.try_with(|current| current.get().and_then(|cell| f(cell))).ok().flatten()
}

/// See [`ThreadCell::holder`].
#[inline]
pub(crate) fn current_holder() -> usize {
    with_current(|me| me.holder())
}

/// Something that others may wait for has been changed by this thread.
#[inline]
pub(crate) fn note_progress() {
    PROGRESS.set(true);
}

/// Runs `f`, which this thread does for others: nothing in it counts as come of this thread.
pub(crate) fn aside(f: impl FnOnce()) {
    let before = PROGRESS.get();
    f();
    PROGRESS.set(before);
}

/// Whether nothing has come of this thread since it last slept.
pub(crate) fn note_sleep() -> bool {
    !PROGRESS.replace(false)
}
