//! The batch optimizer: choose a batch of simulations, run them all, learn from all of them.
//!
//! One agent does it all, one step after the other, so there is nothing to share and no order to think about. But the
//! batch takes as long as its longest simulation: the other slots lie idle meanwhile, and all of them while the model is
//! at work. Choose it if simulations take about the same time each, or if what comes next needs all results of a round.

use colmena::prelude::*;

use crate::problem::{self, Outcome, Pool, Search, Settings, simulate};

struct Batch {
    search: Search,
}

#[thinker(pools = Pool)]
impl Batch {
    /// Its end is the end of the campaign.
    #[agent]
    fn optimize(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            let mut batch = agent.group::<simulate>();
            for _ in 0..self.search.settings.slots.get() {
                let Some(candidate) = self.search.next() else { break };
                let slots = agent.rec().acquire(Pool::Sim, 1)?;
                batch.push(simulate { candidate }.holding(slots))?;
            }
            if batch.remaining() == 0 {
                return Ok(());
            }
            for result in batch {
                self.search.store(result?)?; // in the order in which they end
            }
            self.search.reorder(agent)?;
        }
    }
}

pub(crate) fn run(settings: &Settings) -> Result<Outcome> {
    problem::run(Batch { search: Search::new(settings)? }, |thinker| &thinker.search)
}
