#![allow(unused)]

use colmena::prelude::*;

enum Pool {
    Sim,
}

#[derive(ResourcePool)]
enum WithFields {
    Sim(u32),
}

#[derive(ResourcePool)]
enum SameName {
    Sim,
    #[pool(name = "sim")]
    Other,
}

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[agent]
    fn plan(&self) {}
}

fn main() {}
