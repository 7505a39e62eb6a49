//! Attributes that there are not: rustc knows the nearest.
#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self) {}

    //@ R2 thinker - misspelled-attribute
    #[task_submiter]
    fn submit(&self, slots: Slots) {}
}

struct Other;

//@ R2 thinker - misspelled-attribute
#[thinkr]
impl Other {}

fn main() {}
