//! What `#[checkpoint(..)]` may be given.
#![allow(unused)]

use colmena::prelude::*;

#[derive(Checkpoint)]
//@ R1 checkpoint crate misspelled
#[checkpoint(crat = ::colmena)]
struct Misspelled {
    //@ R1 checkpoint skip misspelled
    #[checkpoint(skipp)]
    budget: usize,
}

#[derive(Checkpoint)]
#[checkpoint(
    crate = ::colmena,
    //@ R1 checkpoint crate repeated
    crate = ::colmena,
)]
struct Repeated {
    #[checkpoint(
        skip,
        //@ R1 checkpoint skip repeated
        skip
    )]
    budget: usize,
}

#[derive(Checkpoint)]
//@ R1 checkpoint crate wrong-kind
#[checkpoint(crate = "colmena")]
struct WrongKind {
    //@ R1 checkpoint skip wrong-kind
    #[checkpoint(skip = 1)]
    budget: usize,
}

#[derive(Checkpoint)]
struct Unknown {
    //@ R1 checkpoint - unknown
    #[checkpoint(every = 10)]
    budget: usize,
}

fn main() {}
