//! A `local` method cannot be served outside this process. (Until there is a server that is, its bound is tested.)
#![allow(unused)]

use colmena::prelude::*;

/// What a server outside this process asks of a method.
fn serve_elsewhere<M: colmena::Portable>() {}

/// Takes what cannot leave the process.
#[method(local)]
fn count(words: &std::sync::mpsc::SyncSender<String>) -> usize {
    0
}

/// Served anywhere.
#[method]
fn simulate(x: f64) -> f64 {
    x
}

fn main() {
    serve_elsewhere::<simulate>();
    serve_elsewhere::<count>();
}
