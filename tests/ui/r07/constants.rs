//! Constants of 0.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[method]
fn m0() {}

#[method]
fn m4() {}

const WIDTH: usize = 0;

mod sizes {
    pub const NONE: usize = 0;
}

struct Steering {
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    const DEPTH: usize = 0;

    #[result_processor(
        //@ R7 result_processor threads constant
        threads = WIDTH,
    )]
    fn a0(&self, result: TaskResult<m0>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots constant
        n_slots = WIDTH,
    )]
    fn a1(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots constant
        max_slots = WIDTH,
    )]
    fn a2(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step constant
        slot_step = WIDTH,
    )]
    fn a3(&self) {}

    #[result_processor(
        //@ R7 result_processor threads constant
        threads = Self::DEPTH,
    )]
    fn a4(&self, result: TaskResult<m4>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots constant
        n_slots = Self::DEPTH,
    )]
    fn a5(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots constant
        max_slots = Self::DEPTH,
    )]
    fn a6(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step constant
        slot_step = Self::DEPTH,
    )]
    fn a7(&self) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots constant
        n_slots = sizes::NONE,
    )]
    fn a8(&self, slots: Slots<Pool>) {}
}

fn main() {}
