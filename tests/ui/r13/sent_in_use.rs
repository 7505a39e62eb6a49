//! One mistake is one error, wherever the method is used.
#![allow(unused)]

use colmena::prelude::*;

struct Job {
    width: usize,
}

#[method]
//@ R13 method - input
fn takes(job: &Job, y: f64) -> f64 {
    y
}

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(takes { job: Job { width: 3 }, y: 1.0 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<takes>) {
        let _ = result.inputs().y;
    }
}

fn main() {
    let _ = LocalTaskServer::new().serve::<takes>();
}
