//! Literals of 0, or below.
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

#[method]
fn m6() {}

struct Steering {
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    const DEPTH: usize = 0;

    #[result_processor(
        //@ R7 result_processor threads zero
        threads = 0,
    )]
    fn a0(&self, result: TaskResult<m0>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots zero
        n_slots = 0,
    )]
    fn a1(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots zero
        max_slots = 0,
    )]
    fn a2(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step zero
        slot_step = 0,
    )]
    fn a3(&self) {}

    #[result_processor(
        //@ R7 result_processor threads zero
        threads = 0_usize,
    )]
    fn a4(&self, result: TaskResult<m4>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots zero
        n_slots = 0_usize,
    )]
    fn a5(&self, slots: Slots<Pool>) {}

    #[result_processor(
        //@ R7 result_processor threads negative
        threads = -1,
    )]
    fn a6(&self, result: TaskResult<m6>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots negative
        n_slots = -1,
    )]
    fn a7(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots negative
        max_slots = -1,
    )]
    fn a8(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step negative
        slot_step = -1,
    )]
    fn a9(&self) {}
}

fn main() {}
