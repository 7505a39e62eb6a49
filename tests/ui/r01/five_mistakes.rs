//! Five mistakes are five errors.
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

struct Steering {
    candidates: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, n_slot = 1, queue = candidates)]
    async fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) {}

    #[result_processor(threads = 0)]
    fn store(&self, result: TaskResult<simulate>) -> u32 {
        3
    }

    #[event_responder(event = retrain, gather_from = Sim)]
    fn retrain(&self) {}
}

fn main() {}
