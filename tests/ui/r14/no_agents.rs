#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
//@ R14 thinker - no-agents
impl Steering {
    fn plan(&self) {}
}

fn main() {}
