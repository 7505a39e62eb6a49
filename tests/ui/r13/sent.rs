//! Types that cannot be sent.
#![allow(unused)]

use std::cell::Cell;
use std::sync::MutexGuard;

use colmena::prelude::*;

struct Job {
    width: usize,
}

struct Progress;

struct NoError;

#[method]
//@ R13 method - input
fn takes(job: &Job, y: f64) -> f64 {
    y
}

#[method]
//@ R13 method - input
fn takes_in_a_list(y: f64, jobs: &[Option<Job>]) -> f64 {
    y
}

#[method]
//@ R13 method - value
fn gives(x: f64) -> Job {
    Job { width: 1 }
}

#[method]
//@ R13 method - value
fn gives_or_fails(x: f64) -> Result<Vec<Job>> {
    Ok(Vec::new())
}

#[method]
//@ R13 method - emission
fn emits(x: f64, task: &TaskContext<Progress>) -> f64 {
    x
}

#[method(local)]
//@ R13 method - not-sync
fn shares(x: &Cell<f64>) -> f64 {
    x.get()
}

#[method(local)]
//@ R13 method - not-send
fn gives_a_guard(x: f64) -> MutexGuard<'static, f64> {
    unimplemented!()
}

#[method(local)]
//@ R13 method - not-clone
fn by_value(job: Job) -> f64 {
    0.0
}

#[method]
//@ R13 method - error
fn fails(x: f64) -> Result<f64, NoError> {
    Ok(x)
}

fn main() {}
