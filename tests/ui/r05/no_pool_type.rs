//! Types that are no enums of pools.
#![allow(unused)]

use colmena::prelude::*;

enum Pool {
    Sim,
}

#[derive(ResourcePool)]
enum WithFields {
    //@ R5 pool - with-fields
    Sim(u32),
}

#[derive(ResourcePool)]
enum SameName {
    Sim,
    //@ R5 pool name same-name
    #[pool(name = "sim")]
    Other,
}

#[derive(ResourcePool)]
//@ R5 pool - generic
enum Generic<const N: usize> {
    Sim,
}

#[derive(ResourcePool)]
//@ R5 pool - no-enum
struct NoEnum;

#[derive(ResourcePool)]
//@ R5 pool - empty
enum Empty {}

#[derive(ResourcePool)]
enum Misplaced {
    //@ R5 pool crate misplaced
    #[pool(crate = ::colmena)]
    Sim,
}

#[derive(ResourcePool)]
//@ R5 pool name misplaced
#[pool(name = "pools")]
enum MisplacedName {
    Sim,
}

struct Steering;

//@ R5 thinker pools no-pool-type
#[thinker(pools = Pool)]
impl Steering {
    #[agent]
    fn plan(&self) {}
}

fn main() {}
