//! The lines of a record: what was started, of agents, of allocations, of what has begun and what was noted.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;

use super::Record;
use crate::campaign::{AgentEnd, AgentReport};
use crate::task::flight::AnyFlight;
use crate::task::{Method, TaskId, TaskResult};
use crate::thinker::AgentInfo;
use crate::wait::{WaitingFor, now, panic};
use crate::wire::{Serialization, WireError};

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

/// What is noted of a task after it has settled, and when.
pub(super) fn notes<M: Method>(record: &Record, result: &TaskResult<M>) -> Result<String, WireError> {
    let (id, notes) = (id(record.campaign, result.id()), result.flight.notes.to_json()?);
    let (at, topic) = (Seconds(record.stamp(now())), quoted(M::TOPIC));
    Ok(format!("{{\"at\": {at}, \"task_id\": \"{id}\", \"topic\": {topic}, \"task_info\": {notes}}}\n"))
}

/// A UUID in form: the campaign in its first half, the task in its second.
pub(super) fn id(campaign: u64, task: TaskId) -> String {
    let (task, low) = (task.get(), |n: u64| n & 0xffff);
    let (first, second, third) = (campaign >> 32, low(campaign >> 16), low(campaign));
    format!("{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}", task >> 48, task & 0xffff_ffff_ffff)
}

/// Seconds from the start, and the slots of each pool, by name.
pub(super) fn allocation(at: u64, names: &[&'static str], allocated: &[u32]) -> String {
    let mut line = format!("{{\"at\": {}, \"allocated\": {{", Seconds(at));
    for (i, (name, n)) in names.iter().zip(allocated).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(line, "{comma}{}: {n}", quoted(name));
    }
    line.push_str("}}\n");
    line
}

/// A time in nanoseconds, as seconds.
pub(super) struct Seconds(pub(super) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(nanoseconds) = self;
        write!(f, "{}.{:09}", nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
    }
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
    /// How, and how long it had waited for what.
    Ended(AgentEnd, Box<[(String, Duration)]>),
    Called {
        took: u64,
    },
    /// How long the call has lasted that it is in, and how long it has waited for what.
    SoFar {
        in_call: Option<u64>,
        waited: Vec<(WaitingFor, Duration)>,
    },
}

impl AgentLine {
    pub(super) fn started(agent: &Arc<str>, at: u64) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Started }
    }

    pub(super) fn ended(agent: &Arc<str>, at: u64, report: &AgentReport) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Ended(report.end, report.waited.clone().into()) }
    }

    pub(super) fn called(agent: &Arc<str>, at: u64, took: u64) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::Called { took } }
    }

    pub(super) fn so_far(agent: &Arc<str>, at: u64, in_call: Option<u64>, waited: Vec<(WaitingFor, Duration)>) -> Self {
        Self { agent: Arc::clone(agent), at, what: What::SoFar { in_call, waited } }
    }

    pub(super) fn write(&self, text: &mut String) {
        let _ = write!(text, "{{\"at\": {}, \"agent\": {}, ", Seconds(self.at), quoted(&self.agent));
        let _ = match &self.what {
            What::Started => writeln!(text, "\"what\": \"start\"}}"),
            What::Ended(end, waited) => {
                let (end, waited) =
                    (quoted(&format!("{end:?}")), times(waited.iter().map(|(what, time)| (what, *time))));
                writeln!(text, "\"what\": \"end\", \"end\": {end}, \"waited\": {waited}}}")
            }
            What::Called { took } => writeln!(text, "\"what\": \"call\", \"took\": {}}}", Seconds(*took)),
            What::SoFar { in_call, waited } => {
                let in_call = in_call.map_or_else(String::new, |time| format!("\"in_call\": {}, ", Seconds(time)));
                let waited = times(waited.iter().map(|(what, time)| (what.to_string(), *time)));
                writeln!(text, "\"what\": \"so far\", {in_call}\"waited\": {waited}}}")
            }
        };
    }
}

/// How many seconds for what, as JSON.
fn times(waited: impl Iterator<Item = (impl Ord + Serialize, Duration)>) -> String {
    let waited: BTreeMap<_, _> = waited.map(|(what, time)| (what, time.as_secs_f64())).collect();
    Serialization::Json.encode(&waited).unwrap_or_default()
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
        let (at, id, method) = (Seconds(self.at), id(campaign, flight.head().id), quoted(flight.method()));
        let _ = writeln!(text, "{{\"at\": {at}, \"task_id\": \"{id}\", \"method\": {method}, \"inputs\": \"{key}\"}}");
    }
}
