//! Reallocation, asked for and not said, or said and not asked for.
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
    //@ R6 event_responder gather_from not-asked-for
    #[event_responder(event = retrain, gather_from = Sim)]
    fn only_gather_from(&self) {}

    //@ R6 event_responder gather_to not-asked-for
    #[event_responder(event = retrain, gather_to = Ml)]
    fn only_gather_to(&self) {}

    //@ R6 event_responder disperse_to not-asked-for
    #[event_responder(event = retrain, disperse_to = Sim)]
    fn only_disperse_to(&self) {}

    //@ R6 event_responder max_slots not-asked-for
    #[event_responder(event = retrain, max_slots = 3)]
    fn only_max_slots(&self) {}

    //@ R6 event_responder slot_step not-asked-for
    #[event_responder(event = retrain, slot_step = 2)]
    fn only_slot_step(&self) {}

    //@ R6 event_responder gather_from not-asked-for
    #[event_responder(event = retrain, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 3, slot_step = 2)]
    fn all_but_that(&self) {}

    //@ R6 event_responder gather_to not-asked-for
    #[event_responder(event = retrain, reallocate_resources = false, gather_to = Ml, gather_from = Sim)]
    fn switched_off(&self) {}

    //@ R6 event_responder reallocate_resources alone
    #[event_responder(event = retrain, reallocate_resources)]
    fn nothing_else(&self) {}

    //@ R6 event_responder gather_from missing
    #[event_responder(event = retrain, reallocate_resources, gather_to = Ml)]
    fn from_nowhere(&self) {}

    //@ R6 event_responder gather_to missing
    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim)]
    fn to_nowhere(&self) {}

    //@ R6 event_responder gather_to same
    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Pool::Sim)]
    fn within_one_pool(&self) {}

    //@ R6 event_responder gather_to same
    #[event_responder(event = retrain, reallocate_resources, gather_from = "sim", gather_to = "sim")]
    fn within_one_name(&self) {}

    //@ R6 event_responder gather_to same
    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = "sim")]
    fn by_variant_and_name(&self) {}

    //@ R6 event_responder gather_to same
    #[event_responder(event = retrain, reallocate_resources, gather_from = None, gather_to = None)]
    fn within_none(&self) {}
}

fn main() {}
