//! Time limits and cancelling reach methods elsewhere: on a server of this library, and on Parsl, in worker processes and in
//! functions in Python.

use std::time::{Duration, Instant};

use colmena::FailureKind;
use colmena::prelude::*;

use crate::package::{square, waits};
use crate::pause;
use crate::programs::World;

struct Ending {
    files: [String; 3],
}

#[thinker]
impl Ending {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        let [cancelled, limited, early] = self.files.clone();
        agent.call(square { x: 1.0 })?.into_value()?; // workers are there
        let group = agent.gather([waits { file: cancelled.clone() }])?;
        says(agent, &cancelled, &["waiting"])?;
        drop(group);
        says(agent, &cancelled, &["Some(Cancelled)"])?;

        let limit = Duration::from_millis(1500);
        let start = Instant::now();
        let failure = agent.call(waits { file: limited.clone() }.time_limit(limit))?.into_value().unwrap_err();
        assert!(failure.kind() == FailureKind::TimedOut && failure.message() == "1.5s", "{failure}");
        println!("{:?} after the call, of a limit of {limit:?}", start.elapsed());
        // Here it counts from when the task was taken: on a slow machine, that is over first.
        says(agent, &limited, &["Some(TimeLimit)", "Some(Cancelled)"])?;

        drop(agent.gather([waits { file: early }])?);
        assert_eq!(agent.call(square { x: 3.0 })?.into_value()?, 9.0);
        Ok(())
    }
}

/// Waits until the file says one of these.
fn says<T: Thinker>(agent: &Agent<T>, file: &str, texts: &[&str]) -> Result<()> {
    for _ in 0..500 {
        if std::fs::read_to_string(file).is_ok_and(|said| texts.contains(&&*said)) {
            return Ok(());
        }
        agent.sleep(Duration::from_millis(20))?;
    }
    Err(format!("{file} says {:?}, not one of {texts:?}", std::fs::read_to_string(file)).into())
}

fn end_tasks(world: &World) {
    let thinker = Ending { files: ["cancelled", "limited", "early"].map(|name| world.file(name)) };
    Campaign::new(thinker).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
}

#[test]
fn needs_redis_tasks_end_on_a_server_in_rust() {
    let world = World::new();
    let queues = world.queues();
    let server = LocalTaskServer::new().workers(1).serve::<waits>().serve::<square>();
    let serving = std::thread::spawn(move || queues.serve(server));
    end_tasks(&world);
    serving.join().unwrap().unwrap();
}

#[test]
fn needs_redis_tasks_end_in_worker_processes_on_parsl() {
    let mut world = World::new();
    world.start_package("json", &[]);
    end_tasks(&world);
    world.wait_for_servers();
}

#[test]
fn needs_redis_tasks_end_in_functions_in_python_on_parsl() {
    let mut world = World::new();
    world.start_parsl("json");
    end_tasks(&world);
    world.wait_for_servers();
}

/// Ends at once after what it has cancelled.
struct Leaving {
    file: String,
}

#[thinker]
impl Leaving {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        let group = agent.gather([waits { file: self.file.clone() }])?;
        says(agent, &self.file, &["waiting"])?;
        drop(group);
        Ok(())
    }
}

#[test]
fn needs_redis_what_is_cancelled_in_the_end_is_told() {
    let world = World::new();
    let queues = world.queues();
    let server = LocalTaskServer::new().workers(1).serve::<waits>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let file = world.file("leaving");
    let queues = world.queues().stop_servers();
    Campaign::new(Leaving { file: file.clone() }).ignore_ctrl_c().queues(queues).run().unwrap();
    serving.join().unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "Some(Cancelled)");
}

/// Waits for a worker of Parsl for longer than its limit, since both are busy.
struct Behind {
    file: String,
}

#[thinker]
impl Behind {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        let busy = agent.gather([pause { seconds: 3.0 }, pause { seconds: 3.0 }])?;
        let task = waits { file: self.file.clone() }.time_limit(Duration::from_secs(1));
        let failure = agent.call(task)?.into_value().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::TimedOut, "{failure}");
        assert_eq!(std::fs::read_to_string(&self.file)?, "Some(Cancelled)", "it has begun, and was told");
        busy.all()?;
        Ok(())
    }
}

#[test]
fn needs_redis_a_limit_that_is_left_to_servers_counts_from_the_start() {
    let mut world = World::new();
    world.start_parsl("json");
    let queues = world.queues().limits_at_servers().stop_servers();
    Campaign::new(Behind { file: world.file("behind") }).ignore_ctrl_c().queues(queues).run().unwrap();
    world.wait_for_servers();
}
