//! The progress line: one line at the foot of a terminal, written anew a few times a second.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use super::status::{Status, Watcher};
use crate::rehearsal::turns::in_order;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Flag, Left, Limits, Over, WaitingFor, wait};

const EVERY: Duration = Duration::from_millis(250);
/// If the terminal does not say how wide it is.
const WIDTH: usize = 80;

/// The thread that writes the line, until it is dropped.
pub(in crate::campaign) struct Progress {
    end: Arc<Flag>,
    thread: Thread,
}

impl Progress {
    /// Nothing, if the standard error is no terminal.
    ///
    /// # Errors
    /// Those of the operating system, of starting a thread.
    pub(in crate::campaign) fn start(watcher: Arc<Watcher>) -> std::io::Result<Option<Self>> {
        if in_order() || !stderr().is_terminal() {
            return Ok(None);
        }
        let end = Arc::new(Flag::default());
        let theirs = Arc::clone(&end);
        let spawn = Spawn { name: "progress".into(), realm: None, over: Over::Never, holder: 0 };
        let thread = spawn.start(move || show(&watcher, &theirs))?;
        Ok(Some(Self { end, thread }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end.set();
        self.thread.join(None);
    }
}

/// The cursor is left at the line's start, so that what is logged meanwhile is written over it.
fn show(watcher: &Watcher, mut end: &Flag) {
    let limits = || Limits { spin: false, ..Limits::NONE.within(Some(EVERY)) };
    while wait(&mut end, limits(), WaitingFor::Time) == Err(Left::TimedOut) {
        let line = cut(&line(&watcher.status()), width());
        let _ = write!(stderr().lock(), "\r\x1b[K{line}\r");
    }
    let _ = write!(stderr().lock(), "\r\x1b[K");
}

fn width() -> usize {
    rustix::termios::tcgetwinsize(stderr()).map_or(WIDTH, |size| usize::from(size.ws_col))
}

/// A full line would make the terminal begin another one.
fn cut(line: &str, width: usize) -> String {
    line.chars().take(width.saturating_sub(1)).collect()
}

/// Such as `120/500 done, 12.0/s, 32 s left | sim 7/8 busy | 8 in flight | 1 failed`.
fn line(status: &Status) -> String {
    let budget = status.budget.map_or(String::new(), |budget| format!("/{budget}"));
    let left = status.left.map_or(String::new(), |left| format!(", {} left", short(left)));
    let paused = if status.paused { "paused | " } else { "" };
    let pools = status.pools.iter().filter(|pool| pool.allocated > 0);
    let pools: String = pools
        .map(|pool| format!(" | {} {}/{} busy, {} free", pool.name, pool.busy, pool.allocated, pool.free))
        .collect();
    let Status { spent, rate, in_flight, failed, .. } = status;
    format!("{paused}{spent}{budget} done, {rate:.1}/s{left}{pools} | {in_flight} in flight | {failed} failed")
}

/// A time of so many seconds, to two digits or so.
fn short(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_done_and_left_and_keeps_to_the_width() {
        let status = Status {
            thinker: "T",
            elapsed: 10.0,
            done: false,
            paused: false,
            settled: 120,
            in_flight: 8,
            failed: 1,
            taken_over: 0,
            budget: Some(500),
            spent: 120,
            rate: 12.0,
            left: Some(31.7),
            methods: vec![],
            pools: vec![],
            agents: vec![],
            checkpoints: None,
            failures: vec![],
            results: vec![],
        };
        let text = line(&status);
        assert_eq!(text, "120/500 done, 12.0/s, 32 s left | 8 in flight | 1 failed");
        assert_eq!(cut(&text, 12), "120/500 don");
        assert_eq!((short(150.0), short(9000.0)), ("2 min".to_owned(), "2.5 h".to_owned()));
    }
}
