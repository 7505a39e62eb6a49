//! The lines of a record: results as the original writes them; of agents and allocations, our own.

use std::fmt::Write as _;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;

use super::Record;
use super::key::inputs_of;
use crate::campaign::AgentEnd;
use crate::resources::slots::HeldSlots;
use crate::task::flight::AnyFlight;
use crate::task::{Failure, Method, StepTimes, TaskId, TaskResult};
use crate::thinker::AgentInfo;
use crate::wait::panic;
use crate::wire::{FailureInfo, Message, Serialization, WireError};

/// What is in `run.json`.
#[derive(Serialize)]
pub(crate) struct Started<'a> {
    pub(crate) format: u32,
    pub(crate) thinker: &'a str,
    pub(crate) agents: Vec<StartedAgent<'a>>,
    pub(crate) pools: Vec<(&'a str, u32)>,
    pub(crate) methods: Vec<&'a str>,
    pub(crate) seed: u64,
    pub(crate) colmena: &'a str,
}

#[derive(Serialize)]
pub(crate) struct StartedAgent<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: String,
    pub(crate) startup: bool,
}

impl From<AgentInfo> for StartedAgent<'static> {
    fn from(agent: AgentInfo) -> Self {
        Self { name: agent.name, kind: format!("{:?}", agent.kind), startup: agent.startup }
    }
}

/// `run.json`: with the moment of the start, in seconds from the epoch, and the parameters, which are JSON.
pub(super) fn run(
    started: &Started<'_>,
    campaign: u64,
    epoch: Duration,
    parameters: &str,
) -> Result<String, WireError> {
    let mut text = Serialization::Json.encode(started)?;
    text.pop();
    let (campaign, at) = (format!("{campaign:016x}"), epoch.as_secs_f64());
    let _ = writeln!(text, ", \"campaign\": \"{campaign}\", \"started\": {at:?}, \"parameters\": {parameters}}}");
    Ok(text)
}

/// The line of a settled task, in the original's form. What cannot be written is missing, and logged. The slots that it held
/// are with its worker, where the original's reader lets anything be.
pub(super) fn result<M: Method>(record: &Record, result: &TaskResult<M>, slots: &HeldSlots) -> String {
    let mut message = Message::new(&id(record.campaign, result.id()), M::NAME, M::TOPIC, Serialization::Json);
    message.keep_inputs = M::CODEC.is_some();
    message.complete = Some(true);
    message.success = Some(result.is_ok());
    message.failure = result.failure().map(failure_info);
    message.worker_info = Some(worker_info(&record.hostname, slots));
    message.resources = result.resources();
    message.max_retries = result.flight.head.options.retry.map_or(0, |retry| retry.most());
    message.retries = result.attempts().saturating_sub(1);
    note_times(&mut message, record.epoch, result);
    let written = panic::catch(|| {
        write_values(&mut message, result)?;
        message.task_info = result.flight.notes.to_json()?;
        message.to_plain_json()
    });
    let written = written.map_err(|panic| panic.to_string());
    let written = written.and_then(|written| written.map_err(|error: WireError| error.to_string()));
    let mut line = written.unwrap_or_else(|error| {
        message.keep_inputs = false;
        tracing::warn!("{} of `{}` is recorded without what was sent and came: {error}", result.id(), M::NAME);
        (message.args, message.kwargs, message.value) = (Vec::new(), Vec::new(), None);
        "{}".clone_into(&mut message.task_info);
        message.to_plain_json().unwrap_or_default()
    });
    line.push('\n');
    line
}

/// As JSON.
fn worker_info(hostname: &str, slots: &HeldSlots) -> String {
    let hostname = quoted(hostname);
    match slots.pool_name() {
        Some(pool) => {
            format!("{{\"hostname\": {hostname}, \"pool\": {}, \"slots\": {}}}", quoted(pool), slots.count())
        }
        None => format!("{{\"hostname\": {hostname}}}"),
    }
}

/// What is noted of a task after it has settled.
pub(super) fn notes<M: Method>(record: &Record, result: &TaskResult<M>) -> Result<String, WireError> {
    let (id, notes) = (id(record.campaign, result.id()), result.flight.notes.to_json()?);
    Ok(format!("{{\"task_id\": \"{id}\", \"topic\": {}, \"task_info\": {notes}}}\n", quoted(M::TOPIC)))
}

/// A UUID in form: the campaign in its first half, the task in its second.
fn id(campaign: u64, task: TaskId) -> String {
    let (campaign, task) = (format!("{campaign:016x}"), format!("{:016x}", task.get()));
    format!("{}-{}-{}-{}-{}", &campaign[..8], &campaign[8..12], &campaign[12..], &task[..4], &task[4..])
}

/// In the form of Python's `repr` of an exception: what kind of failure, and its message as JSON.
fn failure_info(failure: &Failure) -> FailureInfo {
    FailureInfo {
        exception: format!("{}({})", failure.recorded_kind(), quoted(failure.message())),
        traceback: failure.backtrace().map(str::to_owned),
    }
}

fn note_times<M: Method>(message: &mut Message, epoch: Duration, result: &TaskResult<M>) {
    let times = result.times();
    let at = |offset: Duration| Some((epoch + offset).as_secs_f64());
    message.timestamp.created = at(times.submitted);
    message.timestamp.compute_started = times.started.and_then(at);
    message.timestamp.compute_ended = times.started.and_then(|_| at(times.ended));
    message.timestamp.result_received = at(times.ended);
    message.time.running = times.started.map(|_| times.running().as_secs_f64());
    if let Some(StepTimes { preprocess, run, postprocess }) = times.steps {
        let [before, run, after] = [preprocess, run, postprocess].map(|step| step.as_secs_f64());
        message.time.additional = format!(
            "{{\"exec_preprocess\": {before:?}, \"exec_execution\": {run:?}, \"exec_postprocess\": {after:?}}}"
        );
    }
}

/// Inputs and value; of a local method, neither.
fn write_values<M: Method>(message: &mut Message, result: &TaskResult<M>) -> Result<(), WireError> {
    let Some(codec) = M::CODEC else { return Ok(()) };
    message.set_inputs(inputs_of(result.inputs())?, M::KWARGS);
    if let Ok(value) = &result.outcome {
        message.value = Some(message.encode(codec.value(value))?);
    }
    message.note_sizes();
    Ok(())
}

/// Seconds from the start, and the slots of each pool, by name.
pub(super) fn allocation(at: u64, names: &[&'static str], allocated: &[u32]) -> String {
    let mut line = format!("{{\"at\": {:?}, \"allocated\": {{", seconds(at));
    for (i, (name, n)) in names.iter().zip(allocated).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(line, "{comma}{}: {n}", quoted(name));
    }
    line.push_str("}}\n");
    line
}

fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}

pub(super) fn quoted(text: &str) -> String {
    Serialization::Json.encode(text).unwrap_or_default()
}

/// What an agent did; made into a text by the writer, since agents are not to spend time on it.
pub(super) struct AgentLine {
    agent: Arc<str>,
    at: u64,
    what: What,
}

enum What {
    Started,
    Ended(AgentEnd),
    Called { took: u64 },
}

impl AgentLine {
    pub(super) fn started(agent: &Arc<str>, at: u64) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Started }
    }

    pub(super) fn ended(agent: &Arc<str>, at: u64, end: AgentEnd) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Ended(end) }
    }

    pub(super) fn called(agent: &Arc<str>, at: u64, took: u64) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Called { took } }
    }

    pub(super) fn write(&self, text: &mut String) {
        let _ = write!(text, "{{\"at\": {:?}, \"agent\": {}, ", seconds(self.at), quoted(&self.agent));
        let _ = match &self.what {
            What::Started => writeln!(text, "\"what\": \"start\"}}"),
            What::Ended(end) => {
                writeln!(text, "\"what\": \"end\", \"end\": {}}}", quoted(&format!("{end:?}")))
            }
            What::Called { took } => writeln!(text, "\"what\": \"call\", \"took\": {:?}}}", seconds(*took)),
        };
    }
}

/// A task that a server has taken.
pub(super) struct Taken {
    pub(super) at: u64,
    pub(super) flight: Weak<dyn AnyFlight>,
}

impl Taken {
    /// Nothing, if it has settled meanwhile or nobody could claim it.
    pub(super) fn write(&self, campaign: u64, text: &mut String) {
        let Some(flight) = self.flight.upgrade().filter(|flight| !flight.head().has_ended()) else { return };
        // The inputs are the user's to write: this thread is to go on.
        let Ok(Some(key)) = panic::catch(|| flight.key()) else { return };
        let (at, id, method) = (seconds(self.at), id(campaign, flight.head().id), quoted(flight.method()));
        let _ =
            writeln!(text, "{{\"at\": {at:?}, \"task_id\": \"{id}\", \"method\": {method}, \"inputs\": \"{key}\"}}");
    }
}
