//! Measures: ours and its yardstick, in alternation, and the table that comes of it.
//!
//! Criterion runs one function to the end and then the next; on a machine whose speed drifts, their ratio is noise.
//! Here the two alternate, and what counts is the median of the ratios of the pairs. The clock and the units are
//! criterion's.

use criterion::measurement::{Measurement, WallTime};

use crate::table::print_row;

/// How much to measure.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) pairs: usize,
    /// What a measurement repeats is repeated so many times less often.
    pub(crate) divisor: usize,
}

impl Effort {
    pub(crate) fn of(self, full: usize) -> usize {
        full / self.divisor
    }
}

/// One row of the table. Both functions measure once, and give nanoseconds.
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    pub(crate) yardstick_name: &'static str,
    pub(crate) ours: fn(Effort) -> f64,
    pub(crate) yardstick: fn(Effort) -> f64,
    pub(crate) goal: f64,
}

/// What came of a row.
struct Row {
    ours: f64,
    yardstick: f64,
    ratio: f64,
    least: f64,
    most: f64,
}

impl Measure {
    /// Measures and prints. A row that misses its goal gets a second chance: the machine is not ours alone. True if it
    /// meets it.
    pub(crate) fn run(&self, effort: Effort) -> bool {
        let mut row = self.row(effort);
        if row.ratio > self.goal {
            row = self.row(effort);
        }
        let Row { ours, yardstick, ratio, least, most } = row;
        let [ours, yardstick] = [ours, yardstick].map(in_units);
        let met = ratio <= self.goal;
        let goal = format!("{}{}", self.goal, if met { "" } else { ", missed" });
        let yardstick = format!("{}: {yardstick}", self.yardstick_name);
        print_row(self.name, &ours, &yardstick, &format!("{ratio:.2} ({least:.2}..{most:.2})"), &goal);
        met
    }

    fn row(&self, effort: Effort) -> Row {
        let pairs: Vec<(f64, f64)> =
            (0..effort.pairs).map(|_| ((self.ours)(effort), (self.yardstick)(effort))).collect();
        let ratios: Vec<f64> = pairs.iter().map(|(ours, yardstick)| ours / yardstick).collect();
        Row {
            ours: median(pairs.iter().map(|pair| pair.0).collect()),
            yardstick: median(pairs.iter().map(|pair| pair.1).collect()),
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
            ratio: median(ratios),
        }
    }
}

pub(crate) fn in_units(nanoseconds: f64) -> String {
    WallTime.formatter().format_value(nanoseconds).trim().to_owned()
}

/// How long one of `n` repetitions of `f` takes: in the median of some runs of them, since now and then a run is
/// interrupted by another program.
pub(crate) fn per_turn(n: usize, mut f: impl FnMut()) -> f64 {
    const RUNS: usize = 51;
    let turns = n / RUNS;
    let run = |_| time(|| (0..turns).for_each(|_| f())) / turns as f64;
    median((0..RUNS).map(run).collect())
}

/// How long `f` takes.
pub(crate) fn time(f: impl FnOnce()) -> f64 {
    let started = WallTime.start();
    f();
    WallTime.to_f64(&WallTime.end(started))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
