#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, n_slots = 0)]
    fn submit(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim, n_slots = -1)]
    fn submit_less(&self, slots: Slots<Pool>) {}

    #[result_processor(threads = 0)]
    fn store(&self, result: TaskResult<simulate>) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 0, slot_step = 0)]
    fn retrain(&self) {}
}

fn main() {}
