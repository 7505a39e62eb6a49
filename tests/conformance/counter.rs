//! The resource counter and the reallocator, by the names of the original's behaviour.
//!
//! Kept in another form: `release_and_rerequest`. There a release asks again in the same call; here the slots are dropped,
//! or a part is split off, and `acquire` asks anew.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{SlotsError, SplitError};

use crate::duet::Pool::{self, Ml, Sim};
use crate::duet::{Rec, allocated, duet, free};
use crate::world::{HOUR, SECOND, campaign, in_orders, pause};

/// 8 slots; none has been allocated yet.
fn eight() -> Rec {
    Rec::new([], 8)
}

const TIMED_OUT: SlotsError = SlotsError::TimedOut { pool: "sim" };
const CANCELLED: SlotsError = SlotsError::Cancelled { pool: "sim" };

/// All slots are unallocated at first, and free.
#[test]
fn starts_unallocated() {
    let rec = eight();
    assert_eq!((rec.total_slots(), allocated(&rec), free(&rec)), (8, [8, 0, 0], [8, 0, 0]));
}

/// All slots of a pool can be moved to another one; `None` is the unallocated ones.
#[test]
fn reallocate_all_to_pool() {
    let rec = eight();
    assert_eq!(rec.reallocate(None, Ml, All), Ok(8));
    assert_eq!((allocated(&rec), free(&rec)), ([0, 8, 0], [0, 8, 0]));
}

/// Slots that are acquired are no longer available, and still allocated to their pool.
#[test]
fn acquire_reduces_available_not_allocated() {
    let rec = Rec::new([(Ml, 8)], 0);
    let slots = rec.acquire(Ml, 3).expect("they are free");
    assert_eq!((slots.count(), allocated(&rec), free(&rec)), (3, [0, 8, 0], [0, 5, 0]));
}

/// A request for which nothing comes free ends at its timeout, and has taken nothing.
#[test]
fn acquire_times_out() {
    duet(20, 2)
        .one(|_, rec| {
            let held = rec.acquire(Sim, 2)?;
            let late = rec.timeout(Duration::from_millis(20)).acquire(Sim, 1);
            assert_eq!((late.err(), free(rec)), (Some(TIMED_OUT), [0, 0, 0]));
            drop(held);
            assert_eq!(free(rec), [0, 0, 2]);
            Ok(())
        })
        .takes(Duration::from_millis(20));
}

/// A part of what is held can be released.
#[test]
fn release_partial() {
    let rec = Rec::new([(Ml, 8)], 0);
    let mut slots = rec.acquire(Ml, 6).expect("they are free");
    drop(slots.split(4).expect("there are 6"));
    assert_eq!((slots.count(), free(&rec)), (2, [0, 6, 0]));
    assert_eq!(slots.split(3).expect_err("there are 2"), SplitError { asked: 3, held: 2 });
}

/// What has been released can be asked for again at once; it comes when it is free.
#[test]
fn release_and_rerequest() {
    duet(100, 2)
        .one(|_, rec| {
            let mut slots = rec.acquire(Sim, 2)?;
            pause(SECOND);
            drop(slots.split(1)?);
            let again = rec.acquire(Sim, 1)?;
            assert_eq!((slots.count(), again.count()), (1, 1), "after the other one has had it for a second");
            Ok(())
        })
        .two(|_, rec| {
            pause(SECOND / 2);
            let _slot = rec.acquire(Sim, 1)?;
            pause(SECOND);
            Ok(())
        })
        .takes(SECOND * 2);
}

/// A reallocation of more than is free ends at its timeout, and has moved nothing.
#[test]
fn reallocate_times_out() {
    duet(20, 8)
        .one(|_, rec| {
            let _held = rec.acquire(Sim, 4)?;
            assert_eq!(rec.timeout(HOUR).reallocate(Sim, Ml, 5), Err(TIMED_OUT));
            assert_eq!((allocated(rec), free(rec)), ([0, 0, 8], [0, 0, 4]));
            Ok(())
        })
        .takes(HOUR);
}

/// A reallocation waits until as many are free as it moves.
#[test]
fn reallocate_completes() {
    duet(100, 8)
        .one(|_, rec| {
            let _held = rec.acquire(Sim, 4)?;
            pause(HOUR);
            Ok(())
        })
        .two(|_, rec| {
            pause(SECOND);
            assert_eq!(rec.timeout(HOUR).reallocate(Sim, Ml, 5), Ok(5));
            assert_eq!(allocated(rec), [0, 5, 3]);
            Ok(())
        })
        .takes(HOUR);
}

/// A request whose event is set already ends at once, and takes nothing, though there are free slots.
#[test]
fn cancel_before() {
    let (rec, stop) = (Rec::new([(Sim, 8)], 0), Event::new());
    stop.set();
    assert_eq!(rec.cancel_if(&stop).acquire(Sim, 4).err(), Some(CANCELLED));
    assert_eq!(rec.cancel_if(&stop).reallocate(Sim, Ml, 4), Err(CANCELLED));
    assert_eq!((allocated(&rec), free(&rec)), ([0, 0, 8], [0, 0, 8]));
}

/// A request that waits ends when its event is set: in that moment.
#[test]
fn cancel_during() {
    duet(100, 8)
        .one(|duet, rec| {
            let _held = rec.acquire(Sim, 8)?;
            assert_eq!(rec.cancel_if(&duet.event).acquire(Sim, 4).err(), Some(CANCELLED));
            assert_eq!(rec.cancel_if(&duet.event).reallocate(Sim, Ml, All), Err(CANCELLED));
            Ok(())
        })
        .two(|duet, _| {
            pause(SECOND / 5);
            duet.event.set();
            Ok(())
        })
        .takes(SECOND / 5);
}

/// A reallocation of all waits for those that are held, too.
#[test]
fn reallocate_all_includes_held() {
    duet(100, 8)
        .one(|_, rec| {
            let mut held = rec.acquire(Sim, 2)?;
            pause(SECOND);
            drop(held.split(1)?);
            pause(SECOND);
            assert_eq!(allocated(rec), [0, 0, 8], "one is still held");
            Ok(())
        })
        .two(|_, rec| {
            pause(SECOND / 2);
            assert_eq!(rec.reallocate(Sim, Ml, All), Ok(8));
            assert_eq!(free(rec), [0, 8, 0]);
            Ok(())
        })
        .takes(SECOND * 2);
}

/// A reallocation can wait in the background; when it has moved the slots, it calls back.
#[test]
fn reallocate_in_background_with_callback() {
    duet(100, 8)
        .one(|duet, rec| {
            let held = rec.acquire(Sim, 8)?;
            let (told, books) = (duet.event.clone(), rec.clone());
            let moving = rec.reallocate_in_background(Sim, Ml, 4, move |moved| {
                assert_eq!((moved, allocated(&books)), (Ok(4), [0, 4, 4]));
                told.set();
            })?;
            pause(SECOND * 2);
            assert!(!duet.event.is_set(), "this agent went on, and the slots are held");
            drop(held);
            moving.join();
            assert!(duet.event.is_set());
            Ok(())
        })
        .two(|duet, _| Ok(duet.event.wait()?))
        .takes(SECOND * 2);
}

/// Borrows slots for as long as its responder runs, up to a maximum.
#[derive(Default)]
struct Borrower {
    train: Event,
}

#[thinker(pools = Pool)]
impl Borrower {
    #[event_responder(event = train, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 4)]
    fn trains(&self, agent: &Agent<Self>) {
        pause(SECOND);
        assert_eq!(allocated(agent.rec()), [0, 2, 6], "two were free at once");
        pause(SECOND * 2);
        assert_eq!(allocated(agent.rec()), [0, 4, 4], "four came free later, and no more than four are wanted");
        pause(SECOND);
    }

    #[agent]
    fn computes(&self, agent: &Agent<Self>) -> Result<()> {
        let held = agent.rec().acquire(Sim, 6)?;
        self.train.set();
        pause(SECOND * 2);
        drop(held);
        pause(SECOND * 3);
        assert_eq!(allocated(agent.rec()), [0, 0, 8]);
        Ok(())
    }
}

/// While it runs, a reallocator moves slots as they come free, up to its maximum.
#[test]
fn reallocator_up_to_max() {
    in_orders(100, || {
        campaign(Borrower::default()).slots([(Sim, 8)]).run().expect("nothing fails");
    });
}

/// Borrows whatever it can get, and does not say where it is to go afterwards.
#[derive(Default)]
struct NoLimit {
    train: Event,
}

#[thinker(pools = Pool)]
impl NoLimit {
    #[event_responder(event = train, reallocate_resources, gather_from = Sim, gather_to = Ml)]
    fn trains(&self, agent: &Agent<Self>) -> Result<()> {
        let _slots = agent.rec().acquire(Ml, 8)?;
        assert_eq!(allocated(agent.rec()), [0, 8, 0]);
        Ok(())
    }

    #[agent]
    fn sets(&self, agent: &Agent<Self>) {
        self.train.set();
        pause(SECOND);
        assert_eq!((allocated(agent.rec()), self.train.is_set()), ([8, 0, 0], false));
    }
}

/// Without a maximum, a reallocator moves all there are.
#[test]
fn reallocator_without_max() {
    in_orders(200, || {
        campaign(NoLimit::default()).slots([(Sim, 8)]).run().expect("nothing fails");
    });
}

/// When it ends, a reallocator disperses what it has gathered: to the unallocated ones, if no pool is named. (There, all
/// slots of the pool that it gathered to; here as many as it moved.)
#[test]
fn reallocator_disperses_on_stop() {
    in_orders(200, || {
        // `Ml` has two of its own, which stay where they are.
        campaign(Keeping::default()).slots([(Sim, 3), (Ml, 2)]).run().expect("nothing fails");
    });
}

#[derive(Default)]
struct Keeping {
    train: Event,
}

#[thinker(pools = Pool)]
impl Keeping {
    #[event_responder(event = train, reallocate_resources, gather_from = Sim, gather_to = Ml)]
    fn trains(&self, agent: &Agent<Self>) -> Result<()> {
        let _slots = agent.rec().acquire(Ml, 5)?;
        Ok(())
    }

    #[agent]
    fn sets(&self, agent: &Agent<Self>) {
        self.train.set();
        pause(SECOND);
        assert_eq!(allocated(agent.rec()), [3, 2, 0]);
    }
}

/// Two responders that move slots in opposite directions, one of which ends while slots are held.
#[derive(Default)]
struct Opposite {
    one: Event,
    other: Event,
}

#[thinker(pools = Pool)]
impl Opposite {
    #[event_responder(event = one, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 2)]
    fn to_ml(&self) {
        pause(SECOND * 5);
    }

    #[event_responder(event = other, reallocate_resources, gather_from = Ml, gather_to = Sim, disperse_to = Ml, max_slots = 2)]
    fn to_sim(&self) {
        pause(SECOND * 3);
    }

    #[agent]
    fn sets_both(&self, agent: &Agent<Self>) -> Result<()> {
        for held in 0..3 {
            self.one.set();
            self.other.set();
            let slots = if held > 0 { agent.rec().timeout(SECOND).acquire(Sim, held).ok() } else { None };
            pause(HOUR);
            drop(slots);
            pause(HOUR);
            assert!(!self.one.is_set() && !self.other.is_set());
            assert_eq!(agent.rec().total_slots(), 3);
        }
        Ok(())
    }
}

/// Two reallocators that move slots in opposite directions do not deadlock, also if one stops while the slots are held.
#[test]
fn two_reallocators_do_not_deadlock() {
    in_orders(200, || {
        campaign(Opposite::default()).slots([(Sim, 2), (Ml, 1)]).run().expect("nothing fails");
    });
}
