//! Resource counter: slots are conserved, and who comes first is served first.

use std::sync::Arc;

use colmena::prelude::*;
use colmena::{All, SlotsError, SplitError};
use rand::RngExt;

use crate::world::{HOUR, SECOND, campaign, in_orders, pause};

#[derive(ResourcePool, Clone, Copy, Debug, PartialEq)]
enum Pool {
    Sim,
    Ml,
}
use Pool::{Ml, Sim};

type Rec = ResourceCounter<Pool>;

/// 4 slots in `sim`, 2 in `ml`, 2 unallocated.
fn rec() -> Rec {
    Rec::new([(Sim, 4), (Ml, 2)], 2)
}

fn free(rec: &Rec) -> [usize; 3] {
    [rec.available_slots(None), rec.available_slots(Sim), rec.available_slots(Ml)]
}

fn allocated(rec: &Rec) -> [usize; 3] {
    [rec.allocated_slots(None), rec.allocated_slots(Sim), rec.allocated_slots(Ml)]
}

#[test]
fn a_slot_is_free_or_held_and_allocated_all_the_while() {
    let rec = rec();
    let slots = rec.acquire(Sim, 3).expect("they are free");
    assert_eq!((slots.count(), slots.pool()), (3, Some(Sim)));
    assert_eq!((free(&rec), allocated(&rec)), ([2, 1, 2], [2, 4, 2]));
    drop(slots);
    assert_eq!((free(&rec), allocated(&rec)), ([2, 4, 2], [2, 4, 2]));
    assert_eq!((rec.total_slots(), rec.unallocated_slots()), (8, 2));
}

#[test]
fn none_is_a_pool_like_the_others() {
    let rec = rec();
    let slots = rec.acquire(None, 2).expect("they are free");
    assert_eq!((slots.pool(), rec.available_slots(None), rec.allocated_slots(None)), (None, 0, 2));
    assert!(rec.try_acquire(None, 1).expect("a possible request").is_none());
}

#[test]
fn a_snapshot_shows_all_pools_at_one_moment() {
    let rec = rec();
    let _held = rec.acquire(Sim, 1);
    let seen: Vec<_> =
        rec.snapshot().iter().map(|pool| (pool.name, pool.allocated, pool.available, pool.waiting)).collect();
    assert_eq!(seen, [("unallocated", 2, 2, 0), ("sim", 4, 3, 0), ("ml", 2, 2, 0)]);
}

#[test]
fn try_acquire_takes_what_is_free_and_does_not_wait() {
    let rec = rec();
    let slots = rec.try_acquire(Ml, 2).expect("a possible request").expect("they are free");
    assert!(rec.try_acquire(Ml, 1).expect("a possible request").is_none());
    drop(slots);
    assert!(rec.try_acquire(Ml, 1).expect("a possible request").is_some());
}

#[test]
fn slots_can_be_split_and_merged() {
    let rec = rec();
    let mut three = rec.acquire(Sim, 3).expect("they are free");
    let two = three.split(2).expect("there are 3");
    assert_eq!((three.count(), two.count(), free(&rec)), (1, 2, [2, 1, 2]));
    assert_eq!(three.split(2).expect_err("there is 1"), SplitError { asked: 2, held: 1 });
    three.merge(two).expect("of one pool");
    assert_eq!((three.count(), free(&rec)), (3, [2, 1, 2]));
    let other = rec.acquire(Ml, 1).expect("it is free");
    let other = three.merge(other).expect_err("of another pool");
    assert_eq!((three.count(), other.count(), free(&rec)), (3, 1, [2, 1, 1]));
    drop((three, other));
    assert_eq!(free(&rec), [2, 4, 2]);
}

#[test]
fn held_slots_can_move_to_another_pool() {
    let rec = rec();
    let mut slots = rec.acquire(Sim, 2).expect("they are free");
    slots.move_to(Ml).expect("a pool");
    assert_eq!((slots.pool(), free(&rec), allocated(&rec)), (Some(Ml), [2, 2, 2], [2, 2, 4]));
    drop(slots);
    assert_eq!((free(&rec), allocated(&rec)), ([2, 2, 4], [2, 2, 4]));
}

#[test]
fn kept_slots_are_freed_by_hand_and_no_more_than_those() {
    let rec = rec();
    rec.acquire(Sim, 3).expect("they are free").keep();
    assert_eq!(free(&rec), [2, 1, 2]);
    rec.release(Sim, 2).expect("3 are kept");
    let error = rec.release(Sim, 2).expect_err("1 is kept");
    assert_eq!((error.pool, error.asked, error.kept), ("sim", 2, 1));
    assert_eq!(free(&rec), [2, 3, 2]);
    rec.release(Sim, 1).expect("1 is kept");
    assert_eq!(free(&rec), [2, 4, 2]);
}

#[test]
fn allocate_and_deallocate_move_from_and_to_the_unallocated_slots() {
    let rec = rec();
    assert_eq!(rec.allocate(Ml, 2).expect("they are free"), 2);
    assert_eq!(allocated(&rec), [0, 4, 4]);
    assert_eq!(rec.deallocate(Sim, 3).expect("they are free"), 3);
    assert_eq!((free(&rec), allocated(&rec)), ([3, 1, 4], [3, 1, 4]));
}

#[test]
fn slots_can_be_added_and_removed() {
    let rec = rec();
    rec.add_slots(3).expect("not too many");
    assert_eq!((rec.total_slots(), rec.unallocated_slots()), (11, 5));
    rec.remove_slots(Sim, 4).expect("they are free");
    assert_eq!((rec.total_slots(), allocated(&rec)), (7, [5, 0, 2]));
}

#[test]
fn all_of_an_empty_pool_are_none() {
    let rec = Rec::new([], 2);
    assert_eq!(rec.reallocate(Sim, Ml, All), Ok(0));
}

/// Each agent takes its turn by virtual time: the order of arrival is the same in every order of the threads.
#[derive(Default)]
struct Line {
    log: Mutex<Vec<&'static str>>,
}

impl Line {
    fn note(&self, what: &'static str) {
        self.log.lock().push(what);
    }
}

#[thinker(pools = Pool)]
impl Line {
    #[agent(startup)]
    fn first(&self, agent: &Agent<Self>) -> Result<()> {
        let mut three = agent.rec().acquire(Sim, 3)?;
        pause(SECOND * 10);
        drop(three.split(1)?);
        pause(SECOND);
        self.note("first is done");
        assert_eq!(agent.rec().available_slots(Sim), 2, "a request holds nothing while it waits");
        drop(three);
        Ok(())
    }

    #[agent(startup)]
    fn large(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND);
        let _slots = agent.rec().acquire(Sim, 4)?;
        self.note("large");
        Ok(())
    }

    #[agent(startup)]
    fn moves(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND * 2);
        agent.rec().reallocate(Sim, Ml, 1)?;
        self.note("moves");
        agent.rec().reallocate(Ml, Sim, 1)?;
        Ok(())
    }

    #[agent(startup)]
    fn small(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND * 3);
        assert_eq!(agent.rec().available_slots(Sim), 1);
        assert!(agent.rec().try_acquire(Sim, 1)?.is_none(), "it does not overtake");
        let _slots = agent.rec().acquire(Sim, 1)?;
        self.note("small");
        Ok(())
    }
}

#[test]
fn who_comes_first_is_served_first_and_a_reallocation_queues_like_an_acquisition() {
    in_orders(200, || {
        let mut campaign = campaign(Line::default()).slots([(Sim, 4)]);
        campaign.run().expect("everybody gets slots");
        let log = campaign.thinker().log.lock().clone();
        assert_eq!(log[..2], ["first is done", "large"]);
        assert_eq!(log.len(), 4);
    });
}

#[derive(Default)]
struct Growth {
    log: Mutex<Vec<&'static str>>,
    all: Mutex<usize>,
}

#[thinker(pools = Pool)]
impl Growth {
    #[agent(startup)]
    fn too_large_for_now(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Sim, 3)?;
        self.log.lock().push("three");
        drop(slots);
        Ok(())
    }

    #[agent(startup)]
    fn small(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND);
        let _slots = agent.rec().acquire(Sim, 2)?;
        self.log.lock().push("two");
        pause(SECOND * 2);
        Ok(())
    }

    #[agent(startup)]
    fn late(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND * 2);
        agent.rec().allocate(Sim, 1)?;
        let _slots = agent.rec().acquire(Sim, 1)?;
        self.log.lock().push("one");
        Ok(())
    }

    #[agent(startup)]
    fn takes_all(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND * 10);
        let held = agent.rec().acquire(Sim, 1)?;
        let rec = agent.rec().clone();
        let (done, mut later) = (Event::new(), held);
        let told = done.clone();
        let moving = agent.rec().reallocate_in_background(Sim, None, All, move |moved| {
            assert_eq!(moved, Ok(2), "those that the pool has at the moment");
            assert_eq!(rec.allocated_slots(Sim), 0);
            told.set();
        })?;
        pause(SECOND);
        assert!(!done.is_set(), "it waits for the held one");
        later.move_to(Ml)?;
        done.wait()?;
        moving.join();
        *self.all.lock() = agent.rec().unallocated_slots();
        Ok(())
    }
}

#[test]
fn what_is_larger_than_its_pool_keeps_its_place_but_holds_up_nobody_until_the_pool_has_grown() {
    in_orders(200, || {
        let mut campaign = campaign(Growth::default()).slots([(Sim, 2)]).unallocated_slots(1);
        campaign.run().expect("everybody gets slots");
        assert_eq!(*campaign.thinker().log.lock(), ["two", "three", "one"]);
        assert_eq!(*campaign.thinker().all.lock(), 2);
    });
}

#[derive(Default)]
struct Shrinking {
    refused: Mutex<Option<SlotsError>>,
}

#[thinker(pools = Pool)]
impl Shrinking {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) {
        *self.refused.lock() = agent.rec().acquire(Sim, 4).err();
    }

    #[agent(startup)]
    fn shrinks(&self, agent: &Agent<Self>) -> Result<()> {
        let _held = agent.rec().acquire(Sim, 1)?;
        pause(SECOND);
        agent.rec().remove_slots(None, 1)?;
        pause(HOUR);
        Ok(())
    }
}

#[test]
fn a_request_is_refused_when_the_total_shrinks_under_it() {
    in_orders(200, || {
        let mut campaign = campaign(Shrinking::default()).slots([(Sim, 3)]).unallocated_slots(1);
        campaign.run().expect("no agent fails");
        let refused = campaign.thinker().refused.lock().take().expect("there are only 3 left");
        assert_eq!(refused.to_string(), "4 slots of `sim` were asked for, but there are only 3 in all pools together");
    });
}

/// Four agents do what they like with eight slots.
struct Anything {
    told: Arc<Mutex<usize>>,
}

impl Anything {
    fn act(&self, agent: &Agent<Self>) -> Result<()> {
        let (rec, mut rng) = (agent.rec(), agent.rng());
        for _ in 0..8 {
            let n = rng.random_range(1..4);
            let pool = [None, Some(Sim), Some(Ml)][rng.random_range(0..3)];
            let other = [None, Some(Sim), Some(Ml)][rng.random_range(0..3)];
            let within = rec.timeout(SECOND * rng.random_range(0..3));
            match rng.random_range(0..5) {
                0 => drop(within.reallocate(pool, other, n)),
                1 => drop(rec.try_acquire(pool, n)?),
                2 => {
                    if let Ok(slots) = within.acquire(pool, n) {
                        slots.keep();
                        pause(SECOND);
                        rec.release(pool, n)?;
                    }
                }
                3 => {
                    if let Ok(mut slots) = within.acquire(pool, n) {
                        let part = slots.split(1)?;
                        slots.move_to(other)?;
                        pause(SECOND);
                        drop(part);
                    }
                }
                _ => {
                    let told = Arc::clone(&self.told);
                    let _going_on = rec.reallocate_in_background(pool, other, 1, move |_| *told.lock() += 1)?;
                }
            }
            let sum: usize = rec.snapshot().iter().map(|pool| pool.allocated).sum();
            assert_eq!(sum, 8);
            assert!(rec.snapshot().iter().all(|pool| pool.available <= pool.allocated));
        }
        Ok(())
    }
}

#[thinker(pools = Pool)]
impl Anything {
    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.act(agent)
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>) -> Result<()> {
        self.act(agent)
    }

    #[agent(startup)]
    fn three(&self, agent: &Agent<Self>) -> Result<()> {
        self.act(agent)
    }

    #[agent]
    fn looks_at_the_end(&self, agent: &Agent<Self>) -> Result<()> {
        pause(HOUR);
        let all = agent.rec().snapshot();
        assert!(all.iter().all(|pool| pool.available == pool.allocated), "{all:?}");
        Ok(())
    }
}

#[test]
fn whatever_is_called_in_whatever_order_slots_are_conserved() {
    in_orders(300, || {
        let anything = Anything { told: Arc::default() };
        campaign(anything).slots([(Sim, 4), (Ml, 2)]).unallocated_slots(2).run().expect("nothing fails");
    });
}
