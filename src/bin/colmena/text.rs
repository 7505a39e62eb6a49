//! The figures for a terminal of 80 columns, if names are not long.

use std::fmt::Write as _;

use crate::figures::spread::Spread;
use crate::figures::story::{Resumed, Unsettled};
use crate::figures::{AgentFigures, Figures, Idle, MethodFigures, PoolFigures};
use crate::run::{Checkpoint, Log, Unread};

/// How many agents are shown.
const MOST_AGENTS: usize = 12;

/// How many causes of failures are shown for each method.
const MOST_CAUSES: usize = 5;

/// How many tasks are shown that never settled.
const MOST_UNSETTLED: usize = 5;

const WIDTH: usize = 80;

pub(crate) fn text(figures: &Figures) -> String {
    let mut text = String::new();
    head(&mut text, figures);
    figures.methods.iter().for_each(|method| method_lines(&mut text, method));
    if !figures.pools.is_empty() {
        pools(&mut text, &figures.pools);
    }
    if !figures.agents.is_empty() {
        agents(&mut text, &figures.agents, figures.seconds);
    }
    if let Some(line) = log_line(&figures.log) {
        let _ = writeln!(text, "\n{}", cut(&line, WIDTH));
    }
    unsettled(&mut text, figures);
    figures.unread.iter().for_each(|unread| _ = writeln!(text, "\n{}", unread_line(unread)));
    text
}

fn head(text: &mut String, figures: &Figures) {
    let Figures { title, tasks, seconds, .. } = figures;
    let _ = writeln!(text, "{title}: {} in {}", counted(*tasks, "task"), short(*seconds));
    let mut about = Vec::new();
    if figures.started > 0.0 {
        about.push(format!("started {}", date(figures.started)));
    }
    about.extend(figures.version.iter().map(|version| format!("recorded by colmena {version}")));
    about.extend(figures.seed.map(|seed| format!("seed {seed}")));
    if figures.updates > 0 {
        about.push(counted(figures.updates, "intermediate result"));
    }
    if figures.notes.n > 0 {
        about.push(counted(figures.notes.n, "note"));
    }
    about.extend(figures.resumed.iter().map(resumed_line));
    about.extend(checkpoint_line(&figures.checkpoint).map(|line| cut(&line, WIDTH - 2)));
    about.iter().for_each(|about| _ = writeln!(text, "  {about}"));
}

pub(crate) fn resumed_line(resumed: &Resumed) -> String {
    format!("taken up again after {}; nothing is recorded since {}", short(resumed.at), short(resumed.last))
}

/// Nothing, if there were to be none.
pub(crate) fn checkpoint_line(Checkpoint { at, held_up }: &Checkpoint) -> Option<String> {
    match (at, held_up) {
        (None, None) => None,
        (Some(at), None) => Some(format!("last checkpoint after {}", short(*at))),
        (None, Some(why)) => Some(one_line(&format!("no checkpoint: {why}"))),
        (Some(at), Some(why)) => Some(one_line(&format!("no checkpoint since {}: {why}", short(*at)))),
    }
}

/// What had started when the run ended, or was killed.
fn unsettled(text: &mut String, figures: &Figures) {
    if figures.unsettled.n == 0 {
        return;
    }
    let _ = writeln!(text, "\nstarted, and never settled: {}", counted(figures.unsettled.n, "task"));
    for Unsettled { at, method, task } in figures.unsettled.first.iter().take(MOST_UNSETTLED) {
        let _ = writeln!(text, "{}", cut(&format!("  {task}  started after {}: {method}", short(*at)), WIDTH));
    }
    if let Some(more) = figures.unsettled.n.checked_sub(MOST_UNSETTLED as u64).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {}", counted(more, "other task"));
    }
}

fn method_lines(text: &mut String, figures: &MethodFigures) {
    let MethodFigures { method, topic, succeeded, failed, retries, .. } = figures;
    let topic = if topic == method { String::new() } else { format!(" on {topic}") };
    let _ = writeln!(
        text,
        "\n{method}{topic}: {} succeeded, {} failed, {}",
        grouped(*succeeded),
        grouped(*failed),
        if *retries == 1 { "1 retry".to_owned() } else { format!("{} retries", grouped(*retries)) }
    );
    spreads_head(text, "");
    for (name, spread) in figures.spreads() {
        spread_line(text, name, spread);
    }
    for failures in figures.failures.iter().take(MOST_CAUSES) {
        let example = failures.example.iter().map(|example| format!(", first {}", one_line(example)));
        let line = format!("  {} x {}{}", grouped(failures.n), failures.cause, example.collect::<String>());
        let _ = writeln!(text, "{}", cut(&line, WIDTH));
    }
    if let Some(more) = figures.failures.len().checked_sub(MOST_CAUSES).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {}", counted(more as u64, "other cause"));
    }
}

/// Nothing of a text moves the cursor.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

impl MethodFigures {
    pub(crate) fn spreads(&self) -> [(&'static str, &Spread); 4] {
        [
            ("run", &self.run),
            ("queue", &self.queue),
            ("decision", &self.decision),
            ("communication", &self.communication),
        ]
    }
}

fn spreads_head(text: &mut String, first: &str) {
    let _ = writeln!(text, "  {first:<16}{:>10}{:>12}{:>12}{:>12}{:>12}", "tasks", "median", "p95", "p99", "longest");
}

fn spread_line(text: &mut String, name: &str, spread: &Spread) {
    let name = cut(name, 16);
    let _ = match spread.n {
        0 => writeln!(text, "  {name:<16}{:>10}", "unknown"),
        n => writeln!(
            text,
            "  {name:<16}{:>10}{:>12}{:>12}{:>12}{:>12}",
            grouped(n),
            short(spread.p50),
            short(spread.p95),
            short(spread.p99),
            short(spread.most)
        ),
    };
}

fn pools(text: &mut String, pools: &[PoolFigures]) {
    let _ = writeln!(text, "\npool                  slots  in use   idle: no        no   for the   result on");
    let _ = writeln!(text, "                                 candidate  decision    server     its way");
    for pool in pools {
        let PoolFigures { pool: name, slots, slot_seconds, utilisation, idle, recorded, .. } = pool;
        let Idle { no_candidate, no_decision, waiting_for_server, result_on_its_way } = idle;
        let part = |seconds: &f64| share(if *slot_seconds > 0.0 { seconds / slot_seconds } else { 0.0 });
        let _ = writeln!(
            text,
            "{:<20}{:>6}{}{:>8}{:>12}{:>10}{:>10}{:>12}",
            cut(name, 20),
            slots,
            if *recorded { " " } else { "*" },
            share(*utilisation),
            part(no_candidate),
            part(no_decision),
            part(waiting_for_server),
            part(result_on_its_way)
        );
    }
    if pools.iter().any(|pool| !pool.recorded) {
        let _ = writeln!(text, "* not recorded: as many as were in use at once");
    }
    let _ = writeln!(text, "\nFrom a task's end to the next one's start in its slot:");
    spreads_head(text, "pool");
    pools.iter().for_each(|pool| spread_line(text, &pool.pool, &pool.between));
}

fn agents(text: &mut String, agents: &[AgentFigures], all: f64) {
    let _ = writeln!(
        text,
        "\n{:<19}{:<17}{:>9}{:>8}{:>9}{:>9}{:>9}",
        "slowest agents", "kind", "calls", "busy", "median", "p95", "longest"
    );
    for AgentFigures { agent, kind, seconds, call, .. } in agents.iter().take(MOST_AGENTS) {
        let busy = if all > 0.0 { share(seconds / all) } else { String::new() };
        let _ = writeln!(
            text,
            "{:<19}{:<17}{:>9}{:>8}{:>9}{:>9}{:>9}",
            cut(agent, 18),
            spaced(kind),
            grouped(call.n),
            busy,
            short(call.p50),
            short(call.p95),
            short(call.most)
        );
    }
    if let Some(more) = agents.len().checked_sub(MOST_AGENTS).filter(|more| *more > 0) {
        let _ = writeln!(text, "and {}", counted(more as u64, "other agent"));
    }
    waits(text, agents);
}

/// What each of them waited for longest.
fn waits(text: &mut String, agents: &[AgentFigures]) {
    let mut heading = format!("\n{:<20}{:>9}\n", "waits of agents", "in all");
    for agent in agents.iter().take(MOST_AGENTS) {
        if let Some((what, seconds)) = agent.waited.first() {
            let _ = writeln!(
                text,
                "{heading}{:<20}{:>9}  {}",
                cut(&agent.agent, 19),
                short(*seconds),
                cut(waited_for(what), 48)
            );
            heading.clear();
        }
    }
}

/// What comes after "3 s": `for an event`, where the agent `waits for an event`.
pub(crate) fn waited_for(what: &str) -> &str {
    match what {
        "sleeps" => "asleep",
        _ => ["waits ", "is "].iter().find_map(|verb| what.strip_prefix(verb)).unwrap_or(what),
    }
}

/// `TaskSubmitter` in words.
pub(crate) fn spaced(kind: &str) -> String {
    let mut words = String::new();
    for letter in kind.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Nothing, if there was nothing to warn about.
pub(crate) fn log_line(log: &Log) -> Option<String> {
    let (agent, said) = log.first.as_ref()?;
    let (warnings, errors) = (counted(log.warnings, "warning"), counted(log.errors, "error"));
    Some(one_line(&format!("log: {warnings}, {errors}, the first in {agent}: {said}")))
}

pub(crate) fn unread_line(unread: &Unread) -> String {
    let Unread { file, lines, first, cut } = unread;
    let cut = if *cut { "cut short at its end" } else { "" };
    match lines {
        0 => format!("{file}: {cut}"),
        n => {
            let and = if cut.is_empty() { "" } else { "; " };
            format!("{file}: {} could not be read, the first is line {first}{and}{cut}", counted(*n, "line"))
        }
    }
}

/// A duration in seconds, in three or four digits.
pub(crate) fn short(seconds: f64) -> String {
    match seconds {
        none if none <= 0.0 => "0 s".into(),
        small if small < 1e-6 => format!("{:.0} ns", small * 1e9),
        small if small < 1e-3 => digits(small * 1e6, "us"),
        small if small < 1.0 => digits(small * 1e3, "ms"),
        some if some < 600.0 => digits(some, "s"),
        long if long < 36_000.0 => digits(long / 60.0, "min"),
        long => digits(long / 3600.0, "h"),
    }
}

fn digits(number: f64, unit: &str) -> String {
    match number {
        small if small < 9.995 => format!("{small:.2} {unit}"),
        some if some < 99.95 => format!("{some:.1} {unit}"),
        large => format!("{large:.0} {unit}"),
    }
}

pub(crate) fn share(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

/// With commas between thousands.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// At most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A moment, in seconds since the epoch, as a date of UTC.
pub(crate) fn date(epoch: f64) -> String {
    let seconds = epoch as i64;
    let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years that begin in March, in eras of 400, have their leap days at the end.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 2.5e-8, 0.000_012_34, 0.012_34, 1.0, 99.96, 7200.0, 90_000.0].map(short);
        assert_eq!(shown, ["0 s", "25 ns", "12.3 us", "12.3 ms", "1.00 s", "100 s", "120 min", "25.0 h"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(spaced("TaskSubmitter"), "task submitter");
    }

    #[test]
    fn dates_are_right() {
        let dates = [0.0, 951_782_400.0, 1_795_803_780.5].map(date);
        assert_eq!(dates, ["1970-01-01 00:00:00 UTC", "2000-02-29 00:00:00 UTC", "2026-11-27 18:23:00 UTC"]);
    }
}
