//! Gantt charts: what ran in each slot of a pool.
//!
//! Up to some thousand tasks are drawn one by one; of more, each cell of a grid is as strong as the part of its time that was
//! used, in the colour of what took most of it. So the size of a chart has a bound.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::chart::{Axis, Chart, escaped};
use super::columns::Columns;
use super::{Colors, figure, gaps};
use crate::figures::lanes::{self, Placed};
use crate::figures::spread::seconds;
use crate::figures::{Figures, PoolFigures};
use crate::run::{Id, Run};
use crate::text::short;

/// How many tasks of a pool are drawn one by one.
const MOST_TASKS: usize = 3000;
/// How many slots of a pool are drawn.
const MOST_SLOTS: u32 = 64;
const COLUMNS: usize = 360;
const STRENGTHS: usize = 4;

pub(super) fn charts(run: &Run, figures: &Figures, colors: &Colors) -> String {
    run.pools().into_iter().zip(&figures.pools).map(|(id, pool)| chart(run, figures, colors, id, pool)).collect()
}

fn chart(run: &Run, figures: &Figures, colors: &Colors, id: Id, pool: &PoolFigures) -> String {
    let (mut slots, mut tasks) = (0, 0_usize);
    lanes::walk(run, id, |placed| {
        slots = slots.max(placed.lane + 1);
        tasks += 1;
    });
    if slots == 0 {
        return String::new();
    }
    let shown = slots.min(MOST_SLOTS);
    let height = (f64::from(shown) * 14.0).clamp(40.0, 420.0);
    let title = format!("{}: tasks by slot", pool.pool);
    let mut chart = Chart::new(&title, Axis::time(figures.seconds), lane_axis(shown), height);
    let lane_height = height / f64::from(shown);
    for lane in 0..shown {
        let (x, y) = (chart.x(0.0), chart.y(f64::from(lane) + 1.0));
        let (width, height) = (Chart::inner_width(), lane_height * 0.82);
        let y = y + lane_height * 0.09;
        chart.draw(&format!("<path class=lane d=\"M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z\"/>"));
    }
    let one_by_one = tasks <= MOST_TASKS;
    let body = if one_by_one {
        single(run, id, &chart, lane_height, colors)
    } else {
        cells(run, id, &chart, lane_height, colors)
    };
    chart.draw(&body);
    let mut note = super::counted(tasks, "task");
    if shown < slots {
        let _ = write!(note, "; {shown} of {slots} lanes are shown");
    }
    if !one_by_one {
        note.push_str("; the stronger, the more of the time a task ran");
    }
    let mut legend = colors.legend(run, id);
    gaps(&mut chart, &mut legend, figures);
    figure(&pool.pool, &note, &chart.finish(), &legend)
}

/// The first slot is at the bottom.
fn lane_axis(slots: u32) -> Axis {
    let axis = Axis::counts(slots.into(), "lane");
    let ticks = axis.ticks.into_iter().filter(|(at, _)| *at >= 1.0).map(|(at, text)| (at - 0.5, text)).collect();
    Axis { ticks, ..axis }
}

fn single(run: &Run, pool: Id, chart: &Chart, lane_height: f64, colors: &Colors) -> String {
    let mut body = String::new();
    lanes::walk(run, pool, |Placed { task, from, to, lane, .. }| {
        if lane >= MOST_SLOTS {
            return;
        }
        let (x, y) = (chart.x(seconds(from)), chart.y(f64::from(lane) + 1.0) + lane_height * 0.09);
        let width = (chart.x(seconds(to)) - x).max(0.6);
        let failed = task.cause.map(|cause| format!(", failed: {}", run.names.name(cause)));
        let _ = write!(
            body,
            "<rect x={x:.1} y={y:.1} width={width:.1} height={:.1} fill=\"var({})\"><title>{}{}, {} from {}</title></rect>",
            lane_height * 0.82,
            colors.of_task(task),
            escaped(run.names.name(task.method)),
            escaped(&failed.unwrap_or_default()),
            short(seconds(to - from)),
            short(seconds(from)),
        );
    });
    body
}

fn cells(run: &Run, pool: Id, chart: &Chart, lane_height: f64, colors: &Colors) -> String {
    let width = Chart::inner_width() / COLUMNS as f64;
    let mut paths: BTreeMap<(&str, usize), String> = BTreeMap::new();
    for (lane, cells) in (0_u32..).zip(used(run, pool, colors)) {
        let y = chart.y(f64::from(lane) + 1.0) + lane_height * 0.09;
        let mut place = 0;
        for same in cells.chunk_by(|a, b| a == b) {
            if let Some(look) = same[0] {
                let (x, width, height) =
                    (chart.x(0.0) + place as f64 * width, same.len() as f64 * width, lane_height * 0.82);
                let path = paths.entry(look).or_default();
                let _ = write!(path, "M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z");
            }
            place += same.len();
        }
    }
    let drawn = paths.into_iter().map(|((color, strength), path)| {
        let opacity = strength as f64 / STRENGTHS as f64;
        format!("<path fill=\"var({color})\" opacity={opacity} d=\"{path}\"/>")
    });
    drawn.collect()
}

/// Of each cell of a lane, its colour and strength; nothing, if it was not used.
type Lane<'a> = Vec<Option<(&'a str, usize)>>;

fn used<'a>(run: &Run, pool: Id, colors: &'a Colors) -> Vec<Lane<'a>> {
    let time = Columns::new(run.length(), COLUMNS);
    let mut parts: Vec<Vec<BTreeMap<&str, f64>>> = Vec::new();
    lanes::walk(run, pool, |Placed { task, from, to, lane, .. }| {
        let lane = lane as usize;
        if lane >= MOST_SLOTS as usize {
            return;
        }
        while parts.len() <= lane {
            parts.push(vec![BTreeMap::new(); COLUMNS]);
        }
        for (column, part) in time.covered(from, to) {
            *parts[lane][column].entry(colors.of_task(task)).or_default() += part;
        }
    });
    let look = |parts: &BTreeMap<&'a str, f64>| {
        let (color, _) = parts.iter().max_by(|a, b| a.1.total_cmp(b.1))?;
        let used = parts.values().sum::<f64>() * STRENGTHS as f64;
        Some((*color, (used.ceil() as usize).clamp(1, STRENGTHS)))
    };
    parts.iter().map(|lane| lane.iter().map(look).collect()).collect()
}
