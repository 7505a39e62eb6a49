//! Methods before and after every agent: one each.
#![allow(unused)]

use colmena::prelude::*;

#[derive(Default)]
struct Details;

struct Steering;

#[thinker(local = Details)]
impl Steering {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    fn one(&self) -> Details {
        Details
    }

    //@ R14 prepare_agent - twice
    #[prepare_agent]
    fn two(&self) -> Details {
        Details
    }

    #[tear_down_agent]
    fn three(&self) {}

    //@ R14 tear_down_agent - twice
    #[tear_down_agent]
    fn four(&self) {}
}

struct MakesNothing;

#[thinker(local = Details)]
impl MakesNothing {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R14 prepare_agent - makes-nothing
    fn prepare(&self) {}
}

struct MakesForNobody;

#[thinker]
impl MakesForNobody {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R14 prepare_agent - without-local
    fn prepare(&self) -> Result<Details> {
        Ok(Details)
    }

    #[tear_down_agent]
    //@ R14 tear_down_agent - without-local
    fn tear_down(&self, details: &mut Details) {}
}

fn main() {}
