//! Queues: requests go one way, results come back in the order in which tasks complete.
//!
//! The client half is [`Queues`]: it notes every task in the in-flight table *before* it is sent, and routes each
//! result from the thread that settles the task straight to whom it is for. The server half is [`Requests`].
//! Invariant: a task is in the table from before its request can be seen until it settles; removing it from the table
//! is what settles it, so it settles once.
//! Invariant: `outstanding` counts a task from before it is in the table until its handler has returned, its caller has
//! the result, or it has been counted as uncollected.

mod again;
pub(crate) mod census;
pub(crate) mod error;
pub(crate) mod in_flight;
pub(crate) mod inbox;
#[cfg(feature = "live")]
pub(crate) mod latest;
pub(crate) mod plain;
pub(crate) mod replies;
pub(crate) mod requests;
pub(crate) mod route;
pub(crate) mod tally;
pub(crate) mod unused;

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::checkpoint::pending::Pending;
use crate::error::Stopped;
use crate::record::Record;
use crate::record::replay::Replay;
use crate::rehearsal::turns::point;
use crate::resources::slots::HeldSlots;
use crate::server::Known;
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::flight::{AnyFlight, Destination, Flight, Head, Inputs};
use crate::task::info::Notes;
use crate::task::task::Options;
use crate::task::{FailureKind, IntoTask, Method, OnDone, Task, TaskId, TaskResult};
use crate::wait::{Limits, Realm, WaitList, now};
use error::{NotSent, SubmitError};
use in_flight::{InFlight, Settlement};
use plain::Topics;
use requests::Requests;
use route::{AnyRoute, Route};
use unused::{Unused, Why};

/// The table is split by id, so that threads seldom meet at a lock.
const SHARDS: usize = 16;

/// Why a task was cancelled when the campaign ended.
const AT_DONE: &str = "the campaign is done";

/// What the table knows of a task that has been sent.
struct Entry {
    flight: Arc<dyn AnyFlight>,
    slots: HeldSlots,
}

impl Entry {
    fn unsettled(&self) -> Unsettled {
        let head = self.flight.head();
        let running = head.attempts() > 0;
        Unsettled { id: head.id, method: self.flight.method(), running, own: head.options.on_done }
    }
}

/// Of a task that is about to be sent, what its flight alone has to know.
pub(crate) struct Asked<M: Method> {
    pub(crate) inputs: Inputs<M>,
    pub(crate) notes: Notes,
    pub(crate) destination: Destination<M>,
}

/// What a task of `M` has come to.
pub(crate) type Outcome<M> = Result<<M as Method>::Value, Cause>;

/// Told when nothing is outstanding any more.
pub(crate) trait OnIdle: Send + Sync {
    fn nothing_outstanding(&self);
}

/// The client half of a campaign's queues.
pub(crate) struct Queues {
    anchor: Instant,
    launched: Instant,
    realm: Arc<Realm>,
    emission_limit: usize,
    on_done: OnDone,
    next_id: CachePadded<AtomicU64>,
    shards: [CachePadded<Mutex<InFlight<Entry>>>; SHARDS],
    outstanding: CachePadded<AtomicUsize>,
    unused: unused::Tally,
    on_idle: OnceLock<Weak<dyn OnIdle>>,
    waiting_for_idle: WaitList,
    topics: Topics,
    routes: Mutex<BTreeMap<TypeId, Arc<dyn AnyRoute>>>,
    servers: OnceLock<Vec<Served>>,
    record: OnceLock<Arc<Record>>,
    replay: OnceLock<Arc<Replay>>,
    /// If somebody may look on.
    #[cfg(feature = "live")]
    latest: Option<latest::Latest>,
    /// Kept for checkpoints.
    pending: OnceLock<Arc<Pending>>,
}

/// One server of the campaign: what it serves, and where its requests go.
pub(crate) struct Served {
    /// `None`: not known here, so it is taken to serve everything that nobody else serves.
    pub(crate) methods: Option<Vec<Known>>,
    pub(crate) requests: Arc<Requests>,
}

/// A task that has not settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsettled {
    pub(crate) id: TaskId,
    pub(crate) method: &'static str,
    /// Its method has begun to run.
    running: bool,
    /// What was said of it in particular.
    own: Option<OnDone>,
}

impl Unsettled {
    /// How long it may go on after `done`, if that was said of it in particular.
    pub(crate) fn grace(&self) -> Option<Duration> {
        self.own.and_then(OnDone::grace)
    }
}

impl Queues {
    /// Times are counted from `anchor`.
    pub(crate) fn new(realm: Arc<Realm>, anchor: Instant, emission_limit: usize, on_done: OnDone) -> Self {
        Self {
            anchor,
            launched: now(),
            realm,
            emission_limit,
            on_done,
            next_id: CachePadded::new(AtomicU64::new(0)),
            shards: std::array::from_fn(|_| CachePadded::new(Mutex::new(InFlight::new()))),
            outstanding: CachePadded::new(AtomicUsize::new(0)),
            unused: unused::Tally::default(),
            on_idle: OnceLock::new(),
            waiting_for_idle: WaitList::default(),
            topics: Topics::default(),
            routes: Mutex::new(BTreeMap::new()),
            servers: OnceLock::new(),
            record: OnceLock::new(),
            replay: OnceLock::new(),
            #[cfg(feature = "live")]
            latest: None,
            pending: OnceLock::new(),
        }
    }

    /// Keeps the last results for those who look on.
    #[cfg(feature = "live")]
    pub(crate) fn that_keep_the_latest(self) -> Self {
        Self { latest: Some(latest::Latest::default()), ..self }
    }

    pub(crate) fn connect(&self, servers: Vec<Served>, on_idle: Weak<dyn OnIdle>) {
        let _ = self.servers.set(servers);
        let _ = self.on_idle.set(on_idle);
    }

    /// Records what settles from here on.
    pub(crate) fn record_in(&self, record: &Arc<Record>) {
        let _ = self.record.set(Arc::clone(record));
        self.servers.get().into_iter().flatten().for_each(|served| served.requests.record_in(record));
    }

    /// Results that came from the record of an earlier run, so far.
    pub(crate) fn taken_over(&self) -> u64 {
        self.replay.get().map_or(0, |replay| replay.taken_over())
    }

    pub(crate) fn record(&self) -> Option<&Arc<Record>> {
        self.record.get()
    }

    /// The present moment in nanoseconds from the campaign's start.
    pub(crate) fn stamp(&self) -> u64 {
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// The time since this process launched the campaign, which may have begun earlier.
    pub(crate) fn since_launch(&self) -> Duration {
        now().saturating_duration_since(self.launched)
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
        let serves = |known: &Vec<Known>| known.iter().any(|known| known.name == method);
        let knows = |served: &&Served| served.methods.as_ref().is_some_and(serves);
        let found = servers.iter().find(knows).or_else(|| servers.iter().find(|served| served.methods.is_none()));
        found.map(|served| Arc::clone(&served.requests))
    }

    /// The methods that servers of this campaign are known to serve.
    fn served_methods(&self) -> impl Iterator<Item = &Known> {
        self.servers.get().into_iter().flatten().flat_map(|served| served.methods.iter().flatten())
    }

    pub(crate) fn routes(&self) -> Vec<Arc<dyn AnyRoute>> {
        self.routes.lock().values().cloned().collect()
    }

    fn shard(&self, id: TaskId) -> &Mutex<InFlight<Entry>> {
        &self.shards[id.0 as usize % SHARDS]
    }

    /// Sends a task, if it may be sent.
    #[track_caller]
    pub(crate) fn submit<I: IntoTask>(
        &self,
        route: &Route<I::Method>,
        task: I,
        destination: Destination<I::Method>,
    ) -> Result<TaskId, SubmitError<I>> {
        let requests = match self.clear_to_send(route, task.is_after_done(), &destination) {
            Ok(requests) => requests,
            Err(reason) => return Err(SubmitError { task, method: I::Method::NAME, reason }),
        };
        let Task { inputs, slots, options, notes } = task.into_task();
        Ok(self.send(route, requests, options, slots, Asked { inputs: Inputs::Own(inputs), notes, destination }))
    }

    /// Sends a task that has failed once more. The slots are taken if it is sent.
    #[track_caller]
    pub(crate) fn resubmit<M: Method>(
        &self,
        route: &Route<M>,
        result: &TaskResult<M>,
        slots: impl FnOnce() -> HeldSlots,
    ) -> Result<TaskId, NotSent> {
        let flight = &result.flight;
        let before = flight.head.options;
        let (inputs, notes, destination) = (flight.inputs_again(), flight.notes.clone(), Destination::Processor);
        let requests = self.clear_to_send(route, before.after_done, &destination)?;
        let options = Options { resubmissions: before.resubmissions + 1, attempts_before: 0, ..before };
        Ok(self.send(route, requests, options, slots(), Asked { inputs, notes, destination }))
    }

    /// Sends a task. It is noted before it is sent: the result may come back before this returns.
    fn send<M: Method>(
        &self,
        route: &Route<M>,
        requests: &Requests,
        options: Options,
        slots: HeldSlots,
        asked: Asked<M>,
    ) -> TaskId {
        match self.replay.get() {
            Some(replay) => self.send_or_take_over(replay, route, requests, options, slots, asked),
            None => self.send_as(self.new_id(), requests, options, slots, asked),
        }
    }

    fn new_id(&self) -> TaskId {
        TaskId(self.next_id.fetch_add(1, Relaxed) + 1)
    }

    fn send_as<M: Method>(
        &self,
        id: TaskId,
        requests: &Requests,
        options: Options,
        slots: HeldSlots,
        asked: Asked<M>,
    ) -> TaskId {
        let Asked { inputs, notes, destination } = asked;
        let head = Head::new(id, options, slots.count(), self.stamp());
        let pending = self.pending.get().filter(|_| matches!(destination, Destination::Processor));
        let flight: Arc<dyn AnyFlight> = Arc::new(Flight { head, inputs, notes, destination });
        self.outstanding.fetch_add(1, SeqCst);
        if let Some(pending) = pending {
            pending.add(Arc::clone(&flight), &slots);
        }
        self.note(id, Entry { flight: Arc::clone(&flight), slots });
        if let Err(unread) = requests.push(flight) {
            unread.fail(self, Cause::new(FailureKind::ServerEnded, ""));
        }
        // The other side of this race is `cancel_at_done`, which looks into the table after `done` has been set: it has
        // seen the task, or `done` is seen here.
        let on_done = options.on_done.unwrap_or(self.on_done);
        if self.realm.is_done() && !options.after_done && on_done != OnDone::Drain {
            self.fail(id, Cause::end_of_campaign(AT_DONE));
        }
        id
    }

    /// What must hold before a task is taken over; after it, sending cannot fail.
    #[track_caller]
    fn clear_to_send<'r, M: Method>(
        &self,
        route: &'r Route<M>,
        after_done: bool,
        destination: &Destination<M>,
    ) -> Result<&'r Requests, NotSent> {
        if matches!(destination, Destination::Processor) && route.inbox().is_none() {
            return Err(NotSent::NoProcessor);
        }
        self.realm.pass_gate(Limits::sending(after_done)).map_err(|_| NotSent::Stopped(Stopped))?;
        if self.realm.is_done() && !after_done {
            return Err(NotSent::Stopped(Stopped));
        }
        let Some(requests) = route.requests() else {
            return Err(NotSent::UnknownMethod { known: self.served_methods().map(|known| known.name).collect() });
        };
        requests.reserve(Limits::sending(after_done)).map_err(|_| NotSent::Stopped(Stopped))?;
        Ok(requests)
    }

    fn note(&self, id: TaskId, entry: Entry) {
        let fresh = self.shard(id).lock().insert(id.0, entry);
        debug_assert!(fresh, "ids come from a counter");
    }

    /// Settles a task: fixes its outcome, frees or hands on its slots, and routes the result. If it had settled before,
    /// the outcome comes back.
    pub(crate) fn settle<M: Method>(
        &self,
        route: &Route<M>,
        flight: Arc<Flight<M>>,
        outcome: Outcome<M>,
    ) -> Result<(), Outcome<M>> {
        point();
        let settlement = {
            let mut shard = self.shard(flight.head.id).lock();
            let settlement = shard.settle(flight.head.id.0);
            // Under the lock: a method that sees the flag can no longer settle its task in another way.
            if let (Err(cause), Settlement::First { .. }) = (&outcome, &settlement) {
                flight.head.raise_flag(cause.reason());
            }
            settlement
        };
        let Settlement::First { entry: Entry { flight: noted, slots }, given_up } = settlement else {
            return Err(outcome);
        };
        drop(noted);
        if outcome.is_err() {
            flight.head.wake_sleepers(); // the flag is up
        }
        flight.head.end(self.stamp());
        let times = flight.head.times();
        slots.note_use(times.waiting(), times.running());
        let destination = flight.destination.clone();
        let result = flight.result(outcome);
        route.tally(&result);
        // Before anybody can see it.
        if let Some(record) = self.record() {
            record.settled(&result, &slots);
        }
        #[cfg(feature = "live")]
        if let Some(latest) = &self.latest {
            latest.settled(result.flight.head.ended(), &result);
        }
        if given_up {
            drop(slots);
            self.not_taken(&result, Why::CallerLeft);
            return Ok(());
        }
        self.hand_over(route, destination, result, slots);
        Ok(())
    }

    /// Gives a result to whom it is for.
    #[inline]
    fn hand_over<M: Method>(
        &self,
        route: &Route<M>,
        destination: Destination<M>,
        result: TaskResult<M>,
        slots: HeldSlots,
    ) {
        match destination {
            Destination::Processor => self.deliver_to_processor(route, result, slots),
            Destination::Caller(caller) => {
                drop(slots);
                match caller.upgrade() {
                    Some(caller) => caller.put(result),
                    None => self.not_taken(&result, Why::CallerLeft),
                }
            }
            Destination::Topic => {
                drop(slots);
                self.count_unread(self.topics.deliver(result));
            }
            #[cfg(feature = "redis")]
            Destination::Outside(outside) => {
                drop(slots);
                outside.take(result);
                self.handled(1);
            }
        }
    }

    fn deliver_to_processor<M: Method>(&self, route: &Route<M>, result: TaskResult<M>, slots: HeldSlots) {
        // The slots that nobody takes over are free before anybody can see the result.
        let inbox = route.inbox();
        let kept = inbox.filter(|inbox| inbox.hands_on_slots()).map(|_| slots);
        let lost = inbox.map_or(1, |inbox| inbox.deliver(result, kept.unwrap_or_else(HeldSlots::none)));
        self.count_uncollected(M::NAME, Why::ProcessorEnded, lost);
    }

    /// The caller of a task leaves. False if the task has settled: then its result is there or on its way.
    pub(crate) fn give_up(&self, id: TaskId) -> bool {
        self.shard(id).lock().give_up(id.0)
    }

    /// Cancels a task: it settles as cancelled at once, and a running method is told so. False if it is not in flight.
    pub(crate) fn cancel(&self, id: TaskId, message: &str) -> bool {
        self.fail(id, Cause::new(FailureKind::Cancelled, message))
    }

    /// Cancels all tasks of `M` that are in flight. How many.
    pub(crate) fn cancel_all<M: Method>(&self) -> usize {
        let mut ids = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock();
            let of_method = shard.iter().filter(|(_, entry)| entry.flight.method_type() == TypeId::of::<M>());
            ids.extend(of_method.map(|(_, entry)| entry.flight.head().id));
        }
        self.cancel_each(ids, "all tasks of its method were")
    }

    /// Cancels tasks: those that wait first, so that none of them is begun meanwhile. How many were in flight.
    pub(crate) fn cancel_each(&self, mut ids: Vec<TaskId>, message: &str) -> usize {
        ids.sort_by_cached_key(|&id| (self.flight(id).is_some_and(|flight| flight.head().attempts() > 0), id));
        ids.into_iter().filter(|&id| self.cancel(id, message)).count()
    }

    /// Settles a task without a value, and tells a running method so. False if it is not in flight.
    pub(crate) fn fail(&self, id: TaskId, cause: Cause) -> bool {
        self.flight(id).is_some_and(|flight| flight.fail(self, cause))
    }

    /// A task in flight.
    pub(crate) fn flight(&self, id: TaskId) -> Option<Arc<dyn AnyFlight>> {
        self.shard(id).lock().get(id.0).map(|entry| Arc::clone(&entry.flight))
    }

    /// The tasks in flight, in the order of sending.
    pub(crate) fn in_flight(&self) -> Vec<Unsettled> {
        let mut all = Vec::new();
        for shard in &self.shards {
            all.extend(shard.lock().iter().map(|(_, entry)| entry.unsettled()));
        }
        all.sort_unstable_by_key(|task| task.id);
        all
    }

    /// Whether nothing is in flight.
    pub(crate) fn all_settled(&self) -> bool {
        self.shards.iter().all(|shard| shard.lock().iter().len() == 0)
    }

    /// `done` has been set: cancels what is to be cancelled then. What has not begun settles at once; what runs is told.
    pub(crate) fn cancel_at_done(&self) {
        let (mut running, mut waiting) = (Vec::new(), Vec::new());
        for shard in &self.shards {
            for (_, entry) in shard.lock().iter() {
                match entry.unsettled() {
                    task if task.own.unwrap_or(self.on_done) == OnDone::Drain => {}
                    task if task.running => running.push(Arc::clone(&entry.flight)),
                    task => waiting.push(task.id),
                }
            }
        }
        waiting.sort_unstable();
        for id in waiting {
            self.fail(id, Cause::end_of_campaign(AT_DONE));
        }
        for flight in running {
            flight.head().cancel_at_the_end();
        }
    }

    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding.load(SeqCst)
    }

    /// The results that came to nothing.
    pub(crate) fn unused(&self) -> Vec<Unused> {
        self.unused.all()
    }

    /// A method has come to an end whose task had been settled otherwise.
    pub(crate) fn count_late(&self, method: &'static str) {
        self.unused.add(method, Why::Late, 1);
    }

    /// Nobody takes this result.
    pub(crate) fn not_taken<M: Method>(&self, result: &TaskResult<M>, why: Why) {
        self.unused.note(result, why);
        self.handled(1);
    }

    pub(crate) fn count_uncollected(&self, method: &'static str, why: Why, n: usize) {
        if n > 0 {
            self.unused.add(method, why, n);
            self.handled(n);
        }
    }

    /// The handler of a result has returned.
    pub(crate) fn handled_by_processor(&self, id: TaskId) {
        if let Some(pending) = self.pending.get() {
            pending.handled(id);
        }
        self.handled(1);
    }

    /// `n` tasks are outstanding no longer.
    pub(crate) fn handled(&self, n: usize) {
        let was_last = self.outstanding.fetch_sub(n, SeqCst) == n;
        if was_last {
            self.waiting_for_idle.notify_all();
        }
        if let Some(on_idle) = self.on_idle.get().filter(|_| was_last).and_then(Weak::upgrade) {
            on_idle.nothing_outstanding();
        }
    }
}
