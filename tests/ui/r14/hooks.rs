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

    #[prepare_agent]
    fn two(&self) -> Details {
        Details
    }

    #[tear_down_agent]
    fn three(&self, x: u32) {}
}

fn main() {}
