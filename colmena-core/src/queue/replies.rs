//! Where the results of calls and groups are put.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Queues;
use super::unused::Why;
use crate::sync::Mutex;
use crate::task::{Method, TaskResult};
use crate::wait::{ThreadCell, Waitable};

/// Results for one thread, in the order of completion. That thread is known, so there is no list: the settler puts the
/// result, then wakes it. What nobody has taken when the last one lets go (the caller, or a settler that was about to
/// put something) is counted as uncollected.
pub(crate) struct Replies<M: Method> {
    results: Mutex<VecDeque<TaskResult<M>>>,
    caller: Arc<ThreadCell>,
    queues: Arc<Queues>,
}

impl<M: Method> Replies<M> {
    pub(crate) fn new(caller: Arc<ThreadCell>, queues: Arc<Queues>) -> Self {
        Self { results: Mutex::default(), caller, queues }
    }

    pub(crate) fn put(&self, result: TaskResult<M>) {
        self.results.lock().push_back(result);
        self.caller.wake();
    }
}

impl<M: Method> Drop for Replies<M> {
    fn drop(&mut self) {
        for result in std::mem::take(self.results.get_mut()) {
            self.queues.not_taken(&result, Why::CallerLeft);
        }
    }
}

impl<M: Method> Waitable for &Replies<M> {
    type Output = TaskResult<M>;

    fn try_take(&mut self) -> Option<TaskResult<M>> {
        self.results.lock().pop_front()
    }

    fn register(&mut self, _: &Arc<ThreadCell>) {}

    fn leave(&mut self, _: &Arc<ThreadCell>, _: bool) {}
}
