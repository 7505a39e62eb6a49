#![allow(unused)]

use std::cell::Cell;

use colmena::prelude::*;

struct Steering {
    known: Cell<u32>,
}

#[thinker]
//@ R3 thinker - not-sync
impl Steering {
    #[agent]
    fn plan(&self) {
        self.known.set(1);
    }
}

fn main() {}
