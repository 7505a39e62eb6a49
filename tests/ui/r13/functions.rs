//! Functions that cannot be methods.
#![allow(unused)]

use colmena::prelude::*;

#[method]
//@ R13 method - async
async fn asynchronous(x: f64) {}

#[method]
//@ R13 method - unsafe
unsafe fn not_safe(x: f64) {}

#[method]
//@ R13 method - generic
fn generic<T>(x: f64) {}

#[method]
//@ R13 method - generic
fn with_lifetime<'a>(x: f64) {}

#[method]
fn with_clause(x: f64)
//@ R13 method - where
where
    f64: Copy,
{
}

//@ R13 method local no-body
#[method(local)]
fn local_elsewhere(x: f64);

//@ R13 method - no-function
#[method]
struct NoFunction;

#[method]
//@ R13 method - returns-borrowed
fn borrowed(x: &str) -> &str {
    x
}

#[method]
//@ R13 method - returns-borrowed
fn borrowed_inside(x: &str) -> Result<Vec<&str>> {
    Ok(vec![x])
}

#[method]
//@ R13 method - returns-opaque
fn opaque(x: f64) -> impl Clone {
    x
}

#[method]
//@ R13 method - returns-never
fn never(x: f64) -> ! {
    panic!()
}

#[method]
//@ R13 method - returns-borrowed
fn gives_static(x: f64) -> &'static str {
    "static"
}

#[method]
//@ R13 method - emits-borrowed
fn emits_borrowed(x: f64, task: &TaskContext<&str>) {}

#[method]
//@ R13 method - emits-borrowed
fn emits(x: f64, task: &TaskContext<&'static str>) {}

fn main() {}
