#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    fn plan(&self) {}
}

fn main() {}
