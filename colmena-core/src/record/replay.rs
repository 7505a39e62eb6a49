//! Taking up again: tasks that an earlier run has settled are not run again, those that it had begun are sent again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::claims::Claims;
use super::earlier::{self, Earlier, Place, Task};
use super::key_of;
use crate::queue::Outcome;
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::{Method, TaskId, TaskTimes};
use crate::wire::{Message, WireError, value};

/// An earlier run that is taken up again.
pub(crate) struct Replay {
    claims: Mutex<Claims<Task>>,
    epoch: Duration,
    last_id: u64,
    taken_over: AtomicU64,
    sent_again: AtomicU64,
}

/// What a task takes over.
pub(crate) struct Claimed<M: Method> {
    pub(crate) id: TaskId,
    pub(crate) attempts: u32,
    /// What it has come to; nothing if it is to be sent again.
    pub(crate) settled: Option<(TaskTimes, Outcome<M>)>,
}

/// What became of the records of an earlier run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resumed {
    pub(crate) taken_over: u64,
    pub(crate) sent_again: u64,
    /// By method.
    pub(crate) unclaimed: BTreeMap<String, u64>,
}

impl Replay {
    pub(super) fn of(earlier: Earlier) -> Self {
        let (epoch, last_id) = (earlier.run.epoch(), earlier.last_id);
        let records = earlier.tasks.into_iter().map(|(id, task)| (task.key, id, task));
        let claims = Mutex::new(Claims::of(records));
        Self { claims, epoch, last_id, taken_over: AtomicU64::new(0), sent_again: AtomicU64::new(0) }
    }

    pub(crate) fn taken_over(&self) -> u64 {
        self.taken_over.load(Relaxed)
    }

    /// The highest id of the earlier run.
    pub(crate) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// What a task with these inputs takes over, if anything.
    pub(crate) fn claim<M: Method>(&self, inputs: &M) -> Option<Claimed<M>> {
        let key = key_of(inputs)?;
        let (id, task) = self.claims.lock().claim(key)?;
        let settled = task.settled.and_then(|place| self.settled::<M>(&place, id));
        let count = if settled.is_some() { &self.taken_over } else { &self.sent_again };
        count.fetch_add(1, Relaxed);
        Some(Claimed { id: TaskId(id), attempts: task.attempts, settled })
    }

    /// A value that cannot be read any more is computed again.
    fn settled<M: Method>(&self, place: &Place, id: u64) -> Option<(TaskTimes, Outcome<M>)> {
        let line = place.read().map_err(|error| error.to_string());
        let read = line.and_then(|line| self.read::<M>(&line).map_err(|error| error.to_string()));
        read.inspect_err(|error| tracing::warn!("task {id} of `{}` is run again: its record: {error}", M::NAME)).ok()
    }

    fn read<M: Method>(&self, line: &[u8]) -> Result<(TaskTimes, Outcome<M>), WireError> {
        let message = Message::read_plain(line).map_err(|unreadable| unreadable.error)?;
        let at = |moment| earlier::since(moment, self.epoch);
        let times = TaskTimes {
            submitted: at(message.timestamp.created),
            started: message.timestamp.compute_started.map(|moment| at(Some(moment))),
            ended: at(message.timestamp.result_received),
            steps: None,
        };
        let Some((kind, text)) = earlier::failure(&message) else {
            return Ok((times, Ok(value::<M>(&message)?)));
        };
        let mut cause = Cause::new(kind, text);
        cause.backtrace = message.failure.and_then(|failure| failure.traceback);
        Ok((times, Err(cause)))
    }

    /// What has become of the records so far.
    pub(crate) fn outcome(&self) -> Resumed {
        let mut unclaimed = BTreeMap::<String, u64>::new();
        for task in self.claims.lock().left() {
            *unclaimed.entry(task.method.clone()).or_default() += 1;
        }
        let (taken_over, sent_again) = (self.taken_over.load(Relaxed), self.sent_again.load(Relaxed));
        Resumed { taken_over, sent_again, unclaimed }
    }
}
