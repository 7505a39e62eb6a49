//! Options that the attribute does not have, and a required one left out.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    //@ R1 pool - unknown
    #[pool(slots = 8)]
    Sim,
}

//@ R1 method - unknown
#[method(retries = 3)]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    candidates: WorkQueue<f64>,
    retrain: Event,
}

//@ R1 thinker - unknown
#[thinker(server = LocalTaskServer)]
impl Steering {
    //@ R1 agent - unknown
    #[agent("plan")]
    fn plan(&self) {}

    //@ R1 result_processor - unknown
    #[result_processor(queue = candidates)]
    fn store(&self, result: TaskResult<simulate>) {}

    //@ R1 task_submitter - unknown
    #[task_submitter(Sim)]
    fn submit(&self, slots: Slots<Pool>) {}

    //@ R1 task_submitter - unknown
    #[task_submitter = "Sim"]
    fn submit_too(&self, slots: Slots<Pool>) {}

    //@ R1 event_responder - unknown
    #[event_responder(event = retrain, topic = "plan")]
    fn reorder(&self) {}

    //@ R1 event_responder - unknown
    #[event_responder(retrain)]
    fn reorder_too(&self) {}

    //@ R1 event_responder event missing
    #[event_responder]
    fn respond(&self) {}

    //@ R1 event_responder event missing
    #[event_responder(reallocate_resources, gather_from = Sim, gather_to = None)]
    fn respond_too(&self) {}

    //@ R1 prepare_agent - unknown
    #[prepare_agent(startup)]
    fn prepare(&self) {}

    //@ R1 tear_down_agent - unknown
    #[tear_down_agent(always)]
    fn tear_down(&self) {}
}

fn main() {}
