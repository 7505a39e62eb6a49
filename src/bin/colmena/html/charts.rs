//! The charts of a report, but for the Gantt charts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::chart::{Axis, Chart};
use super::columns::Columns;
use super::{Legend, color, figure, gaps};
use crate::Best;
use crate::figures::spread::{PER_DECADE, Spread, bin_start, seconds};
use crate::figures::sweep::{self, Span};
use crate::figures::{Figures, MethodFigures};
use crate::run::{Id, Nanos, Run, Task};

/// How many moments of time a chart tells apart.
const COLUMNS: usize = 240;

/// What slots do, from the bottom up, by colour: as in [`Parts`](sweep::Parts).
const PARTS: [(&str, &str); 5] = [
    ("--c0", "in use"),
    ("--server", "waiting for the server"),
    ("--way", "result on its way"),
    ("--decision", "no decision yet"),
    ("--candidate", "no candidate"),
];

/// The slots of each pool over time: in use, and what the others wait for.
pub(super) fn utilisation(run: &Run, figures: &Figures) -> String {
    let deciding = sweep::deciding(run);
    let pools = run.pools().into_iter().zip(&figures.pools);
    let charts = pools.filter(|(_, pool)| pool.slots > 0).map(|(id, pool)| {
        let columns = columns(run, id, &deciding);
        let length = figures.seconds;
        let title = format!("{}: slots over time", pool.pool);
        let mut chart = Chart::new(&title, Axis::time(length), Axis::counts(pool.slots.into(), "slots"), 130.0);
        let mut under = vec![0.0; columns.len()];
        for (i, (color, _)) in PARTS.into_iter().enumerate() {
            let mut points = Vec::new();
            for (column, parts) in columns.iter().enumerate() {
                let at = |column: usize| column as f64 / columns.len() as f64 * length;
                let (low, high) = (under[column], under[column] + parts[i]);
                points.extend([(at(column), low, high), (at(column + 1), low, high)]);
                under[column] = high;
            }
            chart.band(color, &points);
        }
        let note = format!(
            "{:.1} % of {} slot seconds in use",
            pool.utilisation * 100.0,
            digits((pool.slot_seconds * 10.0).round() / 10.0)
        );
        let note = if pool.recorded { note } else { note + "; how many slots there were is not recorded" };
        let mut legend = Legend(PARTS.map(|(color, name)| (color.into(), name.into())).to_vec());
        gaps(&mut chart, &mut legend, figures);
        figure(&pool.pool, &note, &chart.finish(), &legend)
    });
    charts.collect()
}

/// On average over each column, how many slots did what.
fn columns(run: &Run, pool: Id, deciding: &[(Nanos, Nanos)]) -> Vec<[f64; 5]> {
    let (time, mut columns) = (Columns::new(run.length(), COLUMNS), vec![[0.0; 5]; COLUMNS]);
    sweep::sweep(run, pool, deciding, run.length(), |Span { from, to, slots }| {
        for (column, part) in time.covered(from, to) {
            slots.add_to(&mut columns[column], part);
        }
    });
    columns
}

/// The slots of all pools, in one chart.
pub(super) fn allocation(run: &Run, figures: &Figures) -> String {
    if run.allocations.is_empty() {
        return String::new();
    }
    let most = run.allocations.iter().flat_map(|allocation| &allocation.slots).map(|(_, n)| *n).max().unwrap_or(0);
    let (x, y) = (Axis::time(figures.seconds), Axis::counts(most.into(), "slots allocated"));
    let mut chart = Chart::new("slots allocated to each pool over time", x, y, 150.0);
    let mut legend = Legend(Vec::new());
    for (i, pool) in run.pools().into_iter().filter(|&pool| sweep::is_allocated(run, pool)).enumerate() {
        chart.curve(&color(i), steps(run, pool, figures.seconds).into_iter());
        legend.0.push((color(i), run.names.name(pool).to_owned()));
    }
    gaps(&mut chart, &mut legend, figures);
    figure("All pools", &super::counted(run.allocations.len(), "change"), &chart.finish(), &legend)
}

/// Of many changes within a column, the least, the most and the last are drawn.
fn steps(run: &Run, pool: Id, end: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let column = |at: f64| (at / end.max(1e-9) * Chart::inner_width()) as i64;
    let slots = |slots: &[(Id, u32)]| slots.iter().find(|(of, _)| *of == pool).map_or(0.0, |(_, n)| f64::from(*n));
    let mut last = None;
    let changes = run.allocations.iter().map(|allocation| (seconds(allocation.at), slots(&allocation.slots)));
    let changes: Vec<(f64, f64)> = changes.collect();
    for same in changes.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let at = same[0].0;
        points.extend(last.map(|last| (at, last)));
        if same.len() > 3 {
            let (low, high) = same.iter().fold((f64::MAX, 0.0_f64), |(low, high), (_, n)| (low.min(*n), high.max(*n)));
            points.extend([(at, low), (at, high)]);
        } else {
            points.extend(same.iter().zip(same.iter().skip(1)).flat_map(|(a, b)| [*a, (b.0, a.1)]));
        }
        last = same.last().map(|(_, n)| *n);
        points.extend(last.map(|last| (same[same.len() - 1].0, last)));
    }
    points.extend(last.map(|last| (end, last)));
    points
}

/// The values of each topic that has numbers, with the best so far.
pub(super) fn results(run: &Run, figures: &Figures, best: Best) -> String {
    let mut topics: Vec<Id> = run.tasks.iter().filter(|task| task.value.is_some()).map(|task| task.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    topics.into_iter().map(|topic| results_of(run, topic, figures, best)).collect()
}

fn results_of(run: &Run, topic: Id, figures: &Figures, best: Best) -> String {
    let length = figures.seconds;
    let tasks = run.tasks.iter().filter(|task| task.topic == topic);
    let at = |task: &Task| Some((seconds(task.settled()?), task.value?));
    let mut values: Vec<(f64, f64)> = tasks.filter_map(at).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), (_, v)| (low.min(*v), high.max(*v)));
    let edge = if high > low { (high - low) * 0.04 } else { 0.5 };
    let (x, y) = (Axis::time(length), Axis::linear(low - edge, high + edge, "value"));
    let name = run.names.name(topic);
    let mut chart = Chart::new(&format!("{name}: results over time, with the best so far"), x, y, 190.0);
    let mut drawn = BTreeSet::new();
    let mut points = String::from("<path stroke=\"var(--c0)\" stroke-width=4 stroke-linecap=round opacity=.55 d=\"");
    for &(at, value) in &values {
        let (x, y) = (chart.x(at), chart.y(value));
        // What would lie on another point is left out.
        if drawn.insert(((x / 2.0) as i32, (y / 2.0) as i32)) {
            let _ = write!(points, "M{x:.1} {y:.1}h0");
        }
    }
    chart.draw(&(points + "\"/>"));
    let record = running_best(&values, best, length);
    chart.curve("--c1", record.iter().copied());
    let word = if best == Best::Max { "largest" } else { "smallest" };
    let last = record.last().map_or(0.0, |(_, value)| *value);
    let note = format!("{}; the {word} is {}", super::counted(values.len(), "value"), digits(last));
    let mut legend = Legend(vec![("--c0".into(), "a result".into()), ("--c1".into(), format!("the {word} so far"))]);
    gaps(&mut chart, &mut legend, figures);
    figure(name, &note, &chart.finish(), &legend)
}

/// At most six digits that count.
fn digits(number: f64) -> String {
    let rounded: f64 = format!("{number:.5e}").parse().unwrap_or(number);
    match rounded.abs() {
        0.0 => "0".into(),
        far if !(1e-4..1e7).contains(&far) => format!("{rounded:e}"),
        _ => rounded.to_string(),
    }
}

/// In steps, to the end.
fn running_best(values: &[(f64, f64)], best: Best, end: f64) -> Vec<(f64, f64)> {
    let is_better = |new: f64, old: f64| if best == Best::Max { new > old } else { new < old };
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for &(at, value) in values {
        match steps.last().copied() {
            Some((_, old)) if !is_better(value, old) => {}
            Some((_, old)) => steps.extend([(at, old), (at, value)]),
            None => steps.push((at, value)),
        }
    }
    steps.extend(steps.last().map(|&(_, last)| (end, last)));
    steps
}

/// For each kind of time, a chart with a curve for each method.
pub(super) fn durations(figures: &Figures) -> String {
    let kinds = [
        ("Run", "how long tasks ran"),
        ("Queue", "from when a task was at the server until it started"),
        ("Decision", "from when the last result of a slot was there until the next task was sent"),
        ("Communication", "to the server, and the result back"),
    ];
    let charts = kinds.into_iter().enumerate().map(|(i, (kind, note))| {
        let of = |method: &MethodFigures| method.spreads()[i].1.clone();
        let spreads: Vec<(String, Spread)> =
            figures.methods.iter().map(|method| (method.label(), of(method))).filter(|(_, s)| s.n > 0).collect();
        distribution(kind, note, &spreads)
    });
    charts.collect()
}

fn distribution(kind: &str, note: &str, spreads: &[(String, Spread)]) -> String {
    // What took no time has no place on the scale.
    let bins = || spreads.iter().flat_map(|(_, spread)| spread.bins.keys()).filter(|bin| **bin > 0);
    let Some((low, high)) = bins().min().zip(bins().max()) else { return String::new() };
    let (low, high) = (low - 1, high + 2);
    let share = |spread: &Spread, bin: i32| spread.bins.get(&bin).map_or(0.0, |n| *n as f64 / spread.n as f64 * 100.0);
    let all = |(_, spread): &(String, Spread)| (low..high).map(|bin| share(spread, bin)).fold(0.0, f64::max);
    let most = spreads.iter().map(all).fold(1.0, f64::max);
    let (x, y) = (Axis::durations(bin_start(low), bin_start(high)), Axis::linear(0.0, most, "tasks, %"));
    let mut chart = Chart::new(&format!("{kind}: distribution of durations"), x, y, 130.0);
    let mut legend = Legend(Vec::new());
    for (i, (name, spread)) in spreads.iter().enumerate() {
        let edge = |bin: i32| f64::from(bin) / PER_DECADE - 9.0;
        let steps = (low..high).flat_map(|bin| [(edge(bin), share(spread, bin)), (edge(bin + 1), share(spread, bin))]);
        chart.curve(&color(i), steps);
        let none = spread.bins.get(&0).map_or(0.0, |n| *n as f64 / spread.n as f64);
        let none = if none > 0.0 { format!(", {:.0} % took no time", none * 100.0) } else { String::new() };
        legend.0.push((color(i), format!("{name}{none}")));
    }
    figure(kind, note, &chart.finish(), &legend)
}
