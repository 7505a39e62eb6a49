//! Where a server takes requests: as many as its workers want. Once a second it says what it has.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Connection, RedisError, cmd};

use super::broker::Broker;
use super::epoch_seconds;
use super::held::Word;
use super::pace::Pace;
use super::reply::Reply;
use super::serve::Serving;
use crate::queue::Queues;
use crate::queue::requests::Requests;
use crate::server::{Known, Late, Running};
use crate::wait::now;
use crate::wire::received::Received;
use crate::wire::{Message, Serialization, Unreadable};

/// How long a read waits, so that a broken connection is noticed.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it stays on the broker what a server has said.
const WORD: Duration = Duration::from_secs(10);
/// How long threads are waited for that have nothing to answer.
const GRACE: Duration = Duration::from_secs(1);

/// Where requests are taken.
pub(super) struct Desk {
    methods: Vec<Known>,
    queues: Arc<Queues>,
    requests: Arc<Requests>,
    pace: Pace,
    serving: Arc<Serving>,
    /// How often it has been said what is here, and when it is to be said again.
    said: u64,
    next_word: Instant,
}

impl Desk {
    pub(super) fn new(
        methods: Vec<Known>,
        queues: Arc<Queues>,
        requests: Arc<Requests>,
        serving: Arc<Serving>,
    ) -> Self {
        Self { methods, queues, requests, pace: Pace::from(now()), serving, said: 0, next_word: now() }
    }

    /// Until the message that ends the server, or something is wrong.
    pub(super) fn take_all(&mut self, connection: &mut Connection) {
        while self.serving.wrong.get().is_none() {
            match self.take(connection) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::debug!("taking requests: {error}");
                    match self.serving.broker.recover(&error) {
                        Ok(Some(fresh)) => *connection = fresh,
                        Ok(None) => return,
                        Err(refused) => return self.serving.give_up(&refused),
                    }
                }
            }
        }
    }

    /// Waits until what was taken is answered, if it can be, and the server has ended. Methods whose tasks have settled without
    /// them are not waited for.
    pub(super) fn finish(&mut self, running: &dyn Running, connection: &mut Connection) {
        self.requests.close();
        if self.serving.broker.has_ended() {
            let ids = self.queues.in_flight().into_iter().map(|task| task.id).collect();
            self.queues.cancel_each(ids, "Redis does not take its result");
        }
        while !self.queues.is_idle_within(PATIENCE) && !self.serving.broker.has_ended() {
            if let Err(error) = self.say_what_is_here(connection)
                && let Some(fresh) = self.serving.broker.recover(&error).ok().flatten()
            {
                *connection = fresh;
            }
        }
        for Late { thread, task } in running.join(Some(now() + GRACE)) {
            let what = task.map(|(id, method)| format!(", with {id} of `{method}`")).unwrap_or_default();
            tracing::warn!("the thread `{thread}` is left behind{what}");
        }
    }

    /// Takes as many as workers want. False at the end.
    fn take(&mut self, connection: &mut Connection) -> Result<bool, RedisError> {
        let list = self.serving.broker.requests();
        if now() >= self.next_word {
            self.say_what_is_here(connection)?;
        }
        if !self.requests.wait_until_wanted(self.pace.ahead(now()), PATIENCE) {
            return Ok(true);
        }
        if self.serving.wrong.get().is_some() {
            return Ok(false); // it wants what comes only to give it back
        }
        let first: Option<(String, Vec<u8>)> = cmd("BLPOP").arg(&list).arg(PATIENCE.as_secs_f64()).query(connection)?;
        let Some((_, body)) = first else { return Ok(true) };
        if self.serving.wrong.get().is_some() {
            return self.give_back([body].into(), connection).map(|()| false);
        }
        if !self.accept(body) {
            return Ok(false);
        }
        let more = self.requests.wanted(self.pace.ahead(now()));
        self.pace.note_taken(1);
        if more == 0 {
            return Ok(true);
        }
        let rest: Option<Vec<Vec<u8>>> = cmd("LPOP").arg(&list).arg(more).query(connection)?;
        let mut rest: VecDeque<_> = rest.unwrap_or_default().into();
        self.pace.note_taken(rest.len());
        while let Some(body) = rest.pop_front() {
            if !self.accept(body) {
                return self.give_back(rest, connection).map(|()| false);
            }
        }
        Ok(true)
    }

    /// Leaves requests to other servers: the first is the first again.
    fn give_back(&self, requests: VecDeque<Vec<u8>>, connection: &mut Connection) -> Result<(), RedisError> {
        if requests.is_empty() {
            return Ok(());
        }
        let mut back = cmd("LPUSH");
        back.arg(self.serving.broker.requests());
        requests.into_iter().rev().for_each(|body| _ = back.arg(body));
        back.query(connection)
    }

    /// So that thinkers find out what is lost with another server; and so Redis does not take the connection for idle. If it does
    /// not take it now, they find out later.
    fn say_what_is_here(&mut self, connection: &mut Connection) -> Result<(), RedisError> {
        self.said += 1;
        self.next_word = now() + PATIENCE;
        let word = Word::text(self.said, &self.serving.unsettled.all());
        let mut say = cmd("SET");
        say.arg(self.serving.broker.held_here()).arg(word).arg("EX").arg(WORD.as_secs());
        let said = say.query::<()>(connection);
        said.or_else(|error| if Broker::is_of_connection(&error) { Err(error) } else { Ok(()) })
    }

    /// False if it is the message that ends the server.
    fn accept(&self, body: Vec<u8>) -> bool {
        match Received::request(body) {
            Ok(None) => return false,
            Ok(Some(received)) => self.accept_task(received),
            Err((unreadable, topic)) => self.refuse(&unreadable, topic),
        }
        true
    }

    fn accept_task(&self, mut received: Received) {
        received.message.timestamp.input_received = Some(epoch_seconds());
        self.serving.unsettled.note(&received.message.task_id);
        let mut reply = Reply::new(received, &self.serving);
        let fetched = self.serving.fetched.lock().take();
        let mut fetched = fetched.unwrap_or_default();
        let shared = fetched.fetch(&reply.received, &self.serving.broker);
        *self.serving.fetched.lock() = Some(fetched);
        match shared {
            Ok(shared) => reply.shared = shared,
            Err(wrong) => return reply.fail(Some(true), wrong, None),
        }
        let method = reply.received.message.method.as_deref().unwrap_or_default();
        match self.methods.iter().find(|known| known.name == method) {
            Some(known) => (known.accept)(&self.queues, reply),
            None => {
                let names: Vec<_> = self.methods.iter().map(|known| known.name).collect();
                let text = format!("Method name \"{method}\" not recognized. Options: {}", names.join(", "));
                reply.fail(None, text, None);
            }
        }
    }

    /// A request that cannot be read: if it says of which task it is, its thinker is told.
    fn refuse(&self, unreadable: &Unreadable, topic: Option<String>) {
        let (Some(id), Some(topic)) = (&unreadable.task_id, topic) else {
            return tracing::warn!("a request that cannot be read is dropped: {unreadable}");
        };
        let message = Message::new(id, "", &topic, Serialization::Json);
        let reply = Reply::new(Received::without_inputs(message), &self.serving);
        reply.fail(Some(true), format!("the request cannot be read: {unreadable}"), None);
    }
}
