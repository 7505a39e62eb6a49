#![allow(unused)]

use colmena::prelude::*;

/// Not what a command can be given.
#[method(
    //@ R13 method command not-displayed
    command = "python score.py {xs}",
)]
fn score(xs: &[f64]) -> f64;

/// Not what can be read from standard output.
#[method(command = "python score.py {x}")]
//@ R13 method command not-read
fn scores(x: f64) -> Vec<f64>;

#[method(
    //@ R13 method command with-body
    command = "python score.py {x}",
)]
fn score_here(x: f64) -> f64 {
    x
}

fn main() {}
