//! What agents noted, over time and in words, and which tasks never settled.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::chart::{Axis, Chart, escaped};
use super::{Legend, color, counted, figure, gaps, table};
use crate::figures::Figures;
use crate::figures::spread::seconds;
use crate::figures::story::{Note, Unsettled};
use crate::run::Run;
use crate::text::{cut, short};

/// How many lines a table has.
const MOST_LINES: usize = 50;

pub(super) fn notes(run: &Run, figures: &Figures) -> String {
    if figures.notes.n == 0 {
        return String::new();
    }
    let line = |Note { at, topic, task, text }: &Note| {
        vec![at.map_or("–".into(), short), topic.clone(), end(task), cut(text, 200)]
    };
    let rows = figures.notes.first.iter().take(MOST_LINES).map(line);
    let table = table(&["after", "topic", "task", "noted"], rows);
    axis(run, figures) + &listed(&table, figures.notes.n, "note")
}

/// A mark for each note of which it is known when it came.
fn axis(run: &Run, figures: &Figures) -> String {
    let mut topics: Vec<_> = run.notes.first.iter().map(|note| note.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    let place = |topic| topics.iter().position(|known| *known == topic).unwrap_or(0);
    let nothing = Axis { from: 0.0, to: 1.0, label: String::new(), ticks: Vec::new() };
    let mut chart = Chart::new("notes over time", Axis::time(figures.seconds), nothing, 34.0);
    let (mut drawn, mut marks) = (BTreeSet::new(), String::new());
    let (top, bottom) = (chart.y(0.9), chart.y(0.1));
    for (note, at) in run.notes.first.iter().filter_map(|note| Some((note, seconds(note.at?)))) {
        let (x, place) = (chart.x(at), place(note.topic));
        // What would lie on another mark is left out.
        if drawn.insert((x.round() as i32, place)) {
            let (color, text) = (color(place), escaped(&cut(&note.text, 200)));
            let _ = write!(
                marks,
                "<path class=mark stroke=\"var({color})\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"><title>{text}</title></path>"
            );
        }
    }
    if drawn.is_empty() {
        return String::new();
    }
    chart.draw(&marks);
    let topics = topics.iter().enumerate().map(|(i, topic)| (color(i), run.names.name(*topic).to_owned()));
    let mut legend = Legend(topics.collect());
    gaps(&mut chart, &mut legend, figures);
    let kept = run.notes.first.len() as u64;
    let note = if kept < figures.notes.n { format!("the first {kept} are shown") } else { String::new() };
    figure(&counted(figures.notes.n as usize, "note"), &note, &chart.finish(), &legend)
}

pub(super) fn unsettled(figures: &Figures) -> String {
    if figures.unsettled.n == 0 {
        return String::new();
    }
    let line = |Unsettled { at, method, task }: &Unsettled| vec![short(*at), method.clone(), task.clone()];
    let rows = figures.unsettled.first.iter().take(MOST_LINES).map(line);
    listed(&table(&["started after", "method", "task"], rows), figures.unsettled.n, "task")
}

/// With how many are left out.
fn listed(table: &str, n: u64, what: &str) -> String {
    let left_out = n.checked_sub(MOST_LINES as u64).filter(|more| *more > 0);
    let left_out = left_out.map(|more| format!("<p>and {}</p>", counted(more as usize, &format!("other {what}"))));
    format!("<div class=words>{table}{}</div>\n", left_out.unwrap_or_default())
}

/// The second half of a task's id; the first is that of the campaign.
fn end(id: &str) -> String {
    id.rsplit_once('-').map_or(id, |(_, end)| end.trim_start_matches('0')).to_owned()
}
