#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[method(topc = "simulation")]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    candidates: WorkQueue<f64>,
}

#[thinker(pool = Pool)]
impl Steering {
    #[task_submitter(task_typ = Sim, queue = candidates)]
    fn submit(&self, slots: Slots<Pool>, x: f64) {}

    #[result_processor(queue = candidates)]
    fn store(&self, result: TaskResult<simulate>) {}

    #[agent("plan")]
    fn plan(&self) {}
}

fn main() {}
