//! What worker processes cost. `scripts/bench.sh --processes` builds and runs it; it takes less than a minute. Beside the
//! original's: `scripts/bench.sh --original processes`.
//!
//! The yardsticks are of the same run: the round trip of 64 bytes to another process, `cat`, through sockets; and starting a
//! program, `true`, and waiting for its end.

mod campaigns;
mod yardsticks;

use std::process::ExitCode;

use campaigns::{MEGABYTES, Tasks};

fn main() -> ExitCode {
    colmena::serve_if_asked::<campaigns::Methods>();
    println!("| measure | ours | yardstick | ratio | at most |\n| --- | --- | --- | --- | --- |");
    let mut all_met = true;

    let trip = median(yardsticks::round_trips());
    let single = campaigns::one_at_a_time();
    let yardstick = format!("64 bytes to `cat` and back: {}", shown(trip));
    all_met &= row("no-op task, one at a time: median", median(single.clone()), &yardstick, trip, 10.0);
    row("no-op task, one at a time: 99th percentile", percentile(single, 0.99), "", trip, f64::INFINITY);

    let pipelined = campaigns::pipelined();
    println!("| no-op tasks, 8 workers | {:.0} tasks/s | | | |", 1e9 / pipelined);

    for (name, tasks) in [
        ("10 MB of bytes in", Tasks::BytesIn),
        ("10 MB of bytes out", Tasks::BytesOut),
        ("10 MB of numbers (`f64`) in", Tasks::NumbersIn),
        ("10 MB of numbers (`f64`) out", Tasks::NumbersOut),
    ] {
        let time = median(campaigns::payloads(tasks));
        println!("| {name} | {} | {:.0} MB/s | | |", shown(time), MEGABYTES * 1e9 / time);
    }

    let (first, all) = campaigns::shared();
    println!("| `Shared` input of 100 MB, the first task | {} | | | |", shown(first));
    println!("| `Shared` input of 100 MB, 1,000 tasks, all | {} | | | |", shown(all));

    let start = median(yardsticks::starts());
    let replaced = campaigns::replacements();
    let yardstick = format!("starting `true` and waiting: {}", shown(start));
    all_met &= row("a dead worker, to its task's value: median", median(replaced.clone()), &yardstick, start, 10.0);
    row("a dead worker: 99th percentile", percentile(replaced, 0.99), "", start, f64::INFINITY);
    if all_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// True if the goal is met.
fn row(measure: &str, ours: f64, yardstick_name: &str, yardstick: f64, goal: f64) -> bool {
    let ratio = ours / yardstick;
    let met = ratio <= goal;
    let goal = if goal.is_finite() { format!("{goal}{}", if met { "" } else { ", missed" }) } else { String::new() };
    println!("| {measure} | {} | {yardstick_name} | {ratio:.2} | {goal} |", shown(ours));
    met
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 1e6 => format!("{:.1} us", small / 1e3),
        large if large < 1e9 => format!("{:.2} ms", large / 1e6),
        long => format!("{:.2} s", long / 1e9),
    }
}

fn median(times: Vec<f64>) -> f64 {
    percentile(times, 0.5)
}

fn percentile(mut times: Vec<f64>, part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * part) as usize]
}
