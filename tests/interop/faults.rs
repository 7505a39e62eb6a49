//! Faults: servers that are killed, a broker that goes and comes back. Every task settles once, and nothing hangs.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use colmena::FailureKind;
use colmena::prelude::*;

use crate::programs::World;
use crate::{Alone, add, pause};

const SECOND: Duration = Duration::from_secs(1);

/// Eight tasks of a second on four workers, 40 short ones, and then what becomes of them.
pub(crate) struct Enduring {
    says: mpsc::SyncSender<()>,
    lost: Mutex<usize>,
}

#[thinker]
impl Enduring {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        agent.call(add { x: 1, y: 1 })?.into_value()?;
        let mut group = agent.gather((0..8).map(|_| pause { seconds: 1.0 }))?;
        agent.sleep(SECOND / 2)?;
        self.says.send(())?;
        for result in &mut group {
            match result?.into_value() {
                Ok(seconds) => assert_eq!(seconds, 1.0),
                Err(failure) if failure.kind() == FailureKind::Lost => *self.lost.lock() += 1,
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }
}

/// Runs it, does something to it in the middle, and says how many tasks failed as lost, and how long it took from then.
pub(crate) fn endure(world: &mut World, again: u32, fault: impl FnOnce(&mut World)) -> (usize, Duration) {
    endure_as(world, again, |campaign| campaign, fault)
}

/// The same of a campaign that is configured further.
pub(crate) fn endure_as(
    world: &mut World,
    again: u32,
    configure: impl FnOnce(Campaign<Enduring>) -> Campaign<Enduring>,
    fault: impl FnOnce(&mut World),
) -> (usize, Duration) {
    let (says, said) = mpsc::sync_channel(1);
    let queues = world.queues().send_again(again);
    let campaign = Campaign::new(Enduring { says, lost: Mutex::default() }).ignore_ctrl_c().queues(queues);
    let mut campaign = configure(campaign);
    let running = campaign.start().unwrap();
    said.recv().unwrap();
    let start = Instant::now();
    fault(world);
    let report = running.join().unwrap_or_else(|error| panic!("{error}"));
    let took = start.elapsed();
    println!("{took:?} from the fault to the end\n{report}");
    let lost = *campaign.thinker().lost.lock();
    (lost, took)
}

#[test]
fn needs_redis_a_server_is_killed_and_started_again() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.kill_servers();
        world.start_server("json");
    });
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_a_server_is_killed_and_its_tasks_fail() {
    let mut world = World::with_server("json");
    let (lost, _) = endure(&mut world, 0, |world| {
        world.kill_servers();
        world.start_server("json");
    });
    assert!((4..=8).contains(&lost), "{lost} lost: four ran, others may have been taken");
}

#[test]
fn needs_redis_the_broker_comes_back_with_its_data() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.stop_redis(true);
        world.kill_servers(); // it ends by itself without Redis
        world.start_redis();
        world.start_server("json");
    });
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_the_broker_comes_back_empty() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.stop_redis(false);
        world.kill_servers();
        world.start_redis();
        world.start_server("json");
    });
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_a_time_limit_passes() {
    let world = World::with_server("json");
    let calls = |agent: &Agent<Alone>| {
        let failure = agent.call(pause { seconds: 4.0 }.time_limit(SECOND))?.into_value().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::TimedOut);
        Ok(())
    };
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues()).run().unwrap();
}

#[test]
fn needs_redis_tasks_that_nobody_takes_grow_old() {
    let world = World::new();
    let calls = |agent: &Agent<Alone>| {
        let failure = agent.call(add { x: 1, y: 2 })?.into_value().unwrap_err();
        assert_eq!(failure.to_string(), "task 1 of `add` is lost: no result 2s after it was sent");
        Ok(())
    };
    let queues = world.queues().lost_after(2 * SECOND);
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues).run().unwrap();
}
