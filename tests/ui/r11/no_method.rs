//! A plain function, taken for a method.
#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

fn plain(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        //@ R11 agent - no-method
        agent.submit(plain { x: 1.0 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {
    //@ R12 method - no-method
    let _ = LocalTaskServer::new().serve::<plain>();
}
