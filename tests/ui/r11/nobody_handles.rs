#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

#[method]
fn rank(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        agent.call(rank { x: 1.0 })?;
        agent.submit(rank { x: 1.0 })?;
        agent.submit(rank)?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {}
