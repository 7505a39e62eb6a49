#![allow(unused)]

use colmena::prelude::*;

const WIDTH: usize = 0;

struct Steering;

#[thinker]
impl Steering {
    const DEPTH: usize = 0;

    #[task_submitter(n_slots = WIDTH)]
    fn wide(&self, slots: Slots) {}

    #[task_submitter(n_slots = Self::DEPTH)]
    fn deep(&self, slots: Slots) {}
}

fn main() {}
