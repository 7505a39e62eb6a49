//! Queues: requests go one way, results come back in the order in which tasks complete.
//!
//! The client half is [`Queues`]: it notes every task in the in-flight table *before* it is sent, and routes each
//! result from the thread that settles the task straight to whom it is for. The server half is [`Requests`].
//! Invariant: a task is in the table from before its request can be seen until it settles; removing it from the table
//! is what settles it, so it settles once.
//! Invariant: `outstanding` counts a task from before it is in the table until its handler has returned, its caller has
//! the result, or it has been counted as uncollected.

pub(crate) mod in_flight;
pub(crate) mod inbox;
pub(crate) mod replies;
pub(crate) mod requests;
pub(crate) mod route;
pub(crate) mod tally;

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::error::Stopped;
use crate::rehearsal::turns::point;
use crate::resources::slots::HeldSlots;
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::flight::{AnyFlight, Destination, Flight, Head};
use crate::task::{FailureKind, Method, Task, TaskId};
use crate::wait::now;
use in_flight::{InFlight, Settlement};
use requests::Requests;
use route::{AnyRoute, Route};

/// The table is split by id, so that threads seldom meet at a lock.
const SHARDS: usize = 16;

/// What the table knows of a task that has been sent.
struct Entry {
    flight: Arc<dyn AnyFlight>,
    slots: HeldSlots,
}

/// Told when nothing is outstanding any more.
pub(crate) trait OnIdle: Send + Sync {
    fn nothing_outstanding(&self);
}

/// The client half of a campaign's queues.
pub(crate) struct Queues {
    anchor: Instant,
    emission_limit: usize,
    next_id: CachePadded<AtomicU64>,
    shards: [CachePadded<Mutex<InFlight<Entry>>>; SHARDS],
    outstanding: CachePadded<AtomicUsize>,
    uncollected: AtomicU64,
    late: AtomicU64,
    on_idle: OnceLock<Weak<dyn OnIdle>>,
    routes: Mutex<BTreeMap<TypeId, Arc<dyn AnyRoute>>>,
    servers: OnceLock<Vec<Served>>,
}

/// One server of the campaign: what it serves, and where its requests go.
pub(crate) struct Served {
    /// `None`: not known here, so it is taken to serve everything that nobody else serves.
    pub(crate) methods: Option<Vec<&'static str>>,
    pub(crate) requests: Arc<Requests>,
}

impl Queues {
    pub(crate) fn new(emission_limit: usize) -> Self {
        Self {
            anchor: now(),
            emission_limit,
            next_id: CachePadded::new(AtomicU64::new(0)),
            shards: std::array::from_fn(|_| CachePadded::new(Mutex::new(InFlight::new()))),
            outstanding: CachePadded::new(AtomicUsize::new(0)),
            uncollected: AtomicU64::new(0),
            late: AtomicU64::new(0),
            on_idle: OnceLock::new(),
            routes: Mutex::new(BTreeMap::new()),
            servers: OnceLock::new(),
        }
    }

    pub(crate) fn connect(&self, servers: Vec<Served>, on_idle: Weak<dyn OnIdle>) {
        let _ = self.servers.set(servers);
        let _ = self.on_idle.set(on_idle);
    }

    /// The present moment in nanoseconds from the campaign's start.
    pub(crate) fn stamp(&self) -> u64 {
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// The time since the campaign's start.
    pub(crate) fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.anchor)
    }

    /// The way of the tasks of `M`. Made at the first use.
    pub(crate) fn route<M: Method>(&self) -> Arc<Route<M>> {
        let found = self.routes.lock().get(&TypeId::of::<M>()).cloned();
        let route = found.unwrap_or_else(|| self.make_route::<M>());
        let route: Arc<dyn Any + Send + Sync> = route;
        route.downcast().expect("routes are kept by the type of their method")
    }

    fn make_route<M: Method>(&self) -> Arc<dyn AnyRoute> {
        let fresh: Arc<dyn AnyRoute> = Arc::new(Route::<M>::new(self.requests_for(M::NAME), self.emission_limit));
        Arc::clone(self.routes.lock().entry(TypeId::of::<M>()).or_insert(fresh))
    }

    fn requests_for(&self, method: &str) -> Option<Arc<Requests>> {
        let servers = self.servers.get()?;
        let knows = |served: &&Served| served.methods.as_ref().is_some_and(|known| known.contains(&method));
        let found = servers.iter().find(knows).or_else(|| servers.iter().find(|served| served.methods.is_none()));
        found.map(|served| Arc::clone(&served.requests))
    }

    /// The methods that servers of this campaign are known to serve.
    pub(crate) fn served_methods(&self) -> Vec<&'static str> {
        let servers = self.servers.get().into_iter().flatten();
        servers.flat_map(|served| served.methods.iter().flatten().copied()).collect()
    }

    pub(crate) fn routes(&self) -> Vec<Arc<dyn AnyRoute>> {
        self.routes.lock().values().cloned().collect()
    }

    fn shard(&self, id: TaskId) -> &Mutex<InFlight<Entry>> {
        &self.shards[id.0 as usize % SHARDS]
    }

    /// Sends a task. It is noted before it is sent: the result may come back before this returns.
    pub(crate) fn send<M: Method>(&self, requests: &Requests, task: Task<M>, destination: Destination<M>) -> TaskId {
        let Task { inputs, slots, options, notes } = task;
        let id = TaskId(self.next_id.fetch_add(1, Relaxed) + 1);
        let head = Head::new(id, options, slots.count(), self.stamp());
        let flight: Arc<dyn AnyFlight> = Arc::new(Flight { head, inputs, notes, destination });
        self.outstanding.fetch_add(1, SeqCst);
        self.note(id, Entry { flight: Arc::clone(&flight), slots });
        if let Err(unread) = requests.push(flight) {
            unread.fail(self, Cause::new(FailureKind::ServerEnded, ""));
        }
        id
    }

    fn note(&self, id: TaskId, entry: Entry) {
        let fresh = self.shard(id).lock().insert(id.0, entry);
        debug_assert!(fresh, "ids come from a counter");
    }

    /// Settles a task: fixes its outcome, frees or hands on its slots, and routes the result. False if it had settled
    /// before; the outcome is then dropped.
    pub(crate) fn settle<M: Method>(
        &self,
        route: &Route<M>,
        flight: Arc<Flight<M>>,
        outcome: Result<M::Value, Cause>,
    ) -> bool {
        point();
        let settlement = {
            let mut shard = self.shard(flight.head.id).lock();
            let settlement = shard.settle(flight.head.id.0);
            // Under the lock: a method that sees the flag can no longer settle its task in another way.
            if outcome.is_err() && matches!(settlement, Settlement::First { .. }) {
                flight.head.cancel();
            }
            settlement
        };
        let Settlement::First { entry: Entry { flight: noted, slots }, given_up } = settlement else { return false };
        drop(noted);
        flight.head.end(self.stamp());
        let times = flight.head.times();
        slots.note_use(times.running());
        route.tally(&outcome, &flight.head, &times);
        let caller = match &flight.destination {
            Destination::Processor => None,
            Destination::Caller(caller) => Some(caller.upgrade()),
        };
        let result = flight.result(outcome);
        if given_up {
            drop((slots, result));
            self.count_uncollected(1);
            return true;
        }
        match caller {
            None => self.deliver_to_processor(route, result, slots),
            Some(caller) => {
                drop(slots);
                match caller {
                    Some(caller) => caller.put(result),
                    None => self.count_uncollected(1),
                }
            }
        }
        true
    }

    fn deliver_to_processor<M: Method>(&self, route: &Route<M>, result: crate::task::TaskResult<M>, slots: HeldSlots) {
        // The slots that nobody takes over are free before anybody can see the result.
        let inbox = route.inbox();
        let kept = inbox.filter(|inbox| inbox.hands_on_slots()).map(|_| slots);
        let lost = inbox.map_or(1, |inbox| inbox.deliver(result, kept.unwrap_or_else(HeldSlots::none)));
        self.count_uncollected(lost);
    }

    /// The caller of a task leaves. False if the task has settled: then its result is there or on its way.
    pub(crate) fn give_up(&self, id: TaskId) -> bool {
        self.shard(id).lock().give_up(id.0)
    }

    /// Cancels a task: it settles as cancelled at once, and a running method is told so. False if it is not in flight.
    pub(crate) fn cancel(&self, id: TaskId, message: &str) -> bool {
        self.fail(id, Cause::new(FailureKind::Cancelled, message))
    }

    /// Settles a task without a value, and tells a running method so. False if it is not in flight.
    pub(crate) fn fail(&self, id: TaskId, cause: Cause) -> bool {
        let flight = self.shard(id).lock().get(id.0).map(|entry| Arc::clone(&entry.flight));
        flight.is_some_and(|flight| flight.fail(self, cause))
    }

    /// The tasks in flight, in the order of sending, with their methods and whether they have begun to run.
    pub(crate) fn in_flight(&self) -> Vec<(TaskId, &'static str, bool)> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock();
            all.extend(
                shard.iter().map(|(id, entry)| (TaskId(id), entry.flight.method(), entry.flight.head().attempts() > 0)),
            );
        }
        all.sort_unstable();
        all
    }

    /// Raises the cancellation flag of a task without settling it.
    pub(crate) fn warn_of_cancel(&self, id: TaskId) {
        let flight = self.shard(id).lock().get(id.0).map(|entry| Arc::clone(&entry.flight));
        if let Some(flight) = flight {
            flight.head().cancel();
        }
    }

    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding.load(SeqCst)
    }

    pub(crate) fn uncollected(&self) -> u64 {
        self.uncollected.load(Relaxed)
    }

    /// Results that came for tasks that had settled before.
    pub(crate) fn late(&self) -> u64 {
        self.late.load(Relaxed)
    }

    /// A method has come to an end whose task had been settled otherwise.
    pub(crate) fn count_late(&self) {
        self.late.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_uncollected(&self, n: usize) {
        if n > 0 {
            self.uncollected.fetch_add(n as u64, Relaxed);
            self.handled(n);
        }
    }

    /// `n` tasks are outstanding no longer.
    pub(crate) fn handled(&self, n: usize) {
        let was_last = self.outstanding.fetch_sub(n, SeqCst) == n;
        if let Some(on_idle) = self.on_idle.get().filter(|_| was_last).and_then(Weak::upgrade) {
            on_idle.nothing_outstanding();
        }
    }
}

/// A task was not sent; it comes back with what it held.
#[derive(thiserror::Error)]
#[error("the task of `{method}` was not sent")]
pub struct SubmitError<I> {
    pub(crate) task: I,
    pub(crate) method: &'static str,
    #[source]
    pub(crate) reason: NotSent,
}

/// Why a task was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// The campaign is done.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No server of the campaign serves the method.
    #[error("no task server of this campaign serves it; served are: {}", known.join(", "))]
    UnknownMethod {
        /// The methods that are served.
        known: Vec<&'static str>,
    },
}

impl<I> SubmitError<I> {
    /// The task, as it was passed, with its slots.
    pub fn into_task(self) -> I {
        self.task
    }

    /// Why it was not sent.
    pub fn reason(&self) -> &NotSent {
        &self.reason
    }
}

impl<I> std::fmt::Debug for SubmitError<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}: {}", self.reason)
    }
}

/// A call gave no result.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CallError<I> {
    /// The task was not sent, and comes back.
    #[error(transparent)]
    NotSent(#[from] SubmitError<I>),
    /// The campaign is done. The task was given up: it is still waited for, and then counted as uncollected.
    #[error("the call of `{method}` was given up")]
    Stopped {
        /// The method.
        method: &'static str,
        /// The task.
        id: TaskId,
        /// Why.
        #[source]
        cause: Stopped,
    },
}

impl<I> std::fmt::Debug for CallError<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotSent(error) => error.fmt(f),
            Self::Stopped { cause, .. } => write!(f, "{self}: {cause}"),
        }
    }
}
