//! The interleaved optimizer: simulate the first candidate of a queue; meanwhile, keep the queue in order.
//!
//! A free slot is given the first candidate at once. What that is, another agent sees to, which asks the model again and
//! again, with whatever has become known. So no slot waits for the model. But a choice rests on what was known when
//! the model was last asked: a little less than in the streaming optimizer. Choose it wherever there are more candidates
//! than slots, and slots are what is dear.

use colmena::prelude::*;

use crate::problem::{self, Outcome, Pool, Search, Settings, simulate};

struct Interleaved {
    search: Search,
    news: Event,
}

#[thinker(pools = Pool)]
impl Interleaved {
    /// Runs whenever a slot is free.
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let Some(candidate) = self.search.next() else {
            agent.done().set(); // what has been sent is still waited for, and stored
            return Ok(());
        };
        agent.submit(simulate { candidate }.holding(slots))?;
        Ok(())
    }

    /// Runs for each result; the slot of the task is free again already.
    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        self.search.store(result)?;
        self.news.set_again(); // if the model is at work, it is asked once more when it has answered
        Ok(())
    }

    /// Runs when there is news, beside the other two.
    #[event_responder(event = news)]
    fn reorder(&self, agent: &Agent<Self>) -> Result<()> {
        self.search.reorder(agent)
    }
}

pub(crate) fn run(settings: &Settings) -> Result<Outcome> {
    problem::run(Interleaved { search: Search::new(settings)?, news: Event::new() }, |thinker| &thinker.search)
}
