//! A mistake in a method, whose uses are right, is one error.
#![allow(unused)]

use colmena::prelude::*;

#[method]
//@ R13 method - by-mut
fn simulate(x: &mut f64) -> f64 {
    *x
}

//@ R1 method topic misspelled
#[method(topc = "plan")]
fn rank(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(simulate { x: 1.0 })?;
        agent.submit(rank { x: 1.0 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {
        let _ = result.inputs().x;
    }

    #[result_processor]
    fn order(&self, result: TaskResult<rank>) {}
}

fn main() {
    let _ = LocalTaskServer::new().serve::<simulate>().serve::<rank>();
}
