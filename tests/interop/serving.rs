//! The other way round: the original's thinkers on a task server of this library.

use std::process::Command;
use std::time::Instant;

use colmena::prelude::*;

use crate::programs::{PREFIX, World, script};

#[method]
fn square(x: i64) -> i64 {
    x * x
}

#[method]
fn describe(values: &[f64], name: &str) -> (Vec<f64>, String) {
    (values.to_vec(), name.to_owned())
}

#[method]
fn refuse(why: &str) -> Result<u8> {
    Err(why.into())
}

#[method]
fn panic() -> u8 {
    panic!("at the disco")
}

#[method]
fn count(n: u32, task: &TaskContext<u32>) -> String {
    (0..n).for_each(|i| task.emit(i));
    "done".to_owned()
}

#[method]
fn nothing() {}

/// Twenty campaigns, since fault F1 of the original's thinker is a race: of ten on a server that answers at once, eight wait
/// for ever.
fn campaigns(serialization: &str, campaigns: u32, tasks: u32) {
    let world = World::new();
    let queues = world.queues();
    let server = LocalTaskServer::new().workers(2).serve::<square>().serve::<describe>().serve::<refuse>();
    let server = server.serve::<panic>().serve::<count>().serve::<nothing>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let start = Instant::now();
    let mut thinker = Command::new("timeout");
    thinker.args(["--kill-after=1", "100"]).arg(crate::programs::python()).arg(script("thinker.py"));
    thinker.arg(world.port.to_string()).args([PREFIX, serialization]).args([campaigns, tasks].map(|n| n.to_string()));
    let output = thinker.output().expect("Python can be started");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim() == "all well", "{said}\n{wrong}");
    println!("{} tasks in {:?}", campaigns * tasks, start.elapsed());
    let methods = serving.join().expect("it does not panic").expect("it could be started");
    let squares = methods.iter().find(|report| report.name == "square").expect("it was asked for squares");
    assert_eq!(squares.succeeded, u64::from(campaigns * tasks));
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "0");
}

#[test]
fn needs_redis_the_originals_thinkers_are_served() {
    campaigns("json", 20, 1000);
}

#[test]
fn needs_redis_the_originals_thinkers_are_served_in_pickles() {
    campaigns("pickle", 2, 300);
}
