//! `report.html`: one page that needs nothing else, light or dark as the reader's system is. There is no script in it.

mod chart;
mod charts;
mod columns;
mod gantt;
mod story;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::Best;
use crate::figures::spread::Spread;
use crate::figures::{Figures, Idle, MethodFigures};
use crate::run::{Id, Run, Task};
use crate::text::{self, grouped, share, short, spaced, unread_line};
use chart::{Chart, escaped};

/// How many methods have a colour of their own.
const COLORS: usize = 8;

pub(crate) fn write(run: &Run, figures: &Figures, best: Best, file: &mut impl Write) -> io::Result<()> {
    let title = escaped(&figures.title);
    write!(file, "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n")?;
    file.write_all(b"<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<style>\n")?;
    file.write_all(include_bytes!("style.css"))?;
    write!(file, "</style>\n<h1>{title}</h1>\n{}", about(figures))?;
    let colors = Colors::of(run, figures);
    section(file, "Methods", "Times are median / p99.", &(methods(figures) + &failures(figures)))?;
    section(
        file,
        "Pools",
        "In use, and where the idle time of the slots went; from a task to the next one in its slot, median / p99.",
        &pools(figures),
    )?;
    section(file, "Slots over time", "", &charts::utilisation(run, figures))?;
    let lanes = "Records say how many slots a task held, not which. A lane is no slot: tasks are placed by their times, each \
                 where the last one ended latest before it, in as few lanes as they fit.";
    section(file, "Tasks by slot", lanes, &gantt::charts(run, figures, &colors))?;
    section(file, "Allocation over time", "", &charts::allocation(run, figures))?;
    section(file, "Results over time", "", &charts::results(run, figures, best))?;
    section(file, "Durations", "How many tasks took how long.", &charts::durations(figures))?;
    section(file, "Agents", "The slowest first: time in calls of their methods.", &agents(figures))?;
    section(file, "Notes", "What agents noted of tasks that had settled.", &story::notes(run, figures))?;
    let unsettled = "Tasks that a server had begun when the run ended, or was killed, and that nobody asked for again.";
    section(file, "Started, and never settled", unsettled, &story::unsettled(figures))
}

/// What has nothing in it is left out.
fn section(file: &mut impl Write, title: &str, note: &str, body: &str) -> io::Result<()> {
    if body.is_empty() {
        return Ok(());
    }
    let note = if note.is_empty() { String::new() } else { format!("<p>{}</p>\n", escaped(note)) };
    write!(file, "<h2>{title}</h2>\n{note}{body}\n")
}

fn about(figures: &Figures) -> String {
    let mut parts = vec![format!("{} in {}", text::counted(figures.tasks, "task"), short(figures.seconds))];
    if figures.started > 0.0 {
        parts.push(format!("started {}", text::date(figures.started)));
    }
    parts.extend(figures.version.iter().map(|version| format!("recorded by colmena {version}")));
    parts.extend(figures.seed.map(|seed| format!("seed {seed}")));
    if figures.updates > 0 {
        parts.push(text::counted(figures.updates, "intermediate result"));
    }
    let mut about = format!("<p>{}</p>\n", escaped(&parts.join(" · ")));
    if let Some(line) = text::log_line(&figures.log) {
        let _ = writeln!(about, "<p class=bad>{}</p>", escaped(&text::cut(&line, 300)));
    }
    for resumed in &figures.resumed {
        let _ = writeln!(about, "<p>{}</p>", escaped(&text::resumed_line(resumed)));
    }
    if let Some(line) = text::checkpoint_line(&figures.checkpoint) {
        let class = if figures.checkpoint.held_up.is_some() { " class=bad" } else { "" };
        let _ = writeln!(about, "<p{class}>{}</p>", escaped(&line));
    }
    for unread in &figures.unread {
        let _ = writeln!(about, "<p class=bad>{}</p>", escaped(&unread_line(unread)));
    }
    about
}

/// Names with their colours.
struct Legend(Vec<(String, String)>);

/// Shows in a chart over time when the run was not running.
fn gaps(chart: &mut Chart, legend: &mut Legend, figures: &Figures) {
    for resumed in &figures.resumed {
        chart.gap(resumed.last, resumed.at, &text::resumed_line(resumed));
    }
    if !figures.resumed.is_empty() {
        legend.0.push(("--gap".into(), "not running; then taken up again".into()));
    }
}

fn figure(name: &str, note: &str, chart: &str, legend: &Legend) -> String {
    let item = |(color, name): &(String, String)| {
        format!("<li><i style=\"background:var({color})\"></i>{}</li>", escaped(name))
    };
    let items: String = legend.0.iter().map(item).collect();
    let (name, note) = (escaped(name), escaped(note));
    format!(
        "<figure><figcaption>{name} <small>{note}</small></figcaption>{chart}<ul class=legend>{items}</ul></figure>\n"
    )
}

fn color(i: usize) -> String {
    format!("--c{}", i.min(COLORS - 1))
}

fn counted(n: usize, what: &str) -> String {
    text::counted(n as u64, what)
}

/// The colours of methods.
struct Colors {
    /// By the number of the name.
    methods: Vec<String>,
    legend: Legend,
}

impl Colors {
    fn of(run: &Run, figures: &Figures) -> Self {
        let mut names: Vec<&str> = figures.methods.iter().map(|method| &*method.method).collect();
        names.dedup();
        let place = |name: &str| names.iter().position(|known| *known == name).unwrap_or(COLORS);
        let methods = run.names.all().map(|name| color(place(name))).collect();
        let own = names.iter().take(COLORS - 1).enumerate().map(|(i, name)| (color(i), (*name).to_owned()));
        let mut legend: Vec<_> = own.collect();
        if names.len() >= COLORS {
            legend.push((color(COLORS), "other methods".into()));
        }
        if figures.methods.iter().any(|method| method.failed > 0) {
            legend.push(("--bad".into(), "failed".into()));
        }
        Self { methods, legend: Legend(legend) }
    }

    /// Of the methods that ran in a pool.
    fn legend(&self, run: &Run, pool: Id) -> Legend {
        let used: BTreeSet<&str> =
            run.tasks.iter().filter(|task| task.pool == pool).map(|task| self.of_task(task)).collect();
        Legend(self.legend.0.iter().filter(|(color, _)| used.contains(&**color)).cloned().collect())
    }

    fn of_task(&self, task: &Task) -> &str {
        match task.cause {
            Some(_) => "--bad",
            None => &self.methods[task.method as usize],
        }
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head: String = head.iter().map(|name| format!("<th>{}", escaped(name))).collect();
    let row = |cells: Vec<String>| {
        format!("<tr>{}", cells.iter().map(|cell| format!("<td>{}", escaped(&unbroken(cell)))).collect::<String>())
    };
    let rows: String = rows.map(row).collect();
    format!("<figure class=wide><table><tr>{head}{rows}</table></figure>\n")
}

/// Numbers stay with their units.
fn unbroken(cell: &str) -> String {
    if cell.starts_with(|first: char| first.is_ascii_digit()) {
        cell.replace(' ', "\u{a0}").replace("\u{a0}/\u{a0}", " / ")
    } else {
        cell.to_owned()
    }
}

impl MethodFigures {
    fn label(&self) -> String {
        if self.topic == self.method { self.method.clone() } else { format!("{} on {}", self.method, self.topic) }
    }
}

fn methods(figures: &Figures) -> String {
    let counts = figures.methods.iter().map(|method| {
        let numbers = [method.succeeded, method.failed, method.retries].map(grouped);
        let times = method.spreads().map(|(_, spread)| {
            if spread.n == 0 { "–".to_owned() } else { format!("{} / {}", short(spread.p50), short(spread.p99)) }
        });
        [method.label()].into_iter().chain(numbers).chain(times).collect()
    });
    let head = ["", "succeeded", "failed", "retries", "run", "queue", "decision", "communication"];
    table(&head, counts)
}

fn failures(figures: &Figures) -> String {
    let rows: Vec<Vec<String>> = figures.methods.iter().flat_map(failures_of).collect();
    if rows.is_empty() {
        return String::new();
    }
    let table = table(&["", "failures", "cause", "the first"], rows.into_iter());
    format!("<div class=words>{table}</div>")
}

fn failures_of(method: &MethodFigures) -> impl Iterator<Item = Vec<String>> {
    method.failures.iter().take(10).map(|failures| {
        let example = text::cut(failures.example.as_deref().unwrap_or("–"), 100);
        vec![method.label(), grouped(failures.n), failures.cause.clone(), example]
    })
}

fn pools(figures: &Figures) -> String {
    let rows = figures.pools.iter().map(|pool| {
        let Idle { no_candidate, no_decision, waiting_for_server, result_on_its_way } = pool.idle;
        let part = |seconds: f64| share(if pool.slot_seconds > 0.0 { seconds / pool.slot_seconds } else { 0.0 });
        let Spread { p50, p99, n, .. } = pool.between;
        let between = if n == 0 { "–".into() } else { format!("{} / {}", short(p50), short(p99)) };
        vec![
            pool.pool.clone(),
            format!("{}{}", pool.slots, if pool.recorded { "" } else { " (seen)" }),
            share(pool.utilisation),
            part(no_candidate),
            part(no_decision),
            part(waiting_for_server),
            part(result_on_its_way),
            between,
        ]
    });
    let head = [
        "",
        "slots",
        "in use",
        "no candidate",
        "no decision yet",
        "waiting for the server",
        "result on its way",
        "between tasks",
    ];
    if figures.pools.is_empty() { String::new() } else { table(&head, rows) }
}

fn agents(figures: &Figures) -> String {
    if figures.agents.is_empty() {
        return String::new();
    }
    let rows = figures.agents.iter().take(50).map(|agent| {
        let busy = if figures.seconds > 0.0 { share(agent.seconds / figures.seconds) } else { "–".into() };
        let Spread { n, p50, p95, p99, most, .. } = agent.call;
        let end = agent.end.as_deref().map_or_else(|| "not recorded".to_owned(), spaced);
        let times = [p50, p95, p99, most].map(short);
        let row = [agent.agent.clone(), spaced(&agent.kind), grouped(n), busy];
        let waited = agent
            .waited
            .first()
            .map_or_else(String::new, |(what, seconds)| format!("{} {}", short(*seconds), text::waited_for(what)));
        row.into_iter().chain(times).chain([end, waited]).collect()
    });
    table(&["", "kind", "calls", "busy", "median", "p95", "p99", "longest", "ended", "waited longest"], rows)
}
