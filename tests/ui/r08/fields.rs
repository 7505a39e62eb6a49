//! Events that are none, queues that are none.
#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    candidates: WorkQueue<f64>,
    list: Vec<f64>,
    retrain: Event,
}

#[thinker]
impl Steering {
    //@ R8 event_responder event no-field
    #[event_responder(event = retrian)]
    fn no_field(&self) {}

    //@ R8 event_responder event another-type
    #[event_responder(event = candidates)]
    fn no_event(&self) {}

    //@ R8 event_responder event no-field
    #[event_responder(event = 3)]
    fn no_index(&self) {}

    //@ R8 task_submitter queue no-field
    #[task_submitter(queue = candidate)]
    fn no_queue(&self, slots: Slots, x: f64) {}

    //@ R8 task_submitter queue another-type
    #[task_submitter(queue = list)]
    fn no_source(&self, slots: Slots, x: f64) {}

    //@ R8 task_submitter queue another-type
    #[task_submitter(queue = retrain)]
    fn an_event(&self, slots: Slots, x: f64) {}
}

fn main() {}
