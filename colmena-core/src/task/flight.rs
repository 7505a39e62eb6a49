//! A task that has been sent: what travels to the server and back, in one allocation.
//!
//! Its flag tells the method that nobody wants its value any more, and why. It is the task's, once raised, for good; but an
//! attempt may be given up alone (past its time limit, with another one to come): it sees the flag, the next one does not.

use std::any::{Any, TypeId};
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst, fence};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::Cause;
use super::info::Notes;
use super::method::Method;
use super::result::TaskResult;
use super::task::Options;
use super::{Failure, FailureKind, Resources, StepTimes, TaskId, TaskTimes};
use crate::checkpoint::CheckpointError;
use crate::error::Stopped;
use crate::queue::replies::Replies;
use crate::queue::tally::Retries;
use crate::record::{Key, key_of};
use crate::sync::Mutex;
use crate::wait::{Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};
#[cfg(feature = "redis")]
use crate::wire::{Serialization, WireError, received::Received, task::Reply};

/// A sent task of the method `M`.
pub(crate) struct Flight<M: Method> {
    pub(crate) head: Head,
    pub(crate) inputs: Inputs<M>,
    pub(crate) notes: Notes,
    pub(crate) destination: Destination<M>,
}

/// What a task was asked. Inputs are never copied: a task that is sent again lends them from the first time.
pub(crate) enum Inputs<M: Method> {
    Own(M),
    OfFirst(Arc<Flight<M>>),
}

impl<M: Method> Deref for Inputs<M> {
    type Target = M;

    fn deref(&self) -> &M {
        match self {
            Self::Own(inputs) => inputs,
            Self::OfFirst(flight) => &flight.inputs,
        }
    }
}

/// Who gets the result.
pub(crate) enum Destination<M: Method> {
    /// The result processor of the method.
    Processor,
    /// The thread that called it. It may have left.
    Caller(Weak<Replies<M>>),
    /// Whoever asks for a result of the method's topic.
    Topic,
    /// A thinker elsewhere.
    #[cfg(feature = "redis")]
    Outside(Arc<dyn Outside<M>>),
}

/// The way to a thinker elsewhere.
#[cfg(feature = "redis")]
pub(crate) trait Outside<M: Method>: Send + Sync {
    fn emit(&self, head: &Head, value: M::Emission);
    fn take(&self, result: TaskResult<M>);
}

impl<M: Method> Clone for Destination<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Processor => Self::Processor,
            Self::Caller(caller) => Self::Caller(Weak::clone(caller)),
            Self::Topic => Self::Topic,
            #[cfg(feature = "redis")]
            Self::Outside(outside) => Self::Outside(Arc::clone(outside)),
        }
    }
}

/// What can be known of a sent task without knowing its method.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) id: TaskId,
    pub(crate) options: Options,
    slots: u32,
    /// The flag: 0, or one of [`CancelReason`].
    raised: AtomicU8,
    /// Attempts up to this one have been given up.
    given_up: AtomicU32,
    attempts: AtomicU32,
    /// Nanoseconds from the campaign's start. `started` and `ended` are written by one thread, before the result is
    /// handed on (which orders them); 0: not yet.
    submitted: u64,
    started: AtomicU64,
    ended: AtomicU64,
    /// Made by the first that needs it.
    rare: OnceLock<Box<Rare>>,
}

/// What few tasks need.
#[derive(Debug, Default)]
struct Rare {
    /// Threads of its method that sleep.
    sleepers: WaitList,
    /// Nanoseconds that the steps of a program took.
    steps: [AtomicU64; 3],
    earlier: Mutex<Earlier>,
}

/// Attempts that have failed, and were to be followed by another one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earlier {
    /// The last of them, at most [`EARLIER`].
    pub(crate) failures: Vec<Failure>,
    /// Those that were.
    pub(crate) retries: Retries,
}

/// So many failures of earlier attempts are kept.
const EARLIER: usize = 32;

/// Why a task's flag is raised: why nobody wants the value of its method any more. See
/// [`TaskContext::cancelled_because`](crate::TaskContext::cancelled_because).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
#[repr(u8)]
pub enum CancelReason {
    /// The task was cancelled, or settled otherwise without its method.
    Cancelled = 1,
    /// The attempt has exceeded the task's time limit.
    TimeLimit,
    /// The campaign ends.
    EndOfCampaign,
}

impl CancelReason {
    fn of(raised: u8) -> Option<Self> {
        [Self::Cancelled, Self::TimeLimit, Self::EndOfCampaign].into_iter().find(|reason| *reason as u8 == raised)
    }
}

/// A step of a program's run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Preprocess,
    Run,
    Postprocess,
}

impl Head {
    pub(crate) fn new(id: TaskId, options: Options, slots: u32, submitted: u64) -> Self {
        let (raised, given_up, attempts) = (AtomicU8::new(0), AtomicU32::new(0), AtomicU32::new(0));
        let (started, ended, rare) = (AtomicU64::new(0), AtomicU64::new(0), OnceLock::new());
        Self { id, options, slots, raised, given_up, attempts, submitted, started, ended, rare }
    }

    /// Of a task that an earlier run has settled.
    pub(crate) fn settled(id: TaskId, options: Options, slots: u32, times: TaskTimes) -> Self {
        let stamp = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let head = Self::new(id, options, slots, stamp(times.submitted));
        head.started.store(times.started.map_or(0, |started| stamp(started).max(1)), Relaxed);
        head.end(stamp(times.ended));
        head
    }

    /// Tells the method that nobody wants the value any more, since the campaign ends.
    pub(crate) fn cancel_at_the_end(&self) {
        self.raise_flag(CancelReason::EndOfCampaign);
        self.wake_sleepers();
    }

    /// Why a method that has been told so in this attempt has no value.
    pub(crate) fn cancellation(&self, attempt: u32) -> Cause {
        match self.cancelled_because(attempt) {
            Some(CancelReason::EndOfCampaign) => Cause::end_of_campaign(""),
            Some(CancelReason::TimeLimit) => Cause::time_limit(self.options.time_limit.unwrap_or_default()),
            Some(CancelReason::Cancelled) | None => Cause::new(FailureKind::Cancelled, ""),
        }
    }

    /// The first reason stays. May come under a lock; [`Self::wake_sleepers`] must follow, outside it.
    pub(crate) fn raise_flag(&self, reason: CancelReason) {
        let _ = self.raised.compare_exchange(0, reason as u8, SeqCst, SeqCst);
    }

    /// Tells this attempt and those before that nobody wants their value any more. The task goes on with another one.
    pub(crate) fn give_up_attempt(&self, attempt: u32) {
        self.given_up.fetch_max(attempt, SeqCst);
        self.wake_sleepers();
    }

    /// A sleeper makes the list, registers, then looks at the flag; here the flag is raised, then the list looked for:
    /// with a fence on each side one of the two sees the other.
    pub(crate) fn wake_sleepers(&self) {
        fence(SeqCst);
        if let Some(rare) = self.rare.get() {
            rare.sleepers.notify_all();
        }
    }

    /// Whoever is second finds what the first has made. (`get_or_init` would block where the runtime does not see it.)
    fn rare(&self) -> &Rare {
        self.rare.get().unwrap_or_else(|| {
            let _ = self.rare.set(Box::default());
            self.rare.get().expect("it has just been set")
        })
    }

    /// Sleeps for `duration`; not to the end if this attempt's flag is raised.
    ///
    /// # Errors
    /// [`Stopped`] if the flag is raised.
    #[track_caller]
    pub(crate) fn sleep(&self, attempt: u32, duration: Duration) -> Result<(), Stopped> {
        let limits = Limits { spin: false, ..Limits::NONE.within(Some(duration)) };
        match wait(&mut self.flagged(attempt), limits, WaitingFor::Time) {
            Err(_) => Ok(()),
            Ok(()) => Err(Stopped),
        }
    }

    /// The raising of this attempt's flag, to be waited for.
    pub(crate) fn flagged(&self, attempt: u32) -> Flagged<'_> {
        Flagged { head: self, sleepers: &self.rare().sleepers, attempt }
    }

    /// An attempt has failed so, and is to be followed by another one.
    pub(crate) fn note_failure(&self, failure: Failure) {
        let mut earlier = self.rare().earlier.lock();
        let oldest = (earlier.failures.len() >= EARLIER).then(|| earlier.failures.remove(0));
        earlier.failures.push(failure);
        drop(earlier);
        drop(oldest);
    }

    pub(crate) fn earlier(&self) -> Earlier {
        self.rare.get().map_or_else(Earlier::default, |rare| rare.earlier.lock().clone())
    }

    /// Whether the task's flag is raised.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.raised.load(SeqCst) != 0
    }

    /// Why this attempt's flag is raised, if it is.
    pub(crate) fn cancelled_because(&self, attempt: u32) -> Option<CancelReason> {
        let given_up = || (self.given_up.load(SeqCst) >= attempt).then_some(CancelReason::TimeLimit);
        CancelReason::of(self.raised.load(SeqCst)).or_else(given_up)
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(SeqCst)
    }

    /// With those of an earlier run.
    pub(crate) fn all_attempts(&self) -> u32 {
        self.options.attempts_before + self.attempts()
    }

    pub(crate) fn start_attempt(&self, stamp: u64) -> u32 {
        self.started.store(stamp.max(1), Relaxed);
        let attempt = self.attempts.fetch_add(1, SeqCst) + 1;
        if attempt > 1 {
            let mut earlier = self.rare().earlier.lock();
            if let Some(kind) = earlier.failures.last().map(Failure::kind) {
                earlier.retries.count(kind);
            }
        }
        attempt
    }

    /// What a server elsewhere says of its attempts: how many, and when the last one began.
    #[cfg(feature = "redis")]
    pub(crate) fn attempted(&self, attempts: u32, started: u64) {
        self.started.store(started.max(1), Relaxed);
        self.attempts.store(attempts, Relaxed);
    }

    pub(crate) fn end(&self, stamp: u64) {
        self.ended.store(stamp, Relaxed);
    }

    /// When it settled, in nanoseconds from the campaign's start.
    #[cfg(feature = "live")]
    pub(crate) fn ended(&self) -> u64 {
        self.ended.load(Relaxed)
    }

    /// How long it has waited for a worker, and how long its attempt has run, until this moment.
    pub(crate) fn so_far(&self, stamp: u64) -> (Duration, Duration) {
        let started = self.started.load(Relaxed);
        let until = if started == 0 { stamp } else { started };
        let since = |from: u64, to: u64| Duration::from_nanos(to.saturating_sub(from));
        (since(self.submitted, until), since(until, stamp.max(until)))
    }

    /// Whether it has settled, as far as this thread can know.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed) != 0
    }

    /// Notes how long a step of this attempt took. The first one forgets those of the attempt before. Called by the worker
    /// alone; what it notes after the task has settled otherwise does not reach the result.
    pub(crate) fn note_step(&self, attempt: u32, step: Step, took: Duration) {
        if self.cancelled_because(attempt).is_some() {
            return;
        }
        let steps = &self.rare().steps;
        for later in &steps[step as usize..] {
            later.store(0, Relaxed);
        }
        steps[step as usize].store(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(1), Relaxed);
    }

    /// A step that was noted took some time.
    fn steps(&self) -> Option<StepTimes> {
        let of = |step: &AtomicU64| Duration::from_nanos(step.load(Relaxed));
        let [preprocess, run, postprocess] = self.rare.get()?.steps.each_ref().map(of);
        let steps = StepTimes { preprocess, run, postprocess };
        (steps != StepTimes::default()).then_some(steps)
    }

    pub(crate) fn resources(&self) -> Resources {
        let by_slots = || Resources { node_count: self.slots.max(1), ..Resources::default() };
        self.options.resources.unwrap_or_else(by_slots)
    }

    pub(crate) fn times(&self) -> TaskTimes {
        let started = self.started.load(Relaxed);
        TaskTimes {
            submitted: Duration::from_nanos(self.submitted),
            started: (started > 0).then(|| Duration::from_nanos(started)),
            ended: Duration::from_nanos(self.ended.load(Relaxed)),
            steps: self.steps(),
        }
    }
}

/// The raising of the flag of an attempt.
#[derive(Clone, Copy)]
pub(crate) struct Flagged<'a> {
    head: &'a Head,
    sleepers: &'a WaitList,
    attempt: u32,
}

impl Waitable for Flagged<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        self.head.cancelled_because(self.attempt).map(drop)
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.sleepers.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.sleepers.leave(me);
    }
}

/// A sent task of some method.
pub(crate) trait AnyFlight: Any + Send + Sync {
    fn head(&self) -> &Head;
    fn method(&self) -> &'static str;
    fn method_type(&self) -> TypeId;
    /// What it is known by in a record; nothing if it is local, or cannot be written.
    fn key(&self) -> Option<Key>;
    /// Its inputs, as JSON, for a checkpoint.
    fn saved_inputs(&self) -> Result<String, CheckpointError>;
    fn notes(&self) -> &Notes;
    /// Settles the task without a value. False if it had settled before.
    fn fail(self: Arc<Self>, queues: &crate::queue::Queues, cause: Cause) -> bool;
    /// The topic of its result.
    #[cfg(feature = "redis")]
    fn topic(&self) -> &'static str;
    /// The request of this task, made at this time, for a server elsewhere.
    #[cfg(feature = "redis")]
    fn to_request(&self, task_id: &str, way: Serialization, created: f64) -> Result<String, WireError>;
    /// Does as a message from there says: settles the task, or emits.
    #[cfg(feature = "redis")]
    fn receive(self: Arc<Self>, queues: &crate::queue::Queues, received: Received);
}

impl<M: Method> AnyFlight for Flight<M> {
    fn head(&self) -> &Head {
        &self.head
    }

    fn method(&self) -> &'static str {
        M::NAME
    }

    fn method_type(&self) -> TypeId {
        TypeId::of::<M>()
    }

    fn key(&self) -> Option<Key> {
        key_of::<M>(&self.inputs)
    }

    fn saved_inputs(&self) -> Result<String, CheckpointError> {
        // The launch has refused those that are local.
        let codec = M::CODEC.ok_or_else(|| CheckpointError::new(format!("`{}` is local", M::NAME)))?;
        Ok(codec.inputs.write_json(&self.inputs)?)
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    fn fail(self: Arc<Self>, queues: &crate::queue::Queues, cause: Cause) -> bool {
        let route = queues.route::<M>();
        let first = queues.settle(&route, Arc::clone(&self), Err(cause)).is_ok();
        // The flag is up: a worker that is about to begin sees it, or has counted its attempt by now.
        if let Some(requests) = route.requests().filter(|_| first && self.head.attempts() > 0) {
            requests.settled_without_worker(self.head.id);
        }
        first
    }

    #[cfg(feature = "redis")]
    fn topic(&self) -> &'static str {
        M::TOPIC
    }

    #[cfg(feature = "redis")]
    fn to_request(&self, task_id: &str, way: Serialization, created: f64) -> Result<String, WireError> {
        crate::wire::task::request(self, task_id, way, created)
    }

    #[cfg(feature = "redis")]
    fn receive(self: Arc<Self>, queues: &crate::queue::Queues, mut received: Received) {
        let route = queues.route::<M>();
        let reply = crate::wire::task::reply::<M>(&mut received);
        let message = received.message;
        match reply {
            Reply::Emitted(value) => {
                let for_processor = matches!(self.destination, Destination::Processor);
                if let Some(emit) = route.emitter().filter(|_| for_processor) {
                    emit(&self.head, self.head.attempts().max(1), value);
                }
            }
            Reply::Passed => {}
            Reply::Settled(outcome) => {
                let now = queues.stamp();
                let running = message.running().map_or(0, |running| running.as_nanos() as u64);
                let attempts = if message.complete.is_some() { message.retries.saturating_add(1) } else { 0 };
                self.head.attempted(attempts, now.saturating_sub(running).max(self.head.submitted));
                if let Err(late) = queues.settle(&route, self, outcome) {
                    queues.count_late(M::NAME);
                    drop(late);
                }
            }
        }
    }
}

impl<M: Method> Flight<M> {
    /// Its inputs, for another task.
    pub(crate) fn inputs_again(self: &Arc<Self>) -> Inputs<M> {
        match &self.inputs {
            Inputs::Own(_) => Inputs::OfFirst(Arc::clone(self)),
            Inputs::OfFirst(first) => Inputs::OfFirst(Arc::clone(first)),
        }
    }

    /// The result, once the task has settled.
    pub(crate) fn result(self: Arc<Self>, outcome: Result<M::Value, Cause>) -> TaskResult<M> {
        let failure = |cause: Cause| -> Failure { cause.of(self.head.id, M::NAME, self.head.all_attempts()) };
        let outcome = outcome.map_err(failure);
        TaskResult { flight: self, outcome }
    }
}
