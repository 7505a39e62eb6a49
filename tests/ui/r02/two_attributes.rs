#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    #[task_submitter]
    fn submit(&self, slots: Slots) {}
}

fn main() {}
