#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

pub mod steering {
    pub struct Steering;
}

//@ R5 thinker pools less-visible
#[thinker(pools = Pool)]
impl steering::Steering {
    #[agent]
    fn plan(&self) {}
}

fn main() {}
