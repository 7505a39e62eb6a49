#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    candidates: WorkQueue<f64>,
    list: Vec<f64>,
    retrain: Event,
}

#[thinker]
impl Steering {
    #[event_responder(event = retrian)]
    fn no_field(&self) {}

    #[event_responder(event = candidates)]
    fn no_event(&self) {}

    #[task_submitter(queue = list)]
    fn no_source(&self, slots: Slots, x: f64) {}
}

fn main() {}
