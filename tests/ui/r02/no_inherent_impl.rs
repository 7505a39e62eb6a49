#![allow(unused)]

use colmena::prelude::*;

#[thinker]
struct Steering;

struct Other;

#[thinker]
impl Clone for Other {
    fn clone(&self) -> Self {
        Other
    }
}

#[thinker]
impl [f64] {
    #[agent]
    fn plan(&self) {}
}

fn main() {}
