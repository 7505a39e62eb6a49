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
    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Pool::Sim)]
    fn within_one_pool(&self) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim)]
    fn to_nowhere(&self) {}

    #[event_responder(event = retrain, gather_from = Sim, gather_to = Ml, max_slots = 3)]
    fn not_asked_for(&self) {}

    #[event_responder(event = retrain, reallocate_resources)]
    fn from_nowhere(&self) {}
}

fn main() {}
