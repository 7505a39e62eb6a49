#![allow(unused)]

use colmena::prelude::*;

#[method]
fn dock(ligand: &str, poses: u32) -> f64 {
    0.0
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        //@ R13 method - fields
        agent.submit(dock { ligand: "aspirin".to_owned() })?;
        //@ R13 method - fields
        agent.submit(dock { ligand: 3.0, poses: 1 })?;
        //@ R13 method - fields
        agent.submit(dock { ligand: "aspirin".to_owned(), poses: 1, seed: 7 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<dock>) {}
}

fn main() {}
