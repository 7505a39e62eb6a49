#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Steering {
    candidates: WorkQueue<f64>,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, n_slots = 1, n_slots = 2)]
    fn submit(&self, slots: Slots<Pool>) {}

    #[event_responder]
    fn retrain(&self) {}
}

fn main() {}
