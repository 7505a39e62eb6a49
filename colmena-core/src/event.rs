//! Event: a flag that agents wait for, and that event responders answer in rounds.
//!
//! Invariant, whenever the lock is free: `pending` is the number of responders that owe the present round its end, and
//! a round is in progress exactly while it is above zero; while one is in progress the event is set.
//! The last responder to finish clears the event, or starts the next round, under the same lock: a `set` comes either
//! before the end of a round (and changes nothing) or after it (and starts one); none is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use crate::checkpoint::gate::{Attendant, next};
use crate::checkpoint::{Checkpoint, CheckpointError, Saved};
use crate::error::Stopped;
use crate::sync::Mutex;
use crate::wait::{Left, Limits, Realm, ThreadCell, WaitList, Waitable, WaitingFor, wait};

/// A flag that can be set, cleared and waited for. Clones are the same event.
///
/// If event responders of a running thinker answer it, each `set` that returns true starts one *round*: every responder
/// runs once, and when the last one has ended the event is cleared.
///
/// ```
/// use colmena_core::Event;
///
/// let retrain = Event::new();
/// assert!(retrain.set(), "it was clear before");
/// assert!(!retrain.set());
/// assert!(retrain.is_set());
/// retrain.clear().expect("no round is in progress");
/// ```
#[derive(Clone, Default)]
pub struct Event(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Mirrors `State::set`, so that looking takes no lock.
    set: AtomicBool,
    /// How often it has been set: a waiter that is slow sees that it was, even if it has been cleared since.
    times_set: AtomicU64,
    state: Mutex<State>,
    waiting: WaitList,
}

#[derive(Default)]
struct State {
    set: bool,
    /// Another round is to follow the present one.
    again: bool,
    round: u64,
    pending: usize,
    responders: usize,
    realm: Option<Arc<Realm>>,
}

/// The event cannot be cleared: responders are answering it, and the last one will clear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is being answered; the last of its responders clears it")]
pub struct RoundInProgress;

impl State {
    /// Starts a round, unless nobody answers or the campaign is done.
    fn start_round(&mut self) {
        let done = self.realm.as_ref().is_some_and(|realm| realm.is_done());
        if self.responders > 0 && !done {
            self.round += 1;
            self.pending = self.responders;
        }
    }

    /// One responder leaves; the last one leaves the campaign behind.
    fn leave(&mut self) {
        self.responders -= 1;
        if self.responders == 0 {
            self.realm = None;
        }
    }

    /// One responder has answered. True if that ended the round.
    fn one_answered(&mut self) -> bool {
        self.pending -= 1;
        if self.pending > 0 {
            return false;
        }
        self.set = false;
        if std::mem::take(&mut self.again) {
            self.set = true;
            self.start_round();
        }
        true
    }
}

impl Event {
    /// A new event, clear.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the event. True if it was clear.
    ///
    /// Starts a round of its responders, unless one is in progress (see [`Self::set_again`]) or the campaign is done.
    pub fn set(&self) -> bool {
        self.change(|state| {
            if state.set {
                return false;
            }
            state.set = true;
            state.start_round();
            true
        })
    }

    /// Like [`Self::set`], but during a round asks for one more round after it. True if it changed anything.
    pub fn set_again(&self) -> bool {
        self.change(|state| {
            if state.pending > 0 {
                return !std::mem::replace(&mut state.again, true);
            }
            if state.set {
                return false;
            }
            state.set = true;
            state.start_round();
            true
        })
    }

    /// Clears the event. True if it was set.
    ///
    /// # Errors
    /// While responders are answering it: the last of them clears it.
    pub fn clear(&self) -> Result<bool, RoundInProgress> {
        let mut state = self.0.state.lock();
        if state.pending > 0 {
            return Err(RoundInProgress);
        }
        self.0.set.store(false, SeqCst);
        Ok(std::mem::take(&mut state.set))
    }

    /// Whether the event is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.set.load(SeqCst)
    }

    /// Blocks until the event is set; does not clear it.
    ///
    /// # Errors
    /// [`Stopped`], in an agent, when the campaign is done.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Stopped> {
        match wait(&mut Watching::new(self), Limits::AGENT, WaitingFor::Event) {
            Ok(()) => Ok(()),
            Err(Left::Stopped | Left::TimedOut) => Err(Stopped),
        }
    }

    /// Blocks until the event is set (then true), or for `timeout` (then false); does not clear it.
    ///
    /// # Errors
    /// [`Stopped`], in an agent, when the campaign is done.
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Stopped> {
        match wait(&mut Watching::new(self), Limits::AGENT.within(Some(timeout)), WaitingFor::Event) {
            Ok(()) => Ok(true),
            Err(Left::TimedOut) => Ok(false),
            Err(Left::Stopped) => Err(Stopped),
        }
    }

    /// Whoever is registered here is woken at every change to set, and at the end of a round.
    pub(crate) fn waiting(&self) -> &WaitList {
        &self.0.waiting
    }

    /// Takes part in the rounds of this event from now on; one that is due, or in progress, included.
    pub(crate) fn respond(&self, realm: &Arc<Realm>) -> Responder {
        let mut state = self.0.state.lock();
        state.realm = Some(Arc::clone(realm));
        state.responders += 1;
        if state.set {
            if state.pending == 0 {
                state.round += 1;
            }
            state.pending += 1;
        }
        let seen = state.round - u64::from(state.set);
        Responder { event: self.clone(), seen, finished: seen, left: false }
    }

    fn change(&self, change: impl FnOnce(&mut State) -> bool) -> bool {
        let changed = {
            let mut state = self.0.state.lock();
            let was_set = state.set;
            let changed = change(&mut state);
            self.0.times_set.fetch_add(u64::from(state.set && !was_set), SeqCst);
            self.0.set.store(state.set, SeqCst);
            changed
        };
        if changed {
            self.0.waiting.notify_all();
        }
        changed
    }
}

/// Whether it is set, and whether another round is to follow. What is set when a run is taken up starts a round.
impl Checkpoint for Event {
    fn save(&self) -> Result<Saved, CheckpointError> {
        let (set, again) = {
            let state = self.0.state.lock();
            (state.set, state.again)
        };
        Saved::of(&(set, again))
    }

    fn restore(&self, saved: &Saved) -> Result<(), CheckpointError> {
        let (set, again) = saved.read()?;
        self.change(|state| {
            (state.set, state.again) = (set, again);
            true
        });
        Ok(())
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_set() { "Event(set)" } else { "Event(clear)" })
    }
}

/// A wait for the event: ends when it is set, or has been since the wait began.
struct Watching<'a> {
    event: &'a Inner,
    since: u64,
}

impl<'a> Watching<'a> {
    fn new(event: &'a Event) -> Self {
        let event = &*event.0;
        Self { event, since: event.times_set.load(SeqCst) }
    }
}

impl Waitable for Watching<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        let set = self.event.set.load(SeqCst) || self.event.times_set.load(SeqCst) != self.since;
        set.then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.event.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.event.waiting.leave(me);
    }
}

/// One responder's part in the rounds of an event. Dropping it leaves, and answers what is owed.
pub(crate) struct Responder {
    event: Event,
    /// The last round that this responder has begun.
    seen: u64,
    /// The last round that it has finished.
    finished: u64,
    left: bool,
}

impl Responder {
    /// Waits for the next round. False when the campaign is done and no round is owed: then this responder has left.
    pub(crate) fn wait_for_round(&mut self, name: &'static str, gate: Option<&Attendant>) -> bool {
        match next(gate, &mut *self, Limits::AGENT, WaitingFor::Round(name)) {
            Ok(()) => true,
            Err(Left::Stopped | Left::TimedOut) => self.begin_owed_or_leave(),
        }
    }

    /// A `set` may have started a round between the last look and `done`. Under the lock, either it is seen here, or
    /// it finds this responder gone.
    fn begin_owed_or_leave(&mut self) -> bool {
        let event = self.event.clone();
        let mut state = event.0.state.lock();
        if state.round > self.seen {
            self.seen = state.round;
            return true;
        }
        self.left = true;
        state.leave();
        false
    }

    /// This responder has answered the round that it had begun. True if that ended the round.
    pub(crate) fn finish(&mut self) -> bool {
        self.finished = self.seen;
        let mut ended = false;
        self.event.change(|state| {
            ended = state.one_answered();
            ended
        });
        ended
    }

    /// Waits until the others have answered the round, too.
    pub(crate) fn await_the_others(&mut self, name: &'static str) {
        let _ =
            wait(&mut EndOfRound { event: &self.event.0, round: self.seen }, Limits::AGENT, WaitingFor::Round(name));
    }
}

/// The end of a round of which a responder has done its part.
struct EndOfRound<'a> {
    event: &'a Inner,
    round: u64,
}

impl Waitable for EndOfRound<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        let state = self.event.state.lock();
        (state.pending == 0 || state.round > self.round).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.event.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.event.waiting.leave(me);
    }
}

impl Waitable for Responder {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        let round = self.event.0.state.lock().round;
        (std::mem::replace(&mut self.seen, round) < round).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.event.0.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.event.0.waiting.leave(me);
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        let finished = self.finished;
        self.event.change(|state| {
            state.leave();
            state.round > finished && state.one_answered()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm() -> Arc<Realm> {
        Arc::new(Realm::default())
    }

    #[test]
    fn a_set_without_responders_is_a_flag() {
        let event = Event::new();
        assert!(event.set() && !event.set() && event.is_set());
        assert_eq!(event.clear(), Ok(true));
        assert_eq!(event.clear(), Ok(false));
    }

    #[test]
    fn a_round_ends_when_the_last_responder_has_finished() {
        let (event, realm) = (Event::new(), realm());
        let (mut one, mut two) = (event.respond(&realm), event.respond(&realm));
        assert!(event.set());
        assert!(one.wait_for_round("one", None) && two.wait_for_round("two", None));
        assert!(!one.finish());
        assert!(event.is_set() && !event.set());
        assert_eq!(event.clear(), Err(RoundInProgress));
        assert!(two.finish());
        assert!(!event.is_set());
    }

    #[test]
    fn set_again_asks_for_one_more_round() {
        let (event, realm) = (Event::new(), realm());
        let mut one = event.respond(&realm);
        event.set();
        assert!(one.wait_for_round("one", None));
        assert!(event.set_again() && !event.set_again());
        one.finish();
        assert!(event.is_set());
        assert!(one.wait_for_round("one", None));
        one.finish();
        assert!(!event.is_set());
    }

    #[test]
    fn a_responder_that_dies_does_not_hold_up_the_others() {
        let (event, realm) = (Event::new(), realm());
        let (mut one, two) = (event.respond(&realm), event.respond(&realm));
        event.set();
        assert!(one.wait_for_round("one", None));
        one.finish();
        assert!(event.is_set());
        drop(two);
        assert!(!event.is_set());
    }

    #[test]
    fn an_event_set_before_launch_starts_one_round_for_all() {
        let (event, realm) = (Event::new(), realm());
        event.set();
        let (mut one, mut two) = (event.respond(&realm), event.respond(&realm));
        assert!(one.wait_for_round("one", None) && two.wait_for_round("two", None));
        one.finish();
        two.finish();
        assert!(!event.is_set());
    }

    #[test]
    fn no_round_starts_after_done() {
        let (event, realm) = (Event::new(), realm());
        let mut one = event.respond(&realm);
        realm.set_done();
        assert!(event.set());
        assert!(!one.begin_owed_or_leave());
    }

    #[test]
    fn a_round_started_before_done_is_answered_after_it() {
        let (event, realm) = (Event::new(), realm());
        let mut one = event.respond(&realm);
        event.set();
        realm.set_done();
        assert!(one.begin_owed_or_leave());
        one.finish();
        assert!(!one.begin_owed_or_leave());
    }
}
