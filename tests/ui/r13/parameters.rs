#![allow(unused)]

use colmena::prelude::*;

#[method]
async fn asynchronous(x: f64) {}

#[method]
fn generic<T>(x: f64) {}

#[method]
fn opaque(x: impl Clone) {}

#[method]
fn pattern((a, b): (f64, f64)) {}

#[method]
fn unnamed(_: f64) {}

#[method]
fn by_mut(x: &mut f64) {}

#[method]
fn borrowed(x: &str) -> &str {
    x
}

#[method]
fn borrows_inside(x: Option<&str>) {}

#[method]
fn context_first(task: &TaskContext, x: f64) {}

#[method]
fn context_by_value(task: TaskContext) {}

#[method(local)]
fn local_elsewhere(x: f64);

#[method]
struct NoFunction;

struct Steering;

impl Steering {
    #[method]
    fn with_self(&self) {}
}

fn main() {}
