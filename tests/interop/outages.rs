//! Redis that stands still or is away for five seconds, a worker of Parsl that is killed: every task settles once, and each
//! test prints how long it took from the fault to the end.

use std::process::Command;
use std::time::{Duration, Instant};

use colmena::FailureKind;
use colmena::prelude::*;

use crate::faults::endure;
use crate::programs::World;
use crate::{add, killed_once};

const SECOND: Duration = Duration::from_secs(1);

/// What the fault itself takes.
fn five_seconds() {
    assert!(Command::new("sleep").arg("5").status().is_ok_and(|status| status.success()));
}

#[test]
fn needs_redis_the_broker_stands_still_for_five_seconds() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.signal_redis("-STOP");
        five_seconds();
        world.signal_redis("-CONT");
    });
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_the_broker_is_away_for_five_seconds() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.stop_redis(true);
        world.kill_servers(); // it ends by itself without Redis
        five_seconds();
        world.start_redis();
        world.start_server("json");
    });
    assert_eq!(lost, 0);
    assert!(took < 25 * SECOND, "{took:?}");
}

struct Killing {
    files: [String; 2],
}

#[thinker]
impl Killing {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let [once, again] = self.files.clone();
        let start = Instant::now();
        let result = agent.call(killed_once { file: again }.retries(1))?;
        assert_eq!((result.attempts(), result.into_value()?), (2, true));
        println!("{:?} from the task that kills its worker to its value in the next", start.elapsed());
        let failure = agent.call(killed_once { file: once })?.into_value().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        let sums = agent.gather((0..50).map(|x| add { x, y: 1 }))?.all()?;
        assert!(
            sums.iter().zip(1..).all(|(result, sum)| result.value().is_ok_and(|value| *value == sum)),
            "it goes on"
        );
        Ok(())
    }
}

#[test]
fn needs_redis_a_worker_of_parsl_is_killed() {
    let mut world = World::new();
    world.start_parsl("json");
    let thinker = Killing { files: ["once", "again"].map(|name| world.file(name)) };
    Campaign::new(thinker).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
    world.wait_for_servers();
}
