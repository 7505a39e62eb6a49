//! `#[agent]` on methods that are no ordinary ones.
#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[agent]
    //@ R3 agent - async
    async fn f0(&self) {}

    #[agent]
    //@ R3 agent - unsafe
    unsafe fn f1(&self) {}

    #[agent]
    //@ R3 agent - const
    const fn f2(&self) {}

    #[agent]
    //@ R3 agent - generic
    fn f3<T: Default>(&self) {}

    #[agent]
    fn f4(&self)
    //@ R3 agent - where
    where
        Self: Sized,
    {
    }

    #[agent]
    //@ R3 agent - without-self
    fn f5() {}

    #[agent]
    //@ R3 agent - by-value
    fn f6(self) {}

    #[agent]
    //@ R3 agent - by-mut
    fn f7(&mut self) {}
}

fn main() {}
