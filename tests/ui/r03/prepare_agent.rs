//! `#[prepare_agent]` on methods that are no ordinary ones.
#![allow(unused)]

use colmena::prelude::*;

struct S0;

#[thinker]
impl S0 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - async
    async fn f0(&self) {}
}

struct S1;

#[thinker]
impl S1 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - unsafe
    unsafe fn f1(&self) {}
}

struct S2;

#[thinker]
impl S2 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - const
    const fn f2(&self) {}
}

struct S3;

#[thinker]
impl S3 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - generic
    fn f3<T: Default>(&self) {}
}

struct S4;

#[thinker]
impl S4 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    fn f4(&self)
    //@ R3 prepare_agent - where
    where
        Self: Sized,
    {
    }
}

struct S5;

#[thinker]
impl S5 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - without-self
    fn f5() {}
}

struct S6;

#[thinker]
impl S6 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - by-value
    fn f6(self) {}
}

struct S7;

#[thinker]
impl S7 {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R3 prepare_agent - by-mut
    fn f7(&mut self) {}
}

fn main() {}
