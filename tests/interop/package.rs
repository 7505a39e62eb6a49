//! Methods in Rust on Parsl: the package in `python/`, between the original's Parsl server and worker processes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use colmena::prelude::*;

use crate::Alone;
use crate::programs::{World, python};

#[method]
pub(crate) fn square(x: f64) -> f64 {
    x * x
}

#[method]
fn echo(value: serde_json::Value) -> serde_json::Value {
    value
}

#[method]
fn count_up(n: u32, task: &TaskContext<u32>) -> String {
    (0..n).for_each(|i| task.emit(i));
    "done".to_owned()
}

#[method]
fn refuse(why: &str) -> Result<u8> {
    Err(why.into())
}

#[method]
fn panics() -> u8 {
    panic!("at the disco")
}

#[method]
fn aborts() -> u8 {
    eprintln!("about to abort");
    std::process::abort();
}

/// The process, and the job of Slurm that it belongs to.
#[method]
pub(crate) fn where_am_i() -> (u32, Option<String>) {
    (std::process::id(), std::env::var("SLURM_JOB_ID").ok())
}

#[method]
fn third_time(task: &TaskContext) -> Result<u32> {
    if task.attempt() < 3 { Err("not yet".into()) } else { Ok(task.attempt()) }
}

#[method]
fn stays() {
    println!("staying");
    loop {
        std::thread::park();
    }
}

/// Says in a file what it does.
#[method]
pub(crate) fn waits(file: &str, task: &TaskContext) -> Result<()> {
    std::fs::write(file, "waiting")?;
    let slept = task.sleep(Duration::from_secs(60));
    std::fs::write(file, format!("{:?}", task.cancelled_because()))?;
    Ok(slept?)
}

/// Not a test by itself: the worker of the tests.
#[test]
fn the_worker() {
    serve_if_asked::<(
        square,
        echo,
        count_up,
        refuse,
        panics,
        aborts,
        where_am_i,
        third_time,
        stays,
        waits,
        crate::shared::bodies::weigh,
    )>();
}

pub(crate) const WORKER: [&str; 3] = ["package::the_worker", "--exact", "--nocapture"];

pub(crate) fn run(world: &mut World, acts: fn(&Agent<Alone>) -> Result<()>) {
    Campaign::new(Alone(acts)).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
    world.wait_for_servers();
}

#[test]
fn needs_redis_methods_in_rust_run_on_parsl() {
    let mut world = World::new();
    world.start_package("json", &[]);
    run(&mut world, |agent| {
        let tasks = (0..500).map(|x| square { x: f64::from(x) });
        for (x, result) in (0..500).zip(agent.gather(tasks)?.all()?) {
            assert_eq!(result.into_value()?, f64::from(x * x));
        }
        let mut processes = BTreeSet::new();
        for result in agent.gather((0..50).map(|_| where_am_i {}))?.all()? {
            processes.insert(result.into_value()?.0);
        }
        assert!(processes.len() <= 2, "a worker of Parsl keeps its process: {processes:?}");
        failures(agent, &processes)
    });
}

/// Each is one task's; what comes after it runs.
fn failures(agent: &Agent<Alone>, processes: &BTreeSet<u32>) -> Result<()> {
    let failed = |result: std::result::Result<_, Failure>| result.map(|_: u8| ()).unwrap_err();
    let refused = failed(agent.call(refuse { why: "no space".into() })?.into_value());
    assert!(refused.message().contains("no space"), "{refused}");
    let panicked = failed(agent.call(panics {})?.into_value());
    assert!(panicked.message().contains("at the disco"), "{panicked}");
    let aborted = failed(agent.call(aborts {})?.into_value());
    assert!(aborted.message().contains("SIGABRT") && aborted.message().contains("about to abort"), "{aborted}");
    let mut after = BTreeSet::new();
    for result in agent.gather((0..50).map(|_| where_am_i {}))?.all()? {
        after.insert(result.into_value()?.0);
    }
    assert!(after.len() <= 2 && !after.is_subset(processes), "{after:?} after {processes:?}");
    assert_eq!(agent.call(third_time {}.retries(2))?.into_value()?, 3);
    Ok(())
}

#[test]
fn needs_redis_emissions_and_pickles_of_methods_in_rust_on_parsl() {
    let mut world = World::new();
    world.start_package("pickle", &[]);
    let running = Campaign::new(Counting::default()).ignore_ctrl_c();
    let queues = world.queues().serialization(colmena::wire::Serialization::Pickle).stop_servers();
    let mut campaign = running.queues(queues);
    campaign.run().unwrap();
    assert_eq!(*campaign.thinker().seen.lock(), [0, 1, 2]);
    world.wait_for_servers();
}

#[derive(Default)]
struct Counting {
    seen: Mutex<Vec<u32>>,
}

#[thinker]
impl Counting {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(count_up { n: 3 })?;
        Ok(())
    }

    #[result_processor]
    fn sees(&self, agent: &Agent<Self>, update: TaskUpdate<count_up>) -> Result<()> {
        match update {
            TaskUpdate::Emitted(emitted) => self.seen.lock().push(emitted.value),
            TaskUpdate::Finished(result, _) => {
                assert_eq!(result.into_value()?, "done");
                agent.done().set();
            }
        }
        Ok(())
    }
}

/// Types and all.
#[test]
fn needs_original_the_tests_of_the_package() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let program = std::env::current_exe().expect("it has a name").display().to_string();
    for check in [&["mypy"][..], &["pytest", "-q"]] {
        let mut command = Command::new(python());
        command.arg("-m").args(check).current_dir(&folder);
        command.env("COLMENA_RS_PROGRAM", format!("'{program}' {}", WORKER.join(" ")));
        let output = command.output().expect("Python can be started");
        let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{check:?}: {said}\n{wrong}");
    }
}
