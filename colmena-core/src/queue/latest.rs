//! The last results, for those who look on: what was asked and what came, as short texts.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::LastResult;
use crate::sync::Mutex;
use crate::task::{Method, TaskId, TaskResult, travel};
use crate::wait::panic;
use crate::wire::short::{cut, short};

/// So many are kept.
const KEPT: usize = 12;
/// At most one in so many nanoseconds: nobody reads faster, and it costs the settling thread some microseconds.
const EVERY: u64 = 50_000_000;
/// Characters of a text.
const LENGTH: usize = 100;

#[derive(Default)]
pub(crate) struct Latest {
    /// Results that settle before this moment are passed over.
    next: AtomicU64,
    kept: Mutex<VecDeque<LastResult>>,
}

impl Latest {
    /// A task has settled at this moment, in nanoseconds.
    pub(super) fn settled<M: Method>(&self, at: u64, result: &TaskResult<M>) {
        let next = self.next.load(Relaxed);
        let taken = at >= next && self.next.compare_exchange(next, at + EVERY, Relaxed, Relaxed).is_ok();
        if taken {
            self.keep(of(result));
        }
    }

    #[cold]
    fn keep(&self, result: LastResult) {
        let mut kept = self.kept.lock();
        kept.truncate(KEPT - 1);
        kept.push_front(result);
    }

    /// The newest first.
    pub(crate) fn all(&self) -> Vec<LastResult> {
        self.kept.lock().iter().cloned().collect()
    }
}

/// The users' types write themselves; one that panics is shown as nothing.
#[cold]
fn of<M: Method>(result: &TaskResult<M>) -> LastResult {
    let (TaskId(task), times) = (result.id(), result.times());
    let written = panic::catch(|| travel::recorded(|| texts(result)));
    let (inputs, value) = written.unwrap_or_default();
    LastResult {
        task,
        method: M::NAME,
        at: times.ended.as_secs_f64(),
        ran: times.running().as_secs_f64(),
        inputs,
        value,
        failure: result.failure().map(|failure| cut(failure.message(), 2 * LENGTH, true)),
    }
}

fn texts<M: Method>(result: &TaskResult<M>) -> (Option<String>, Option<String>) {
    let Some(codec) = M::CODEC else { return (None, None) };
    let value = result.outcome.as_ref().ok();
    (Some(short(codec.inputs(result.inputs()), LENGTH)), value.map(|value| short(codec.value(value), LENGTH)))
}
