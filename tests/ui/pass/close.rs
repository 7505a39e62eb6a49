//! Close to the line of a rule, and on the right side of it.
#![deny(warnings)]
#![allow(dead_code)]

use std::sync::Arc;

use colmena::prelude::*;

#[derive(ResourcePool)]
#[pool(crate = ::colmena)]
enum Pool {
    Sim,
    #[pool(name = "learning")]
    Ml,
}

const WIDTH: usize = 1;

/// R13: what lives for ever, in a local method; what is shared, and what is not `Clone`, by reference.
#[method(local)]
fn label(x: &Arc<NotClone>) -> &'static str {
    let _ = x;
    "label"
}

struct NotClone;

/// R13: a string as an error, a tuple of owned types, a parameter that is `mut`.
#[method(topic = "b")]
fn pair(mut x: f64, names: &[String], seed: Option<u64>) -> Result<(f64, String), String> {
    x += 1.0;
    Ok((x, names.first().cloned().ok_or("no name")? + &seed.unwrap_or(0).to_string()))
}

/// R13: types that a macro writes with `$crate`.
mod made {
    #[derive(Clone, colmena::__private::serde::Serialize, colmena::__private::serde::Deserialize)]
    #[serde(crate = "colmena::__private::serde")]
    pub struct Job(pub u32);
}

macro_rules! make_method {
    ($name:ident, $ty:ty) => {
        #[method]
        fn $name(job: $crate::made::Job, x: $ty) -> $ty {
            let _ = job;
            x
        }
    };
}

make_method!(by_macro, f64);

struct Steering {
    width: usize,
    jobs: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(pools = Pool, local = u32)]
impl Steering {
    const DEPTH: usize = WIDTH;

    /// R3: the receiver written out. R4: the thinker's own name; the arguments in another order.
    #[agent]
    fn plan(self: &Self, local: &mut u32, agent: &Agent<Steering>) -> Result<()> {
        *local += 1;
        // R5: all that names a pool.
        let _ = agent.rec().acquire(Pool::Sim, 1)?;
        let _ = agent.rec().acquire(Some(Pool::Ml), 1)?;
        agent.rec().try_acquire(None, 1)?;
        agent.rec().reallocate(None, Pool::Sim, All)?;
        agent.rec().reallocate(Some(Pool::Sim), None, 1)?;
        let free = [agent.rec().available_slots(Pool::Sim), agent.rec().allocated_slots(None)];
        agent.rec().acquire(if free[0] > 0 { Some(Pool::Sim) } else { None }, 1)?.move_to(Pool::Ml)?;
        // R11: `call` and `gather` need no processor.
        let _ = agent.call(label { x: Arc::new(NotClone) })?;
        Ok(())
    }

    /// R7: constants of at least 1. R5: pools by name, by path, by variant.
    #[task_submitter(task_type = "learning", n_slots = WIDTH)]
    fn by_constant(&self, slots: Slots<Pool>) {
        drop(slots);
    }

    #[task_submitter(task_type = Pool::Sim, n_slots = Self::DEPTH, queue = jobs)]
    fn by_own_constant(&self, slots: Slots<Pool>, x: f64) -> Result<(), std::fmt::Error> {
        drop((slots, x));
        Ok(())
    }

    /// R9: the topic of its method. R7: as many threads as a field says.
    #[result_processor(topic = "b", threads = self.width)]
    fn store(&self, result: TaskResult<pair>, slots: Slots<Pool>) -> Result<(), String> {
        drop((result, slots));
        Ok(())
    }

    /// R11: updates of a method that emits nothing; R7: one thread, said.
    #[result_processor(threads = 1)]
    fn follow(&self, update: TaskUpdate<by_macro>) {
        drop(update);
    }

    /// R6: to a pool from the unallocated slots; to another pool, named by a string.
    #[event_responder(event = retrain, reallocate_resources, gather_from = None, gather_to = "sim", slot_step = WIDTH)]
    fn from_none(&self) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = "learning", disperse_to = Sim)]
    fn to_a_name(&self) {}

    #[event_responder(event = retrain, reallocate_resources = false)]
    fn without(&self) {}

    /// R2: no agent, and so free in its form.
    pub const fn helper<T: Copy>(mut self, x: T) -> (Self, T)
    where
        T: Copy,
    {
        self.width = WIDTH;
        (self, x)
    }
}

/// R14: details that are not `Default`, since they are prepared.
struct Details<'a>(&'a str);

struct Prepared;

#[thinker(local = Details<'static>)]
impl Prepared {
    #[agent(startup = false)]
    fn plan(&self, local: &mut Details<'static>) {
        local.0 = "";
    }

    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) -> Result<Details<'static>, String> {
        let _ = agent;
        Ok(Details("prepared"))
    }

    #[tear_down_agent]
    fn finish(&self, local: &mut Details<'static>) -> Result<(), String> {
        local.0 = "done";
        Ok(())
    }
}

/// A generic thinker with constants and pools that do not depend on its parameter.
struct Generic<T> {
    jobs: WorkQueue<T>,
}

#[thinker(pools = Pool)]
impl<T: Clone + Send + Sync + 'static> Generic<T> {
    #[task_submitter(task_type = "sim", n_slots = WIDTH, queue = jobs)]
    fn submit(&self, slots: Slots<Pool>, x: T) {
        drop((slots, x));
    }

    #[task_submitter(task_type = Ml, n_slots = |_| 1, queue = jobs)]
    fn submit_by_item(&self, slots: Slots<Pool>, x: T) {
        drop((slots, x));
    }
}

fn main() {
    let (_, four) = Steering { width: 1, jobs: WorkQueue::default(), retrain: Event::new() }.helper(4);
    assert_eq!(four, 4);
    assert_eq!(pair(1.0, &["a".to_owned()], None), Ok((2.0, "a0".to_owned())));
}
