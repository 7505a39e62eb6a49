#![allow(unused)]

use colmena::prelude::*;

//@ R2 thinker - not-an-impl
#[thinker]
struct Steering;

struct Other;

#[thinker]
//@ R2 thinker - of-a-trait
impl Clone for Other {
    fn clone(&self) -> Self {
        Other
    }
}

#[thinker]
//@ R2 thinker - no-named-type
impl dyn Steers {
    #[agent]
    fn plan(&self) {}
}

trait Steers {}

fn main() {}
