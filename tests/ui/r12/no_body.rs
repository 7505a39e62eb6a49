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

/// What a server outside this process asks of its methods.
fn serve_elsewhere<M: colmena::Portable>() {}

fn main() {
    //@ R12 method - no-body
    let _ = LocalTaskServer::new().serve::<dock>();

    //@ R12 method local elsewhere
    serve_elsewhere::<share>();
}
