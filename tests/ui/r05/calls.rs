#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

struct Steering;

#[thinker(pools = Pool)]
impl Steering {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        agent.rec().acquire(Pool::Smi, 1)?;
        agent.rec().reallocate(Pool::Sim, Pool::Mll, 1)?;
        Ok(())
    }
}

fn main() {}
