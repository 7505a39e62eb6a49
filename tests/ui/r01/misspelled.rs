//! Every option, misspelled.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
//@ R1 pool crate misspelled
#[pool(crat = ::colmena)]
enum Pool {
    Sim,
    //@ R1 pool name misspelled
    #[pool(nam = "ml")]
    Ml,
}

#[method(
    //@ R1 method topic misspelled
    topc = "simulation",
    //@ R1 method name misspelled
    nmae = "simulate",
    //@ R1 method kwargs misspelled
    kwarg,
    //@ R1 method local misspelled
    locla,
    //@ R1 method crate misspelled
    crates = ::colmena,
)]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    width: usize,
    candidates: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(
    //@ R1 thinker pools misspelled
    pool = Pool,
    //@ R1 thinker local misspelled
    locals = u32,
    //@ R1 thinker crate misspelled
    crtae = ::colmena,
)]
impl Steering {
    //@ R1 agent startup misspelled
    #[agent(start_up)]
    fn plan(&self) {}

    #[result_processor(
        //@ R1 result_processor topic misspelled
        tpoic = "simulate",
        //@ R1 result_processor threads misspelled
        thread = 2,
    )]
    fn store(&self, result: TaskResult<simulate>) {}

    #[task_submitter(
        //@ R1 task_submitter task_type misspelled
        task_typ = Sim,
        //@ R1 task_submitter n_slots misspelled
        n_slot = self.width,
        //@ R1 task_submitter queue misspelled
        queu = candidates,
    )]
    fn submit(&self, slots: Slots<Pool>, x: f64) {}

    #[event_responder(
        //@ R1 event_responder event misspelled
        evnet = retrain,
        //@ R1 event_responder reallocate_resources misspelled
        reallocate_resource,
        //@ R1 event_responder gather_from misspelled
        gathr_from = Sim,
        //@ R1 event_responder gather_to misspelled
        gather_too = Ml,
        //@ R1 event_responder disperse_to misspelled
        dispers_to = Sim,
        //@ R1 event_responder max_slots misspelled
        max_slot = 2,
        //@ R1 event_responder slot_step misspelled
        slot_steps = 1,
    )]
    fn reorder(&self) {}
}

fn main() {}
