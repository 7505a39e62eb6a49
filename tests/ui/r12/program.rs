#![allow(unused)]

use colmena::prelude::*;

/// A program.
#[method(command = "python score.py {x}")]
fn score(x: f64) -> f64;

/// Served elsewhere.
#[method]
fn dock(ligand: &str) -> f64;

fn main() {
    //@ R12 method command no-body
    let _ = LocalTaskServer::new().serve::<score>();
    //@ R12 method - no-program
    let _ = LocalTaskServer::new().serve_executable::<dock>(Program::new("dock"));
    //@ R12 method - no-command
    let _ = Program::of::<dock>();
}
