//! Between tasks and messages: what a request says of a task, and what a message says of its outcome.

use std::time::Duration;

use super::received::Received;
use super::value::{codec, erased};
use super::{Kept, Message, Serialization, WireError};
use crate::queue::Outcome;
use crate::task::failure::Cause;
use crate::task::flight::Flight;
use crate::task::{Failure, FailureKind, Method};

/// What a message that has come back for a task is.
pub(crate) enum Reply<M: Method> {
    /// An intermediate result. The task goes on.
    Emitted(M::Emission),
    /// One that the method is not declared to give.
    Passed,
    /// The outcome.
    Settled(Outcome<M>),
}

/// Of what is noted on a task, the time limit of each attempt in seconds: servers of the original pass it on.
const TIME_LIMIT: &str = "colmena.time_limit";

/// How exceptions begin that say so; `colmena_rs` has them, too.
const SAY: [(&str, FailureKind); 2] = [("TimedOut(", FailureKind::TimedOut), ("Cancelled(", FailureKind::Cancelled)];

/// The request of a task, made at this time.
///
/// # Errors
/// Its inputs cannot be written, or are too large, or the method is local.
pub(crate) fn request<M: Method>(
    flight: &Flight<M>,
    task_id: &str,
    serialization: Serialization,
    created: f64,
) -> Result<String, WireError> {
    let mut message = Message::new(task_id, M::NAME, M::TOPIC, serialization);
    message.timestamp.created = Some(created);
    message.resources = flight.head.resources();
    message.max_retries = flight.head.options.retry.map_or(0, |retry| retry.most());
    if let Some(limit) = flight.head.options.time_limit {
        message.task_info = format!("{{\"{TIME_LIMIT}\": {:?}}}", limit.as_secs_f64());
    }
    // They are here; but the original's server, told not to keep them, tries again without them.
    message.keep_inputs = message.max_retries > 0;
    let mut object = message.open(true, 0)?;
    let size = object.inputs(serialization, codec::<M>()?.inputs(&flight.inputs), M::KWARGS)?;
    object.write_value(None, false);
    object.sizes(size, None);
    object.finish()
}

/// The inputs of a request, by position and by name; with the shared values that they refer to.
///
/// # Errors
/// There are too many, too few, or they do not fit.
pub(crate) fn inputs<M: Method>(received: &mut Received, shared: &[Kept]) -> Result<M, WireError> {
    let codec = codec::<M>()?;
    let wrong = |wrong: String| WireError::Value { path: String::new(), wrong };
    let (n, mut names) = received.inputs();
    if n > M::PARAMETERS.len() {
        return Err(wrong(format!("{n} inputs, where `{}` has {}", M::NAME, M::PARAMETERS.len())));
    }
    if let Some(name) = names.find(|name| !M::PARAMETERS.contains(name)) {
        return Err(wrong(format!("`{}` has no input `{name}`", M::NAME)));
    }
    drop(names);
    received.inputs_by(M::PARAMETERS, shared, |place| erased(place, |from| codec.read_inputs(from)))
}

/// The time limit that a request has.
pub(crate) fn time_limit(message: &Message) -> Option<Duration> {
    #[derive(serde::Deserialize)]
    struct Notes {
        #[serde(rename = "colmena.time_limit")]
        time_limit: f64,
    }
    let notes = message.task_info.contains(TIME_LIMIT).then(|| Serialization::Json.decode::<Notes>(&message.task_info));
    Duration::try_from_secs_f64(notes?.ok()?.time_limit).ok()
}

/// What a failure is called on the wire.
pub(crate) fn exception(failure: &Failure) -> String {
    match SAY.iter().find(|(_, kind)| *kind == failure.kind()) {
        Some((name, _)) => format!("{name}'{}')", failure.message()),
        None => failure.message().to_owned(),
    }
}

/// The reply that has a value, beside inputs that had this size.
///
/// # Errors
/// It cannot be written, or is too large.
pub(crate) fn value_reply<M: Method>(
    message: &Message,
    received: &Received,
    inputs: usize,
    value: &M::Value,
) -> Result<String, WireError> {
    succeed(message, received, inputs, codec::<M>()?.value(value))
}

/// The same of an emission.
///
/// # Errors
/// It cannot be written, or is too large.
pub(crate) fn emission_reply<M: Method>(
    message: &Message,
    received: &Received,
    inputs: usize,
    value: &M::Emission,
) -> Result<String, WireError> {
    succeed(message, received, inputs, codec::<M>()?.emission(value))
}

fn succeed(
    message: &Message,
    received: &Received,
    inputs: usize,
    value: &dyn erased_serde::Serialize,
) -> Result<String, WireError> {
    let mut object = message.open(false, received.inputs_room())?;
    received.write_inputs(&mut object);
    let size = object.value(message.serialization, value)?;
    object.sizes(inputs, Some(size));
    object.finish()
}

/// The reply that has none.
///
/// # Errors
/// The inputs, which are to come back, are too large.
pub(crate) fn failure_reply(message: &Message, received: &Received) -> Result<String, WireError> {
    let mut object = message.open(false, received.inputs_room())?;
    received.write_inputs(&mut object);
    object.write_value(None, false);
    object.json("message_sizes", &message.message_sizes)?;
    object.finish()
}

/// What has come back. What cannot be read is a failure that says so.
pub(crate) fn reply<M: Method>(received: &mut Received) -> Reply<M> {
    let read = match (received.message.success, received.message.complete) {
        (Some(true), Some(false)) if !M::EMITS => return Reply::Passed,
        (Some(true), Some(false)) => emission::<M>(received).map(Reply::Emitted),
        (Some(true), _) => value::<M>(received).map(|value| Reply::Settled(Ok(value))),
        _ => return Reply::Settled(Err(failure(&received.message))),
    };
    read.unwrap_or_else(|error| Reply::Settled(Err(unreadable(&error))))
}

fn emission<M: Method>(received: &mut Received) -> Result<M::Emission, WireError> {
    let codec = codec::<M>()?;
    received.value_by(|place| erased(place, |from| codec.read_emission(from)))
}

fn value<M: Method>(received: &mut Received) -> Result<M::Value, WireError> {
    let codec = codec::<M>()?;
    received.value_by(|place| erased(place, |from| codec.read_value(from)))
}

/// A value that is not what the method is declared to give.
pub(crate) fn unreadable(error: &WireError) -> Cause {
    Cause::new(FailureKind::Error, format!("its value cannot be read: {error}"))
}

fn failure(message: &Message) -> Cause {
    let failure = message.failure.clone().unwrap_or_default();
    for (name, kind) in SAY {
        if let Some(said) = failure.exception.strip_prefix(name) {
            return Cause::new(kind, said.trim_end_matches(')').trim_matches('\''));
        }
    }
    let kind = kind(message.complete.is_some(), &failure.exception);
    let mut cause = Cause::new(kind, failure.exception);
    cause.backtrace = failure.traceback;
    cause
}

/// A worker that has gone does not say that the task was run, and nor does a server that has not tried: the exception tells.
fn kind(was_run: bool, exception: &str) -> FailureKind {
    /// Parsl's, of a worker and of all of a node's.
    const GONE: [&str; 2] = ["WorkerLost(", "ManagerLost("];
    match exception {
        _ if was_run => FailureKind::Error,
        gone if GONE.iter().any(|name| gone.starts_with(name)) => FailureKind::WorkerLost,
        unknown if unknown.contains("not recognized") => FailureKind::UnknownMethod,
        _ => FailureKind::Error,
    }
}

impl Message {
    /// How long the last attempt ran, as the server says.
    pub(crate) fn running(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.time.running?).ok()
    }
}
