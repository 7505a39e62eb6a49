#![allow(unused)]

use colmena::prelude::*;

#[method(
    //@ R1 method command misspelled
    comand = "python score.py {x}",
)]
fn misspelled(x: f64) -> f64;

#[method(
    command = "python score.py {x}",
    //@ R1 method command repeated
    command = "python score.py {x}",
)]
fn repeated(x: f64) -> f64;

#[method(
    //@ R1 method command wrong-kind
    command = score,
)]
fn wrong_kind(x: f64) -> f64;

#[method(
    //@ R1 method command unknown-field
    command = "python score.py --x {x} --weight {weigth}",
)]
fn unknown_field(x: f64, weight: f64) -> f64;

#[method(
    //@ R1 method command unreadable
    command = "python score.py {x",
)]
fn unreadable(x: f64) -> f64;

fn main() {
    // No use of a method is refused as well.
    let _ = LocalTaskServer::new().serve_executable::<unknown_field>(Program::of::<unknown_field>());
    let _ = LocalTaskServer::new().serve_executable::<unreadable>(Program::of::<unreadable>());
}
