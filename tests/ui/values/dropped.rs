//! What is lost where it is not used: warnings of rustc, with our words.
#![deny(unused_must_use, unused_variables)]

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
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        agent.rec().acquire(Pool::Sim, 1)?;
        simulate { x: 1.0 };
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        simulate { x: 1.0 }.holding(slots);
        agent.submit(simulate { x: 1.0 });
        agent.call(simulate { x: 1.0 })?;
        agent.gather([simulate { x: 1.0 }])?;
        agent.queues().get_result("simulate")?;
        agent.busy_elsewhere();
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Pool>) {}
}

fn main() -> Result<()> {
    LocalTaskServer::new().serve::<simulate>();
    Campaign::new(Steering);
    Campaign::new(Steering).start()?;
    Ok(())
}
