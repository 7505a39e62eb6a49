//! `Shared` inputs: each is sent once, as a value of Redis, and deleted when its last handle is gone.

use std::sync::Arc;
use std::time::Duration;

use colmena::prelude::*;
use colmena::wire::Serialization;

use crate::programs::World;

/// Served in Python.
#[method]
fn weigh(model: &Shared<Vec<f64>>, at: usize) -> f64;

/// The same with a body, as a server of this library has it.
mod bodies {
    use colmena::prelude::*;

    #[method]
    pub(crate) fn weigh(model: &Shared<Vec<f64>>, at: usize) -> f64 {
        model[at]
    }
}

const NUMBERS: usize = 100_000;
const TASKS: usize = 200;

struct Weighing {
    world: Arc<World>,
}

#[thinker]
impl Weighing {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        let before = self.bytes();
        let model = Shared::new((0..NUMBERS).map(|x| x as f64 / 2.0).collect::<Vec<_>>());
        let tasks = (0..TASKS).map(|at| weigh { model: model.clone(), at });
        for (at, result) in agent.gather(tasks)?.all()?.into_iter().enumerate() {
            assert_eq!(result.into_value()?, at as f64 / 2.0);
        }
        let sent = self.bytes() - before;
        assert!(sent < 4 * 9 * NUMBERS, "{sent} bytes for {TASKS} tasks with an input of {NUMBERS} numbers");
        assert_eq!(self.values(), 1);
        drop(model);
        agent.sleep(Duration::from_millis(1500))?;
        assert_eq!(self.values(), 0, "its last handle is gone");
        let _ = agent.call(weigh { model: Shared::new(vec![0.0]), at: 0 })?.into_value()?;
        Ok(())
    }
}

impl Weighing {
    /// What Redis has been sent.
    fn bytes(&self) -> usize {
        let info = self.world.redis_cli(&["INFO", "stats"]);
        let bytes = info.lines().find_map(|line| line.strip_prefix("total_net_input_bytes:"));
        bytes.and_then(|bytes| bytes.trim().parse().ok()).expect("Redis counts them")
    }

    fn values(&self) -> usize {
        self.world.redis_cli(&["KEYS", "test_shared_*"]).lines().count()
    }
}

fn weigh_on(world: World, serialization: Serialization) {
    let (queues, world) = (world.queues().serialization(serialization).stop_servers(), Arc::new(world));
    Campaign::new(Weighing { world: Arc::clone(&world) }).ignore_ctrl_c().queues(queues).run().unwrap();
    assert_eq!(world.redis_cli(&["KEYS", "test_shared_*"]), "", "nothing is left");
}

#[test]
fn needs_redis_a_shared_input_is_resolved_in_python() {
    for (serialization, name) in [(Serialization::Json, "json"), (Serialization::Pickle, "pickle")] {
        weigh_on(World::with_server(name), serialization);
    }
}

#[test]
fn needs_redis_a_shared_input_is_resolved_by_a_server_in_rust() {
    for serialization in [Serialization::Json, Serialization::Pickle] {
        let world = World::new();
        let queues = world.queues().hold_back(Duration::ZERO);
        let serving = std::thread::spawn(move || queues.serve(LocalTaskServer::new().serve::<bodies::weigh>()));
        weigh_on(world, serialization);
        serving.join().unwrap().unwrap();
    }
}
