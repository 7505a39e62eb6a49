//! Expressions that are no counts.
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
fn m8() {}

#[method]
fn m12() {}

const WIDTH: usize = 1;
const SIGNED: i32 = 1;

struct Steering {
    retrain: Event,
    narrow: u32,
}

#[thinker(pools = Pool)]
impl Steering {
    const DEPTH: usize = 0;

    #[result_processor(
        //@ R7 result_processor threads no-count
        threads = self.narrow,
    )]
    fn a0(&self, result: TaskResult<m0>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots no-count
        n_slots = self.narrow,
    )]
    fn a1(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots no-count
        max_slots = self.narrow,
    )]
    fn a2(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step no-count
        slot_step = self.narrow,
    )]
    fn a3(&self) {}

    #[result_processor(
        //@ R7 result_processor threads no-field
        threads = self.norrow,
    )]
    fn a4(&self, result: TaskResult<m4>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots no-field
        n_slots = self.norrow,
    )]
    fn a5(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots no-field
        max_slots = self.norrow,
    )]
    fn a6(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step no-field
        slot_step = self.norrow,
    )]
    fn a7(&self) {}

    #[result_processor(
        //@ R7 result_processor threads no-constant
        threads = WIDHT,
    )]
    fn a8(&self, result: TaskResult<m8>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots no-constant
        n_slots = WIDHT,
    )]
    fn a9(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots no-constant
        max_slots = WIDHT,
    )]
    fn a10(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step no-constant
        slot_step = WIDHT,
    )]
    fn a11(&self) {}

    #[result_processor(
        //@ R7 result_processor threads no-count
        threads = SIGNED,
    )]
    fn a12(&self, result: TaskResult<m12>) {}

    #[task_submitter(
        //@ R7 task_submitter n_slots no-count
        n_slots = SIGNED,
    )]
    fn a13(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder max_slots no-count
        max_slots = SIGNED,
    )]
    fn a14(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = Sim,
        gather_to = Ml,
        //@ R7 event_responder slot_step no-count
        slot_step = SIGNED,
    )]
    fn a15(&self) {}
}

fn main() {}
