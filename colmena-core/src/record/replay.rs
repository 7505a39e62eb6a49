//! Taking up again: tasks that an earlier run has settled are not run again, those that it had begun are sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::claims::Claims;
use super::earlier::{self, Earlier, Place, Settled, Task};
use super::key_of;
use crate::checkpoint::cut::{Lot, Whole};
use crate::queue::Outcome;
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::{Method, TaskId, TaskTimes};
use crate::wire::{Message, WireError, value};

/// An earlier run that is taken up again.
pub(crate) struct Replay {
    claims: Mutex<Claims<Task>>,
    /// Of tasks that the checkpoint has, from which the run goes on.
    of_checkpoint: Mutex<BTreeMap<u64, Task>>,
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
    /// `checkpoint`: from which the run goes on.
    pub(super) fn of(earlier: Earlier, checkpoint: Option<&Whole>) -> Self {
        let epoch = earlier.run.epoch();
        let last_id = earlier.last_id.max(checkpoint.map_or(0, |whole| whole.cut.last_id));
        let (mut of_checkpoint, mut claimable) = (BTreeMap::new(), Vec::new());
        let pending: BTreeSet<u64> =
            checkpoint.iter().flat_map(|whole| &whole.tasks).map(|task| task.head.id).collect();
        for (id, task) in earlier.tasks {
            match checkpoint.map_or(Lot::Claimable, |whole| whole.cut.lot(id, pending.contains(&id))) {
                Lot::TakenUp => _ = of_checkpoint.insert(id, task),
                Lot::Claimable => claimable.push((task.key, id, task)),
                Lot::InTheState => {}
            }
        }
        let (claims, of_checkpoint) = (Mutex::new(Claims::of(claimable)), Mutex::new(of_checkpoint));
        Self { claims, of_checkpoint, epoch, last_id, taken_over: AtomicU64::new(0), sent_again: AtomicU64::new(0) }
    }

    /// The ids of the records that nobody has claimed.
    pub(crate) fn unclaimed(&self) -> Vec<u64> {
        self.claims.lock().ids().collect()
    }

    /// What has become of a task of the checkpoint. It comes back as it settled, unless with its server or its campaign.
    pub(crate) fn take_up<M: Method>(&self, id: u64) -> Claimed<M> {
        let task = self.of_checkpoint.lock().remove(&id);
        let attempts = task.as_ref().map_or(0, |task| task.attempts);
        let settled = task.and_then(|task| task.settled).filter(|(_, how)| *how != Settled::WithItsCampaign);
        self.claimed(id, attempts, settled.map(|(place, _)| place))
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
        let settled = task.settled.filter(|(_, how)| *how == Settled::ByItself);
        Some(self.claimed(id, task.attempts, settled.map(|(place, _)| place)))
    }

    fn claimed<M: Method>(&self, id: u64, attempts: u32, settled: Option<Place>) -> Claimed<M> {
        let settled = settled.and_then(|place| self.settled::<M>(&place, id));
        let count = if settled.is_some() { &self.taken_over } else { &self.sent_again };
        count.fetch_add(1, Relaxed);
        Claimed { id: TaskId(id), attempts, settled }
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
