//! Shared inputs: sent once to each worker, and dropped there with their last handle.

use std::collections::BTreeSet;

use colmena::prelude::*;

use crate::world::{alone, measure, server};

const LENGTH: usize = 50 << 20;

/// Kilobytes of memory of a process.
fn memory(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the worker is there");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is told");
    line.trim_end_matches("kB").trim().parse().expect("a number")
}

#[test]
fn a_shared_input_is_sent_once_and_dropped_with_its_last_handle() {
    let outcome = alone(server(), |agent| {
        let text = Shared::new("x".repeat(LENGTH));
        let begun = agent.elapsed();
        let mut tasks = Vec::new();
        for n in 0..200 {
            tasks.push(measure { text: text.clone(), _n: n });
        }
        let results = agent.gather(tasks)?.all()?;
        let mut workers = BTreeSet::new();
        for result in results {
            let (process, length) = result.into_value()?;
            assert_eq!(length, LENGTH);
            workers.insert(process);
        }
        let took = agent.elapsed() - begun;
        println!("200 tasks with a shared input of 50 MB: {took:?}, on {} workers", workers.len());
        for worker in &workers {
            assert!(memory(*worker) > LENGTH >> 10, "{} kB", memory(*worker));
        }
        drop(text);
        // Whatever they are asked next, they have been told before.
        let small = Shared::new("y".to_owned());
        while !workers.is_empty() {
            let (process, _) = agent.call(measure { text: small.clone(), _n: 0 })?.into_value()?;
            if workers.remove(&process) {
                assert!(memory(process) < LENGTH >> 10, "{} kB", memory(process));
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
