#![allow(unused)]

use colmena::prelude::*;

struct Job {
    width: usize,
}

struct Steering {
    jobs: WorkQueue<Job>,
}

#[thinker]
impl Steering {
    #[task_submitter(queue = jobs)]
    fn submit(&self, slots: Slots, x: f64) {}
}

fn main() {}
