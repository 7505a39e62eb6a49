//! `#[result_processor]` on methods that are no ordinary ones.
#![allow(unused)]

use colmena::prelude::*;

#[method]
fn m0() {}

#[method]
fn m1() {}

#[method]
fn m2() {}

#[method]
fn m3() {}

#[method]
fn m4() {}

#[method]
fn m5() {}

#[method]
fn m6() {}

#[method]
fn m7() {}

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[result_processor]
    //@ R3 result_processor - async
    async fn f0(&self, result: TaskResult<m0>) {}

    #[result_processor]
    //@ R3 result_processor - unsafe
    unsafe fn f1(&self, result: TaskResult<m1>) {}

    #[result_processor]
    //@ R3 result_processor - const
    const fn f2(&self, result: TaskResult<m2>) {}

    #[result_processor]
    //@ R3 result_processor - generic
    fn f3<T: Default>(&self, result: TaskResult<m3>) {}

    #[result_processor]
    fn f4(&self, result: TaskResult<m4>)
    //@ R3 result_processor - where
    where
        Self: Sized,
    {
    }

    #[result_processor]
    //@ R3 result_processor - without-self
    fn f5(result: TaskResult<m5>) {}

    #[result_processor]
    //@ R3 result_processor - by-value
    fn f6(self, result: TaskResult<m6>) {}

    #[result_processor]
    //@ R3 result_processor - by-mut
    fn f7(&mut self, result: TaskResult<m7>) {}
}

fn main() {}
