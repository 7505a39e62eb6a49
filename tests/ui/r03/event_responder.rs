//! `#[event_responder]` on methods that are no ordinary ones.
#![allow(unused)]

use colmena::prelude::*;

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[event_responder(event = retrain)]
    //@ R3 event_responder - async
    async fn f0(&self) {}

    #[event_responder(event = retrain)]
    //@ R3 event_responder - unsafe
    unsafe fn f1(&self) {}

    #[event_responder(event = retrain)]
    //@ R3 event_responder - const
    const fn f2(&self) {}

    #[event_responder(event = retrain)]
    //@ R3 event_responder - generic
    fn f3<T: Default>(&self) {}

    #[event_responder(event = retrain)]
    fn f4(&self)
    //@ R3 event_responder - where
    where
        Self: Sized,
    {
    }

    #[event_responder(event = retrain)]
    //@ R3 event_responder - without-self
    fn f5() {}

    #[event_responder(event = retrain)]
    //@ R3 event_responder - by-value
    fn f6(self) {}

    #[event_responder(event = retrain)]
    //@ R3 event_responder - by-mut
    fn f7(&mut self) {}
}

fn main() {}
