//! A line of a result file: the original's `Result` of any release, ours among them.

use super::Reader;
use super::scan::{self, Broken};
use crate::run::{Nanos, Task};

/// Where the numbers of a report begin to be no times any more: in seconds, some 285 years.
const MOST_SECONDS: f64 = 9e9;

/// The pool of tasks that held no slots, as far as is known.
const NO_POOL: &str = "no pool";

/// What a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    Settled(Task),
    /// An intermediate result.
    Update,
}

/// The fields that a report looks at, as they stand in the line.
#[derive(Default)]
struct Fields<'a> {
    is_result: bool,
    id: Option<&'a [u8]>,
    method: Option<&'a [u8]>,
    topic: Option<&'a [u8]>,
    success: Option<bool>,
    complete: Option<bool>,
    failure: Option<&'a [u8]>,
    worker: Option<&'a [u8]>,
    retries: Option<&'a [u8]>,
    /// Where the number to show begins.
    value: Option<&'a [u8]>,
    task: Task,
}

impl Reader {
    /// Reads a line; `topic` is that of its file, for releases that do not write it.
    pub(super) fn result(&mut self, line: &[u8], topic: &str) -> Result<Said, Broken> {
        let mut fields = Fields::default();
        let shown = self.value.split('.').next().unwrap_or_default().as_bytes();
        scan::members(line, |key, value| {
            if key == shown {
                fields.value = Some(value);
            }
            fields.note(key, value);
        })?;
        if !fields.is_result {
            return Err(Broken);
        }
        if fields.complete == Some(false) && fields.success == Some(true) {
            return Ok(Said::Update);
        }
        self.settles(fields.id);
        Ok(Said::Settled(self.task(fields, topic)))
    }

    fn task(&mut self, fields: Fields<'_>, topic: &str) -> Task {
        let mut task = fields.task;
        task.method = self.named(fields.method, "unknown");
        task.topic = self.named(fields.topic, topic);
        task.retries = fields.retries.and_then(scan::number).unwrap_or(0.0) as u32;
        let of_worker = |name| fields.worker.and_then(|worker| scan::find(worker, [name]));
        task.pool = self.named(of_worker("pool"), NO_POOL);
        task.slots = of_worker("slots").and_then(scan::number).map_or(1, |slots| slots as u32);
        let value = fields.value.and_then(|value| scan::find(value, self.value.split('.').skip(1)));
        task.value = value.and_then(scan::number);
        if fields.success != Some(true) {
            task.cause = Some(self.cause(fields.failure));
        }
        task
    }

    pub(super) fn named(&mut self, value: Option<&[u8]>, otherwise: &str) -> u32 {
        // Most names are texts without escapes.
        let plain = value.and_then(|value| std::str::from_utf8(value).ok()?.strip_prefix('"')?.strip_suffix('"'));
        match plain.filter(|plain| !plain.contains('\\')) {
            Some(name) => self.run.names.id(name),
            None => {
                let name = value.and_then(scan::text);
                self.run.names.id(name.as_deref().unwrap_or(otherwise))
            }
        }
    }

    /// The kind of an exception, of which the first is kept as an example.
    fn cause(&mut self, failure: Option<&[u8]>) -> u32 {
        let exception = failure.and_then(|failure| scan::find(failure, ["exception"])).and_then(scan::text);
        let Some(exception) = exception else { return self.run.names.id("no reason given") };
        let kind = exception.split('(').next().unwrap_or_default();
        let id = self.run.names.id(kind);
        self.run.examples.entry(id).or_insert(exception);
        id
    }
}

impl<'a> Fields<'a> {
    fn note(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"task_id" => (self.is_result, self.id) = (true, Some(value)),
            b"method" => self.method = Some(value),
            b"topic" => self.topic = Some(value),
            b"success" => self.success = boolean(value),
            b"complete" => self.complete = boolean(value),
            b"failure_info" => self.failure = Some(value),
            b"worker_info" => self.worker = Some(value),
            b"retries" => self.retries = Some(value),
            b"timestamp" => _ = scan::members(value, |key, value| self.stamp(key, value)),
            b"time" => {
                let running = scan::find(value, ["running"]).and_then(nanos);
                self.task.running = self.task.running.or(running);
            }
            _ => self.flat(key, value),
        }
    }

    /// Before 0.6 all times stood at the top.
    fn flat(&mut self, key: &[u8], value: &[u8]) {
        let Some(name) = key.strip_prefix(b"time_") else { return };
        if name == b"running" {
            self.is_result = true;
            self.task.running = nanos(value);
        }
        self.stamp(name, value);
    }

    fn stamp(&mut self, name: &[u8], value: &[u8]) {
        let task = &mut self.task;
        let stamp = match name {
            b"created" => &mut task.created,
            b"input_received" => &mut task.accepted,
            b"compute_started" => &mut task.started,
            b"compute_ended" => &mut task.ended,
            b"result_received" => &mut task.received,
            _ => return,
        };
        *stamp = nanos(value);
    }
}

fn boolean(value: &[u8]) -> Option<bool> {
    match value {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// Seconds that are written down, if they can be a time.
pub(super) fn nanos(seconds: &[u8]) -> Option<Nanos> {
    let seconds = scan::number(seconds).filter(|seconds| (0.0..MOST_SECONDS).contains(seconds))?;
    // Whole seconds and the rest apart, so that no digits are lost.
    Some(seconds.trunc() as Nanos * 1_000_000_000 + (seconds.fract() * 1e9).round() as Nanos)
}
