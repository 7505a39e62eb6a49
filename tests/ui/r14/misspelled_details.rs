//! Local details of a type that there is not: said once.
#![allow(unused)]

use colmena::prelude::*;

struct Details;

struct Steering;

//@ R14 thinker local misspelled
#[thinker(local = Detials)]
impl Steering {
    #[agent]
    fn plan(&self, local: &mut Details) {}
}

struct Prepared;

//@ R14 thinker local misspelled
#[thinker(local = Detials)]
impl Prepared {
    #[agent]
    fn plan(&self, local: &mut Details) {}

    #[prepare_agent]
    fn prepare(&self) -> Details {
        Details
    }
}

fn main() {}
