#![allow(unused)]

use colmena::prelude::*;

#[agent]
fn plan() {}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

impl Steering {
    #[result_processor(topic = "simulate")]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {}
