#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Steering;

//@ R5 thinker pools no-pool-type
#[thinker(pools = Pol)]
impl Steering {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, slots: Slots<Pool>) {}
}

fn main() {}
