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
    #[event_responder(event = retrain, reallocate_resources, gather_from = Smi, gather_to = Ml)]
    fn from(&self) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = "m1")]
    fn to(&self) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = "simm")]
    fn back(&self) {}
}

fn main() {}
