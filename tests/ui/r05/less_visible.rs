#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

pub mod steering {
    pub struct Steering;
}

#[thinker(pools = Pool)]
impl steering::Steering {
    #[agent]
    fn plan(&self) {}
}

fn main() {}
