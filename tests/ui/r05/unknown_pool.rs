#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[derive(ResourcePool)]
enum Other {
    Sim,
}

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Smi)]
    fn variant(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = "smi")]
    fn name(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Other::Sim)]
    fn of_another_enum(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim)]
    fn slots_of_another_enum(&self, slots: Slots<Other>) {}
}

fn main() {}
