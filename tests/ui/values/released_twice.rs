//! Slots are a value: what has been released, sent or given away is gone.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(simulate { x: 1.0 }.holding(slots))?;
        drop(slots);
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Pool>) {
        drop(slots);
        drop(slots);
    }
}

fn main() {}
