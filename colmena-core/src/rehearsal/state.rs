//! State: who takes part in an order, what each waits for, and what the clock says.
//!
//! Pure: it parks nobody and holds no lock; `turns.rs` does, around it.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::choice::Choice;
use crate::wait::WaitingFor;

/// What goes on by itself when its time has come, in the place of a thread: whoever moves the clock does it. So it costs no
/// turn. It must not wait.
pub(crate) trait Clockwork: Send {
    /// Nobody can go on: when it does.
    fn next(&mut self) -> Option<Instant>;

    /// Its time has come.
    fn strike(&mut self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its thread has not been started yet.
    Unborn,
    Ready,
    /// Waiting for a wake, or for virtual time to pass.
    Parked {
        deadline: Option<Duration>,
        what: WaitingFor,
    },
    /// Waiting for a lock that somebody else has: tries again once anybody has progressed.
    Locked,
    /// The root, waiting for all others to end.
    Joining,
    Left,
}

pub(super) struct Place {
    pub(super) name: Arc<str>,
    pub(super) phase: Phase,
    pub(super) thread: Option<Thread>,
    /// Its last waits, and when they began.
    pub(super) waits: VecDeque<(Duration, WaitingFor)>,
}

/// How many waits of a thread are remembered.
const WAITS: usize = 4;

impl Place {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, phase: Phase::Unborn, thread: None, waits: VecDeque::with_capacity(WAITS) }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        if let Phase::Parked { deadline, .. } = self.phase { deadline } else { None }
    }

    pub(super) fn change(&mut self, phase: Phase, now: Duration) {
        self.phase = phase;
        if let Phase::Parked { what, .. } = phase {
            if self.waits.len() == WAITS {
                self.waits.pop_front();
            }
            self.waits.push_back((now, what));
        }
    }
}

pub(super) struct State {
    pub(super) places: Vec<Place>,
    pub(super) current: usize,
    pub(super) choice: Choice,
    pub(super) now: Duration,
    /// Points passed since time last moved.
    pub(super) points: u64,
    pub(super) most_points: u64,
    /// What goes on by itself.
    pub(super) clockwork: Option<Box<dyn Clockwork>>,
    /// Of all switches.
    pub(super) fingerprint: u64,
    pub(super) failure: Option<String>,
    /// The last switches: which seat got the turn.
    pub(super) trace: VecDeque<usize>,
    /// All switches, if somebody wants to compare them.
    pub(super) log: Option<Vec<Turn>>,
}

/// A switch: who got the turn, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) at: Duration,
    pub(crate) seat: usize,
}

impl Turn {
    /// FNV-1a, by words.
    pub(super) fn mixed_into(self, fingerprint: u64) -> u64 {
        let words = [self.seat as u64, self.at.as_nanos() as u64];
        words.into_iter().fold(fingerprint, |mixed, word| (mixed ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23))
    }
}

/// How many of the last turns are remembered.
const TRACE: usize = 40;

/// The width of what is printed.
const COLUMNS: usize = 79;

impl State {
    pub(super) fn new(choice: Choice, most_points: u64, logged: bool) -> Self {
        Self {
            places: Vec::new(),
            current: 0,
            choice,
            now: Duration::ZERO,
            points: 0,
            most_points,
            clockwork: None,
            fingerprint: 0,
            failure: None,
            trace: VecDeque::with_capacity(TRACE),
            log: logged.then(Vec::new),
        }
    }

    pub(super) fn give_turn_to(&mut self, next: usize) {
        self.current = next;
        if self.trace.len() == TRACE {
            self.trace.pop_front();
        }
        self.trace.push_back(next);
        let turn = Turn { at: self.now, seat: next };
        self.fingerprint = turn.mixed_into(self.fingerprint);
        if let Some(log) = &mut self.log {
            log.push(turn);
        }
        self.places[next].phase = Phase::Ready;
    }

    /// One that is ready.
    pub(super) fn draw(&mut self) -> Option<usize> {
        self.choice.draw(ready(&self.places))
    }

    /// One of those whose deadline is next. All of them are ready then: who is first is drawn, too.
    pub(super) fn draw_by_deadline(&mut self) -> Option<usize> {
        let Some(next) = self.next_deadline() else { return self.joining() };
        self.move_to(next);
        for place in &mut self.places {
            if place.deadline().is_some_and(|deadline| deadline <= self.now) {
                place.phase = Phase::Ready;
            }
        }
        self.draw()
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.places.iter().filter_map(Place::deadline).min()
    }

    pub(super) fn move_to(&mut self, time: Duration) {
        if time > self.now {
            (self.now, self.points) = (time, 0);
        }
    }

    pub(super) fn joining(&self) -> Option<usize> {
        let all_left = self.places[1..].iter().all(|place| place.phase == Phase::Left);
        (all_left && self.places[0].phase == Phase::Joining).then_some(0)
    }

    /// Whoever waits for a lock may try again.
    pub(super) fn progressed(&mut self) {
        for place in &mut self.places {
            if place.phase == Phase::Locked {
                place.phase = Phase::Ready;
            }
        }
    }

    /// Who stood where, for the report of a failure.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        for place in &self.places {
            let doing = match place.phase {
                Phase::Unborn => "has not been started".to_owned(),
                Phase::Ready => "can go on".to_owned(),
                Phase::Parked { deadline: None, what } => what.to_string(),
                Phase::Parked { deadline: Some(at), what } => format!("{what}, until {at:?}"),
                Phase::Locked => "waits for a lock".to_owned(),
                Phase::Joining => "waits for all threads to end".to_owned(),
                Phase::Left => "has ended".to_owned(),
            };
            let _ = writeln!(text, "    {:<24} {doing}", place.name);
            let is_waiting = usize::from(matches!(place.phase, Phase::Parked { .. }));
            for (since, what) in place.waits.iter().rev().skip(is_waiting) {
                let _ = writeln!(text, "    {:<24}   before, from {since:?} on: {what}", "");
            }
        }
        let _ = write!(text, "    virtual time {:?}; the last turns:", self.now);
        let mut column = COLUMNS;
        for &index in &self.trace {
            let name = &self.places[index].name;
            column += name.len() + 2;
            if column > COLUMNS {
                text.push_str("\n       ");
                column = 7 + name.len() + 2;
            }
            let _ = write!(text, " {name},");
        }
        text.pop();
        text
    }
}

pub(super) fn ready(places: &[Place]) -> impl Iterator<Item = usize> + Clone + '_ {
    let ready = |(index, place): (usize, &Place)| (place.phase == Phase::Ready).then_some(index);
    places.iter().enumerate().filter_map(ready)
}
