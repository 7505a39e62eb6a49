//! The streaming optimizer: whenever a simulation ends, learn from it, and choose the next one.
//!
//! No simulation waits for another, and each is chosen with all that is known. But its slot lies idle while the model is
//! at work; and since choices are made one at a time, results that come meanwhile wait in line, their slots with them.
//! Choose it if the model takes much less time than passes between two results.

use colmena::prelude::*;

use crate::problem::{self, Outcome, Pool, Search, Settings, simulate};

struct Streaming {
    search: Search,
}

#[thinker(pools = Pool)]
impl Streaming {
    /// Sends the first simulations, as many as there are slots. From then on each one is followed by another.
    #[agent(startup)]
    fn begin(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..self.search.settings.slots.get() {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            self.send_next(agent, slots)?;
        }
        Ok(())
    }

    /// Runs for each result. It asks for the task's slots, and so gets them: the next task holds them, without a wait.
    #[result_processor]
    fn go_on(&self, agent: &Agent<Self>, result: TaskResult<simulate>, slots: Slots<Pool>) -> Result<()> {
        self.search.store(result)?;
        if agent.done().is_set() {
            return Ok(()); // nothing is left to choose
        }
        self.search.reorder(agent)?;
        self.send_next(agent, slots)
    }

    /// Without an attribute it is no agent, but a method as any other.
    fn send_next(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let Some(candidate) = self.search.next() else {
            agent.done().set(); // what has been sent is still waited for, and stored
            return Ok(());
        };
        agent.submit(simulate { candidate }.holding(slots))?;
        Ok(())
    }
}

pub(crate) fn run(settings: &Settings) -> Result<Outcome> {
    problem::run(Streaming { search: Search::new(settings)? }, |thinker| &thinker.search)
}
