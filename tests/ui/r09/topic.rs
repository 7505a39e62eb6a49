//! Topics that are not those of the methods.
#![allow(unused)]

use colmena::prelude::*;

#[method(topic = "simulation")]
fn simulate(x: f64) -> f64 {
    x
}

#[method]
fn rank(x: f64) -> f64 {
    x
}

#[method(name = "dock_v2")]
fn dock(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    //@ R9 result_processor topic another
    #[result_processor(topic = "plan")]
    fn store(&self, result: TaskResult<simulate>) {}

    //@ R9 result_processor topic another
    #[result_processor("ranks")]
    fn order(&self, result: TaskResult<rank>) {}

    //@ R9 result_processor topic another
    #[result_processor(topic = "dock")]
    fn score(&self, result: TaskResult<dock>) {}
}

fn main() {}
