//! Several servers of this library on a prefix, in processes of their own, of which one is killed.

use std::time::Duration;

use colmena::RedisQueues;
use colmena::prelude::*;

use crate::faults::endure;
use crate::outages::seconds;
use crate::programs::{PREFIX, World};

const SECOND: Duration = Duration::from_secs(1);

/// The process of a server runs this test.
pub(crate) const SERVER: [&str; 3] = ["several::the_server", "--exact", "--nocapture"];
pub(crate) const URL: &str = "COLMENA_TEST_SERVER";

mod bodies {
    use colmena::prelude::*;

    #[method]
    pub(crate) fn add(x: i64, y: i64) -> i64 {
        x + y
    }

    #[method]
    pub(crate) fn pause(seconds: f64, task: &TaskContext) -> Result<f64> {
        task.sleep(std::time::Duration::from_secs_f64(seconds))?;
        Ok(seconds)
    }
}

/// Only in a process that is told where.
#[test]
fn the_server() {
    let Ok(url) = std::env::var(URL) else { return };
    let queues = RedisQueues::connect(&url, PREFIX).unwrap();
    println!("serving");
    let _ = queues.serve(LocalTaskServer::new().workers(2).serve::<bodies::add>().serve::<bodies::pause>());
}

fn with_two_servers() -> World {
    let mut world = World::new();
    world.start_server_in_rust();
    world.start_server_in_rust();
    // Each says each second what it has: both take tasks.
    world.await_commands(4, r#""SET" "test_held_"#);
    world
}

#[test]
fn needs_redis_one_of_two_is_killed_and_its_tasks_run_on_the_other() {
    let mut world = with_two_servers();
    let (lost, took) = endure(&mut world, 1, World::kill_server);
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_one_of_two_is_killed_and_its_tasks_fail() {
    let mut world = with_two_servers();
    let (lost, took) = endure(&mut world, 0, World::kill_server);
    assert!(lost <= 3, "{lost} lost: it had two, or one more, or none if it was slow");
    assert!(took < 20 * SECOND, "{took:?}");
}

/// Longer than it takes to find that a task is lost.
#[test]
fn needs_redis_one_of_two_stands_still_for_five_seconds_and_keeps_its_tasks() {
    let mut world = with_two_servers();
    let (lost, _) = endure(&mut world, 0, |world| {
        world.signal_server("-STOP");
        seconds("5");
        world.signal_server("-CONT");
    });
    assert_eq!(lost, 0);
}
