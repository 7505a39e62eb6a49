//! Either all of a thinker's state is checkpointed, or the run is replayed from the start: what cannot be saved is refused.
#![allow(unused)]

use std::time::Instant;

use colmena::prelude::*;

#[derive(Checkpoint)]
//@ R15 checkpoint - no-struct
enum NoStruct {
    Sim,
}

#[derive(Checkpoint)]
struct NoState {
    known: Mutex<Vec<f64>>,
    //@ R15 checkpoint - no-state
    began: Instant,
}

#[derive(Checkpoint)]
//@ R15 checkpoint skip misplaced
#[checkpoint(skip)]
struct Misplaced {
    //@ R15 checkpoint crate misplaced
    #[checkpoint(crate = ::colmena)]
    known: Mutex<Vec<f64>>,
}

/// A thinker is checkpointed if it says how.
struct NoCheckpoint;

#[thinker]
impl NoCheckpoint {
    #[agent]
    fn wait(&self) {}
}

fn main() {
    //@ R15 thinker - no-checkpoint
    let campaign = Campaign::new(NoCheckpoint).checkpoint_every(CheckpointEvery::Results(10));
}
