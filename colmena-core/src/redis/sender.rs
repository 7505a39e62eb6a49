//! The sender: takes requests, writes them, pushes them.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use redis::{Connection, RedisError, cmd};

use super::Shared;
use super::broker::Broker;
use crate::queue::requests::{Request, Requests};
use crate::task::failure::Cause;
use crate::task::flight::AnyFlight;
use crate::task::{FailureKind, TaskId};
use crate::wait::now;
use crate::wire::WireError;

/// How many requests are pushed at once, at most.
const BATCH: usize = 64;
/// How many bytes are, unless one request alone has more.
const BATCH_BYTES: usize = 1 << 20;

/// Tells the receiver that the sender has ended.
pub(super) const END: &[u8] = b"end";

pub(super) struct Sender {
    shared: Arc<Shared>,
    requests: Arc<Requests>,
    connection: Option<Connection>,
}

impl Sender {
    pub(super) fn new(shared: Arc<Shared>, requests: Arc<Requests>, connection: Connection) -> Self {
        Self { shared, requests, connection: Some(connection) }
    }

    /// The life of the sender.
    pub(super) fn go_on(mut self) {
        while let Some(first) = self.requests.next() {
            let mut bodies = Vec::new();
            let mut next = Some(first);
            while let Some(request) = next {
                self.shared.add(&request, &mut bodies);
                let size: usize = bodies.iter().map(|(_, body)| body.len()).sum();
                next = if bodies.len() < BATCH && size < BATCH_BYTES { self.requests.try_next() } else { None };
            }
            self.push(&bodies);
        }
        self.shared.broker.end();
        if let Some(connection) = &mut self.connection {
            let _ = self.shared.wake(connection, END);
        }
    }

    /// Pushes until it is pushed, or is over.
    fn push(&mut self, bodies: &[Body]) {
        while let Some(connection) = self.connection.as_mut().filter(|_| !self.shared.broker.has_ended()) {
            match self.shared.push(bodies, connection) {
                Ok(()) => return,
                Err(error) if Broker::is_passing(&error) => {
                    tracing::debug!("pushing requests: {error}");
                    self.connection = self.shared.broker.reconnect();
                }
                Err(error) => return self.shared.refuse(bodies, &error),
            }
        }
        for (id, _) in bodies {
            self.shared.queues.fail(*id, Cause::new(FailureKind::ServerEnded, "the queues on Redis have ended"));
        }
    }
}

/// A task and its request.
pub(super) type Body = (TaskId, String);

impl Shared {
    /// Writes the request of a task. One that cannot be written fails.
    pub(super) fn add(&self, request: &Request, bodies: &mut Vec<Body>) {
        let head = request.head();
        if head.is_cancelled() {
            return;
        }
        match self.body(&**request) {
            Ok(body) => {
                self.sent.lock().note(head.id, head.options.time_limit, now());
                bodies.push((head.id, body));
            }
            Err(error) => {
                let cause = Cause::new(FailureKind::Error, format!("its inputs cannot be sent: {error}"));
                Arc::clone(request).fail(&self.queues, cause);
            }
        }
    }

    fn body(&self, request: &dyn AnyFlight) -> Result<String, WireError> {
        let mut message = request.to_request(&self.wire_id(request.head().id), self.options.serialization)?;
        message.timestamp.created = Some(super::epoch_seconds());
        let body = message.to_request()?;
        self.listen_to(message.topic.as_deref().unwrap_or_default());
        Ok(body)
    }

    /// Has the receiver listen for results of this topic; it is woken by the push that follows.
    fn listen_to(&self, topic: &str) {
        let list = self.broker.results(topic);
        let mut topics = self.topics.lock();
        if !topics.contains(&list) {
            topics.push(list);
        }
    }

    /// Pushes requests, all or none.
    pub(super) fn push(&self, bodies: &[Body], connection: &mut Connection) -> Result<(), RedisError> {
        if bodies.is_empty() {
            return Ok(());
        }
        let mut push = cmd("RPUSH");
        push.arg(self.broker.requests());
        bodies.iter().for_each(|(_, body)| _ = push.arg(body));
        push.query::<()>(connection)?;
        bodies.iter().for_each(|(id, _)| self.sent.lock().note_pushed(*id));
        if self.topics_are_news() { self.wake(connection, b"") } else { Ok(()) }
    }

    /// Whether a topic has been added since it was last asked.
    fn topics_are_news(&self) -> bool {
        let n = self.topics.lock().len();
        self.told.swap(n, SeqCst) != n
    }

    /// Wakes the receiver.
    fn wake(&self, connection: &mut Connection, why: &[u8]) -> Result<(), RedisError> {
        let list = self.broker.wake(self.lease);
        redis::pipe().cmd("RPUSH").arg(&list).arg(why).cmd("EXPIRE").arg(&list).arg(60).query::<()>(connection)
    }

    /// The broker will not take them.
    pub(super) fn refuse(&self, bodies: &[Body], error: &RedisError) {
        let wrong = self.broker.error(error).to_string();
        for (id, _) in bodies {
            self.sent.lock().forget(*id);
            self.queues.fail(*id, Cause::new(FailureKind::Error, wrong.clone()));
        }
    }
}
