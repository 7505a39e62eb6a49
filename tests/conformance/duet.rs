//! Two agents at one counter, for what is about slots and time.

use std::time::Duration;

use colmena::prelude::*;

use crate::world::{campaign, in_orders};

#[derive(ResourcePool, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    Ml,
    Sim,
}

pub(crate) type Rec = ResourceCounter<Pool>;

/// What one of the two does, once.
pub(crate) type Part = fn(&Duet, &Rec) -> Result<()>;

/// Two agents and an event between them.
pub(crate) struct Duet {
    pub(crate) event: Event,
    parts: [Part; 2],
}

#[thinker(pools = Pool)]
impl Duet {
    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.parts[0](self, agent.rec())
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>) -> Result<()> {
        self.parts[1](self, agent.rec())
    }
}

/// A duet to be run in so many seeded orders, with `sim` slots in the pool `Sim`.
pub(crate) fn duet(orders: u64, sim: usize) -> Score {
    Score { orders, sim, parts: [|_, _| Ok(()); 2] }
}

#[must_use = "say how long it `takes`: that runs it"]
pub(crate) struct Score {
    orders: u64,
    sim: usize,
    parts: [Part; 2],
}

impl Score {
    pub(crate) fn one(mut self, part: Part) -> Self {
        self.parts[0] = part;
        self
    }

    pub(crate) fn two(mut self, part: Part) -> Self {
        self.parts[1] = part;
        self
    }

    /// Runs both at once; in each order they take exactly this time, which is virtual.
    #[track_caller]
    pub(crate) fn takes(self, time: Duration) {
        let Self { orders, sim, parts } = self;
        in_orders(orders, move || {
            let mut campaign = campaign(Duet { event: Event::new(), parts }).slots([(Pool::Sim, sim)]);
            let report = campaign.run().expect("nothing fails");
            assert_eq!(report.wall_time(), time);
        });
    }
}

/// Free slots: unallocated, `Ml`, `Sim`.
pub(crate) fn free(rec: &Rec) -> [usize; 3] {
    [rec.available_slots(None), rec.available_slots(Pool::Ml), rec.available_slots(Pool::Sim)]
}

/// Slots, free or held: unallocated, `Ml`, `Sim`.
pub(crate) fn allocated(rec: &Rec) -> [usize; 3] {
    [rec.unallocated_slots(), rec.allocated_slots(Pool::Ml), rec.allocated_slots(Pool::Sim)]
}
