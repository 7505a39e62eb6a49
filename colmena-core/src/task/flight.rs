//! A task that has been sent: what travels to the server and back, in one allocation.

use std::any::{Any, TypeId};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst, fence};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use super::failure::Cause;
use super::info::Notes;
use super::method::Method;
use super::result::TaskResult;
use super::task::Options;
use super::{Failure, FailureKind, Resources, StepTimes, TaskId, TaskTimes};
use crate::error::Stopped;
use crate::queue::replies::Replies;
use crate::wait::{Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};
#[cfg(feature = "redis")]
use crate::wire::{Message, Serialization, WireError, task::Reply};

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
    cancelled: AtomicBool,
    /// That was since the campaign ends.
    at_the_end: AtomicBool,
    /// Threads of its method that sleep; made by the first.
    sleepers: OnceLock<Box<WaitList>>,
    attempts: AtomicU32,
    /// Nanoseconds from the campaign's start. `started` and `ended` are written by one thread, before the result is
    /// handed on (which orders them); 0: not yet.
    submitted: u64,
    started: AtomicU64,
    ended: AtomicU64,
    /// Nanoseconds that the steps of a program took; made by the first attempt of one.
    steps: OnceLock<Box<[AtomicU64; 3]>>,
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
        let (cancelled, at_the_end) = (AtomicBool::new(false), AtomicBool::new(false));
        let (sleepers, attempts) = (OnceLock::new(), AtomicU32::new(0));
        let (started, ended, steps) = (AtomicU64::new(0), AtomicU64::new(0), OnceLock::new());
        Self { id, options, slots, cancelled, at_the_end, sleepers, attempts, submitted, started, ended, steps }
    }

    /// Tells the method that nobody wants the value any more, since the campaign ends.
    pub(crate) fn cancel_at_the_end(&self) {
        self.at_the_end.store(true, SeqCst);
        self.raise_flag();
        self.wake_sleepers();
    }

    /// Why a method that has been told so has no value.
    pub(crate) fn cancellation(&self) -> Cause {
        let at_the_end = self.at_the_end.load(SeqCst);
        if at_the_end { Cause::end_of_campaign("") } else { Cause::new(FailureKind::Cancelled, "") }
    }

    /// May come under a lock; [`Self::wake_sleepers`] must follow, outside it.
    pub(crate) fn raise_flag(&self) {
        self.cancelled.store(true, SeqCst);
    }

    /// A sleeper makes the list, registers, then looks at the flag; here the flag is raised, then the list looked for:
    /// with a fence on each side one of the two sees the other.
    pub(crate) fn wake_sleepers(&self) {
        fence(SeqCst);
        if let Some(sleepers) = self.sleepers.get() {
            sleepers.notify_all();
        }
    }

    /// Sleeps for `duration`; not to the end if the flag is raised.
    ///
    /// # Errors
    /// [`Stopped`] if the flag is raised.
    #[track_caller]
    pub(crate) fn sleep(&self, duration: Duration) -> Result<(), Stopped> {
        let limits = Limits { spin: false, ..Limits::NONE.within(Some(duration)) };
        match wait(&mut self.flagged(), limits, WaitingFor::Time) {
            Err(_) => Ok(()),
            Ok(()) => Err(Stopped),
        }
    }

    /// The raising of the flag, to be waited for.
    pub(crate) fn flagged(&self) -> Flagged<'_> {
        let sleepers = self.sleepers.get().unwrap_or_else(|| {
            // Whoever is second finds the list of the first. (`get_or_init` would block where the runtime does not see it.)
            let _ = self.sleepers.set(Box::default());
            self.sleepers.get().expect("it has just been set")
        });
        Flagged { head: self, sleepers }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(SeqCst)
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Relaxed)
    }

    pub(crate) fn start_attempt(&self, stamp: u64) -> u32 {
        self.started.store(stamp.max(1), Relaxed);
        self.attempts.fetch_add(1, Relaxed) + 1
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

    /// Notes how long a step of this attempt took. The first one forgets those of the attempt before. Called by the worker
    /// alone; what it notes after the task has settled otherwise does not reach the result.
    pub(crate) fn note_step(&self, step: Step, took: Duration) {
        if self.is_cancelled() {
            return;
        }
        let steps = self.steps.get().unwrap_or_else(|| {
            let _ = self.steps.set(Box::default());
            self.steps.get().expect("it has just been set")
        });
        for later in &steps[step as usize..] {
            later.store(0, Relaxed);
        }
        steps[step as usize].store(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    fn steps(&self) -> Option<StepTimes> {
        let of = |step: &AtomicU64| Duration::from_nanos(step.load(Relaxed));
        let [preprocess, run, postprocess] = &**self.steps.get()?;
        Some(StepTimes { preprocess: of(preprocess), run: of(run), postprocess: of(postprocess) })
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

/// The raising of a task's flag.
pub(crate) struct Flagged<'a> {
    head: &'a Head,
    sleepers: &'a WaitList,
}

impl Waitable for Flagged<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        self.head.is_cancelled().then_some(())
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
    /// Settles the task without a value. False if it had settled before.
    fn fail(self: Arc<Self>, queues: &crate::queue::Queues, cause: Cause) -> bool;
    /// The request of this task, for a server elsewhere.
    #[cfg(feature = "redis")]
    fn to_request(&self, task_id: &str, way: Serialization) -> Result<Message, WireError>;
    /// Does as a message from there says: settles the task, or emits.
    #[cfg(feature = "redis")]
    fn receive(self: Arc<Self>, queues: &crate::queue::Queues, message: &Message);
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

    fn fail(self: Arc<Self>, queues: &crate::queue::Queues, cause: Cause) -> bool {
        let route = queues.route::<M>();
        queues.settle(&route, self, Err(cause)).is_ok()
    }

    #[cfg(feature = "redis")]
    fn to_request(&self, task_id: &str, way: Serialization) -> Result<Message, WireError> {
        crate::wire::task::request(self, task_id, way)
    }

    #[cfg(feature = "redis")]
    fn receive(self: Arc<Self>, queues: &crate::queue::Queues, message: &Message) {
        let route = queues.route::<M>();
        match crate::wire::task::reply::<M>(message) {
            Reply::Emitted(value) => {
                let for_processor = matches!(self.destination, Destination::Processor);
                if let Some(emit) = route.emitter().filter(|_| for_processor) {
                    emit(&self.head, value);
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
        let failure = |cause: Cause| -> Failure { cause.of(self.head.id, M::NAME, self.head.attempts()) };
        let outcome = outcome.map_err(failure);
        TaskResult { flight: self, outcome }
    }
}
