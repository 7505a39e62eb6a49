//! Parameters that cannot be the fields of a task.
#![allow(unused)]

use colmena::prelude::*;

//@ R13 method - impl-trait
#[method]
fn opaque(x: impl Clone) {}

#[method]
//@ R13 method - pattern
fn pattern((a, b): (f64, f64)) {}

#[method]
//@ R13 method - pattern
fn reference_pattern(&x: &f64) {}

#[method]
//@ R13 method - unnamed
fn unnamed(_: f64) {}

#[method]
//@ R13 method - by-mut
fn by_mut(x: &mut f64) {}

#[method]
//@ R13 method - lifetime
fn for_ever(x: &'static str) {}

#[method]
//@ R13 method - trait-object
fn object(x: &dyn std::fmt::Debug) {}

#[method]
//@ R13 method - borrowed-in-part
fn borrows_inside(x: Option<&str>) {}

#[method]
//@ R13 method - borrowed-in-part
fn slices(x: &[&str]) {}

#[method]
//@ R13 method - inferred
fn inferred(x: Vec<_>) {}

#[method]
//@ R13 method - context-first
fn context_first(task: &TaskContext, x: f64) {}

#[method]
//@ R13 method - context-by-value
fn context_by_value(task: TaskContext) {}

#[method]
fn under_cfg(
    //@ R13 method - cfg
    #[cfg(test)]
    x: f64,
) {
}

struct Steering;

impl Steering {
    #[method]
    //@ R13 method - self
    fn with_self(&self) {}
}

fn main() {}
