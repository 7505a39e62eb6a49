//! `Shared` inputs: each is sent once, as a value of Redis, fetched once by each process, and deleted when its last handle is gone.

use std::sync::Arc;
use std::time::Duration;

use colmena::prelude::*;
use colmena::wire::Serialization;

use crate::programs::World;

/// Served in Python.
#[method]
fn weigh(model: &Shared<Vec<f64>>, at: usize) -> f64;

/// The same with a body, as a server of this library has it.
pub(crate) mod bodies {
    use colmena::prelude::*;

    #[method]
    pub(crate) fn weigh(model: &Shared<Vec<f64>>, at: usize) -> f64 {
        model[at]
    }
}

/// How many seconds the value stays.
const LIVES: &str = "return redis.call('ttl', redis.call('keys', 'test_shared_*')[1])";
const NUMBERS: usize = 100_000;
const TASKS: usize = 200;

struct Weighing {
    world: Arc<World>,
}

#[thinker]
impl Weighing {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        let (before, fetched) = (self.bytes("input"), self.bytes("output"));
        let model = Shared::new((0..NUMBERS).map(|x| x as f64 / 2.0).collect::<Vec<_>>());
        let tasks = (0..TASKS).map(|at| weigh { model: model.clone(), at });
        for (at, result) in agent.gather(tasks)?.all()?.into_iter().enumerate() {
            assert_eq!(result.into_value()?, at as f64 / 2.0);
        }
        let (sent, fetched) = (self.bytes("input") - before, self.bytes("output") - fetched);
        assert!(sent < 4 * 9 * NUMBERS, "{sent} bytes for {TASKS} tasks with an input of {NUMBERS} numbers");
        assert!(fetched < 16 * 9 * NUMBERS, "{fetched} bytes are fetched");
        assert_eq!(self.values(), 1);
        let left = self.world.redis_cli(&["EVAL", LIVES, "0"]).parse::<u64>()?;
        assert!((1..=3600).contains(&left), "it stays for {left} s if this process is killed");
        drop(model);
        agent.sleep(Duration::from_millis(1500))?;
        assert_eq!(self.values(), 0, "its last handle is gone");
        let _ = agent.call(weigh { model: Shared::new(vec![0.0]), at: 0 })?.into_value()?;
        Ok(())
    }
}

impl Weighing {
    /// What Redis has been sent, or has sent.
    fn bytes(&self, way: &str) -> usize {
        let info = self.world.redis_cli(&["INFO", "stats"]);
        let bytes = info.lines().find_map(|line| line.strip_prefix(&format!("total_net_{way}_bytes:")));
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
    Arc::into_inner(world).expect("the campaign is over").wait_for_servers();
}

#[test]
fn needs_redis_a_shared_input_is_resolved_in_python() {
    for (serialization, name) in [(Serialization::Json, "json"), (Serialization::Pickle, "pickle")] {
        weigh_on(World::with_server(name), serialization);
    }
}

#[test]
fn needs_redis_a_shared_input_is_resolved_for_methods_in_rust_on_parsl() {
    for (serialization, name) in [(Serialization::Json, "json"), (Serialization::Pickle, "pickle")] {
        let mut world = World::new();
        world.start_package(name, &[]);
        weigh_on(world, serialization);
    }
}

#[test]
fn needs_redis_a_shared_input_is_resolved_by_a_server_in_rust() {
    for serialization in [Serialization::Json, Serialization::Pickle] {
        let world = World::new();
        let queues = world.queues();
        let serving = std::thread::spawn(move || queues.serve(LocalTaskServer::new().serve::<bodies::weigh>()));
        weigh_on(world, serialization);
        serving.join().unwrap().unwrap();
    }
}
