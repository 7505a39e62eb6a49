//! What a method finds in a worker: its task, and where its output goes.

use std::io::Write;
use std::sync::Mutex as StdMutex;

use colmena::prelude::*;
use colmena::{FailureKind, Resources};

use crate::world::{Act, Acts, Meddle, Scratch, alone, length, look, run, server, square};

#[test]
fn values_come_back() {
    let outcome = alone(server(), |agent| {
        let tasks: Vec<_> = (0..500).map(|x| square { x }).collect();
        let results = agent.gather(tasks)?.all()?;
        for (x, result) in (0..).zip(results) {
            assert_eq!(result.into_value()?, x * x);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_context_is_that_of_the_task() {
    let outcome = alone(server(), |agent| {
        let resources = Resources { node_count: 2, cpu_processes: 3, cpu_threads: 5 };
        let result = agent.call(look {}.resources(resources))?;
        assert_eq!(result.value()?, &(result.id(), resources));
        let slots = agent.rec().acquire(None, 1)?;
        assert_eq!(agent.call(look {}.holding(slots))?.into_value()?.1, Resources::default());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(square(4), 16);
}

#[test]
fn large_inputs_are_sent() {
    let outcome = alone(server(), |agent| {
        let tasks: Vec<_> = (1..=8).map(|n| length { text: "x".repeat(n << 20) }).collect();
        for (n, result) in (1..).zip(agent.gather(tasks)?.all()?) {
            assert_eq!(result.into_value()?, n << 20);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn attempts_are_counted_in_the_worker() {
    let seen = run(5, Act::Fail, Meddle::Nothing, |acts| (acts.attempts, acts.retries) = (3, 3));
    assert_eq!(seen.values, [4; 5]);
    let seen = run(5, Act::Fail, Meddle::Nothing, |acts| (acts.attempts, acts.retries) = (3, 2));
    assert!(seen.failures.iter().all(|failure| failure.kind() == FailureKind::Error && failure.attempts() == 3));
}

/// All that is logged in this process.
struct Logs;

static LOGGED: StdMutex<Vec<u8>> = StdMutex::new(Vec::new());

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().expect("nobody panics in it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_a_method_prints_is_in_the_log_with_its_worker_and_task() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| Logs).init();
    let scratch = Scratch::new("printed");
    let (tasks, dir) = ((0..1).collect::<WorkQueue<u32>>(), scratch.0.join("run"));
    tasks.close();
    let (what, meddle, seen) = (Act::Print, Meddle::Nothing, Mutex::default());
    let acts = Acts { what, attempts: 1, retries: 0, time_limit: None, meddle, tasks, seen };
    let campaign = Campaign::new(acts).ignore_ctrl_c().unallocated_slots(4).task_server(server());
    let _ = campaign.record_in(&dir).run().expect("nothing fails");
    let logged = String::from_utf8_lossy(&LOGGED.lock().expect("nobody panics in it")).into_owned();
    let line = |text: &str| logged.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{logged}"));
    let (stdout, stderr) = (line("on standard output"), line("on standard error"));
    assert!(stdout.contains("worker=\"worker ") && stdout.contains("task=1"), "{stdout}");
    assert!(stderr.contains("worker=\"worker ") && stderr.contains("stderr=true"), "{stderr}");
    let recorded = std::fs::read_to_string(dir.join("log.jsonl")).expect("something was said");
    for text in ["on standard output", "on standard error"] {
        let line = recorded.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{recorded}"));
        assert!(line.contains("\"thread\": \"worker ") && line.contains("\"task\": 1"), "{line}");
    }
}
