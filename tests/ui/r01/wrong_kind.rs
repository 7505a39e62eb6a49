//! Every option, with a value of the wrong kind.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
//@ R1 pool crate wrong-kind
#[pool(crate = "colmena")]
enum Pool {
    //@ R1 pool name wrong-kind
    #[pool(name = sim)]
    Sim,
    //@ R1 pool name wrong-kind
    #[pool(name)]
    Ml,
}

#[method(
    //@ R1 method topic wrong-kind
    topic = simulation,
    //@ R1 method name wrong-kind
    name = "",
    //@ R1 method kwargs wrong-kind
    kwargs = "x",
    //@ R1 method local wrong-kind
    local(process),
    //@ R1 method crate wrong-kind
    crate = 3,
)]
fn simulate(x: f64) -> f64 {
    x
}

#[method]
fn rank(x: f64) -> f64 {
    x
}

struct Steering {
    width: usize,
    candidates: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(
    //@ R1 thinker pools wrong-kind
    pools = "Pool",
    //@ R1 thinker local wrong-kind
    local,
    //@ R1 thinker crate wrong-kind
    crate = "colmena",
)]
impl Steering {
    //@ R1 agent startup wrong-kind
    #[agent(startup = 1)]
    fn plan(&self) {}

    #[result_processor(
        //@ R1 result_processor topic wrong-kind
        topic = simulate,
        //@ R1 result_processor threads wrong-kind
        threads = "4",
    )]
    fn store(&self, result: TaskResult<simulate>) {}

    #[result_processor(
        //@ R1 result_processor topic wrong-kind
        3,
        //@ R1 result_processor threads wrong-kind
        threads = |x| 2,
    )]
    fn store_too(&self, result: TaskResult<rank>) {}

    #[task_submitter(
        //@ R1 task_submitter task_type wrong-kind
        task_type = 3,
        //@ R1 task_submitter n_slots wrong-kind
        n_slots = 1.5,
        //@ R1 task_submitter queue wrong-kind
        queue = self.candidates,
    )]
    fn submit(&self, slots: Slots<Pool>, x: f64) {}

    #[task_submitter(
        //@ R1 task_submitter task_type wrong-kind
        task_type Sim,
        //@ R1 task_submitter n_slots wrong-kind
        n_slots = "width",
        //@ R1 task_submitter queue wrong-kind
        queue,
    )]
    fn submit_too(&self, slots: Slots<Pool>, x: f64) {}

    #[task_submitter(
        queue = candidates,
        //@ R1 task_submitter n_slots wrong-kind
        n_slots = || 3,
    )]
    fn submit_closure(&self, slots: Slots<Pool>, x: f64) {}

    #[event_responder(
        //@ R1 event_responder event wrong-kind
        event = Event::new(),
        //@ R1 event_responder reallocate_resources wrong-kind
        reallocate_resources = Sim,
        //@ R1 event_responder gather_from wrong-kind
        gather_from = [Sim],
        //@ R1 event_responder gather_to wrong-kind
        gather_to(Ml),
        //@ R1 event_responder disperse_to wrong-kind
        disperse_to = ,
        //@ R1 event_responder max_slots wrong-kind
        max_slots = -1,
        //@ R1 event_responder slot_step wrong-kind
        slot_step,
    )]
    fn reorder(&self) {}
}

fn main() {}
