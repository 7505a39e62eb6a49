//! Reallocator: while a responder runs, slots move to it as they come free; when it ends, as many go back.

use colmena::prelude::*;

use crate::world::{HOUR, SECOND, campaign, in_orders, pause, run_for};

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}
use Pool::{Ml, Sim};

#[derive(Default)]
struct Borrowing {
    event: Event,
    max: usize,
    step: usize,
    log: Mutex<Vec<[usize; 3]>>,
}

fn allocated<T: Thinker<Pools = Pool>>(agent: &Agent<T>) -> [usize; 3] {
    let rec = agent.rec();
    [rec.unallocated_slots(), rec.allocated_slots(Sim), rec.allocated_slots(Ml)]
}

#[thinker(pools = Pool)]
impl Borrowing {
    /// Holds three slots of `sim` for a second, one for two and one for three.
    #[agent(startup)]
    fn computes(&self, agent: &Agent<Self>) -> Result<()> {
        for (n, seconds) in [(3, 1), (1, 2), (1, 3)] {
            let slots = agent.rec().acquire(Sim, n)?;
            agent.submit(run_for { time: SECOND * seconds }.holding(slots))?;
        }
        self.event.set();
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {}

    #[event_responder(event = event, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim,
                      max_slots = self.max, slot_step = self.step)]
    fn trains(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND / 2);
        for _ in 0..4 {
            let seen = allocated(agent);
            self.log.lock().push(seen);
            pause(SECOND);
        }
        let held = agent.rec().acquire(Ml, agent.rec().allocated_slots(Ml))?;
        agent.submit(run_for { time: HOUR }.holding(held))?;
        Ok(())
    }

    /// The slots that were borrowed work for another hour: the round ends when they are back.
    #[agent]
    fn looks(&self, agent: &Agent<Self>) {
        pause(SECOND * 10);
        let seen = allocated(agent);
        self.log.lock().push(seen);
        assert!(self.event.is_set(), "the round goes on until all are back");
        pause(HOUR);
        let seen = allocated(agent);
        self.log.lock().push(seen);
        assert!(!self.event.is_set());
    }
}

fn borrowed(max: usize, step: usize) -> Vec<[usize; 3]> {
    let mut campaign = campaign(Borrowing { max, step, ..Borrowing::default() }).slots([(Sim, 6), (Ml, 1)]);
    campaign.run().expect("nothing fails");
    campaign.thinker().log.lock().clone()
}

#[test]
fn slots_move_as_they_come_free_up_to_the_maximum_and_the_round_ends_when_as_many_are_back() {
    in_orders(100, || {
        let log = borrowed(4, 1);
        assert_eq!(log[..4], [[0, 5, 2], [0, 3, 4], [0, 3, 4], [0, 3, 4]]);
        assert_eq!(log[4..], [[0, 3, 4], [0, 6, 1]]);
    });
}

#[test]
fn slots_move_in_the_steps_that_are_asked_for() {
    in_orders(100, || {
        let log = borrowed(100, 3);
        assert_eq!(log[..4], [[0, 6, 1], [0, 3, 4], [0, 3, 4], [0, 0, 7]]);
        assert_eq!(log[4..], [[0, 0, 7], [0, 6, 1]]);
    });
}

#[derive(Default)]
struct Stopping {
    event: Event,
    seen: Mutex<Option<[usize; 3]>>,
}

#[thinker(pools = Pool)]
impl Stopping {
    #[event_responder(event = event, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim)]
    fn trains(&self, agent: &Agent<Self>) -> Result<()> {
        let _slots = agent.rec().acquire(Ml, 2)?;
        agent.done().set();
        Ok(())
    }

    #[agent(startup)]
    fn holds_one(&self, agent: &Agent<Self>) -> Result<()> {
        let slot = agent.rec().acquire(Sim, 1)?;
        self.event.set();
        agent.done().wait();
        drop(slot);
        Ok(())
    }

    #[tear_down_agent]
    fn look(&self, agent: &Agent<Self>) {
        if agent.name() == "trains" {
            *self.seen.lock() = Some(allocated(agent));
        }
    }
}

#[test]
fn at_done_it_stops_gathering_and_returns_what_is_free() {
    in_orders(300, || {
        let mut campaign = campaign(Stopping::default()).slots([(Sim, 3)]);
        campaign.run().expect("a clean end");
        assert_eq!(*campaign.thinker().seen.lock(), Some([0, 3, 0]));
    });
}
