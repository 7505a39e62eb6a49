//! The rows of the table: medians over the runs of each side, and what is counted beside them.

use crate::pairs::{in_units, median};
use crate::sides::{Measured, Side};

/// Runs of each campaign, on each side. A quick run has more of those that the aims are about.
const RUNS: usize = 7;
const QUICK_RUNS: usize = 1;
const QUICK_RUNS_OF_AIMS: usize = 3;

pub(crate) fn print_row([measure, pipes, redis, ours, ratio]: [&str; 5]) {
    println!("| {measure:<51} | {pipes:>16} | {redis:>16} | {ours:>15} | {ratio:>7} |");
}

/// A campaign that both sides have under this name.
pub(crate) struct Campaign {
    pub(crate) name: &'static str,
    /// No queue is in what it measures, so that the original need not be run over both kinds.
    pub(crate) without_queues: bool,
    /// Its measures, and their names in the table.
    pub(crate) rows: &'static [(&'static str, &'static str)],
}

impl Campaign {
    /// What each side measured. The sides take turns.
    pub(crate) fn run(&self, sides: &[Side], quick: bool, tallies: &mut [Tally]) -> Vec<Vec<Measured>> {
        let runs = match (quick, self.name) {
            (false, _) => RUNS,
            (true, "envelope_0" | "envelope_10" | "processes_0") => QUICK_RUNS_OF_AIMS,
            (true, _) => QUICK_RUNS,
        };
        let mut measured: Vec<Vec<Measured>> = sides.iter().map(|_| Vec::new()).collect();
        for _ in 0..runs {
            for (place, side) in sides.iter().enumerate() {
                if self.without_queues && side.over_redis {
                    continue;
                }
                let run = side.run(self.name);
                tallies[place].runs += 1;
                if run.iter().any(|measured| measured.measure == "hung") {
                    tallies[place].hung.push(self.name);
                }
                measured[place].extend(run);
            }
        }
        measured
    }
}

/// How many campaigns one side has run, and which of them hung.
#[derive(Default)]
pub(crate) struct Tally {
    runs: usize,
    hung: Vec<&'static str>,
}

impl Tally {
    pub(crate) fn print(&self, side: &Side) {
        println!("{}: {} of {} campaigns hung", side.name, self.hung.len(), self.runs);
        for alike in self.hung.chunk_by(|a, b| a == b) {
            println!("  {}: {}", alike[0], alike.len());
        }
    }
}

/// The medians of one measure.
pub(crate) struct Row {
    measure: &'static str,
    pub(crate) ours: f64,
    pub(crate) ratio: f64,
}

impl Row {
    /// Prints it. `None` if a side has not measured it.
    pub(crate) fn new(measure: &'static str, name: &str, measured: &[Vec<Measured>]) -> Option<Self> {
        let of = |side: &[Measured]| {
            let values: Vec<f64> = side.iter().filter(|one| one.measure == measure).map(|one| one.value).collect();
            let unit = side.iter().find(|one| one.measure == measure)?.unit.clone();
            Some((median(values), unit))
        };
        let [pipes, between @ .., ours] = measured else { return None };
        let [pipes, redis, ours] = [of(pipes), between.first().and_then(|redis| of(redis)), of(ours)];
        let ratio = pipes.as_ref().zip(ours.as_ref()).map(|((theirs, _), (ours, unit))| match unit.as_str() {
            "tasks/s" | "of-1" => ours / theirs,
            _ => theirs / ours,
        });
        let shown = |median: &Option<(f64, String)>| median.as_ref().map_or_else(|| "-".into(), |(v, u)| show(*v, u));
        let shown_ratio = ratio.map_or_else(|| "-".into(), in_three_digits);
        print_row([name, &shown(&pipes), &shown(&redis), &shown(&ours), &shown_ratio]);
        Some(Self { measure, ours: ours?.0, ratio: ratio? })
    }
}

fn in_three_digits(ratio: f64) -> String {
    let places = (2.0 - ratio.log10().floor()).clamp(0.0, 2.0);
    format!("{ratio:.*}", places as usize)
}

fn show(value: f64, unit: &str) -> String {
    match unit {
        "ns" => in_units(value),
        "of-1" => format!("{value:.3}"),
        _ => format!("{value:.0} {unit}"),
    }
}

/// What must be reached.
pub(crate) struct Aim {
    pub(crate) name: &'static str,
    pub(crate) measure: &'static str,
    pub(crate) least: f64,
    pub(crate) of: fn(&Row) -> f64,
}

impl Aim {
    /// Whether it is, which is printed too. `None` if it was not measured.
    pub(crate) fn is_met(&self, rows: &[Row]) -> Option<bool> {
        let row = rows.iter().find(|row| row.measure == self.measure)?;
        let reached = (self.of)(row);
        let met = reached >= self.least;
        let outcome = if met { "met" } else { "missed" };
        println!("aim: {}, at least {}: {reached:.4}, {outcome}", self.name, self.least);
        Some(met)
    }
}
