//! The plain level: one queue of results for each topic, read by whoever asks.
//!
//! When all agents that could read have ended, the queues close: what is in them, or comes later, is counted as
//! uncollected by whoever finds it there. A deliverer puts its result and then looks whether they are closed; closing sets
//! the flag and then empties each queue under its lock: one of the two sees the other.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use super::Queues;
use super::error::{GetResultError, SubmitError};
use super::unused::Why;
use crate::error::Stopped;
use crate::sync::Mutex;
use crate::task::flight::Destination;
use crate::task::{Failure, FailureKind, IntoTask, Method, TaskId, TaskResult};
use crate::wait::{Left, Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};

/// The plain level of a campaign's queues, as in the original: send inputs, ask for results. For thinkers that keep the
/// books themselves; otherwise a result processor, `agent.call` or `agent.gather` does it better.
///
/// ```
/// # use colmena_core::*;
/// # fn run<T: Thinker, M: Method<Value = f64>>(agent: &Agent<T>, tasks: Vec<Task<M>>) -> Result<f64> {
/// let queues = agent.queues();
/// for task in tasks {
///     queues.send_inputs(task)?;
/// }
/// let mut sum = 0.0;
/// while queues.active_count() > 0 {
///     let result = queues.get_result(M::TOPIC)?;
///     if let Ok(result) = result.downcast::<M>() {
///         sum += result.value()?;
///     }
/// }
/// # Ok(sum)
/// # }
/// ```
#[derive(Clone)]
pub struct PlainQueues {
    queues: Arc<Queues>,
    timeout: Option<Duration>,
}

impl PlainQueues {
    pub(crate) fn new(queues: Arc<Queues>) -> Self {
        Self { queues, timeout: None }
    }

    /// Lets each wait take `timeout` at most.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends a task whose result goes to the plain queue of its method's topic, also if a processor handles other results
    /// of the method. Its slots are free when it has settled; what it emits is dropped.
    ///
    /// Does not block, unless the campaign bounds the number of requests: then it waits for room.
    ///
    /// # Errors
    /// As for [`Agent::submit`](crate::Agent::submit).
    #[track_caller]
    pub fn send_inputs<I: IntoTask>(&self, task: I) -> Result<TaskId, SubmitError<I>> {
        self.queues.submit(&self.queues.route::<I::Method>(), task, Destination::Topic)
    }

    /// The next result of this topic, in the order of completion. Blocks until there is one.
    ///
    /// # Errors
    /// [`UnknownTopic`](GetResultError::UnknownTopic) if no method of the campaign has it;
    /// [`TimedOut`](GetResultError::TimedOut); [`Stopped`](GetResultError::Stopped) when the campaign is done and
    /// no result is there: those that come later are counted as uncollected.
    #[track_caller]
    pub fn get_result(&self, topic: &str) -> Result<AnyResult, GetResultError> {
        let queue = self.queues.topic(topic)?;
        // What is there is read even after `done`.
        let result = match (&mut &*queue).try_take() {
            Some(result) => Ok(result),
            None => wait(&mut &*queue, Limits::AGENT.within(self.timeout), WaitingFor::ResultOn(queue.name)),
        };
        match result {
            Ok(Some(result)) => {
                self.queues.handled(1);
                Ok(result)
            }
            Ok(None) | Err(Left::Stopped) => Err(Stopped.into()),
            Err(Left::TimedOut) => Err(GetResultError::TimedOut { topic: queue.name }),
        }
    }

    /// Cancels a task, as [`Agent::cancel`](crate::Agent::cancel) does. False if it is not in flight (any more).
    pub fn cancel(&self, id: TaskId) -> bool {
        self.queues.cancel(id, "")
    }

    /// Cancels all tasks of the method `M` that are in flight, as [`Agent::cancel_all`](crate::Agent::cancel_all) does. How
    /// many.
    pub fn cancel_all<M: Method>(&self) -> usize {
        self.queues.cancel_all::<M>()
    }

    /// How many tasks of the campaign are outstanding: sent, and not yet handled or read.
    #[must_use]
    pub fn active_count(&self) -> usize {
        self.queues.outstanding()
    }

    /// Blocks until no task is outstanding. False if some are when the time is over.
    ///
    /// A result processor that calls it waits for itself: the task whose result it handles is outstanding.
    ///
    /// # Errors
    /// [`Stopped`] when the campaign is done.
    #[track_caller]
    pub fn wait_until_done(&self) -> Result<bool, Stopped> {
        let limits = Limits::AGENT.within(self.timeout);
        match wait(&mut Idle(&self.queues), limits, WaitingFor::NothingOutstanding) {
            Ok(()) => Ok(true),
            Err(Left::TimedOut) => Ok(false),
            Err(Left::Stopped) => Err(Stopped),
        }
    }
}

impl fmt::Debug for PlainQueues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainQueues").field("active_count", &self.active_count()).finish_non_exhaustive()
    }
}

/// A result of some method: see [`PlainQueues::get_result`].
#[must_use = "a result may be a failure that nobody sees: `.downcast::<m>()` it, or say `let _ = ..`"]
pub struct AnyResult {
    id: TaskId,
    method: &'static str,
    result: Box<dyn AnyTaskResult>,
}

trait AnyTaskResult: Any + Send {
    fn failure(&self) -> Option<&Failure>;
}

impl<M: Method> AnyTaskResult for TaskResult<M> {
    fn failure(&self) -> Option<&Failure> {
        TaskResult::failure(self)
    }
}

impl AnyResult {
    fn new<M: Method>(result: TaskResult<M>) -> Self {
        Self { id: result.id(), method: M::NAME, result: Box::new(result) }
    }

    /// The task's id.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// The name of its method.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Why there is no value, if there is none.
    pub fn failure(&self) -> Option<&Failure> {
        self.result.failure()
    }

    /// The result, if it is one of the method `M`.
    ///
    /// # Errors
    /// Otherwise it comes back.
    pub fn downcast<M: Method>(self) -> Result<TaskResult<M>, Self> {
        let Self { id, method, result } = self;
        if (&*result as &dyn Any).is::<TaskResult<M>>() {
            let result: Box<dyn Any> = result;
            return Ok(*result.downcast().expect("it has just been looked at"));
        }
        Err(Self { id, method, result })
    }
}

impl fmt::Debug for AnyResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyResult").field("method", &self.method).field("id", &self.id).finish_non_exhaustive()
    }
}

/// The plain queues of all topics.
#[derive(Default)]
pub(super) struct Topics {
    queues: Mutex<BTreeMap<&'static str, Arc<TopicQueue>>>,
    closed: Arc<AtomicBool>,
}

pub(super) struct TopicQueue {
    name: &'static str,
    results: Mutex<VecDeque<AnyResult>>,
    waiting: WaitList,
    /// That of all topics.
    closed: Arc<AtomicBool>,
}

impl Topics {
    fn queue(&self, name: &'static str) -> Arc<TopicQueue> {
        let fresh = || {
            let (results, waiting, closed) = (Mutex::default(), WaitList::default(), Arc::clone(&self.closed));
            Arc::new(TopicQueue { name, results, waiting, closed })
        };
        Arc::clone(self.queues.lock().entry(name).or_insert_with(fresh))
    }

    /// Puts a result into the queue of its topic. The results that are lost, since nobody reads any more.
    pub(super) fn deliver<M: Method>(&self, result: TaskResult<M>) -> VecDeque<AnyResult> {
        let queue = self.queue(M::TOPIC);
        queue.results.lock().push_back(AnyResult::new(result));
        queue.waiting.notify_one();
        if self.closed.load(SeqCst) { queue.drain() } else { VecDeque::new() }
    }

    /// Nobody reads any more. The results that are lost.
    fn close(&self) -> VecDeque<AnyResult> {
        if self.closed.swap(true, SeqCst) {
            return VecDeque::new();
        }
        let queues: Vec<_> = self.queues.lock().values().cloned().collect();
        queues.iter().flat_map(|queue| queue.drain()).collect()
    }
}

impl TopicQueue {
    fn drain(&self) -> VecDeque<AnyResult> {
        let lost = std::mem::take(&mut *self.results.lock());
        self.waiting.notify_all();
        lost
    }
}

impl Queues {
    /// The plain queue of a topic that some method of the campaign has.
    fn topic(&self, name: &str) -> Result<Arc<TopicQueue>, GetResultError> {
        let of_routes = self.routes().into_iter().map(|route| route.topic());
        let mut known: Vec<_> = self.served_methods().map(|known| known.topic).chain(of_routes).collect();
        known.sort_unstable();
        known.dedup();
        match known.iter().find(|topic| **topic == name) {
            Some(topic) => Ok(self.topics.queue(topic)),
            None => Err(GetResultError::UnknownTopic { topic: name.to_owned(), known }),
        }
    }

    /// No agent will read a plain queue any more.
    pub(crate) fn close_topics(&self) {
        self.count_unread(self.topics.close());
    }

    pub(super) fn count_unread(&self, lost: VecDeque<AnyResult>) {
        for result in lost {
            let cancelled = result.failure().is_some_and(|failure| failure.kind() == FailureKind::Cancelled);
            self.count_uncollected(result.method, if cancelled { Why::Cancelled } else { Why::NotRead }, 1);
        }
    }
}

impl Waitable for &TopicQueue {
    /// `None`: closed and empty.
    type Output = Option<AnyResult>;

    fn try_take(&mut self) -> Option<Option<AnyResult>> {
        let result = self.results.lock().pop_front();
        if result.is_none() && self.closed.load(SeqCst) { Some(None) } else { result.map(Some) }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.waiting.leave_and_pass_on(me, took, || !self.results.lock().is_empty());
    }
}

impl Queues {
    /// Waits until no task is outstanding, at most so long. Whether none is.
    #[cfg(feature = "redis")]
    pub(crate) fn is_idle_within(&self, patience: Duration) -> bool {
        let limits = Limits::NONE.within(Some(patience));
        wait(&mut Idle(self), limits, WaitingFor::NothingOutstanding).is_ok()
    }
}

struct Idle<'a>(&'a Queues);

impl Waitable for Idle<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        (self.0.outstanding() == 0).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.waiting_for_idle.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.waiting_for_idle.leave(me);
    }
}
