#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        //@ R11 agent - misspelled
        agent.submit(simulat { x: 1.0 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {}
}

fn main() {
    //@ R12 method - misspelled
    let _ = LocalTaskServer::new().serve::<simulat>();
}
