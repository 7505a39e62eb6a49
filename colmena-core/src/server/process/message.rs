//! What a server and its worker say to each other, in postcard (or what else: `language.rs`).
//!
//! The inputs, the value and the emissions of a method follow the message that announces them, as its codec writes them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::frame;
use crate::task::codec::Form;
use crate::task::{CancelReason, Resources, TaskId};

/// Of all that is in this file and in `frame.rs`: a worker of another one is refused.
pub(super) const VERSION: u32 = 3;

/// A server to its worker.
#[derive(Serialize, Deserialize)]
pub(super) enum Ask<'a> {
    /// Run a method once; its inputs follow. Answered by one of `Value`, `Failed` and `Panicked`.
    Run(Run<'a>),
    /// Raise the flag of this attempt at the task, if it is still running.
    Cancel { task: TaskId, attempt: u32, because: CancelReason },
    /// The last handle of this [`Shared`](crate::Shared) value is gone.
    Forget(u64),
}

/// An attempt at a task.
#[derive(Serialize, Deserialize)]
pub(super) struct Run<'a> {
    pub(super) method: Cow<'a, str>,
    pub(super) task: TaskId,
    pub(super) attempt: u32,
    pub(super) resources: Resources,
    /// In the inputs, a [`Shared`](crate::Shared) value is its number, and itself if it has not come before.
    pub(super) numbered: bool,
}

/// A worker to its server. All but the first are about the task that was asked for last.
#[derive(Serialize, Deserialize)]
pub(super) enum Answer {
    /// The first thing that a worker says.
    Hello { version: u32, methods: Vec<Offer> },
    /// The method has emitted something, which follows.
    Emitted(TaskId),
    /// The method has returned a value, which follows.
    Value(TaskId),
    /// The method has returned an error, or has not been called. Stopped: since its flag was raised.
    Failed { task: TaskId, message: String, stopped: bool },
    /// The method has panicked.
    Panicked { task: TaskId, message: String, place: Option<String>, backtrace: Option<String> },
}

/// A method that a worker serves.
#[derive(Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) parameters: Vec<String>,
    pub(super) topic: String,
    pub(super) emits: bool,
}

/// A frame with this message, to which more may be added.
///
/// # Errors
/// What serde cannot write.
pub(super) fn open(message: &impl Serialize) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_extend(message, frame::begin())
}

/// A frame with this message alone.
pub(super) fn alone(message: &impl Serialize) -> Vec<u8> {
    let frame = open(message).expect("our own messages can be written");
    frame::finish(frame).expect("our own messages are short")
}

/// Adds what a method's codec writes.
///
/// # Errors
/// What serde cannot write, or that it is too long.
pub(super) fn with<T>(frame: Vec<u8>, form: &Form<T>, payload: &T) -> Result<Vec<u8>, String> {
    let frame = form.pack(payload, frame).map_err(|error| error.to_string())?;
    frame::finish(frame)
}

/// Takes a message apart from what follows it.
///
/// # Errors
/// It is something else.
pub(super) fn split<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Result<(T, &'a [u8]), String> {
    postcard::take_from_bytes(message).map_err(|error| error.to_string())
}
