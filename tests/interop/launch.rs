//! What is wrong at launch is said there.

use std::time::Instant;

use colmena::prelude::*;
use colmena::{CampaignError, RedisQueues};

use crate::programs::World;
use crate::{Alone, add};

#[test]
fn a_broker_that_is_not_there_is_named() {
    let error = RedisQueues::connect("redis://me:secret@127.0.0.1:1", "test").unwrap_err();
    assert!(error.to_string().starts_with("Redis at 127.0.0.1:1: "), "{error}");
    assert_eq!(format!("{error:?}"), error.to_string(), "which `main` prints");
    let error = RedisQueues::connect("http://me:secret@host", "test").unwrap_err();
    assert!(error.to_string().starts_with("Redis at http://host: an address is `redis://host:port`"), "{error}");
}

#[test]
fn needs_redis_gone_before_the_launch() {
    let mut world = World::new();
    let queues = world.queues();
    world.stop_redis(false);
    let error = Campaign::new(Alone(|_| Ok(()))).ignore_ctrl_c().queues(queues).run().unwrap_err();
    assert!(matches!(error, CampaignError::Launch(_)));
    assert!(
        error.to_string().contains(&format!("`RedisQueues` cannot start: Redis at 127.0.0.1:{}", world.port)),
        "{error}"
    );
}

#[test]
fn needs_redis_one_thinker_for_a_prefix() {
    let world = World::new();
    let mut first = Campaign::new(Alone(wait)).ignore_ctrl_c().woken_from_outside();
    first = first.queues(world.queues());
    let running = first.start().unwrap();
    // What its agent sends nobody would take: it ends all the same.
    let sends = Alone(|agent| agent.call(add { x: 1, y: 2 }).map(drop).map_err(Into::into));
    let second = Campaign::new(sends).ignore_ctrl_c().queues(world.queues()).run().unwrap_err();
    assert!(second.to_string().contains("another thinker has"), "{second}");
    running.done().set();
    running.join().unwrap();
    Campaign::new(Alone(|_| Ok(()))).ignore_ctrl_c().queues(world.queues()).run().expect("it is free again");
}

#[test]
fn needs_redis_gone_in_the_end() {
    let mut world = World::new();
    let run = world.file("run");
    let mut campaign = Campaign::new(Alone(wait)).ignore_ctrl_c().woken_from_outside().record_in(&run);
    campaign = campaign.queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    world.stop_redis(true);
    running.done().set();
    running.join().unwrap();
    let log = std::fs::read_to_string(format!("{run}/log.jsonl")).expect("it was recorded");
    let said = format!("servers are not told that the campaign has ended: Redis at 127.0.0.1:{}", world.port);
    assert!(log.contains(&said), "{log}");
}

/// They are that one's now.
#[test]
fn needs_redis_whose_prefix_another_has_taken_stops_no_servers() {
    let world = World::new();
    let mut campaign = Campaign::new(Alone(wait)).ignore_ctrl_c().woken_from_outside();
    campaign = campaign.queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    assert_eq!(world.redis_cli(&["SET", "test_thinker", "another"]), "OK");
    running.done().set();
    running.join().unwrap();
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "0");
    assert_eq!(world.redis_cli(&["GET", "test_thinker"]), "another");
}

fn wait(agent: &Agent<Alone>) -> Result<()> {
    agent.done().wait();
    Ok(())
}

/// A blocking read ends at once: were it waited for, no run would be quick.
#[test]
fn needs_redis_the_end_is_not_waited_for() {
    let world = World::with_server("json");
    let run = |_| {
        let acts = |agent: &Agent<Alone>| {
            let _ = agent.call(add { x: 1, y: 2 })?;
            Ok(())
        };
        let start = Instant::now();
        Campaign::new(Alone(acts)).ignore_ctrl_c().queues(world.queues()).run().unwrap();
        start.elapsed()
    };
    let took = (0..5).map(run).min().unwrap();
    assert!(took.as_millis() < 500, "{took:?}");
}
