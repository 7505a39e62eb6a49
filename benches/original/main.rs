//! The same campaigns in the original and here, in turn, each run in a process of its own: `scripts/bench.sh --original`
//! installs the original and runs this.
//!
//! The original runs its `LocalTaskServer` with threads (with processes, where the name of the campaign says so), over `PipeQueues` and, if there is a `redis-server`, over
//! `RedisQueues`; see `campaigns.py`. Both sides have 8 workers; a task that takes time sleeps (`time.sleep` there,
//! `thread::sleep` here). The table has the median over the runs, and the ratio of the medians: how many times better ours is
//! than the original over pipes.
//!
//! `--quick` runs each less often; other words are taken as parts of the names of the campaigns to run.

#[path = "../speed/crowd.rs"]
mod crowd;
mod ours;
#[path = "../speed/pairs.rs"]
#[expect(dead_code, reason = "the other table has ratios of pairs")]
mod pairs;
mod rows;
#[path = "../speed/shutdown.rs"]
#[expect(dead_code, reason = "the other table has yardsticks")]
mod shutdown;
mod sides;
#[path = "../speed/table.rs"]
mod table;
#[path = "../speed/tasks.rs"]
#[expect(dead_code, reason = "the other table has yardsticks")]
mod tasks;
#[path = "../speed/waking.rs"]
#[expect(dead_code, reason = "the other table has yardsticks")]
mod waking;

use std::process::ExitCode;

use rows::{Aim, Campaign, Row, Tally, print_row};
use sides::{Redis, Side};

const fn tasks(name: &'static str, rows: &'static [(&'static str, &'static str)]) -> Campaign {
    Campaign { name, without_queues: false, rows }
}

const fn waking(name: &'static str, rows: &'static [(&'static str, &'static str)]) -> Campaign {
    Campaign { name, without_queues: true, rows }
}

const CAMPAIGNS: [Campaign; 14] = [
    tasks("envelope_0", &[("throughput", "no-op tasks, 8 slots")]),
    tasks("envelope_0_wide", &[("throughput_wide", "no-op tasks, 1,024 slots")]),
    tasks("envelope_1", &[("utilisation_1", "utilisation of 8 slots, tasks of 1 ms")]),
    tasks("envelope_10", &[("utilisation_10", "utilisation of 8 slots, tasks of 10 ms")]),
    tasks("envelope_100", &[("utilisation_100", "utilisation of 8 slots, tasks of 100 ms")]),
    tasks(
        "latency",
        &[
            ("latency_p50", "no-op task, one at a time, to handler entry: median"),
            ("latency_p99", "no-op task, one at a time: 99th percentile"),
        ],
    ),
    tasks("payload", &[("payload", "call with 10 MB in and 10 MB out")]),
    tasks("processes_0", &[("processes", "no-op tasks, 8 slots, worker processes")]),
    tasks("processes_payload", &[("processes_payload", "the same with a worker process, 10 MB in and 10 MB out")]),
    tasks("memory", &[("memory", "memory for each outstanding task")]),
    waking("wake", &[("wake", "release to `acquire` returning in another thread")]),
    waking("cancel", &[("cancel", "cancel to the waiter's return")]),
    waking("event", &[("event", "`set` to a responder's entry")]),
    tasks("shutdown", &[("shutdown", "`done` to the end of the campaign, 10 idle agents")]),
];

const AIMS: [Aim; 3] = [
    Aim { name: "no-op tasks, 8 slots: ratio", measure: "throughput", least: 500.0, of: |row| row.ratio },
    Aim { name: "no-op tasks, worker processes: ratio", measure: "processes", least: 20.0, of: |row| row.ratio },
    Aim { name: "tasks of 10 ms: our utilisation", measure: "utilisation_10", least: 0.99, of: |row| row.ours },
];

fn main() -> ExitCode {
    colmena::serve_if_asked::<ours::Methods>();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |option: &str| words.iter().skip_while(|word| *word != option).nth(1);
    if let Some(campaign) = after("--campaign") {
        ours::run(campaign);
        return ExitCode::SUCCESS;
    }
    let Some(python) = after("--python") else {
        println!("for the original, run scripts/bench.sh --original");
        return ExitCode::SUCCESS;
    };
    let quick = words.iter().any(|word| word == "--quick");
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with("--") && *word != python).collect();
    let redis = Redis::start();
    let mut sides = vec![Side::original(python, "original, pipes", None)];
    sides.extend(redis.as_ref().map(|redis| Side::original(python, "original, Redis", Some(redis.port))));
    sides.push(Side::ours());
    print_versions(&sides[0], redis.as_ref().and_then(|_| Redis::version()));

    print_row(["measure", "original (pipes)", "original (Redis)", "ours", "ratio"]);
    print_row(["---"; 5]);
    let mut tallies: Vec<Tally> = sides.iter().map(|_| Tally::default()).collect();
    let mut rows = Vec::new();
    for campaign in CAMPAIGNS {
        if wanted.is_empty() || wanted.iter().any(|part| campaign.name.contains(part.as_str())) {
            let measured = campaign.run(&sides, quick, &mut tallies);
            rows.extend(campaign.rows.iter().filter_map(|&(measure, name)| Row::new(measure, name, &measured)));
        }
    }
    println!();
    for (side, tally) in sides.iter().zip(&tallies) {
        tally.print(side);
    }
    let missed = AIMS.iter().filter(|aim| !aim.is_met(&rows).unwrap_or(!wanted.is_empty())).count();
    if missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_versions(original: &Side, redis: Option<String>) {
    let redis = redis.map_or_else(|| "no redis-server on the PATH".to_owned(), |version| format!("Redis {version}"));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{}, {redis}; ours {}; {cores} cores", original.output("versions").trim(), env!("CARGO_PKG_VERSION"));
}
