//! The gate: who is in a call, and the moment when nobody is.
//!
//! An agent's thread is *inside* while it runs code of the thinker, and leaves when it waits for what wakes it next. Taking
//! that (a result, slots and an item, a round of an event) and entering are one step, so that nothing is ever in the hands of
//! an agent that is outside. Once a checkpoint is wanted, the thread that leaves last closes the gate: that is a consistent
//! cut. If no such moment comes by itself, the gate is closed for a while, so that whoever leaves stays outside; and if
//! those inside do not come out (they may wait for somebody outside), it opens again: every wait has an end.
//!
//! [`Doors`] is the pure part. Invariant: while the gate is closed, nobody enters; `is_cut` is said only while it is closed and
//! nobody is inside.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::CheckpointEvery;
use crate::sync::Mutex;
use crate::wait::{Left, Limits, Over, ThreadCell, WaitList, Waitable, WaitingFor, now, wait};

/// How long the gate is kept closed before it opens again, though somebody is still inside.
const HOLD: Duration = Duration::from_secs(1);

/// How long it then stays open at most before it is closed again; at first as long as [`HOLD`], then twice as long each time.
const LONGEST_PATIENCE: Duration = Duration::from_secs(64);

/// Who is where: pure.
#[derive(Debug, Default)]
struct Doors {
    /// The names of those who are in a call.
    inside: Vec<Arc<str>>,
    closed: bool,
    /// A checkpoint is due: the last one who leaves closes the gate.
    wanted: bool,
    /// Results that have been handled since a checkpoint was due.
    handled: u64,
    /// The campaign is about to end: one more is wanted, now, and none after it.
    last: bool,
}

impl Doors {
    fn enter(&mut self, who: &Arc<str>) -> bool {
        if self.closed {
            return false;
        }
        self.inside.push(Arc::clone(who));
        true
    }

    /// Whether this makes the cut.
    fn leave(&mut self, who: &Arc<str>) -> bool {
        let place = self.inside.iter().position(|other| other == who);
        place.map(|place| self.inside.swap_remove(place));
        self.closed |= self.wanted && self.inside.is_empty();
        self.is_cut()
    }

    fn want(&mut self) {
        self.wanted = true;
        self.closed |= self.inside.is_empty();
    }

    fn close(&mut self) {
        self.closed = true;
    }

    fn open(&mut self) {
        (self.closed, self.wanted) = (false, false);
    }

    /// Counts anew, if `n` results or more have been handled.
    fn take_handled(&mut self, n: u64) -> bool {
        let is_due = self.handled >= n.max(1);
        self.handled = if is_due { 0 } else { self.handled };
        is_due
    }

    fn is_cut(&self) -> bool {
        self.closed && self.inside.is_empty()
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Gate {
    every: CheckpointEvery,
    doors: Mutex<Doors>,
    /// Those who want to enter, and the thread that takes checkpoints.
    opened: WaitList,
    news: WaitList,
}

/// Why the thread that takes checkpoints goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    /// The campaign is about to end.
    Last,
}

impl Gate {
    pub(crate) fn new(every: CheckpointEvery) -> Self {
        Self { every, doors: Mutex::default(), opened: WaitList::default(), news: WaitList::default() }
    }

    fn try_enter(&self, who: &Arc<str>) -> bool {
        self.doors.lock().enter(who)
    }

    fn leave(&self, who: &Arc<str>) {
        let is_cut = self.doors.lock().leave(who);
        if is_cut {
            self.news.notify_all();
        }
    }

    /// A result has been handled.
    pub(crate) fn note_handled(&self) {
        let is_due = {
            let mut doors = self.doors.lock();
            doors.handled += 1;
            matches!(self.every, CheckpointEvery::Results(n) if doors.handled >= n)
        };
        if is_due {
            self.news.notify_all();
        }
    }

    /// Asks for one more, now, and none after it: the campaign is about to end.
    pub(crate) fn ask_for_the_last(&self) {
        self.doors.lock().last = true;
        self.news.notify_all();
    }

    /// Waits until a checkpoint is due.
    ///
    /// # Errors
    /// The campaign is done.
    pub(crate) fn await_due(&self) -> Result<Due, Left> {
        let deadline = match self.every {
            CheckpointEvery::Time(time) => now().checked_add(time),
            CheckpointEvery::Results(_) => None,
        };
        let limits = Limits { spin: false, idle: true, over: Some(Over::Done), deadline };
        match wait(&mut Awaited { gate: self, for_cut: false }, limits, WaitingFor::Checkpoint) {
            Err(Left::TimedOut) => Ok(Due::Now),
            other => other,
        }
    }

    /// Waits for a cut. Then the gate is closed, and [`Self::open`] must follow. `held_up` is told who has not come out in
    /// time, each time.
    ///
    /// # Errors
    /// The campaign is done, or it was the last time and nobody comes out: the gate is open.
    pub(crate) fn await_cut(&self, due: Due, mut held_up: impl FnMut(&[Arc<str>])) -> Result<(), Left> {
        let (mut due, mut patience) = (due, HOLD);
        loop {
            self.doors.lock().want();
            match self.await_cut_within(patience, true) {
                Ok(Due::Now) => return Ok(()),
                Ok(Due::Last) => due = Due::Last,
                Err(Left::TimedOut) => {}
                Err(Left::Stopped) => break,
            }
            self.doors.lock().close();
            match self.await_cut_within(HOLD, false) {
                Ok(_) => return Ok(()),
                Err(Left::TimedOut) => {}
                Err(Left::Stopped) => break,
            }
            let inside = self.doors.lock().inside.clone();
            self.open();
            held_up(&inside);
            if due == Due::Last {
                break;
            }
            patience = (patience * 2).min(LONGEST_PATIENCE);
        }
        self.open();
        Err(Left::Stopped)
    }

    /// While it is open, the wait holds off no standstill: if all others wait for ever, nobody will leave.
    fn await_cut_within(&self, time: Duration, open: bool) -> Result<Due, Left> {
        let limits = Limits { spin: false, idle: open, over: Some(Over::Done), deadline: now().checked_add(time) };
        wait(&mut Awaited { gate: self, for_cut: true }, limits, WaitingFor::Checkpoint)
    }

    /// Lets everybody in again.
    pub(crate) fn open(&self) {
        self.doors.lock().open();
        self.opened.notify_all();
    }
}

/// What the thread that takes checkpoints waits for.
struct Awaited<'a> {
    gate: &'a Gate,
    for_cut: bool,
}

impl Waitable for Awaited<'_> {
    type Output = Due;

    fn try_take(&mut self) -> Option<Due> {
        let mut doors = self.gate.doors.lock();
        let is_due = match self.gate.every {
            _ if self.for_cut => doors.is_cut(),
            CheckpointEvery::Results(n) => doors.take_handled(n),
            CheckpointEvery::Time(_) => false,
        };
        // A closed gate is waited for to the end: who asked for the last one gets this one.
        let is_last = doors.last && !(self.for_cut && doors.closed);
        if is_due { Some(Due::Now) } else { is_last.then_some(Due::Last) }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.gate.news.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.gate.news.leave(me);
    }
}

/// Waits for what wakes an agent next: with a gate, outside of it.
///
/// # Errors
/// Those of [`wait`].
#[track_caller]
pub(crate) fn next<W: Waitable>(
    gate: Option<&Attendant>,
    source: &mut W,
    limits: Limits,
    what: WaitingFor,
) -> Result<W::Output, Left> {
    match gate {
        None => wait(source, limits, what),
        Some(attendant) => attendant.next(source, limits, what),
    }
}

/// One thread of an agent, at the gate. It is inside, but for the waits of [`Self::next`] and [`Self::outside`].
#[derive(Debug)]
pub(crate) struct Attendant {
    gate: Arc<Gate>,
    who: Arc<str>,
    inside: Cell<bool>,
}

impl Attendant {
    /// Enters.
    pub(crate) fn new(gate: &Arc<Gate>, who: &Arc<str>) -> Self {
        let attendant = Self { gate: Arc::clone(gate), who: Arc::clone(who), inside: Cell::new(false) };
        attendant.enter();
        attendant
    }

    fn enter(&self) {
        if !self.inside.get() {
            // It has an end: the gate is never closed for long.
            let _ = wait(&mut Entry(self), Limits::NONE, WaitingFor::Checkpoint);
            self.inside.set(true);
        }
    }

    fn leave(&self) {
        if self.inside.replace(false) {
            self.gate.leave(&self.who);
        }
    }

    /// Leaves, waits for `source`, and has entered with what it has taken. Inside, too, if the wait is over without.
    #[inline(never)]
    #[track_caller]
    fn next<W: Waitable>(&self, source: &mut W, limits: Limits, what: WaitingFor) -> Result<W::Output, Left> {
        self.leave();
        let taken = wait(&mut Gated { source, attendant: self }, limits, what);
        match taken.is_ok() {
            true => self.inside.set(true),
            false => self.enter(),
        }
        taken
    }

    /// Runs `wait` outside.
    pub(crate) fn outside<R>(&self, wait: impl FnOnce() -> R) -> R {
        struct Back<'a>(&'a Attendant);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.enter();
            }
        }
        self.leave();
        let _back = Back(self);
        wait()
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The gate, for somebody who wants to enter.
struct Entry<'a>(&'a Attendant);

impl Waitable for Entry<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        self.0.gate.try_enter(&self.0.who).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.gate.opened.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.gate.opened.leave(me);
    }
}

/// A source that gives something only to who can enter with it.
struct Gated<'a, W> {
    source: &'a mut W,
    attendant: &'a Attendant,
}

/// Inside for a look at a source; leaves again, unless it stays.
struct Look<'a>(Option<&'a Attendant>);

impl Drop for Look<'_> {
    fn drop(&mut self) {
        if let Some(Attendant { gate, who, .. }) = self.0 {
            gate.leave(who);
        }
    }
}

impl<W: Waitable> Waitable for Gated<'_, W> {
    type Output = W::Output;

    fn try_take(&mut self) -> Option<W::Output> {
        let Attendant { gate, who, .. } = self.attendant;
        let mut look = Look(gate.try_enter(who).then_some(self.attendant));
        look.0?;
        let taken = self.source.try_take()?;
        look.0 = None;
        Some(taken)
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.attendant.gate.opened.register(me);
        self.source.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.source.leave(me, took);
        self.attendant.gate.opened.leave(me);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Enter(usize),
        Leave(usize),
        Want,
        Close,
        Open,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0_usize..4).prop_map(Step::Enter),
            4 => (0_usize..4).prop_map(Step::Leave),
            1 => Just(Step::Want),
            1 => Just(Step::Close),
            1 => Just(Step::Open),
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        /// Whatever happens: nobody enters a closed gate, a cut has nobody inside, and once one is wanted, the first
        /// moment when nobody is inside is one.
        #[test]
        fn a_cut_is_a_moment_when_nobody_is_inside(steps in steps()) {
            let names: Vec<Arc<str>> = (0..4).map(|n| n.to_string().into()).collect();
            let (mut doors, mut inside) = (Doors::default(), [false; 4]);
            for step in steps {
                match step {
                    Step::Enter(who) if !inside[who] => {
                        let closed = doors.closed;
                        inside[who] = doors.enter(&names[who]);
                        prop_assert_eq!(inside[who], !closed);
                    }
                    Step::Leave(who) if inside[who] => {
                        inside[who] = false;
                        prop_assert_eq!(doors.leave(&names[who]), doors.is_cut());
                    }
                    Step::Enter(_) | Step::Leave(_) => {}
                    Step::Want => doors.want(),
                    Step::Close => doors.close(),
                    Step::Open => {
                        doors.open();
                        prop_assert!(!doors.is_cut());
                        continue;
                    }
                }
                let nobody = inside.iter().all(|inside| !inside);
                prop_assert_eq!(doors.is_cut(), doors.closed && nobody);
                prop_assert_eq!(doors.inside.len(), inside.iter().filter(|inside| **inside).count());
            }
        }
    }
}
