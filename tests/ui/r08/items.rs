//! Items that are not those of the queue.
#![allow(unused)]

use colmena::prelude::*;

struct Job {
    width: usize,
}

struct Steering {
    jobs: WorkQueue<Job>,
    numbers: WorkQueue<f64>,
}

#[thinker]
impl Steering {
    #[task_submitter(queue = jobs)]
    //@ R8 task_submitter queue items
    fn submit(&self, slots: Slots, x: f64) {}

    #[task_submitter(queue = numbers, n_slots = |x| *x as usize)]
    //@ R8 task_submitter queue items
    fn submit_wide(&self, slots: Slots, x: f32) {}
}

fn main() {}
