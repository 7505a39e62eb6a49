//! Generic thinkers, and names that hide those of the standard library.
#![deny(warnings, unused)]

use std::marker::PhantomData;

use colmena::prelude::*;
use colmena::{Body, Method, Thinker};

/// Here the names that generated code might rely on mean something else.
mod hostile {
    #![allow(dead_code)]
    use colmena::prelude::{Agent, ResourcePool, Slots, TaskContext, TaskResult, WorkQueue, method, thinker};

    struct Option;
    struct Vec;
    struct String;
    struct Box;
    trait Into {}
    trait Clone {}
    trait Default {}
    mod core {}
    mod std {}

    #[method(topic = "a")]
    pub fn go(x: f64, y: &[f64], task: &TaskContext) -> colmena::Result<f64> {
        let _ = (y, task);
        ::core::result::Result::Ok(x)
    }

    #[derive(ResourcePool)]
    pub enum Pool {
        A,
        B,
    }

    pub struct Steering {
        width: usize,
        jobs: WorkQueue<f64>,
    }

    #[thinker(pools = Pool, local = u32)]
    impl Steering {
        #[task_submitter(task_type = A, n_slots = |x| self.width + *x as usize, queue = jobs)]
        fn by_item(&self, slots: Slots<Pool>, x: f64) {
            drop((slots, x));
        }

        #[task_submitter(task_type = "b", n_slots = self.width)]
        fn plain(&self, slots: Slots<Pool>) {
            drop(slots);
        }

        #[result_processor("a")]
        fn store(
            &self,
            _agent: &Agent<Self>,
            local: &mut u32,
            result: TaskResult<go>,
            slots: Slots<Pool>,
        ) -> colmena::Result<()> {
            *local += 1;
            drop((result, slots));
            ::core::result::Result::Ok(())
        }
    }
}

#[method]
fn double(x: f64) -> f64 {
    2.0 * x
}

/// Over the method, and over a number.
struct Over<M: Method, const N: usize>(PhantomData<fn() -> M>, WorkQueue<M>, Event);

#[thinker]
impl<M: Body, const N: usize> Over<M, N> {
    #[result_processor]
    fn store(&self, result: TaskResult<M>) {
        drop(result);
    }

    #[task_submitter(n_slots = N, queue = 1)]
    fn submit(&self, slots: Slots, inputs: M) {
        drop((slots, inputs));
    }

    #[event_responder(event = 2)]
    fn answer(&self) {}
}

/// Over the pools.
struct OverPools<P: ResourcePool>(PhantomData<fn() -> P>);

#[thinker(pools = P)]
impl<P: ResourcePool> OverPools<P> {
    #[agent]
    fn plan(&self, agent: &Agent<Self>) {
        assert_eq!(agent.rec().total_slots(), 2);
    }

    #[task_submitter(task_type = None, n_slots = { let two = 2; two + 1 })]
    fn never(&self, slots: Slots<P>) {
        drop(slots);
    }
}

fn main() -> Result<()> {
    let jobs = WorkQueue::new();
    jobs.close();
    let server = LocalTaskServer::new().serve::<double>();
    let over = Over::<double, 3>(PhantomData, jobs, Event::new());
    Campaign::new(over).unallocated_slots(3).task_server(server).run()?;
    let error = Campaign::new(OverPools::<hostile::Pool>(PhantomData)).unallocated_slots(2).run().expect_err("too few");
    assert!(error.to_string().contains("`n_slots` is 3, but the campaign has 2 slots"));
    assert_eq!(hostile::Steering::AGENTS.len(), 3);
    let _ = hostile::go(1.0, &[], &TaskContext::detached());
    Ok(())
}
