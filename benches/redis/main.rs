//! Queues over Redis: no-op tasks and large values of a thinker and a server of this library, beside the original's, beside
//! Redis' own `redis-benchmark`, and beside a bare client that moves the same bytes. `scripts/bench.sh --redis` installs the
//! original and runs this; it needs a `redis-server`, and takes some two minutes.
//!
//! The sides take turns; a row has the medians. Words that are no options are taken as parts of the names of the rows to run.

mod campaigns;
mod parsl;
#[path = "../original/sides.rs"]
#[expect(dead_code, reason = "the other bench has sides of its own")]
mod sides;
mod yardsticks;

use std::process::ExitCode;

use campaigns::Server;
use sides::{Redis, Side};

/// How often each side is measured.
const RUNS: usize = 3;

fn main() -> ExitCode {
    colmena::serve_if_asked::<campaigns::no_op_in_rust>();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |option: &str| words.iter().skip_while(|word| *word != option).nth(1);
    if let Some(port) = after("--serve") {
        campaigns::serve(port);
        return ExitCode::SUCCESS;
    }
    let (Some(redis), Some(python)) = (Redis::start(), after("--python")) else {
        println!("queues over Redis are not measured: run scripts/bench.sh --redis, where there is a redis-server");
        return ExitCode::SUCCESS;
    };
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with("--") && *word != python).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let (port, original) = (redis.port, Side::original(python, "original", Some(redis.port)));

    println!("| measure | ours | yardstick | ratio | at least |\n| --- | --- | --- | --- | --- |");
    let mut all_met = true;
    let mut row = |row: Row| {
        if is_wanted(row.name) {
            all_met &= row.run();
        }
    };
    row(Row {
        name: "no-op tasks",
        unit: "tasks/s",
        yardstick_name: "original",
        goal: 20.0,
        ours: &|| campaigns::throughput(&Server::start(port)),
        yardstick: &|| measured(&original, "envelope_0_wide", "throughput_wide"),
    });
    row(Row {
        name: "no-op tasks, beside Redis",
        unit: "tasks/s",
        yardstick_name: "redis-benchmark -c 2 -P 16, two pushes and two pops each",
        goal: 1.0 / 3.0,
        ours: &|| campaigns::throughput(&Server::start(port)),
        yardstick: &|| yardsticks::tasks_of_benchmark(port),
    });
    // The inverse of a time, so that more is better in each row.
    row(Row {
        name: "no-op tasks, one at a time",
        unit: "tasks/s",
        yardstick_name: "original",
        goal: 1.0,
        ours: &|| 1e9 / campaigns::latency(&Server::start(port)),
        yardstick: &|| 1e9 / measured(&original, "latency", "latency_p50"),
    });
    for (name, bytes) in [("values of 1 MB", 1_000_000), ("values of 10 MB", 10_000_000)] {
        row(Row {
            name,
            unit: "MB/s",
            yardstick_name: "bare client",
            goal: 0.7,
            ours: &|| campaigns::megabytes(&Server::start(port), bytes),
            yardstick: &|| yardsticks::megabytes_of_client(port, bytes),
        });
    }
    if is_wanted("Parsl") {
        let server = parsl::Server::start(python, port);
        row(Row {
            name: "no-op tasks on the original's Parsl server",
            unit: "tasks/s",
            yardstick_name: "original",
            goal: 1.0,
            ours: &|| server.ours(),
            yardstick: &|| server.original(),
        });
        row(Row {
            name: "no-op tasks in Rust on the original's Parsl server",
            unit: "tasks/s",
            yardstick_name: "its Python function",
            goal: 0.8,
            ours: &|| server.in_rust(),
            yardstick: &|| server.ours(),
        });
    }
    if all_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measured(side: &Side, campaign: &str, measure: &str) -> f64 {
    let all = side.run(campaign);
    all.iter().find(|one| one.measure == measure).map_or(f64::NAN, |one| one.value)
}

/// What is compared: both functions measure once; more is better.
struct Row<'a> {
    name: &'static str,
    unit: &'static str,
    yardstick_name: &'static str,
    goal: f64,
    ours: &'a dyn Fn() -> f64,
    yardstick: &'a dyn Fn() -> f64,
}

impl Row<'_> {
    /// Measures and prints. True if the goal is met.
    fn run(&self) -> bool {
        let (ours, yardsticks): (Vec<_>, Vec<_>) = (0..RUNS).map(|_| ((self.ours)(), (self.yardstick)())).unzip();
        let (ours, yardstick) = (median(ours), median(yardsticks));
        let (ratio, unit) = (ours / yardstick, self.unit);
        let met = ratio >= self.goal;
        let missed = if met { "" } else { ", missed" };
        let (name, yardstick_name) = (self.name, self.yardstick_name);
        println!(
            "| {name} | {ours:.0} {unit} | {yardstick_name}: {yardstick:.0} {unit} | {ratio:.2} | {:.2}{missed} |",
            self.goal
        );
        met
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.retain(|value| !value.is_nan()); // a campaign of the original that hung
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
