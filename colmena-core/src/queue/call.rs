//! Where the result of one call is put.

use std::sync::Arc;

use crate::sync::Mutex;
use crate::task::{Method, TaskResult};
use crate::wait::{ThreadCell, Waitable};

/// One result, for one thread. That thread is known, so there is no list: the settler puts the result, then wakes it.
pub(crate) struct CallSlot<M: Method> {
    result: Mutex<Option<TaskResult<M>>>,
    caller: Arc<ThreadCell>,
}

impl<M: Method> CallSlot<M> {
    pub(crate) fn new(caller: Arc<ThreadCell>) -> Self {
        Self { result: Mutex::new(None), caller }
    }

    pub(crate) fn put(&self, result: TaskResult<M>) {
        *self.result.lock() = Some(result);
        crate::wait::thread::note_progress();
        self.caller.wake();
    }
}

impl<M: Method> Waitable for &CallSlot<M> {
    type Output = TaskResult<M>;

    fn try_take(&mut self) -> Option<TaskResult<M>> {
        self.result.lock().take()
    }

    fn register(&mut self, _: &Arc<ThreadCell>) {}

    fn leave(&mut self, _: &Arc<ThreadCell>, _: bool) {}
}
