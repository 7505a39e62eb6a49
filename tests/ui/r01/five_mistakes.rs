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
    //@ R1 task_submitter n_slots misspelled
    #[task_submitter(task_type = Sim, n_slot = 1, queue = candidates)]
    //@ R3 task_submitter - async
    async fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) {}

    //@ R7 result_processor threads zero
    #[result_processor(threads = 0)]
    //@ R4 result_processor - return
    fn store(&self, result: TaskResult<simulate>) -> u32 {
        3
    }

    //@ R6 event_responder gather_from not-asked-for
    #[event_responder(event = retrain, gather_from = Sim)]
    fn retrain(&self) {}
}

fn main() {}
