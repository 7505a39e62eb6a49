#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {}

    #[result_processor]
    fn plot(&self, result: TaskResult<simulate>) {}
}

fn main() {}
