//! Tasks of an earlier run: those that have settled come back without being sent, those that have not are sent again.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use super::requests::Requests;
use super::route::Route;
use super::{Asked, Outcome, Queues};
use crate::checkpoint::pending::Pending;
use crate::record::replay::{Claimed, Replay, Resumed};
use crate::resources::slots::HeldSlots;
use crate::task::flight::{AnyFlight, Destination, Flight, Head};
use crate::task::task::Options;
use crate::task::{Method, TaskId};

impl Queues {
    /// Takes up an earlier run again: before anything is sent.
    pub(crate) fn resume(&self, replay: &Arc<Replay>) {
        self.next_id.store(replay.last_id(), Relaxed);
        let _ = self.replay.set(Arc::clone(replay));
    }

    /// What has become of the records of the earlier run.
    pub(crate) fn resumed(&self) -> Resumed {
        self.replay.get().map(|replay| replay.outcome()).unwrap_or_default()
    }

    /// Keeps the tasks whose results have not been handled, for checkpoints: before anything is sent.
    pub(crate) fn keep_pending(&self, pending: &Arc<Pending>) {
        let _ = self.pending.set(Arc::clone(pending));
    }

    /// The highest id of a task.
    pub(crate) fn last_id(&self) -> u64 {
        self.next_id.load(Relaxed)
    }

    /// The records of an earlier run that nobody has claimed.
    pub(crate) fn unclaimed(&self) -> Vec<u64> {
        self.replay.get().map(|replay| replay.unclaimed()).unwrap_or_default()
    }

    /// What has become of a task of the checkpoint from which the run goes on.
    pub(crate) fn claim_of_checkpoint<M: Method>(&self, id: u64) -> Claimed<M> {
        let none = || Claimed { id: TaskId(id), attempts: 0, settled: None };
        self.replay.get().map_or_else(none, |replay| replay.take_up(id))
    }

    /// A task of a checkpoint: it has settled since, or is sent again. It waits for no room.
    pub(crate) fn take_up<M: Method>(
        &self,
        route: &Route<M>,
        options: Options,
        slots: HeldSlots,
        claimed: Claimed<M>,
        asked: Asked<M>,
    ) {
        let Claimed { id, settled, .. } = claimed;
        match (settled, route.requests()) {
            (Some((times, outcome)), _) => {
                self.take_over(route, Head::settled(id, options, slots.count(), times), outcome, slots, asked);
            }
            (None, Some(requests)) => {
                requests.take_place_anyway();
                self.send_as(id, requests, options, slots, asked);
            }
            (None, None) => {} // the launch has checked that it is served
        }
    }

    /// Apart, and never inlined, so that it costs nothing where no earlier run is taken up.
    #[cold]
    #[inline(never)]
    pub(super) fn send_or_take_over<M: Method>(
        &self,
        replay: &Replay,
        route: &Route<M>,
        requests: &Requests,
        mut options: Options,
        slots: HeldSlots,
        asked: Asked<M>,
    ) -> TaskId {
        let Some(Claimed { id, attempts, settled }) = replay.claim::<M>(&asked.inputs) else {
            return self.send_as(self.new_id(), requests, options, slots, asked);
        };
        options.attempts_before = attempts;
        let Some((times, outcome)) = settled else { return self.send_as(id, requests, options, slots, asked) };
        requests.give_back_place();
        self.take_over(route, Head::settled(id, options, slots.count(), times), outcome, slots, asked);
        id
    }

    /// What an earlier run has settled comes back at once, to whom it is for.
    fn take_over<M: Method>(
        &self,
        route: &Route<M>,
        head: Head,
        outcome: Outcome<M>,
        slots: HeldSlots,
        asked: Asked<M>,
    ) {
        let Asked { inputs, notes, destination } = asked;
        let flight = Arc::new(Flight { head, inputs, notes, destination: destination.clone() });
        self.outstanding.fetch_add(1, SeqCst);
        if let Some(pending) = self.pending.get().filter(|_| matches!(destination, Destination::Processor)) {
            pending.add(Arc::clone(&flight) as Arc<dyn AnyFlight>, &slots);
        }
        let result = flight.result(outcome);
        route.tally(&result);
        self.hand_over(route, destination, result, slots);
    }
}
