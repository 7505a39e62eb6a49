#![allow(unused)]

use colmena::prelude::*;

#[method(topic = "simulation")]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[result_processor(topic = "plan")]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {}
