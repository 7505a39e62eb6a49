#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self) {}
}

#[thinker]
impl Steering {
    #[agent]
    fn watch(&self) {}
}

fn main() {}
