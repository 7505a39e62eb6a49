//! What happened besides: what agents noted, which tasks never settled, and when the run was taken up again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use colmena::wire::SIZE_LIMIT;

use super::Reader;
use super::result::nanos;
use super::scan::{self, Broken};
use crate::run::{Begun, Id, MOST_NOTES, Nanos, Note, Resumed, Run, Task, TaskId};

impl Reader {
    /// A line of `started.jsonl`. A task that was sent again has several.
    pub(super) fn begun(&mut self, line: &[u8]) -> Result<(), Broken> {
        let [mut at, mut task, mut method] = [None; 3];
        scan::members(line, |key, value| match key {
            b"at" => at = Some(value),
            b"task_id" => task = Some(value),
            b"method" => method = Some(value),
            _ => {}
        })?;
        let (at, task) = (at.and_then(nanos).ok_or(Broken)?, task.and_then(id).ok_or(Broken)?);
        let method = self.named(method, "unknown");
        self.begun.insert(task, (method, at));
        Ok(())
    }

    /// A result of a task is there.
    pub(super) fn settles(&mut self, task: Option<&[u8]>) {
        if !self.begun.is_empty() {
            task.and_then(id).and_then(|task| self.begun.remove(&task));
        }
    }

    /// A line of `log.jsonl`, a warning: perhaps that no checkpoint could be taken, after the last one.
    pub(super) fn checkpoint_held_up(&mut self, line: &[u8]) {
        let text = |name| scan::find(line, [name]).and_then(scan::text);
        let of_checkpoints = text("target").is_some_and(|target| target == "colmena_core::checkpoint::taking");
        let at = scan::find(line, ["at"]).and_then(nanos).map(|at| at as f64 / 1e9);
        let checkpoint = &mut self.run.about.checkpoint;
        if of_checkpoints && at >= checkpoint.at {
            checkpoint.held_up = text("message").and_then(|message| Some(message.split_once(": ")?.1.to_owned()));
        }
    }

    /// A line of `notes.jsonl`.
    pub(super) fn note(&mut self, line: &[u8]) -> Result<(), Broken> {
        let task = scan::find(line, ["task_id"]).and_then(scan::text).ok_or(Broken)?;
        let text = scan::find(line, ["task_info"]).ok_or(Broken)?;
        self.run.notes.all += 1;
        if self.run.notes.first.len() < MOST_NOTES {
            let topic = self.named(scan::find(line, ["topic"]), "unknown");
            let text = String::from_utf8_lossy(text).into_owned();
            let at = scan::find(line, ["at"]).and_then(nanos);
            self.run.notes.first.push(Note { at, task, topic, text });
        }
        Ok(())
    }
}

/// When the last checkpoint was taken, in seconds from the start: said in its first line.
pub(super) fn checkpoint(path: &Path) -> Option<f64> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).ok()?).take(SIZE_LIMIT as u64).read_until(b'\n', &mut line).ok()?;
    let cut = line.trim_ascii_end().strip_prefix(b"{\"cut\": ")?.strip_suffix(b",")?;
    scan::number(scan::find(cut, ["at"])?)
}

/// Of a UUID.
fn id(text: &[u8]) -> Option<TaskId> {
    let text = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let (mut number, mut digits) = (0_u128, 0);
    for byte in text.iter().filter(|byte| **byte != b'-') {
        number = number << 4 | u128::from((*byte as char).to_digit(16)?);
        digits += 1;
    }
    (digits == 32).then_some(TaskId(number))
}

/// In each launch every agent starts once; those with most starts have lost none to a kill.
pub(super) fn resumed(run: &Run, starts: &[Vec<Nanos>]) -> Vec<Resumed> {
    let launches = starts.iter().map(Vec::len).max().unwrap_or(0);
    let launch = |i: usize| starts.iter().filter(|starts| starts.len() == launches).map(|starts| starts[i]).min();
    (1..launches).filter_map(launch).map(|at| Resumed { last: last_before(run, at), at }).collect()
}

/// When the last came that is recorded of before `at`.
fn last_before(run: &Run, at: Nanos) -> Nanos {
    let tasks = run.tasks.iter().filter_map(Task::settled);
    let calls = run.agents.iter().flat_map(|agent| agent.calls.iter().map(|(at, took)| at + took));
    let seen = run.agents.iter().flat_map(|agent| agent.seen.iter().copied());
    tasks.chain(calls).chain(seen).filter(|moment| *moment < at).max().unwrap_or(0).max(0)
}

/// In the order of their starts.
pub(super) fn unsettled(begun: HashMap<TaskId, (Id, Nanos)>) -> Vec<Begun> {
    let mut unsettled: Vec<Begun> = begun.into_iter().map(|(task, (method, at))| Begun { task, method, at }).collect();
    unsettled.sort_unstable_by_key(|begun| (begun.at, begun.task.0));
    unsettled
}
