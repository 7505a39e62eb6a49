//! The way back of one task that a server has taken: its inputs are read, and it is given to the server; whoever settles it writes
//! the reply.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::replies::Due;
use super::serve::Serving;
use super::{epoch_seconds, wire_id};
use crate::queue::Queues;
use crate::task::failure::Cause;
use crate::task::flight::{Destination, Head, Outside};
use crate::task::{FailureKind, Method, Retry, Task, TaskResult};
use crate::wait::now;
use crate::wire::received::Received;
use crate::wire::{FailureInfo, Kept, Message, WireError, task};

/// The way back of one task.
pub(crate) struct Reply {
    pub(super) received: Received,
    /// How large its inputs were.
    inputs: usize,
    /// What they refer to, until they are read.
    pub(super) shared: Vec<Kept>,
    /// Not before then is anything pushed.
    due: Instant,
    serving: Arc<Serving>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("task", &self.received.message.task_id).finish_non_exhaustive()
    }
}

/// Gives the server a task of `M` that came from elsewhere.
pub(crate) fn accept<M: Method>(queues: &Arc<Queues>, mut reply: Reply) {
    let inputs = match reply.read_inputs::<M>() {
        Ok(inputs) => inputs,
        Err(error) => return reply.fail(Some(true), format!("its inputs cannot be read: {error}"), None),
    };
    let mut task = Task::new(inputs);
    let message = &reply.received.message;
    task.options.time_limit = task::time_limit(message);
    // Of none, the server may have something to say.
    task.options.retry = Some(message.max_retries).filter(|&retries| retries > 0).map(Retry::times);
    task.options.resources = Some(message.resources);
    let (wire_id, serving) = (message.task_id.clone(), Arc::clone(&reply.serving));
    let outside: Arc<dyn Outside<M>> = Arc::new(reply);
    // Nothing is done before all is settled, and the method is served: it is sent.
    let sent = queues.submit(&queues.route::<M>(), task, Destination::Outside(outside));
    if let Some(id) = sent.ok().filter(|&id| serving.unsettled.is_cancelled(&wire_id, id)) {
        queues.cancel(id, "by its thinker");
    }
}

impl<M: Method> Outside<M> for Reply {
    fn emit(&self, _: &Head, value: M::Emission) {
        let mut message = self.head();
        (message.success, message.complete) = (Some(true), Some(false));
        match task::emission_reply::<M>(&message, &self.received, self.inputs, &value) {
            Ok(body) => self.send(body, false),
            Err(error @ WireError::TooLarge { .. }) => self.send_too_large(message, &error),
            Err(error) => tracing::warn!("an emission of `{}` cannot be sent: {error}", M::NAME),
        }
    }

    fn take(&self, result: TaskResult<M>) {
        let mut message = self.head();
        message.retries = result.attempts().saturating_sub(1);
        let running = result.times().running().as_secs_f64();
        let ended = epoch_seconds();
        message.time.running = Some(running);
        message.timestamp.compute_started = Some(ended - running);
        message.timestamp.compute_ended = Some(ended);
        (message.success, message.complete) = (Some(true), Some(true));
        let wrong = match result.value() {
            Ok(value) => match task::value_reply::<M>(&message, &self.received, self.inputs, value) {
                Ok(body) => return self.send(body, true),
                Err(error @ WireError::TooLarge { .. }) => return self.send_too_large(message, &error),
                Err(error) => Cause::new(FailureKind::Error, format!("its value cannot be sent: {error}")).of(
                    result.id(),
                    M::NAME,
                    result.attempts(),
                ),
            },
            Err(failure) => failure,
        };
        let trace = wrong.backtrace().map(|trace| format!("{wrong}\n{trace}"));
        self.send_failure(message, task::exception(&wrong), trace.unwrap_or_else(|| format!("{wrong}\n")));
    }
}

impl Reply {
    pub(super) fn new(received: Received, serving: &Arc<Serving>) -> Self {
        let inputs = received.inputs_size();
        let hold_back =
            if wire_id::may_be_ours(&received.message.task_id) { Duration::ZERO } else { serving.hold_back };
        Self { received, inputs, shared: Vec::new(), due: now() + hold_back, serving: Arc::clone(serving) }
    }

    fn read_inputs<M: Method>(&mut self) -> Result<M, WireError> {
        let shared = std::mem::take(&mut self.shared);
        if shared.is_empty() {
            return task::inputs::<M>(&mut self.received, &shared);
        }
        let mut fetched = self.serving.fetched.lock().take().unwrap_or_default();
        let inputs = fetched.arrived.during(|| task::inputs::<M>(&mut self.received, &shared));
        // If they cannot be read, it is not known which of them are here.
        *self.serving.fetched.lock() = inputs.is_ok().then_some(fetched);
        inputs
    }

    /// What is said in the reply, but for how it has ended.
    fn head(&self) -> Message {
        let mut message = self.received.message.clone();
        message.worker_info = Some(worker_info().to_owned());
        message.timestamp.result_sent = Some(epoch_seconds());
        message
    }

    /// The task has not been run.
    pub(super) fn fail(self, complete: Option<bool>, exception: String, traceback: Option<String>) {
        let mut message = self.head();
        message.complete = complete;
        let traceback = traceback.unwrap_or_else(|| format!("{exception}\n"));
        self.send_failure(message, exception, traceback);
    }

    /// Without its value it is not.
    fn send_too_large(&self, message: Message, error: &WireError) {
        self.send_failure(message, error.to_string(), format!("{error}\n"));
    }

    fn send_failure(&self, mut message: Message, exception: String, traceback: String) {
        message.success = Some(false);
        message.failure = Some(FailureInfo { exception, traceback: Some(traceback) });
        match task::failure_reply(&message, &self.received) {
            Ok(body) => self.send(body, message.complete != Some(false)),
            Err(error) => {
                tracing::error!("a result cannot be sent: {error}");
                self.serving.unsettled.forget(&self.received.message.task_id);
            }
        }
    }

    fn send(&self, body: String, settles: bool) {
        let topic = self.received.message.topic.as_deref().unwrap_or_default();
        let list = self.serving.broker.results(topic);
        let settles = settles.then(|| self.received.message.task_id.clone());
        self.serving.replies.add(self.due, Due { list, body, settles });
    }
}

/// As JSON.
fn worker_info() -> &'static str {
    static INFO: OnceLock<String> = OnceLock::new();
    INFO.get_or_init(|| {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let name = crate::wire::Serialization::Json.encode(name.trim()).unwrap_or_default();
        format!("{{\"hostname\": {name}}}")
    })
}
