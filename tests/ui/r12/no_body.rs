//! Served where it cannot run.
#![allow(unused)]

use colmena::prelude::*;

/// Served elsewhere.
#[method]
fn dock(ligand: &str) -> f64;

#[method(local)]
fn share(x: f64) -> f64 {
    x
}

fn main() {
    //@ R12 method - no-body
    let _ = LocalTaskServer::new().serve::<dock>();

    //@ R12 method local elsewhere
    let _ = ProcessTaskServer::new().serve::<share>();
}
