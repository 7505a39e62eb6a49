//! The one way to wait and to wake, the clock, the start of threads, and seeded randomness.
//!
//! Everything in this crate that blocks goes through [`wait()`]. So no wait can forget `done`, a report can say
//! what every agent waits for, a standstill is found at once, and a test can choose who runs next.
//!
//! # The protocol, and why no wake-up is lost
//!
//! Each thread has one state word ([`thread::ThreadCell`]): *running*, *noted* (a wake has come), *parked*, or
//! *dozing* (parked with a deadline). All atomics here are sequentially consistent.
//!
//! ```text
//! waiter                                        waker
//!   try: the ready path ends here                 publish (an item, a grant, a flag)
//!   loop                                          take the waiter from the source's list
//!     state := running     (forget old wakes)     is it parked? running += 1, epoch += 1
//!     register with the source                    parked -> noted by compare-and-swap
//!     over? try again; deadline?                  unpark
//!     running -> parked by compare-and-swap
//!       failed: a wake came in between; loop
//!     running -= 1; the last one looks for a standstill
//!     park until the state changes
//!   leave the source's list; a wake that was taken from it and not used is passed on
//! ```
//!
//! The waiter registers *before* it tries again, the waker publishes *before* it looks at the list: one of the two
//! sees the other. The state is reset before looking, never after, so a wake that comes at any later point either
//! makes the compare-and-swap fail or finds the thread parked.
//!
//! Nothing here holds a lock while it wakes or parks, and no code of a user runs in it.

mod bell;
pub(crate) mod clock;
mod either;
pub(crate) mod flag;
mod gate;
mod holding;
pub(crate) mod list;
pub(crate) mod panic;
pub(crate) mod random;
pub(crate) mod realm;
pub(crate) mod spawn;
#[cfg(test)]
mod tests;
pub(crate) mod thread;

use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_utils::Backoff;

pub(crate) use clock::now;
pub(crate) use either::{Either, Which};
pub(crate) use flag::Flag;
pub(crate) use list::WaitList;
pub(crate) use realm::Realm;
pub(crate) use thread::{ThreadCell, aside, current_holder, with_current, with_known};

use crate::error::Stopped;
use crate::mutex::held_here;
use crate::rehearsal::turns::{in_order, point};

/// What a thread waits for, in the words of a report. `Copy`, so that waiting allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitingFor {
    Slots { n: u32, pool: &'static str },
    SlotsAndItem { n: u32, pool: &'static str },
    Reallocation { from: &'static str, to: &'static str },
    Event,
    Round(&'static str),
    ResultOf(&'static str),
    Results(&'static str),
    ResultOn(&'static str),
    NothingOutstanding,
    Item,
    Requests,
    Room,
    Time,
    Thread,
    Program,
    Worker,
    Record,
    Resumption,
    Checkpoint,
}

impl WaitingFor {
    /// The same for whatever number of slots.
    pub(crate) fn sort(self) -> Self {
        match self {
            Self::Slots { pool, .. } => Self::Slots { n: 0, pool },
            Self::SlotsAndItem { pool, .. } => Self::SlotsAndItem { n: 0, pool },
            other => other,
        }
    }

    /// The pool whose slots are waited for.
    pub(crate) fn pool(self) -> Option<&'static str> {
        match self {
            Self::Slots { pool, .. } | Self::SlotsAndItem { pool, .. } | Self::Reallocation { from: pool, .. } => {
                Some(pool)
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for WaitingFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Slots { n: 0, pool } => write!(f, "waits for slots of `{pool}`"),
            Self::Slots { n, pool } => write!(f, "waits for {n} {} of `{pool}`", slots(n)),
            Self::SlotsAndItem { n: 0, pool } => write!(f, "waits for an item of its queue and slots of `{pool}`"),
            Self::SlotsAndItem { n, pool } => {
                write!(f, "waits for an item of its queue and {n} {} of `{pool}`", slots(n))
            }
            Self::Reallocation { from, to } => write!(f, "waits for slots to move from `{from}` to `{to}`"),
            Self::Event => f.write_str("waits for an event"),
            Self::Round(responder) => write!(f, "waits for the event of `{responder}`"),
            Self::ResultOf(method) => write!(f, "waits for the result of a call of `{method}`"),
            Self::Results(method) => write!(f, "waits for results of `{method}`"),
            Self::ResultOn(topic) => write!(f, "waits for a result of the topic `{topic}`"),
            Self::NothingOutstanding => f.write_str("waits until no task is outstanding"),
            Self::Item => f.write_str("waits for an item of a work queue"),
            Self::Requests => f.write_str("waits for requests"),
            Self::Room => f.write_str("waits for room in the queue of requests"),
            Self::Time => f.write_str("sleeps"),
            Self::Thread => f.write_str("waits for a thread to end"),
            Self::Program => f.write_str("waits for a program to end"),
            Self::Record => f.write_str("waits for the record to be written"),
            Self::Resumption => f.write_str("is paused"),
            Self::Checkpoint => f.write_str("waits for a checkpoint"),
            Self::Worker => f.write_str("waits for its worker process"),
        }
    }
}

/// "slot" or "slots".
pub(crate) fn slots(n: u32) -> &'static str {
    if n == 1 { "slot" } else { "slots" }
}

/// Something that can be waited for.
pub(crate) trait Waitable {
    type Output;

    /// Takes what is waited for, if it is there. Never blocks for longer than a short lock.
    fn try_take(&mut self) -> Option<Self::Output>;

    /// Arranges that `me` is woken at the next change. Called again after each wake: must be idempotent.
    fn register(&mut self, me: &Arc<ThreadCell>);

    /// Undoes `register`. `took` says whether the wait ended by [`Self::try_take`]; if it did not, a wake that was
    /// meant for `me` alone must be passed on.
    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool);
}

/// Why a wait ended without what it waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Stopped,
    TimedOut,
}

impl From<Stopped> for Left {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Which flag of the campaign ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// `done`: the waits of agents.
    Done,
    /// Everything is settled and handled: result processors waiting for results.
    Drained,
    /// Neither: threads that are not agents, and what must be waited for in any case.
    Never,
}

/// How long a wait may last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// `None`: whatever the current thread's waits end at.
    pub(crate) over: Option<Over>,
    pub(crate) deadline: Option<Instant>,
    /// A wait with a deadline that does not count as running (a periodic agent's sleep): a standstill of all
    /// others is one in spite of it.
    pub(crate) idle: bool,
    /// Trying again for a moment before parking; pays where the other side is quick.
    pub(crate) spin: bool,
}

impl Limits {
    /// Ends at what the current thread's waits end at.
    pub(crate) const AGENT: Self = Self { over: None, deadline: None, idle: false, spin: true };
    /// Ends with what it waits for, and with nothing else.
    pub(crate) const NONE: Self = Self { over: Some(Over::Never), ..Self::AGENT };
    /// Ends when everything is settled and handled.
    pub(crate) const DRAINED: Self = Self { over: Some(Over::Drained), ..Self::AGENT };

    /// Those of sending a task, and waiting for its result: what may be sent after `done` is waited for after it, too.
    pub(crate) fn sending(after_done: bool) -> Self {
        if after_done { Self::NONE } else { Self::AGENT }
    }

    pub(crate) fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) fn within(self, timeout: Option<Duration>) -> Self {
        self.until(timeout.and_then(|d| now().checked_add(d)))
    }
}

/// Waits for `source`, at most within `limits`.
///
/// # Errors
/// [`Left::Stopped`] when the flag of `limits` is or becomes set, before anything is taken; [`Left::TimedOut`] at the
/// deadline, after a last try.
#[track_caller]
pub(crate) fn wait<W: Waitable>(source: &mut W, limits: Limits, what: WaitingFor) -> Result<W::Output, Left> {
    point();
    if let Some(locked_at) = held_here() {
        holding::warn(what, Location::caller(), locked_at);
    }
    if with_current(|me| me.is_over(limits.over)) {
        return Err(Left::Stopped);
    }
    match source.try_take() {
        Some(taken) => Ok(taken),
        None => wait_long(source, limits, what),
    }
}

#[cold]
fn wait_long<W: Waitable>(source: &mut W, limits: Limits, what: WaitingFor) -> Result<W::Output, Left> {
    let me = with_current(Arc::clone);
    if limits.spin
        && !in_order()
        && let Some(taken) = spin(source, &me, limits)
    {
        return Ok(taken);
    }
    let mut begun = None;
    let ended = loop {
        me.forget_wakes();
        point();
        source.register(&me);
        point();
        if me.is_over(limits.over) {
            break Err(Left::Stopped);
        }
        if let Some(taken) = source.try_take() {
            break Ok(taken);
        }
        if limits.deadline.is_some_and(|deadline| now() >= deadline) {
            break Err(Left::TimedOut);
        }
        point();
        let since = *begun.get_or_insert_with(|| me.looks_at_the_clock().then(now));
        me.park(limits.deadline, limits.idle, (what, since));
    };
    point();
    source.leave(&me, ended.is_ok());
    if let Some(Some(since)) = begun {
        me.note_waited(what, since);
    }
    ended
}

/// Bounded: after some microseconds it gives up, and the thread parks.
fn spin<W: Waitable>(source: &mut W, me: &ThreadCell, limits: Limits) -> Option<W::Output> {
    let backoff = Backoff::new();
    while !backoff.is_completed() && !me.is_over(limits.over) {
        backoff.snooze();
        if let Some(taken) = source.try_take() {
            return Some(taken);
        }
    }
    None
}

/// Ends only at its deadline or when the wait is over: what `sleep` waits for.
struct Nothing;

impl Waitable for Nothing {
    type Output = std::convert::Infallible;

    fn try_take(&mut self) -> Option<Self::Output> {
        None
    }

    fn register(&mut self, _: &Arc<ThreadCell>) {}

    fn leave(&mut self, _: &Arc<ThreadCell>, _: bool) {}
}

/// Lets virtual time pass for the current thread, whatever happens meanwhile: it computes.
#[track_caller]
pub(crate) fn pass_time(duration: Duration) {
    let limits = Limits { spin: false, ..Limits::NONE.within(Some(duration)) };
    let _ = wait(&mut Nothing, limits, WaitingFor::Time);
}

/// Sleeps for `duration`.
///
/// A sleep holds off the finding of a standstill, unless nothing has come of the thread since its last sleep: a
/// periodic agent that only looks on does not keep a dead campaign alive, one that submits at a steady rate does.
#[track_caller]
pub(crate) fn sleep(duration: Duration) -> Result<(), Stopped> {
    let idle = thread::note_sleep();
    let limits = Limits { idle, spin: false, ..Limits::AGENT.within(Some(duration)) };
    match wait(&mut Nothing, limits, WaitingFor::Time) {
        Ok(never) => match never {},
        Err(Left::TimedOut) => Ok(()),
        Err(Left::Stopped) => Err(Stopped),
    }
}
