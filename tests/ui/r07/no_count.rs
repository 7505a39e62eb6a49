#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    narrow: u32,
}

#[thinker]
impl Steering {
    #[task_submitter(n_slots = self.narrow)]
    fn another_type(&self, slots: Slots) {}

    #[task_submitter(n_slots = self.norrow)]
    fn no_field(&self, slots: Slots) {}
}

fn main() {}
