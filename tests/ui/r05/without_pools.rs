//! Pools without `pools = ..`: said once for a thinker.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    //@ R5 task_submitter task_type without-pools
    #[task_submitter(task_type = Sim)]
    fn submit(&self, slots: Slots<Pool>) {}

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Pool>) {}
}

struct ByArgument;

#[thinker]
impl ByArgument {
    #[result_processor]
    //@ R5 result_processor - without-pools
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Pool>) {}
}

struct BySubmitter;

#[thinker]
impl BySubmitter {
    #[task_submitter]
    //@ R5 task_submitter - without-pools
    fn submit(&self, slots: Slots<Pool>) {}
}

struct Gathers0 {
    retrain: Event,
}

#[thinker]
impl Gathers0 {
    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_to = None,
        //@ R5 event_responder gather_from without-pools
        gather_from = "sim",
    )]
    fn reorder(&self) {}
}

struct Gathers1 {
    retrain: Event,
}

#[thinker]
impl Gathers1 {
    #[event_responder(
        event = retrain,
        reallocate_resources,
        gather_from = None,
        //@ R5 event_responder gather_to without-pools
        gather_to = "sim",
    )]
    fn reorder(&self) {}
}

fn main() {}
