//! Attributes of agents outside a thinker.
#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    retrain: Event,
}

impl Steering {
    //@ R2 result_processor - outside
    #[result_processor(topic = "simulate")]
    fn processor_re(&self) {}

    //@ R2 task_submitter - outside
    #[task_submitter]
    fn submitter_ta(&self) {}

    //@ R2 event_responder - outside
    #[event_responder(event = retrain)]
    fn responder_ev(&self) {}

    //@ R2 prepare_agent - outside
    #[prepare_agent]
    fn agent_pr(&self) {}

    //@ R2 tear_down_agent - outside
    #[tear_down_agent]
    fn agent_te(&self) {}
}

//@ R2 agent - outside
#[agent]
fn plan() {}

fn main() {}
