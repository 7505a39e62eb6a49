//! The options as the original's guide spells them.
#![deny(warnings)]

use colmena::prelude::*;

#[method(topic = "simulation")]
fn simulate(x: f64) -> f64 {
    x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

struct Steering {
    jobs: WorkQueue<f64>,
    retrain: Event,
    width: usize,
}

#[thinker(pools = Pool)]
impl Steering {
    #[agent(startup = true)]
    fn seed(&self) -> Result<()> {
        self.jobs.push(1.0)?;
        self.jobs.close();
        Ok(())
    }

    #[task_submitter(task_type = "sim", n_slots = self.width, queue = "jobs")]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor("simulation")]
    fn store(&self, result: TaskResult<simulate>) {
        assert_eq!(*result.value().expect("it cannot fail"), 1.0);
        self.retrain.set();
    }

    #[event_responder(event_name = "retrain", reallocate_resources = true, gather_from = Pool::Sim, gather_to = "ml",
                      disperse_to = None, max_slots = self.width, slot_step = 2)]
    fn train(&self) {}
}

fn main() -> Result<()> {
    let steering = Steering { jobs: WorkQueue::new(), retrain: Event::new(), width: 2 };
    let server = LocalTaskServer::new().serve::<simulate>();
    Campaign::new(steering).slots([(Pool::Sim, 2), (Pool::Ml, 1)]).task_server(server).run()?;
    Ok(())
}
