//! Two processors of one method.
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
    //@ R10 result_processor - twice
    fn plot(&self, result: TaskResult<simulate>) {}

    #[result_processor]
    //@ R10 result_processor - twice
    fn follow(&self, update: TaskUpdate<simulate>) {}
}

fn main() {}
