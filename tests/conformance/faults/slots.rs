//! Slots that were lost, made up or held up.

use std::time::Duration;

use colmena::SlotsError;
use colmena::prelude::*;

use crate::duet::Pool::{Ml, Sim};
use crate::duet::{Rec, allocated, duet, free};
use crate::world::{HOUR, SECOND, pause};

const TIMED_OUT: Option<SlotsError> = Some(SlotsError::TimedOut { pool: "sim" });
const CANCELLED: Option<SlotsError> = Some(SlotsError::Cancelled { pool: "sim" });

/// ```text
/// one: acquires, 1 s      two: after 1 s
///   waits in line
///                           sets the event, releases: grants the slot
///   the time is over, or it is cancelled: keeps the slot
/// ```
#[test]
fn f03_a_request_that_is_cancelled_or_times_out_keeps_no_slot() {
    duet(1000, 1)
        .one(|duet, rec| {
            pause(SECOND / 2);
            let ended = rec.timeout(SECOND / 2).cancel_if(&duet.event).acquire(Sim, 1).err();
            assert!(ended.is_none() || ended == TIMED_OUT || ended == CANCELLED, "{ended:?}");
            pause(SECOND);
            assert_eq!(free(rec), [0, 0, 1], "whatever came first, nothing is lost");
            Ok(())
        })
        .two(|duet, rec| {
            let slots = rec.acquire(Sim, 1)?;
            pause(SECOND);
            duet.event.set();
            drop(slots);
            Ok(())
        })
        .takes(SECOND * 2);
}

/// Cancelling waited for a poll, a timeout was ignored beside an event that cancels, and 0 was for ever.
#[test]
fn f04_a_request_ends_at_its_own_deadline_or_when_it_is_cancelled() {
    let (tenth, millisecond) = (SECOND / 10, Duration::from_millis(1));
    duet(100, 1)
        .one(|duet, rec| {
            let _held = rec.acquire(Sim, 1)?;
            let tenth = SECOND / 10;
            assert_eq!(rec.timeout(Duration::ZERO).acquire(Sim, 1).err(), TIMED_OUT, "now or never");
            assert_eq!(rec.timeout(Duration::ZERO).cancel_if(&duet.event).acquire(Sim, 1).err(), TIMED_OUT);
            assert_eq!(rec.timeout(tenth).acquire(Sim, 1).err(), TIMED_OUT);
            assert_eq!(rec.timeout(tenth).cancel_if(&duet.event).acquire(Sim, 1).err(), TIMED_OUT);
            assert_eq!(rec.timeout(HOUR).cancel_if(&duet.event).acquire(Sim, 1).err(), CANCELLED);
            assert_eq!(rec.cancel_if(&duet.event).reallocate(Sim, Ml, 1).err(), CANCELLED);
            Ok(())
        })
        .two(|duet, _| {
            pause(SECOND / 5 + Duration::from_millis(1));
            duet.event.set();
            Ok(())
        })
        .takes(tenth * 2 + millisecond);
}

/// A pending request for many held the free slots that it had so far: smaller requests and the counts were wrong.
#[test]
fn f05_a_pending_request_holds_nothing() {
    duet(200, 3)
        .one(|duet, rec| {
            rec.reallocate(Sim, Ml, 1)?;
            // The pool has two: this waits for it to grow.
            assert_eq!(rec.cancel_if(&duet.event).acquire(Sim, 3).err(), CANCELLED);
            Ok(())
        })
        .two(|duet, rec| {
            pause(SECOND);
            assert_eq!(free(rec), [0, 1, 2], "they are free while it waits");
            let two = rec.acquire(Sim, 2)?;
            assert_eq!(two.count(), 2, "and others can have them");
            pause(SECOND);
            duet.event.set();
            Ok(())
        })
        .takes(SECOND * 2);
}

/// What had been acquired could be released again and again: 2 slots became 6.
#[test]
fn f06_no_more_is_released_than_is_held() {
    let rec = Rec::new([(Sim, 2)], 0);
    let text = "2 slots of `sim` were to be released, but 0 are kept: only what `Slots::keep` has kept can be";
    let held = rec.acquire(Sim, 2).expect("they are free");
    assert_eq!(rec.release(Sim, 2).expect_err("they are held, not kept").to_string(), text);
    held.keep();
    rec.release(Sim, 2).expect("they are kept");
    assert_eq!(rec.release(Sim, 2).expect_err("twice").to_string(), text);
    assert_eq!((allocated(&rec), free(&rec)), ([0, 0, 2], [0, 0, 2]));
}

/// Pools by number, of which there are two; written by hand, since the derive knows better.
#[derive(Clone, Copy)]
struct Numbered(usize);

impl ResourcePool for Numbered {
    const NAMES: &'static [&'static str] = &["zero", "one"];

    fn index(&self) -> usize {
        self.0
    }

    fn from_index(index: usize) -> Option<Self> {
        (index < Self::NAMES.len()).then_some(Self(index))
    }
}

/// A reallocation to a pool that there is not took the slots, and then failed.
#[test]
fn f07_a_reallocation_to_an_unknown_pool_takes_nothing() {
    let rec = ResourceCounter::new([(Numbered(1), 2)], 0);
    let error = rec.reallocate(Numbered(1), Numbered(2), 1).expect_err("there is no third one");
    assert_eq!(error.to_string(), "there is no such pool; the pools are: unallocated, zero, one");
    assert!(rec.reallocate(Numbered(1), Numbered(2), All).is_err());
    assert!(rec.acquire(Numbered(1), 1).expect("it is free").move_to(Numbered(2)).is_err());
    assert_eq!((rec.available_slots(Numbered(1)), rec.total_slots()), (2, 2));
}

/// ```text
/// one: Sim to Ml          two: Ml to Sim
///   waits for two
///                           waits for those that the other one has taken
/// ```
#[test]
fn f08_opposite_reallocations_do_not_deadlock() {
    duet(500, 3)
        .one(|_, rec| {
            for n in [2, 1, 3, 2, 1, 2] {
                assert_eq!(rec.reallocate(Sim, Ml, n)?, n);
            }
            Ok(())
        })
        .two(|_, rec| {
            for n in [1, 2, 2, 1, 2, 3] {
                assert_eq!(rec.reallocate(Ml, Sim, n)?, n);
            }
            assert_eq!(rec.total_slots(), 3);
            Ok(())
        })
        .takes(Duration::ZERO);
}
