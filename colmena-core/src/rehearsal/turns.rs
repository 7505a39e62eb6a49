//! Turns: the scheduler that lets one thread run at a time and draws the next one from the seed.
//!
//! Threads outside an order pay one look at a thread-local flag for each point. Inside, `State::current` names the one
//! thread that runs; all others are parked in [`Seat::wait_for_turn`].
//! Invariant: exactly one seat is current, until the order has failed; then everybody unwinds, in no order.
#![expect(clippy::disallowed_types, reason = "the scheduler stands below the locks that it schedules")]

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::choice::Choice;
use super::state::{Clockwork, Phase, Place, State, Turn, ready};
use crate::wait::WaitingFor;

/// The payload with which the threads of a failed order unwind. Whoever catches panics throws it on.
pub(crate) struct OrderEnded;

/// More points than this in one virtual instant are a livelock, unless said.
pub(crate) const MOST_POINTS: u64 = 2_000_000;

/// One order.
pub(crate) struct Turns {
    state: Mutex<State>,
    all_left: Condvar,
    steps: AtomicU64,
    base: Instant,
}

impl std::fmt::Debug for Turns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

/// A thread's place in an order.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    turns: Arc<Turns>,
    index: usize,
}

thread_local! {
    static IN_ORDER: Cell<bool> = const { Cell::new(false) };
    /// Points that this thread may pass before it has to tell: none, where it may be interrupted at each.
    static UNTOLD: Cell<u32> = const { Cell::new(0) };
    static SEAT: RefCell<Option<Seat>> = const { RefCell::new(None) };
}

/// Whether the current thread takes part in an order.
#[inline]
pub(crate) fn in_order() -> bool {
    IN_ORDER.get()
}

/// The current thread's seat.
pub(crate) fn seat() -> Option<Seat> {
    with_seat(Seat::clone)
}

fn with_seat<R>(f: impl FnOnce(&Seat) -> R) -> Option<R> {
    if in_order() { SEAT.try_with(|seat| seat.borrow().as_ref().map(f)).ok().flatten() } else { None }
}

/// A point at which another thread may get the turn.
#[inline]
pub(crate) fn point() {
    if in_order() {
        at_point();
    }
}

#[cold]
fn at_point() {
    match UNTOLD.get() {
        0 => _ = with_seat(Seat::point),
        left => UNTOLD.set(left - 1),
    }
}

/// The lock that the current thread wants is taken; returns when it makes sense to try again.
#[cold]
pub(crate) fn lock_is_taken() {
    if let Some(seat) = seat() {
        seat.give_up_turn(Phase::Locked);
    }
}

/// Whether the current thread's order has failed, so that it no longer waits its turn.
pub(crate) fn order_has_failed() -> bool {
    seat().is_some_and(|seat| seat.turns.lock().failure.is_some())
}

/// The current thread has done what must not be: its order fails.
#[cold]
pub(crate) fn fail_order(text: &str) {
    if let Some(seat) = seat() {
        seat.turns.fail(text.to_owned());
        seat.unwind();
    }
}

/// The present moment, if the current thread takes part in an order.
#[inline]
pub(crate) fn virtual_now() -> Option<Instant> {
    if in_order() { with_seat(|seat| seat.turns.base + seat.turns.lock().now) } else { None }
}

/// Has the order of the current thread do `clockwork`, if nobody is interrupted in it; otherwise gives it back.
pub(crate) fn install<C: Clockwork + 'static>(clockwork: C) -> Result<(), C> {
    match seat().filter(|seat| seat.turns.lock().choice.is_calm()) {
        Some(seat) => {
            seat.turns.lock().clockwork = Some(Box::new(clockwork));
            Ok(())
        }
        None => Err(clockwork),
    }
}

/// Takes the clockwork out of the order of the current thread.
pub(crate) fn uninstall() {
    let clockwork = with_seat(|seat| seat.turns.lock().clockwork.take());
    drop(clockwork);
}

/// A seat for a thread that the current one is about to start.
pub(crate) fn new_seat(name: &Arc<str>) -> Option<Seat> {
    seat().map(|seat| seat.turns.add(Arc::clone(name)))
}

impl Turns {
    /// Any order: see [`Choice::of_any_order`].
    pub(crate) fn any(seed: u64) -> Arc<Self> {
        Self::new(Choice::of_any_order(seed), MOST_POINTS, false)
    }

    /// An order in which nobody is interrupted: see [`Choice::calm`].
    pub(crate) fn calm(seed: u64, most_points: u64, logged: bool) -> Arc<Self> {
        Self::new(Choice::calm(seed), most_points, logged)
    }

    #[expect(clippy::disallowed_methods, reason = "virtual time needs an origin; only differences to it are seen")]
    fn new(choice: Choice, most_points: u64, logged: bool) -> Arc<Self> {
        let state = State::new(choice, most_points, logged);
        let (state, all_left, steps) = (Mutex::new(state), Condvar::new(), AtomicU64::new(0));
        Arc::new(Self { state, all_left, steps, base: Instant::now() })
    }

    /// The same for the same switches at the same times.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.lock().fingerprint
    }

    /// All switches, and the names of the seats; if they were to be noted.
    pub(crate) fn take_log(&self) -> (Vec<Turn>, Vec<Arc<str>>) {
        let mut state = self.lock();
        let names = state.places.iter().map(|place| Arc::clone(&place.name)).collect();
        (state.log.take().unwrap_or_default(), names)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(self: &Arc<Self>, name: Arc<str>) -> Seat {
        let mut state = self.lock();
        state.choice.add();
        state.places.push(Place::new(name));
        Seat { turns: Arc::clone(self), index: state.places.len() - 1 }
    }

    /// The seat of the thread that runs the program; it has the turn.
    pub(crate) fn root(self: &Arc<Self>) -> Seat {
        let seat = self.add("the program".into());
        seat.born();
        seat.sit_down();
        seat
    }

    /// How many points have been passed: the watchdog looks whether it grows.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Relaxed)
    }

    /// The name of the thread that has the turn.
    pub(crate) fn holder(&self) -> Arc<str> {
        let state = self.lock();
        Arc::clone(&state.places[state.current].name)
    }

    pub(crate) fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// The order has failed: everybody unwinds.
    pub(crate) fn fail(&self, text: String) {
        let mut state = self.lock();
        if state.failure.is_none() {
            state.failure = Some(format!("{text}\n{}", state.table()));
        }
        for place in &state.places {
            if let Some(thread) = &place.thread {
                thread.unpark();
            }
        }
    }

    /// Waits, in real time, until all threads but the root have left; they are on their way out.
    #[expect(clippy::disallowed_methods, reason = "after the end of the order, in real time")]
    pub(crate) fn wait_until_all_left(&self) {
        let mut state = self.lock();
        while state.places[1..].iter().any(|place| place.phase != Phase::Left) {
            state = self.all_left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// In an order in which nobody is interrupted, points are only counted, so many at a time.
const TOLD_EVERY: u64 = 256;

impl Seat {
    /// The current thread takes part from here on.
    fn sit_down(&self) {
        self.turns.lock().places[self.index].thread = Some(std::thread::current());
        SEAT.set(Some(self.clone()));
        IN_ORDER.set(true);
    }

    /// The current thread takes part no longer.
    pub(crate) fn stand_up(&self) {
        IN_ORDER.set(false);
        SEAT.set(None);
    }

    /// The thread of this seat has been started: it can get the turn.
    pub(crate) fn born(&self) {
        self.turns.lock().places[self.index].phase = Phase::Ready;
    }

    /// A new thread's first deed: it waits for its turn.
    pub(crate) fn take(&self) {
        self.sit_down();
        self.wait_for_turn();
    }

    fn point(&self) {
        let mut state = self.turns.lock();
        let passed = if state.choice.is_calm() { TOLD_EVERY } else { 1 };
        UNTOLD.set(passed as u32 - 1);
        self.turns.steps.fetch_add(passed, Relaxed);
        state.points += passed;
        if state.points > state.most_points && state.failure.is_none() {
            let (most, name) = (state.most_points, Arc::clone(&state.places[self.index].name));
            drop(state);
            self.turns.fail(format!(
                "a livelock: more than {most} waits, wakes and locks while time stood still, and `{name}` goes on"
            ));
            return self.unwind();
        }
        if state.failure.is_some() {
            drop(state);
            return self.unwind();
        }
        state.progressed();
        let State { choice, places, .. } = &mut *state;
        match choice.interrupt(self.index, ready(places)) {
            Some(next) => self.hand_over(state, next),
            None => drop(state),
        }
    }

    /// Parks until [`Self::ready`] or the deadline, unless `woken` already.
    pub(crate) fn block(&self, deadline: Option<Instant>, what: WaitingFor, woken: impl Fn() -> bool) {
        if !woken() {
            let deadline = deadline.map(|at| at.saturating_duration_since(self.turns.base));
            self.give_up_turn(Phase::Parked { deadline, what });
        }
    }

    fn give_up_turn(&self, phase: Phase) {
        let mut state = self.turns.lock();
        if state.failure.is_some() {
            drop(state);
            return self.unwind();
        }
        if phase != Phase::Locked {
            state.progressed();
        }
        let now = state.now;
        state.places[self.index].change(phase, now);
        self.go_on_with_another(state);
    }

    /// Virtual time moves only if not even a lock can be tried again; then everybody who waits for one tries once more.
    fn go_on_with_another(&self, state: MutexGuard<'_, State>) {
        match self.choose(state) {
            (state, Some(next)) => self.hand_over(state, next),
            (state, None) => {
                drop(state);
                self.turns.fail("all threads wait, and nothing can wake any of them".to_owned());
                self.unwind();
            }
        }
    }

    /// Draws who goes on; if nobody can, the clock moves: by the clockwork, or to the next deadline.
    fn choose<'a>(&'a self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, Option<usize>) {
        loop {
            if let Some(ready) = state.draw() {
                return (state, Some(ready));
            }
            let Some(mut clockwork) = state.clockwork.take() else {
                let drawn = state.draw_by_deadline();
                return (state, drawn);
            };
            // Not under the lock: what it does may make somebody ready, or look at the clock.
            drop(state);
            let due = clockwork.next().map(|at| at.saturating_duration_since(self.turns.base));
            state = self.turns.lock();
            let strikes = due.filter(|due| state.next_deadline().is_none_or(|deadline| *due <= deadline));
            if let Some(due) = strikes.filter(|_| ready(&state.places).next().is_none()) {
                state.move_to(due);
                drop(state);
                clockwork.strike();
                state = self.turns.lock();
            } else if ready(&state.places).next().is_none() {
                state.clockwork = Some(clockwork);
                let drawn = state.draw_by_deadline();
                return (state, drawn);
            }
            state.clockwork = Some(clockwork);
        }
    }

    fn hand_over(&self, mut state: MutexGuard<'_, State>, next: usize) {
        self.turns.steps.fetch_add(1, Relaxed);
        state.give_turn_to(next);
        let leaves = state.places[self.index].phase == Phase::Left;
        let thread = (next != self.index).then(|| state.places[next].thread.clone());
        drop(state);
        let Some(thread) = thread else { return };
        if let Some(thread) = thread {
            thread.unpark();
        }
        if !leaves {
            self.wait_for_turn();
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the scheduler parks whoever has not the turn")]
    fn wait_for_turn(&self) {
        loop {
            let state = self.turns.lock();
            if state.failure.is_some() {
                drop(state);
                return self.unwind();
            }
            if state.current == self.index {
                return;
            }
            drop(state);
            std::thread::park();
        }
    }

    /// A wake for the thread of this seat; called by another one, which keeps the turn.
    pub(crate) fn ready(&self) {
        let place = &mut self.turns.lock().places[self.index];
        if matches!(place.phase, Phase::Parked { .. }) {
            place.phase = Phase::Ready;
        }
    }

    /// The root waits for all others to end.
    pub(crate) fn join_all(&self) {
        self.give_up_turn(Phase::Joining);
    }

    /// A thread's last deed.
    pub(crate) fn leave(&self) {
        let mut state = self.turns.lock();
        state.places[self.index].phase = Phase::Left;
        state.progressed();
        self.turns.all_left.notify_all();
        if state.failure.is_some() || state.current != self.index {
            drop(state);
            return self.stand_up();
        }
        // Still in the order: the clock may have to be moved.
        let (state, next) = self.choose(state);
        self.stand_up();
        match next {
            Some(next) => self.hand_over(state, next),
            None => {
                drop(state);
                self.turns.fail("all other threads wait, and nothing can wake any of them".to_owned());
            }
        }
    }

    /// Ends the current thread's part in a failed order. While it panics anyway (slots drop there), it just goes on.
    fn unwind(&self) {
        if !std::thread::panicking() {
            resume_unwind(Box::new(OrderEnded));
        }
    }
}
