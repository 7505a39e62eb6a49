//! The other half: a task server of this library for thinkers elsewhere, the original's among them.
//!
//! The calling thread reads requests and gives each to the server as a task; the worker that settles it writes the reply and
//! leaves it to a thread that pushes replies, which holds them back for a moment if it is too soon: the original's thinker
//! notes a task after it has sent it (fault F1), and waits for ever if the result has come before.

use std::io;
use std::sync::Arc;
use std::sync::{OnceLock, Weak};
use std::time::{Duration, Instant};

use redis::{Connection, RedisError, cmd};

use super::broker::{Broker, BrokerError};
use super::cancelled::{self, Unsettled};
use super::epoch_seconds;
use super::held::Word;
use super::pace::Pace;
use super::replies::{Due, Replies};
use super::shared::Fetched;
use crate::campaign::Problem;
use crate::queue::requests::Requests;
use crate::queue::tally::MethodReport;
use crate::queue::{OnIdle, Queues, Served};
use crate::server::{Alarm, Boxed, Known, Late, Link, Running};
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::flight::{Destination, Head, Outside};
use crate::task::{Failure, FailureKind, Method, OnDone, Retry, Task, TaskResult};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, Realm, now};
use crate::wire::received::Received;
use crate::wire::{FailureInfo, Kept, Message, Unreadable, WireError, task};

/// How long a read waits, so that a broken connection is noticed.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long it stays on the broker what a server has said.
const WORD: Duration = Duration::from_secs(10);
/// How long threads are waited for that have nothing to answer.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until it is told to end.
pub(super) fn serve(broker: Broker, server: Boxed, hold_back: Duration) -> io::Result<Vec<MethodReport>> {
    let wrong: Vec<String> = server.check().iter().map(ToString::to_string).collect();
    if !wrong.is_empty() {
        return Err(io::Error::other(wrong.join("\n")));
    }
    let mut connection = broker.connection().map_err(io::Error::other)?;
    broker.try_out(&mut connection).map_err(io::Error::other)?;
    let replying = broker.connection().map_err(io::Error::other)?;
    let serving = Arc::new(Serving::new(broker, hold_back));
    let (realm, requests) = (Arc::new(Realm::default()), Arc::new(Requests::on_demand()));
    let queues = Arc::new(Queues::new(Arc::clone(&realm), now(), 1, OnDone::Drain));
    let methods = server.methods();
    let served = Served { methods: Some(methods.clone()), requests: Arc::clone(&requests) };
    queues.connect(vec![served], Weak::<Nobody>::new());
    let slots = std::thread::available_parallelism().map_or(1, usize::from);
    let alarm: Weak<dyn Alarm> = Arc::<Serving>::downgrade(&serving);
    let link = Link { requests: Arc::clone(&requests), queues: Arc::clone(&queues), realm, slots, seed: 0, alarm };
    let running = server.start(link)?;
    let pusher = serving.start_pushing(replying)?;
    serving.start_hearing(&queues)?;
    let (pace, next_word) = (Pace::from(now()), now());
    let mut desk = Desk { methods, queues, requests, pace, serving, said: 0, next_word };
    desk.take_all(&mut connection);
    desk.finish(&*running);
    desk.serving.replies.close();
    let _ = pusher.join(None);
    desk.serving.broker.end();
    // So that it is seen there, too.
    let _ = cancelled::tell(&[], &desk.serving.broker, &mut connection);
    match desk.serving.wrong.get() {
        Some(wrong) => Err(io::Error::other(wrong.clone())),
        None => Ok(desk.queues.routes().iter().map(|route| route.report()).collect()),
    }
}

/// Here is no campaign that could end.
struct Nobody;

impl OnIdle for Nobody {
    fn nothing_outstanding(&self) {}
}

/// What the threads of a server share.
struct Serving {
    broker: Broker,
    hold_back: Duration,
    replies: Replies,
    /// The shared values that are here. Taken out by the thread that takes requests, while it uses them.
    fetched: Mutex<Option<Fetched>>,
    unsettled: Unsettled,
    /// Why it ends, if nobody has told it to.
    wrong: OnceLock<String>,
}

impl Serving {
    fn new(broker: Broker, hold_back: Duration) -> Self {
        let (replies, fetched, unsettled) = (Replies::default(), Mutex::default(), Unsettled::default());
        Self { broker, hold_back, replies, fetched, unsettled, wrong: OnceLock::new() }
    }

    fn start_pushing(self: &Arc<Self>, connection: Connection) -> io::Result<Thread> {
        let serving = Arc::clone(self);
        let spawn = Spawn { name: "redis replies".into(), realm: None, over: Over::Never, holder: 0 };
        spawn.start(move || {
            let forget = |due: &Due| due.settles.iter().for_each(|wire_id| serving.unsettled.forget(wire_id));
            let pushed = serving.replies.push_all(&serving.broker, connection, forget);
            pushed.unwrap_or_else(|refused| serving.give_up(&refused));
        })
    }

    fn start_hearing(self: &Arc<Self>, queues: &Arc<Queues>) -> io::Result<Thread> {
        let (serving, queues) = (Arc::clone(self), Arc::clone(queues));
        let spawn = Spawn { name: "redis cancelled".into(), realm: None, over: Over::Never, holder: 0 };
        spawn.start(move || serving.unsettled.hear(&queues, &serving.broker))
    }

    /// The broker refuses: what has been taken and not answered is lost to its thinkers.
    fn give_up(&self, refused: &BrokerError) {
        let _ = self.wrong.set(refused.to_string()); // the first is the cause
        self.broker.end();
    }
}

impl Alarm for Serving {
    /// It takes no more: others may serve what it would only fail.
    fn server_failed(&self, _: &'static str, problem: Problem) {
        let _ = self.wrong.set(problem.to_string());
    }

    /// Only a campaign has a limit of them.
    fn worker_lost(&self, _: &Failure) -> Option<Problem> {
        None
    }
}

/// Where requests are taken.
struct Desk {
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
    /// Until the message that ends the server, or something is wrong.
    fn take_all(&mut self, connection: &mut Connection) {
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
    fn finish(&self, running: &dyn Running) {
        self.requests.close();
        if self.serving.broker.has_ended() {
            let ids = self.queues.in_flight().into_iter().map(|task| task.id).collect();
            self.queues.cancel_each(ids, "Redis does not take its result");
        } else {
            self.queues.wait_until_idle();
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
            return cmd("LPUSH").arg(&list).arg(body).query::<()>(connection).map(|()| false);
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
        let mut rest = rest.unwrap_or_default().into_iter();
        self.pace.note_taken(rest.len());
        while let Some(body) = rest.next() {
            if !self.accept(body) {
                // What came after it is for another server.
                let mut back = cmd("LPUSH");
                back.arg(&list);
                let n = rest.len();
                rest.rev().for_each(|body| _ = back.arg(body));
                return if n > 0 { back.query::<()>(connection).map(|()| false) } else { Ok(false) };
            }
        }
        Ok(true)
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
        let message = Message::new(id, "", &topic, crate::wire::Serialization::Json);
        let reply = Reply::new(Received::without_inputs(message), &self.serving);
        reply.fail(Some(true), format!("the request cannot be read: {unreadable}"), None);
    }
}

/// The way back of one task.
pub(crate) struct Reply {
    received: Received,
    /// How large its inputs were.
    inputs: usize,
    /// What they refer to, until they are read.
    shared: Vec<Kept>,
    taken: Instant,
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
    fn new(received: Received, serving: &Arc<Serving>) -> Self {
        let inputs = received.inputs_size();
        Self { received, inputs, shared: Vec::new(), taken: now(), serving: Arc::clone(serving) }
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
    fn fail(self, complete: Option<bool>, exception: String, traceback: Option<String>) {
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
        self.serving.replies.add(self.taken + self.serving.hold_back, Due { list, body, settles });
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
