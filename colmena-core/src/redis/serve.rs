//! The other half: a task server of this library for thinkers elsewhere, the original's among them.
//!
//! The calling thread takes requests and gives each to the server as a task (`desk.rs`); the worker that settles it writes the reply
//! (`reply.rs`) and leaves it to a thread that pushes replies (`replies.rs`), which holds those of the original's thinkers back for a moment
//! if it is too soon: they note a task after they have sent it (fault F1), and wait for ever if the result has come before.

use std::io;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use redis::Connection;

use super::broker::{Broker, BrokerError};
use super::cancelled::{self, Unsettled};
use super::desk::Desk;
use super::replies::{Due, Replies};
use super::shared::Fetched;
use crate::campaign::Problem;
use crate::queue::requests::Requests;
use crate::queue::tally::MethodReport;
use crate::queue::{OnIdle, Queues, Served};
use crate::server::{Alarm, Boxed, Link};
use crate::sync::Mutex;
use crate::task::{Failure, OnDone};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, Realm, now};

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
    let mut desk = Desk::new(methods, Arc::clone(&queues), requests, Arc::clone(&serving));
    desk.take_all(&mut connection);
    desk.finish(&*running, &mut connection);
    serving.replies.close();
    let _ = pusher.join(None);
    serving.broker.end();
    // So that it is seen there, too.
    let _ = cancelled::tell(&[], &serving.broker, &mut connection);
    match serving.wrong.get() {
        Some(wrong) => Err(io::Error::other(wrong.clone())),
        None => Ok(queues.routes().iter().map(|route| route.report()).collect()),
    }
}

/// Here is no campaign that could end.
struct Nobody;

impl OnIdle for Nobody {
    fn nothing_outstanding(&self) {}
}

/// What the threads of a server share.
pub(super) struct Serving {
    pub(super) broker: Broker,
    pub(super) hold_back: Duration,
    pub(super) replies: Replies,
    /// The shared values that are here. Taken out by the thread that takes requests, while it uses them.
    pub(super) fetched: Mutex<Option<Fetched>>,
    pub(super) unsettled: Unsettled,
    /// Why it ends, if nobody has told it to.
    pub(super) wrong: OnceLock<String>,
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
    pub(super) fn give_up(&self, refused: &BrokerError) {
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
