//! What rehearsals cost. `scripts/bench.sh --rehearsal` builds and runs it; it takes about a minute.
//!
//! A rehearsed task is three turns at most (its end, the submitter, the processor), so its yardstick is what it takes to
//! pass a turn from thread to thread three times, measured in the same run, on one core like the rehearsal itself.

mod campaign;
mod switch;

use std::process::ExitCode;
use std::time::Instant;

use campaign::{FEW, MANY, explore, rehearse};

const PAIRS: usize = 7;

fn main() -> ExitCode {
    switch::stay_on_one_core();
    println!("| measure | ours | yardstick | ratio | goal |\n| --- | --- | --- | --- | --- |");
    let mut all_met = true;

    let pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (rehearse(FEW), 3.0 * switch::nanoseconds())).collect();
    let (few, three) = (median(pairs.iter().map(|pair| pair.0)), median(pairs.iter().map(|pair| pair.1)));
    let ratio = median(pairs.iter().map(|(ours, yardstick)| ours / yardstick));
    let yardstick = format!("three thread switches: {:.1} us", three / 1e3);
    all_met &= row("rehearsed task, 1,000 slots", &format!("{:.1} us", few / 1e3), &yardstick, ratio, 1.0);

    let switches = campaign::switches_of_a_task();
    all_met &= row("thread switches of a rehearsed task", &format!("{switches:.2}"), "", switches, 3.0);

    let many = rehearse(MANY);
    let ours = format!("{:.1} us", many / 1e3);
    all_met &= row("rehearsed task, 1,000,000 slots", &ours, "of 1,000 slots", many / few, 3.0);

    let peak = peak_memory();
    all_met &= row("memory at 1,000,000 slots", &format!("{peak:.2} GB"), "", peak, 2.0);

    let begun = Instant::now();
    let orders = explore() as f64 / begun.elapsed().as_secs_f64();
    let yardstick = "five agents, 100 tasks; at least 200";
    all_met &= row("orders explored in a second", &format!("{orders:.0}"), yardstick, 200.0 / orders, 1.0);

    if all_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// True if the goal is met.
fn row(measure: &str, ours: &str, yardstick: &str, ratio: f64, goal: f64) -> bool {
    let met = ratio <= goal;
    println!("| {measure} | {ours} | {yardstick} | {ratio:.2} | {goal}{} |", if met { "" } else { ", missed" });
    met
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The most that this process has had in memory, in GB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0 / 1e9)
}
