//! `agent.submit` of what no processor of the thinker handles; `call` needs none.
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
        //@ R11 agent - not-handled
        agent.submit(rank { x: 1.0 })?;
        //@ R11 agent - no-task
        agent.submit(rank)?;
        //@ R11 agent - no-task
        agent.submit(3)?;
        //@ R11 agent - no-task
        agent.call(rank(1.0))?;
        //@ R11 agent - not-handled
        agent.submit(rank { x: 1.0 }.retries(3))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {}
