//! A steering campaign to rehearse: two pools, a budget, a retraining now and then.

use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

#[derive(ResourcePool, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    Sim,
    Ml,
}

/// What a rehearsal does not run, unless its model says so.
#[method]
pub(crate) fn simulate(x: u64) -> u64 {
    x * x
}

#[method]
pub(crate) fn train(seen: u64) -> u64 {
    seen
}

pub(crate) struct Steering {
    pub(crate) candidates: WorkQueue<u64>,
    pub(crate) results: Mutex<Vec<(u64, Option<u64>)>>,
    pub(crate) retrain: Event,
    pub(crate) retrained: Mutex<Vec<Duration>>,
    pub(crate) budget: usize,
    pub(crate) every: usize,
}

impl Steering {
    pub(crate) fn new(budget: usize, every: usize) -> Self {
        Self {
            candidates: (0..budget as u64).collect(),
            results: Mutex::default(),
            retrain: Event::new(),
            retrained: Mutex::default(),
            budget,
            every,
        }
    }
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<simulate>) {
        let mut results = self.results.lock();
        results.push((result.inputs().x, result.value().ok().copied()));
        if results.len() >= self.budget {
            agent.done().set();
        } else if results.len().is_multiple_of(self.every) {
            self.retrain.set();
        }
    }

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn reorder(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let seen = self.results.lock().len() as u64;
        agent.call(train { seen }.holding(slots))?.into_value()?;
        self.retrained.lock().push(agent.elapsed());
        Ok(())
    }
}

pub(crate) fn campaign(thinker: Steering, slots: usize) -> Campaign<Steering> {
    let server = LocalTaskServer::new().serve::<simulate>().serve::<train>();
    Campaign::new(thinker).slots([(Pool::Sim, slots)]).task_server(server)
}

/// Simulations of about an hour, trainings of a quarter.
pub(crate) fn plan() -> Rehearsal {
    Rehearsal::new()
        .method(Model::<simulate>::running().lasting_by(|simulate, _| HOUR + SECOND * (simulate.x % 60) as u32))
        .method(Model::<train>::running().lasting(HOUR / 4))
}
