//! Pools that the thinker's enum lacks.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

struct Steering {
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    //@ R5 task_submitter task_type no-variant
    #[task_submitter(task_type = Smi)]
    fn by_variant(&self, slots: Slots<Pool>) {}

    //@ R5 task_submitter task_type no-variant
    #[task_submitter(task_type = Pool::Smi)]
    fn by_path(&self, slots: Slots<Pool>) {}

    //@ R5 task_submitter task_type no-name
    #[task_submitter(task_type = "smi")]
    fn by_name(&self, slots: Slots<Pool>) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        //@ R5 event_responder gather_from no-variant
        gather_from = Smi,
        //@ R5 event_responder gather_to no-variant
        gather_to = M1,
        //@ R5 event_responder disperse_to no-variant
        disperse_to = Pool::Simm,
    )]
    fn by_variants(&self) {}

    #[event_responder(
        event = retrain,
        reallocate_resources,
        //@ R5 event_responder gather_from no-name
        gather_from = "smi",
        //@ R5 event_responder gather_to no-name
        gather_to = "m1",
        //@ R5 event_responder disperse_to no-name
        disperse_to = "Sim",
    )]
    fn by_names(&self) {}
}

fn main() {}
