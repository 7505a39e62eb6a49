//! A result processor: runs for each result of one method, in the order of completion, until everything is handled.

use std::sync::Arc;

use super::runtime::{Duty, Role, Runtime};
use super::setting::Setting;
use super::{Agent, Thinker};
use crate::campaign::LaunchProblem;
use crate::checkpoint::CheckpointError;
use crate::checkpoint::cut::SavedTask;
use crate::checkpoint::gate::next;
use crate::checkpoint::restoring::{self, TakenUp};
use crate::error::BoxError;
use crate::queue::Queues;
use crate::queue::inbox::Inbox;
use crate::queue::unused::Why;
use crate::resources::ResourceCounter;
use crate::server::Known;
use crate::task::{Method, TaskId, TaskUpdate};
use crate::wait::{Limits, WaitingFor};

pub(crate) type Handle<T, M> =
    dyn Fn(&T, &Agent<T>, &mut <T as Thinker>::Local, TaskUpdate<M>) -> Result<(), BoxError> + Send + Sync;

pub(crate) struct Processor<T: Thinker, M: Method> {
    pub(crate) threads: Setting<T>,
    /// The slots of a task go to the processor; otherwise they are freed before it runs.
    pub(crate) takes_slots: bool,
    pub(crate) handle: Arc<Handle<T, M>>,
}

impl<T: Thinker, M: Method> Role<T> for Processor<T, M> {
    fn threads(&self, thinker: &T) -> usize {
        self.threads.of(thinker).max(1)
    }

    fn handles(&self) -> Option<Known> {
        Some(Known::of::<M>())
    }

    fn check(&self, thinker: &T, _: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        let zero = self.threads.of(thinker) == 0;
        let problem = LaunchProblem::new("`threads` is 0").help("a result processor needs at least 1 thread");
        zero.then_some(problem).into_iter().collect()
    }

    fn take_up(&self, task: &SavedTask, runtime: &Arc<Runtime<T>>) -> Result<Option<TakenUp>, CheckpointError> {
        let route = runtime.queues.route::<M>();
        let inbox = route.inbox().filter(|_| task.head.method == M::NAME);
        inbox.map(|inbox| restoring::take_up(task, inbox, runtime)).transpose()
    }

    fn enlist(&self, _: &'static str, runtime: &Arc<Runtime<T>>) -> Box<dyn Duty<T>> {
        let inbox = runtime.queues.route::<M>().open_inbox(self.takes_slots);
        Box::new(Processing { inbox, queues: Arc::clone(&runtime.queues), handle: Arc::clone(&self.handle) })
    }
}

struct Processing<T: Thinker, M: Method> {
    inbox: Arc<Inbox<M>>,
    queues: Arc<Queues>,
    handle: Arc<Handle<T, M>>,
}

impl<T: Thinker, M: Method> Duty<T> for Processing<T, M> {
    /// An error sets `done`, and the processor goes on draining: what has been computed is handled.
    fn perform(&mut self, agent: &Agent<T>, local: &mut T::Local) -> Result<(), BoxError> {
        while let Ok(update) = next(agent.gate(), &mut &*self.inbox, Limits::DRAINED, WaitingFor::Results(M::NAME)) {
            let counted = Counted::new(&self.queues, &update);
            let call = agent.begin_call();
            if let Err(error) = (self.handle)(agent.thinker(), agent, local, update) {
                agent.note_error(error);
            }
            drop((call, counted));
        }
        Ok(())
    }
}

/// A result is outstanding until its handler has returned, or panicked.
struct Counted<'a> {
    queues: &'a Queues,
    result: Option<TaskId>,
}

impl<'a> Counted<'a> {
    fn new<M: Method>(queues: &'a Queues, update: &TaskUpdate<M>) -> Self {
        let result = if let TaskUpdate::Finished(result, _) = update { Some(result.id()) } else { None };
        Self { queues, result }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.result {
            self.queues.handled_by_processor(id);
        }
    }
}

impl<T: Thinker, M: Method> Drop for Processing<T, M> {
    fn drop(&mut self) {
        let lost = self.inbox.remove_reader();
        self.queues.count_uncollected(M::NAME, Why::ProcessorEnded, lost);
    }
}
