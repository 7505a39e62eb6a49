#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[derive(ResourcePool)]
enum Other {
    Sim,
}

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        //@ R5 agent - call
        agent.rec().acquire(Pool::Smi, 1)?;
        //@ R5 agent - call
        agent.rec().reallocate(Pool::Sim, Pool::Mll, 1)?;
        //@ R5 agent - call
        agent.rec().acquire(Other::Sim, 1)?;
        //@ R5 agent - call
        agent.rec().reallocate(Pool::Sim, "ml", 1)?;
        //@ R5 agent - call
        agent.rec().available_slots(Some(Other::Sim));
        Ok(())
    }
}

fn main() {}
