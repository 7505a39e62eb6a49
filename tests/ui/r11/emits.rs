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
    #[result_processor]
    fn store(&self, result: TaskResult<dynamics>) {}
}

fn main() {}
