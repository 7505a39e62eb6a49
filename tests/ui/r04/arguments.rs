#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

type Alias = TaskResult<simulate>;

struct Steering {
    jobs: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    #[agent]
    fn agent_by_value(&self, agent: Agent<Self>) {}

    #[agent]
    fn slots_of_an_agent(&self, slots: Slots<Pool>) {}

    #[result_processor]
    fn no_result(&self) {}

    #[result_processor]
    fn borrowed_result(&self, result: &TaskResult<simulate>) {}

    #[result_processor]
    fn alias(&self, result: Alias) {}

    #[result_processor]
    fn wrong_order(&self, slots: Slots<Pool>, result: TaskResult<simulate>) {}

    #[task_submitter(task_type = Sim)]
    fn item_without_a_queue(&self, slots: Slots<Pool>, x: f64) {}

    #[task_submitter(task_type = Sim, queue = jobs)]
    fn queue_without_an_item(&self, slots: Slots<Pool>) {}

    #[event_responder(event = retrain)]
    fn argument_of_a_responder(&self, x: f64) {}
}

fn main() {}
