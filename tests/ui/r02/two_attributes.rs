//! One method, two attributes.
#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[task_submitter]
    //@ R2 agent - with-another
    #[agent]
    fn agent_too(&self, slots: Slots) {}

    #[agent]
    //@ R2 result_processor - with-another
    #[result_processor(topic = "simulate")]
    fn result_processor_too(&self) {}

    #[agent]
    //@ R2 task_submitter - with-another
    #[task_submitter]
    fn task_submitter_too(&self) {}

    #[agent]
    //@ R2 event_responder - with-another
    #[event_responder(event = retrain)]
    fn event_responder_too(&self) {}

    #[agent]
    //@ R2 prepare_agent - with-another
    #[prepare_agent]
    fn prepare_agent_too(&self) {}

    #[agent]
    //@ R2 tear_down_agent - with-another
    #[tear_down_agent]
    fn tear_down_agent_too(&self) {}

    #[tear_down_agent]
    //@ R2 agent - with-another
    #[agent]
    fn torn(&self) {}
}

fn main() {}
