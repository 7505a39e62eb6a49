//! A processor of a method that there is not. rustc says so of the argument and of what is made of it.
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
    //@ R11 result_processor - misspelled (2)
    fn store(&self, result: TaskResult<simulat>) {}
}

fn main() {}
