#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Steering;

#[thinker]
impl Steering {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, slots: Slots<Pool>) {}
}

fn main() {}
