//! `#[task_submitter]` on methods that are no ordinary ones.
#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[task_submitter]
    //@ R3 task_submitter - async
    async fn f0(&self, slots: Slots) {}

    #[task_submitter]
    //@ R3 task_submitter - unsafe
    unsafe fn f1(&self, slots: Slots) {}

    #[task_submitter]
    //@ R3 task_submitter - const
    const fn f2(&self, slots: Slots) {}

    #[task_submitter]
    //@ R3 task_submitter - generic
    fn f3<T: Default>(&self, slots: Slots) {}

    #[task_submitter]
    fn f4(&self, slots: Slots)
    //@ R3 task_submitter - where
    where
        Self: Sized,
    {
    }

    #[task_submitter]
    //@ R3 task_submitter - without-self
    fn f5(slots: Slots) {}

    #[task_submitter]
    //@ R3 task_submitter - by-value
    fn f6(self, slots: Slots) {}

    #[task_submitter]
    //@ R3 task_submitter - by-mut
    fn f7(&mut self, slots: Slots) {}
}

fn main() {}
