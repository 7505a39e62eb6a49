//! Agent: what an agent's method can do.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Thinker;
use super::group::{GatherError, Group};
use super::runtime::Runtime;
use super::shutdown::Done;
use crate::checkpoint::gate::Attendant;
use crate::checkpoint::taking::Marks;
use crate::error::{BoxError, Stopped};
use crate::queue::error::{CallError, NotSent, SubmitError};
use crate::queue::plain::PlainQueues;
use crate::queue::replies::Replies;
use crate::queue::route::Route;
use crate::record::RecordedAgent;
use crate::rehearsal::{Deciding, DecisionTime};
use crate::resources::{ResourceCounter, ResourcePool, Slots};
use crate::task::flight::Destination;
use crate::task::{IntoTask, Method, ProcessedBy, TaskId, TaskResult};
use crate::wait::random::AgentRng;
use crate::wait::{Limits, Realm, ThreadCell, WaitingFor, now, sleep, wait, with_current};

/// The agent itself, in its own thread: how it sends tasks, waits, and ends the campaign.
pub struct Agent<T: Thinker> {
    runtime: Arc<Runtime<T>>,
    name: &'static str,
    rng: RefCell<AgentRng>,
    routes: RefCell<Vec<KnownRoute>>,
    calls: Cell<u64>,
    /// Its own thread, in which others see how often it has been called.
    thread: Arc<ThreadCell>,
    failed: Cell<bool>,
    /// The record of the campaign, if it has one, and this thread in it.
    recorded: Option<Arc<RecordedAgent>>,
    /// If there are checkpoints: its place at the gate, and what is kept of it.
    checkpointed: Option<(Attendant, Arc<Marks>)>,
    /// In a rehearsal: what a call takes.
    decides: Option<DecisionTime>,
}

/// A route that this agent has used before.
struct KnownRoute {
    method: TypeId,
    route: Arc<dyn Any + Send + Sync>,
}

impl<T: Thinker> Agent<T> {
    /// `stream` tells the agent's threads apart.
    pub(crate) fn new(runtime: Arc<Runtime<T>>, name: &'static str, stream: &str) -> Self {
        let checkpointed = runtime.checkpoints.as_ref().map(|checkpoints| checkpoints.attend(stream));
        let mut rng = AgentRng::new(runtime.seed, stream);
        if let Some((_, marks)) = &checkpointed {
            marks.draws_before(|| _ = rng.fork());
        }
        let rng = RefCell::new(rng);
        let decides = runtime.decisions.as_ref().and_then(|rehearsal| rehearsal.decision_of(name));
        let recorded = runtime.queues.record().map(|record| record.agent(stream));
        let (routes, calls, failed) = (RefCell::default(), Cell::new(0), Cell::new(false));
        let thread = with_current(Arc::clone);
        Self { runtime, name, rng, routes, calls, thread, failed, recorded, checkpointed, decides }
    }

    pub(crate) fn runtime(&self) -> &Runtime<T> {
        &self.runtime
    }

    pub(crate) fn thinker(&self) -> &T {
        &self.runtime.thinker
    }

    /// The agent's method is about to be called; it has returned when the result is dropped.
    pub(crate) fn begin_call(&self) -> Call {
        self.calls.set(self.calls.get() + 1);
        self.thread.note_calls(self.calls.get());
        let begun = match &self.recorded {
            Some(recorded) => Some(recorded.begin_call()),
            None => tracing::enabled!(tracing::Level::DEBUG).then(now),
        };
        Call { begun, recorded: self.recorded.clone(), _deciding: self.decides.map(DecisionTime::begin) }
    }

    /// A call of the agent's method has returned an error, and the agent goes on.
    pub(crate) fn note_error(&self, error: BoxError) {
        if self.runtime.shutdown.note_error(self.name, error) {
            self.failed.set(true);
        }
    }

    /// The record of the campaign, if it has one, and this thread in it.
    pub(super) fn recorded(&self) -> Option<&Arc<RecordedAgent>> {
        self.recorded.as_ref()
    }

    /// Its place at the gate, if there are checkpoints.
    pub(super) fn gate(&self) -> Option<&Attendant> {
        self.checkpointed.as_ref().map(|(attendant, _)| attendant)
    }

    /// A plain agent has come to its end: it is not to run again when the run goes on from a checkpoint.
    pub(super) fn note_end(&self) {
        if let Some((_, marks)) = &self.checkpointed {
            marks.note_end();
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.get()
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.get()
    }

    /// The agent's name: that of its method.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The flag that ends the campaign: `agent.done().set()`.
    pub fn done(&self) -> Done {
        Done::new(&self.runtime.shutdown)
    }

    /// The resource counter.
    pub fn rec(&self) -> &ResourceCounter<T::Pools> {
        &self.runtime.rec
    }

    /// A generator of random numbers. Each call gives a new, independent one; all of them follow from the campaign's
    /// seed, the agent's name and the number of calls before.
    pub fn rng(&self) -> AgentRng {
        if let Some((_, marks)) = &self.checkpointed {
            marks.note_draw();
        }
        self.rng.borrow_mut().fork()
    }

    /// Runs `wait`, during which [checkpoints](crate::Campaign::checkpoint_every) may be taken: for a plain agent that goes on
    /// and on, and has all its state in the thinker. A run that goes on from such a checkpoint starts the agent anew. So
    /// `wait` may sleep, or wait for an event, and is to change nothing. Without checkpoints it is just called.
    ///
    /// Returns once a checkpoint that is being taken has been.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use colmena_core::*;
    /// # fn run<T: Thinker>(agent: &Agent<T>) -> Result<()> {
    /// loop {
    ///     agent.safe_point(|| agent.sleep(Duration::from_secs(60)))?;
    ///     println!("{} after {:?}", agent.name(), agent.elapsed());
    /// }
    /// # }
    /// ```
    pub fn safe_point<R>(&self, wait: impl FnOnce() -> R) -> R {
        match self.gate() {
            None => wait(),
            Some(attendant) => attendant.outside(wait),
        }
    }

    /// The time since the campaign's start, from which the [times of a task](crate::TaskTimes) are counted.
    pub fn elapsed(&self) -> Duration {
        self.runtime.queues.elapsed()
    }

    /// Sleeps for `duration`.
    ///
    /// # Errors
    /// [`Stopped`], at once, when the campaign is done.
    #[track_caller]
    pub fn sleep(&self, duration: Duration) -> Result<(), Stopped> {
        sleep(duration)
    }

    /// Sends a task whose result the thinker's result processor of its method will handle.
    ///
    /// Does not block, unless the campaign bounds the number of requests: then it waits for room.
    ///
    /// # Errors
    /// [`SubmitError`] gives the task back, with its slots: the campaign is done ([`Stopped`]), or no server serves the
    /// method.
    #[track_caller]
    pub fn submit<I: IntoTask>(&self, task: I) -> Result<TaskId, SubmitError<I>>
    where
        I::Method: ProcessedBy<T>,
    {
        self.send_to(task, Destination::Processor)
    }

    /// Sends the task of a result once more: a task of its own, with the same inputs (not copies of them), options and
    /// notes, whose result goes to the same result processor. It takes `slots` along. For tasks that failed;
    /// [`Tolerance::value_or_resubmit`](crate::Tolerance::value_or_resubmit) counts, too.
    ///
    /// Blocks where [`Self::submit`] does.
    ///
    /// # Errors
    /// Those of [`Self::submit`]; the slots stay where they are.
    #[track_caller]
    pub fn resubmit<M, P>(&self, result: &TaskResult<M>, slots: &mut Slots<P>) -> Result<TaskId, NotSent>
    where
        M: ProcessedBy<T> + Method,
        P: ResourcePool,
    {
        self.runtime.queues.resubmit(&self.route::<M>(), result, || slots.take().into_held())
    }

    /// Sends a task and waits for its result. Its slots are free when it has settled.
    ///
    /// # Errors
    /// [`CallError::NotSent`] as for [`Self::submit`]; [`CallError::Stopped`] when the campaign is done before the task
    /// has settled. A task that failed is no error of the call: the result says so.
    #[track_caller]
    pub fn call<I: IntoTask>(&self, task: I) -> Result<TaskResult<I::Method>, CallError<I>> {
        let method = I::Method::NAME;
        let limits = Limits::sending(task.is_after_done());
        let queues = &self.runtime.queues;
        let slot = with_current(|me| Arc::new(Replies::new(Arc::clone(me), Arc::clone(queues))));
        let id = self.send_to(task, Destination::Caller(Arc::downgrade(&slot)))?;
        let waiting = WaitingFor::ResultOf(method);
        let mut result = wait(&mut &*slot, limits, waiting).ok();
        if result.is_none() && !queues.give_up(id) {
            // It has settled after all; the result is there, or will be in a moment.
            result = wait(&mut &*slot, Limits::NONE, waiting).ok();
        }
        match result {
            Some(result) => {
                queues.handled(1);
                Ok(result)
            }
            None => Err(CallError::Stopped { method, id, cause: Stopped }),
        }
    }

    /// Sends all tasks and returns the group of them, from which their results are read.
    ///
    /// ```
    /// # use colmena_core::*;
    /// # fn run<T: Thinker, M: Method<Value = f64>>(agent: &Agent<T>, tasks: Vec<Task<M>>) -> Result<f64> {
    /// let mut sum = 0.0;
    /// for result in agent.gather(tasks)? {
    ///     sum += result?.into_value()?;
    /// }
    /// # Ok(sum)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`GatherError`] gives back the tasks that were not sent, for the reasons of [`Self::submit`]; those that were are
    /// cancelled.
    pub fn gather<I: IntoTask>(
        &self,
        tasks: impl IntoIterator<Item = I>,
    ) -> Result<Group<'_, T, I::Method>, GatherError<I>> {
        let mut group = self.group();
        let mut tasks = tasks.into_iter();
        while let Some(task) = tasks.next() {
            if let Err(SubmitError { task, reason, .. }) = group.push(task) {
                return Err(GatherError { unsent: std::iter::once(task).chain(tasks).collect(), reason });
            }
        }
        Ok(group)
    }

    /// A group without tasks, to be filled by [`push`](Group::push) one by one: when slots come free, say.
    pub fn group<M: Method>(&self) -> Group<'_, T, M> {
        Group::new(self)
    }

    /// Cancels a task, whether it waits, runs, or pauses between attempts: it settles as
    /// [`Cancelled`](crate::FailureKind::Cancelled) at once, its slots are freed or handed on, and its result goes where it
    /// was to go. If it runs, its method is told ([`TaskContext::is_cancelled`](crate::TaskContext::is_cancelled)), and its
    /// program ended. False if it is not in flight (any more).
    pub fn cancel(&self, id: TaskId) -> bool {
        self.runtime.queues.cancel(id, "")
    }

    /// Cancels all tasks of the method `M` that are in flight at this moment, whoever has sent them, as [`Self::cancel`] does.
    /// How many.
    pub fn cancel_all<M: Method>(&self) -> usize {
        self.runtime.queues.cancel_all::<M>()
    }

    /// The plain level below `submit`, `call` and `gather`: a queue of results for each topic, read by whoever asks.
    pub fn queues(&self) -> PlainQueues {
        PlainQueues::new(Arc::clone(&self.runtime.queues))
    }

    /// While the result lives, this campaign is not taken to stand still: something outside it is at work for an agent, and
    /// will wake one.
    pub fn busy_elsewhere(&self) -> BusyElsewhere {
        self.runtime.realm.one_more();
        BusyElsewhere(Arc::clone(&self.runtime.realm))
    }

    #[track_caller]
    pub(super) fn send_to<I: IntoTask>(
        &self,
        task: I,
        destination: Destination<I::Method>,
    ) -> Result<TaskId, SubmitError<I>> {
        self.runtime.queues.submit(&self.route::<I::Method>(), task, destination)
    }

    fn route<M: Method>(&self) -> Arc<Route<M>> {
        let method = TypeId::of::<M>();
        let mut routes = self.routes.borrow_mut();
        let known = routes.iter().position(|known| known.method == method);
        let place = known.unwrap_or_else(|| {
            routes.push(KnownRoute { method, route: self.runtime.queues.route::<M>() });
            routes.len() - 1
        });
        Arc::clone(&routes[place].route).downcast().expect("routes are kept by the type of their method")
    }
}

/// A call of an agent's method. Says how long it took, if anybody listens; the span says whose it was.
#[must_use]
pub(crate) struct Call {
    begun: Option<Instant>,
    recorded: Option<Arc<RecordedAgent>>,
    /// In a rehearsal, what it takes.
    _deciding: Option<Deciding>,
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(begun) = self.begun {
            if let Some(recorded) = &self.recorded {
                recorded.called(begun);
            }
            tracing::debug!(took = ?now().saturating_duration_since(begun), "a call has ended");
        }
    }
}

/// See [`Agent::busy_elsewhere`]. May be sent to another thread.
#[derive(Debug)]
#[must_use = "it counts only while it lives: bind it to a name, `let _busy = ..`"]
pub struct BusyElsewhere(Arc<Realm>);

impl Drop for BusyElsewhere {
    fn drop(&mut self) {
        self.0.one_less();
    }
}

impl<T: Thinker> std::fmt::Debug for Agent<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Agent({}::{})", T::NAME, self.name)
    }
}
