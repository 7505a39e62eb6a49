//! Mistakes in agents that others rely on: each is one error.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    //@ R5 pool - with-fields
    Sim(u32),
    Ml,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct Steering {
    jobs: WorkQueue<f64>,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Ml, queue = jobs)]
    //@ R3 task_submitter - async
    async fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        self.helper(agent);
        Ok(())
    }

    #[result_processor]
    //@ R4 result_processor - return
    fn store(&self, agent: &Agent<Self>, result: TaskResult<simulate>) -> u32 {
        agent.done().set();
        3
    }

    fn helper(&self, agent: &Agent<Self>) {
        let _ = agent.rec().available_slots(Pool::Ml);
    }
}

fn main() {
    let _ = Campaign::new(Steering { jobs: WorkQueue::default() })
        .slots([(Pool::Ml, 2)])
        .task_server(LocalTaskServer::new().serve::<simulate>());
}
