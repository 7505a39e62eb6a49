#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self) {}
}

#[thinker]
//@ R2 thinker - twice
impl Steering {
    #[agent]
    fn watch(&self) {}
}

fn main() {}
