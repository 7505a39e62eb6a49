//! Pools of an enum that is not the thinker's.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[derive(ResourcePool)]
enum Other {
    Sim,
    Ml,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    //@ R5 task_submitter task_type another-enum
    #[task_submitter(task_type = Other::Sim)]
    fn option(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim)]
    //@ R5 task_submitter - another-enum
    fn argument(&self, slots: Slots<Other>) {}

    #[task_submitter(task_type = Sim)]
    //@ R5 task_submitter - another-enum
    fn argument_without_pools(&self, slots: Slots) {}

    #[result_processor]
    //@ R5 result_processor - another-enum
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Other>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        //@ R5 event_responder gather_from another-enum
        gather_from = Other::Sim,
        //@ R5 event_responder gather_to another-enum
        gather_to = Other::Ml,
        //@ R5 event_responder disperse_to another-enum
        disperse_to = Other::Sim,
    )]
    fn reorder(&self) {}
}

fn main() {}
