//! The line of a settled task: the fields of the original's `Result`, in its order, as [`Message`](crate::wire::Message) reads
//! them.
//!
//! It is made in the thread that settles the task, so it is written straight into one text: what is the same in all lines
//! stands here as it is.

use std::fmt::Write as _;
use std::time::Duration;

use super::Record;
use super::key::inputs_of;
use super::lines::{id, quoted};
use crate::resources::slots::HeldSlots;
use crate::task::{Failure, Method, Resources, StepTimes, TaskResult};
use crate::wait::panic;
use crate::wire::{SIZE_LIMIT, Serialization, WireError};

/// The line of a settled task. What cannot be written is missing, and logged. The slots that it held are with its worker,
/// where the original's reader lets anything be.
pub(super) fn line<M: Method>(record: &Record, result: &TaskResult<M>, slots: &HeldSlots) -> String {
    let values = Values::of(result).unwrap_or_else(|error| {
        tracing::warn!("{} of `{}` is recorded without what was sent and came: {error}", result.id(), M::NAME);
        Values::default()
    });
    let mut line = Line(String::with_capacity(1100 + values.size()));
    line.begin(record, result, &values);
    line.slots(&record.hostname, slots);
    line.sizes(&values);
    line.times(record.epoch, result);
    line.end(result, M::KWARGS, &values);
    line.0
}

/// What a task was sent with, and came to, each as a text.
#[derive(Default)]
struct Values {
    /// Inputs and value are there, as far as the task has any.
    are_kept: bool,
    inputs: Vec<(String, String)>,
    value: Option<String>,
    notes: Option<String>,
}

impl Values {
    /// The users' types write themselves.
    fn of<M: Method>(result: &TaskResult<M>) -> Result<Self, String> {
        let values = panic::catch(|| Self::write(result)).map_err(|panic| panic.to_string())?;
        let values = values.map_err(|error| error.to_string())?;
        if values.size() > SIZE_LIMIT / 2 { Err("it is too large".into()) } else { Ok(values) }
    }

    /// Of a local method, neither inputs nor value.
    fn write<M: Method>(result: &TaskResult<M>) -> Result<Self, WireError> {
        let notes = Some(result.flight.notes.to_json()?);
        let Some(codec) = M::CODEC else { return Ok(Self { notes, ..Self::default() }) };
        let value = |value| Serialization::Json.encode(codec.value(value));
        let (inputs, value) = (inputs_of(result.inputs())?, result.outcome.as_ref().ok().map(value).transpose()?);
        Ok(Self { are_kept: true, inputs, value, notes })
    }

    fn size(&self) -> usize {
        let inputs: usize = self.inputs.iter().map(|(name, text)| name.len() + text.len() + 6).sum();
        inputs + self.value.as_ref().map_or(0, String::len) + self.notes.as_ref().map_or(0, String::len)
    }
}

/// A line that grows.
struct Line(String);

impl Line {
    fn raw(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    fn number(&mut self, n: impl Into<u64>) -> &mut Self {
        let _ = write!(self.0, "{}", n.into());
        self
    }

    /// In seconds.
    fn time(&mut self, time: Option<Duration>) -> &mut Self {
        let _ = match time {
            Some(time) => write!(self.0, "{}.{:09}", time.as_secs(), time.subsec_nanos()),
            None => write!(self.0, "NaN"),
        };
        self
    }

    fn begin<M: Method>(&mut self, record: &Record, result: &TaskResult<M>, values: &Values) {
        self.raw("{\"task_id\": \"").raw(&id(record.campaign, result.id()));
        self.raw("\", \"method\": ").raw(&quoted(M::NAME));
        self.raw(", \"success\": ").raw(if result.is_ok() { "true" } else { "false" });
        self.raw(", \"complete\": true, \"task_info\": ").raw(values.notes.as_deref().unwrap_or("{}"));
        let Resources { node_count, cpu_processes, cpu_threads } = result.resources();
        self.raw(", \"resources\": {\"node_count\": ").number(node_count);
        self.raw(", \"cpu_processes\": ").number(cpu_processes);
        self.raw(", \"cpu_threads\": ").number(cpu_threads).raw("}, \"failure_info\": ");
        match result.failure() {
            Some(failure) => self.failure(failure),
            None => _ = self.raw("null"),
        }
    }

    /// The exception in the form of Python's `repr`: what kind of failure, and its message as JSON.
    fn failure(&mut self, failure: &Failure) {
        let exception = format!("{}({})", failure.recorded_kind(), quoted(failure.message()));
        let traceback = failure.backtrace().map_or("null".into(), quoted);
        self.raw("{\"exception\": ").raw(&quoted(&exception)).raw(", \"traceback\": ").raw(&traceback).raw("}");
    }

    fn slots(&mut self, hostname: &str, slots: &HeldSlots) {
        self.raw(", \"worker_info\": {\"hostname\": ").raw(&quoted(hostname));
        if let Some(pool) = slots.pool_name() {
            self.raw(", \"pool\": ").raw(&quoted(pool)).raw(", \"slots\": ").number(slots.count());
        }
        self.raw("}");
    }

    /// As the original counts: the text, and what Python needs for a text besides.
    fn sizes(&mut self, values: &Values) {
        self.raw(", \"message_sizes\": {");
        if values.are_kept {
            let size = |text: &String| (text.len() + 49) as u64;
            self.raw("\"inputs\": ").number(values.inputs.iter().map(|(_, text)| size(text)).sum::<u64>());
            if let Some(value) = &values.value {
                self.raw(", \"value\": ").number(size(value));
            }
        }
        self.raw("}");
    }

    fn times<M: Method>(&mut self, epoch: Duration, result: &TaskResult<M>) {
        let times = result.times();
        let ended = Some(epoch + times.ended);
        self.raw(", \"timestamp\": {\"created\": ").time(Some(epoch + times.submitted));
        self.raw(", \"input_received\": NaN, \"compute_started\": ").time(times.started.map(|at| epoch + at));
        self.raw(", \"compute_ended\": ").time(ended.filter(|_| times.started.is_some()));
        self.raw(", \"result_sent\": NaN, \"result_received\": ").time(ended);
        self.raw(", \"start_task_submission\": NaN, \"task_received\": NaN}, \"time\": {\"running\": ");
        self.time(times.started.map(|_| times.running()));
        self.raw(", \"serialize_inputs\": NaN, \"deserialize_inputs\": NaN, \"serialize_results\": NaN");
        self.raw(", \"deserialize_results\": NaN, \"async_resolve_proxies\": NaN, \"proxy\": {}, \"additional\": {");
        if let Some(StepTimes { preprocess, run, postprocess }) = times.steps {
            self.raw("\"exec_preprocess\": ").time(Some(preprocess));
            self.raw(", \"exec_execution\": ").time(Some(run));
            self.raw(", \"exec_postprocess\": ").time(Some(postprocess));
        }
        self.raw("}}");
    }

    fn end<M: Method>(&mut self, result: &TaskResult<M>, by_name: bool, values: &Values) {
        self.raw(", \"serialization_method\": \"json\", \"keep_inputs\": ");
        self.raw(if values.are_kept { "true" } else { "false" });
        self.raw(
            ", \"proxystore_name\": null, \"proxystore_config\": null, \"proxystore_threshold\": null, \"topic\": ",
        );
        self.raw(&quoted(M::TOPIC)).raw(", \"max_retries\": ");
        self.number(result.flight.head.options.retry.map_or(0, |retry| retry.most()));
        self.raw(", \"retries\": ").number(result.attempts().saturating_sub(1));
        self.raw(if by_name { ", \"inputs\": [[], {" } else { ", \"inputs\": [[" });
        for (i, (name, text)) in values.inputs.iter().enumerate() {
            self.raw(if i == 0 { "" } else { ", " });
            if by_name {
                self.raw(&quoted(name)).raw(": ");
            }
            self.raw(text);
        }
        self.raw(if by_name { "}], \"value\": " } else { "], {}], \"value\": " });
        self.raw(values.value.as_deref().unwrap_or("null")).raw("}\n");
    }
}
