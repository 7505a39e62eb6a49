//! Two processors of one method, by two names of it: only rustc can tell.
#![allow(unused)]

use colmena::prelude::*;
use methods::rank;

mod methods {
    use colmena::prelude::*;

    #[method]
    pub fn rank(x: f64) -> f64 {
        x
    }
}

struct Steering;

#[thinker]
impl Steering {
    #[result_processor]
    fn store(&self, result: TaskResult<rank>) {}

    #[result_processor]
    //@ R10 result_processor - another-path
    fn plot(&self, result: TaskResult<methods::rank>) {}
}

fn main() {}
