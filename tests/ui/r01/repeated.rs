//! Every option, given twice.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
#[pool(
    crate = ::colmena,
    //@ R1 pool crate repeated
    crate = ::colmena,
)]
enum Pool {
    Sim,
    #[pool(
        name = "ml",
        //@ R1 pool name repeated
        name = "learning",
    )]
    Ml,
}

#[derive(ResourcePool)]
enum Twice {
    #[pool(name = "sim")]
    //@ R1 pool name repeated
    #[pool(name = "simulation")]
    Sim,
}

#[method(
    topic = "simulation",
    //@ R1 method topic repeated
    topic = "plan",
    name = "simulate",
    //@ R1 method name repeated
    name = "simulation",
    kwargs,
    //@ R1 method kwargs repeated
    kwargs,
    local,
    //@ R1 method local repeated
    local = false,
    crate = ::colmena,
    //@ R1 method crate repeated
    crate = ::colmena,
)]
fn simulate(x: f64) -> f64 {
    x
}

#[method]
fn rank(x: f64) -> f64 {
    x
}

struct Steering {
    candidates: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(
    pools = Pool,
    //@ R1 thinker pools repeated
    pools = Twice,
    local = u32,
    //@ R1 thinker local repeated
    local = u64,
    crate = ::colmena,
    //@ R1 thinker crate repeated
    crate = ::colmena,
)]
impl Steering {
    #[agent(
        startup,
        //@ R1 agent startup repeated
        startup = true,
    )]
    fn plan(&self) {}

    #[result_processor(
        "simulate",
        //@ R1 result_processor topic repeated
        topic = "simulate",
        threads = 2,
        //@ R1 result_processor threads repeated
        threads = 3,
    )]
    fn store(&self, result: TaskResult<simulate>) {}

    #[result_processor(
        topic = "rank",
        //@ R1 result_processor topic repeated
        "rank",
    )]
    fn order(&self, result: TaskResult<rank>) {}

    #[task_submitter(
        task_type = Sim,
        //@ R1 task_submitter task_type repeated
        task_type = Ml,
        n_slots = 1,
        //@ R1 task_submitter n_slots repeated
        n_slots = 2,
        queue = candidates,
        //@ R1 task_submitter queue repeated
        queue = candidates,
    )]
    fn submit(&self, slots: Slots<Pool>, x: f64) {}

    #[event_responder(
        event = retrain,
        //@ R1 event_responder event repeated
        event_name = retrain,
        reallocate_resources,
        //@ R1 event_responder reallocate_resources repeated
        reallocate_resources,
        gather_from = Sim,
        //@ R1 event_responder gather_from repeated
        gather_from = Ml,
        gather_to = Ml,
        //@ R1 event_responder gather_to repeated
        gather_to = Sim,
        disperse_to = Sim,
        //@ R1 event_responder disperse_to repeated
        disperse_to = Ml,
        max_slots = 2,
        //@ R1 event_responder max_slots repeated
        max_slots = 3,
        slot_step = 1,
        //@ R1 event_responder slot_step repeated
        slot_step = 2,
    )]
    fn reorder(&self) {}
}

fn main() {}
