#![allow(unused)]

use colmena::prelude::*;

/// Served elsewhere.
#[method]
fn dock(ligand: &str) -> f64;

fn main() {
    let _ = LocalTaskServer::new().serve::<dock>();
}
