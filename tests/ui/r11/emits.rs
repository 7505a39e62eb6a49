//! Methods that emit, handled in ways that would lose what they emit.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[method]
fn dynamics(x: f64, task: &TaskContext<f64>) -> f64 {
    task.emit(x);
    x
}

#[method]
fn minimise(x: f64, task: &TaskContext<Vec<f64>>) -> f64 {
    x
}

#[method]
fn anneal(x: f64, task: &TaskContext<f64>) -> f64 {
    x
}

#[method]
fn dock(x: f64, task: &TaskContext<f64>) -> f64 {
    x
}

const TWO: usize = 2;

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[result_processor]
    //@ R11 result_processor - emits
    fn store(&self, result: TaskResult<dynamics>) {}

    #[result_processor]
    //@ R11 result_processor - emits
    fn store_with_slots(&self, result: TaskResult<minimise>, slots: Slots<Pool>) {}

    //@ R11 result_processor threads updates
    #[result_processor(threads = 2)]
    fn in_threads(&self, update: TaskUpdate<anneal>) {}

    #[result_processor]
    //@ R11 result_processor - slots-of-updates
    fn slots_beside(&self, update: TaskUpdate<dock>, slots: Slots<Pool>) {}
}

fn main() {}
