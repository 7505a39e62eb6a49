//! Closures over an item.
#![allow(unused)]

use colmena::prelude::*;

#[derive(Clone)]
struct Job {
    width: usize,
}

struct NoLookahead;

impl Source for NoLookahead {
    type Item = Job;
    fn take(&self) -> Option<Job> {
        None
    }
    fn is_finished(&self) -> bool {
        false
    }
    fn watch(&self, watch: &mut Watch<'_>) {}
}

struct NotClone;

struct Steering {
    heavy: WorkQueue<NotClone>,
    jobs: WorkQueue<Job>,
    once: NoLookahead,
}

#[thinker]
impl Steering {
    #[task_submitter(
        //@ R7 task_submitter n_slots closure-without-queue
        n_slots = |job| 3,
    )]
    fn no_queue(&self, slots: Slots) {}

    #[task_submitter(
        queue = jobs,
        //@ R7 task_submitter n_slots no-count
        n_slots = |job| job.width as f64,
    )]
    fn no_count(&self, slots: Slots, job: Job) {}

    #[task_submitter(
        queue = jobs,
        //@ R7 task_submitter n_slots no-field
        n_slots = |job| job.witdh,
    )]
    fn no_field(&self, slots: Slots, job: Job) {}

    #[task_submitter(
        queue = heavy,
        //@ R7 task_submitter n_slots no-lookahead
        n_slots = |job| 3,
    )]
    fn not_clone(&self, slots: Slots, job: NotClone) {}

    #[task_submitter(
        queue = once,
        //@ R7 task_submitter n_slots no-lookahead
        n_slots = |job| job.width,
    )]
    fn no_lookahead(&self, slots: Slots, job: Job) {}
}

fn main() {}
