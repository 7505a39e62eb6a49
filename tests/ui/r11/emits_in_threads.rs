#![allow(unused)]

use colmena::prelude::*;

#[method]
fn dynamics(x: f64, task: &TaskContext<f64>) -> f64 {
    task.emit(x);
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[result_processor(threads = 2)]
    fn follow(&self, update: TaskUpdate<dynamics>) {}
}

fn main() {}
