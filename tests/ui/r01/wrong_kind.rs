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
    width: usize,
    jobs: WorkQueue<f64>,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = 3, n_slots = 1.5)]
    fn one(&self, slots: Slots<Pool>) {}

    #[task_submitter(n_slots = "width", queue = self.jobs)]
    fn two(&self, slots: Slots<Pool>, x: f64) {}

    #[task_submitter(task_type Sim)]
    fn three(&self, slots: Slots<Pool>) {}

    #[task_submitter(n_slots = || 3, queue = jobs)]
    fn four(&self, slots: Slots<Pool>, x: f64) {}

    #[result_processor(topic = simulate)]
    fn five(&self, result: TaskResult<simulate>) {}
}

fn main() {}
