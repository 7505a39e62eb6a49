//! A campaign for the page to show.

use std::time::Duration;

use colmena::prelude::*;

/// The least work.
#[method]
pub(crate) fn square(x: u64) -> u64 {
    x * x
}

/// Refuses.
#[method]
pub(crate) fn refuse(x: u64) -> Result<u64> {
    Err(format!("{x} is <b>not</b> wanted").into())
}

/// Sends a task now and then until it is done: the first one fails.
pub(crate) struct Steady {
    every: Duration,
    budget: usize,
    results: Mutex<usize>,
}

impl Steady {
    pub(crate) fn new(every: Duration, budget: usize) -> Self {
        Self { every, budget, results: Mutex::default() }
    }
}

#[thinker]
impl Steady {
    #[task_submitter]
    fn send(&self, agent: &Agent<Self>, slots: Slots) -> Result<()> {
        agent.submit(square { x: 7 }.holding(slots))?;
        agent.sleep(self.every)?;
        Ok(())
    }

    #[agent(startup)]
    fn fail(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.call(refuse { x: 3 })?;
        Ok(())
    }

    #[result_processor]
    fn count(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        result.into_value()?;
        let mut results = self.results.lock();
        *results += 1;
        if *results == self.budget {
            agent.done().set();
        }
        Ok(())
    }
}

pub(crate) fn campaign<T: Thinker>(thinker: T) -> Campaign<T> {
    let server = LocalTaskServer::new().serve::<square>().serve::<refuse>();
    Campaign::new(thinker).ignore_ctrl_c().task_server(server).unallocated_slots(2)
}
