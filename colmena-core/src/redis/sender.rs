//! The sender: takes requests, writes them, pushes them.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use redis::{Connection, RedisError, cmd};

use super::broker::BrokerError;
use super::push::push;
use super::shared::Deposit;
use super::{Shared, shared};
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
                if !self.shared.add(&request, &mut bodies) {
                    self.shared.requests.give_back_place();
                }
                let size: usize = bodies.iter().map(Body::size).sum();
                next = if bodies.len() < BATCH && size < BATCH_BYTES { self.requests.try_next() } else { None };
            }
            self.push(&bodies);
        }
        self.shared.broker.end();
        let woken = self.connection.as_mut().is_some_and(|connection| self.shared.wake(connection, END).is_ok());
        // The broker may have been away since that was last used.
        if !woken && let Ok(mut fresh) = self.shared.broker.connection() {
            let _ = self.shared.wake(&mut fresh, END);
        }
    }

    /// Pushes until it is pushed, or is over.
    fn push(&mut self, bodies: &[Body]) {
        while let Some(connection) = self.connection.as_mut().filter(|_| !self.shared.broker.has_ended()) {
            match self.shared.push(bodies, connection) {
                Ok(()) => return,
                Err(error) => {
                    tracing::debug!("pushing requests: {error}");
                    match self.shared.broker.recover(&error) {
                        Ok(connection) => self.connection = connection,
                        Err(refused) => return self.shared.refuse(bodies, &refused),
                    }
                }
            }
        }
        for Body { id, .. } in bodies {
            self.shared.forget(*id);
            self.shared.queues.fail(*id, Cause::new(FailureKind::ServerEnded, "the queues on Redis have ended"));
        }
    }
}

/// A task, its request, and the shared values that are to be there before it.
pub(super) struct Body {
    id: TaskId,
    text: String,
    values: Vec<Deposit>,
}

impl Body {
    fn size(&self) -> usize {
        self.text.len() + self.values.iter().map(|value| value.text.len()).sum::<usize>()
    }
}

impl Shared {
    /// Writes the request of a task, unless nobody wants it any more. One that cannot be written fails. False if it is not sent.
    pub(super) fn add(&self, request: &Request, bodies: &mut Vec<Body>) -> bool {
        let head = request.head();
        if head.is_cancelled() {
            return false;
        }
        let (text, values) = self.deposits.during(|| self.body(&**request));
        match text {
            Ok(text) => {
                self.sent.lock().note(head.id, self.limit_here(head), now());
                bodies.push(Body { id: head.id, text, values });
                true
            }
            Err(error) => {
                self.deposits.not_sent(&values);
                let cause = Cause::new(FailureKind::Error, format!("its inputs cannot be sent: {error}"));
                Arc::clone(request).fail(&self.queues, cause);
                false
            }
        }
    }

    fn body(&self, request: &dyn AnyFlight) -> Result<String, WireError> {
        let (id, way) = (self.wire_id(request.head().id), self.options.serialization);
        let body = request.to_request(&id, way, super::epoch_seconds())?;
        self.listen_to(request.topic());
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
        for value in bodies.iter().flat_map(|body| &body.values) {
            let life = shared::LIFE.as_secs();
            cmd("SET").arg(&value.key).arg(&value.text).arg("EX").arg(life).query::<()>(connection)?;
        }
        push(&self.broker.requests(), bodies.iter().map(|body| &*body.text), connection)?;
        bodies.iter().for_each(|body| self.sent.lock().note_pushed(body.id));
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
    fn refuse(&self, bodies: &[Body], refused: &BrokerError) {
        let wrong = refused.to_string();
        for Body { id, values, .. } in bodies {
            self.deposits.not_sent(values);
            self.forget(*id);
            self.queues.fail(*id, Cause::new(FailureKind::Error, wrong.clone()));
        }
    }
}
