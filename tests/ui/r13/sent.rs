#![allow(unused)]

use std::rc::Rc;

use colmena::prelude::*;

struct Job {
    width: usize,
}

#[method]
fn takes(job: &Job, y: f64) -> f64 {
    y
}

#[method]
fn gives(x: f64) -> Job {
    Job { width: 1 }
}

#[method(local)]
fn shares(x: &Rc<f64>) -> f64 {
    **x
}

fn main() {}
