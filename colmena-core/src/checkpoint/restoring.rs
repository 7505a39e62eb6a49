//! Going on from a checkpoint: the state first, then the slots, then the tasks, before any agent runs.

use std::sync::Arc;
use std::time::Duration;

use super::CheckpointError;
use super::cut::{Cut, SavedHead, SavedTask, Whole};
use super::taking::Plan;
use crate::campaign::LaunchProblem;
use crate::queue::inbox::Inbox;
use crate::queue::{Asked, Queues};
use crate::record::replay::Claimed;
use crate::resources::counter::{Ask, Counter, Patience};
use crate::resources::ledger::UNALLOCATED;
use crate::resources::slots::HeldSlots;
use crate::task::flight::{Destination, Inputs};
use crate::task::info::Notes;
use crate::task::travel::Arrived;
use crate::task::{Method, Resources};
use crate::thinker::Thinker;
use crate::thinker::runtime::{Description, Runtime};
use crate::wait::WaitingFor;

/// A task of a checkpoint: what it was sent with has been read.
pub(crate) struct TakenUp {
    /// When it settled, if it has.
    ended: Option<Duration>,
    send: Box<dyn FnOnce(&Queues)>,
}

/// A checkpoint, as a run goes on from it.
pub(crate) struct Restoring {
    whole: Whole,
    arrived: Arrived,
}

impl Restoring {
    /// Gives the thinker its state.
    ///
    /// # Errors
    /// It is that of another thinker, or of other slots.
    pub(crate) fn begin<T: Thinker>(
        whole: Whole,
        plan: &Plan<T>,
        thinker: &T,
        pools: &[(String, u32)],
    ) -> Result<Self, LaunchProblem> {
        let mut restoring = Self { whole, arrived: Arrived::default() };
        let Whole { cut, state, .. } = &restoring.whole;
        if cut.pools != pools {
            let text =
                |pools: &[(String, u32)]| pools.iter().map(|(name, n)| format!("{n} of `{name}`")).collect::<Vec<_>>();
            let (then, now) = (text(&cut.pools).join(", "), text(pools).join(", "));
            return Err(refusal(format!("it is of a run with these slots: {then}; here are {now}")));
        }
        let restored = restoring.arrived.during(|| (plan.restore)(thinker, state));
        restored.map_err(|error| refusal(error.to_string()))?;
        Ok(restoring)
    }

    pub(crate) fn cut(&self) -> &Cut {
        &self.whole.cut
    }

    /// Gives the pools their slots, and sends the tasks on their way: those that have settled since in the order in which they
    /// did, then the others.
    ///
    /// # Errors
    /// A task cannot be read, or nobody handles its result.
    pub(crate) fn finish<T: Thinker>(
        self,
        descriptions: &[Description<T>],
        runtime: &Arc<Runtime<T>>,
    ) -> Result<(), LaunchProblem> {
        let Self { whole: Whole { cut, tasks, .. }, mut arrived } = self;
        let counter = runtime.rec.slots();
        allocate(counter, &cut.allocated);
        for (place, &n) in cut.kept.iter().enumerate().filter(|(_, n)| **n > 0) {
            hold(counter, place, n).of::<()>().keep();
        }
        let mut taken_up = Vec::new();
        for task in &tasks {
            let taken = arrived.during(|| read(task, descriptions, runtime));
            taken_up.push(taken.map_err(|error| refusal(error.to_string()))?);
        }
        taken_up.sort_by_key(|task| task.ended.map_or((true, Duration::ZERO), |ended| (false, ended)));
        taken_up.into_iter().for_each(|task| (task.send)(&runtime.queues));
        Ok(())
    }
}

fn refusal(why: String) -> LaunchProblem {
    LaunchProblem::new(format!("the run cannot go on from its checkpoint: {why}"))
        .help("make the thinker and its slots what they were; or remove `checkpoint.json`, and the run is replayed")
}

fn read<T: Thinker>(
    task: &SavedTask,
    descriptions: &[Description<T>],
    runtime: &Arc<Runtime<T>>,
) -> Result<TakenUp, CheckpointError> {
    for description in descriptions {
        if let Some(taken) = description.role.take_up(task, runtime)? {
            return Ok(taken);
        }
    }
    let method = &task.head.method;
    Err(CheckpointError::new(format!("no result processor handles the results of `{method}`")))
}

/// Reads a task of `M`, and finds out what has become of it.
///
/// # Errors
/// Its inputs cannot be read.
pub(crate) fn take_up<M: Method, T: Thinker>(
    task: &SavedTask,
    inbox: &Inbox<M>,
    runtime: &Arc<Runtime<T>>,
) -> Result<TakenUp, CheckpointError> {
    let SavedHead { id, attempts, slots, mut options, .. } = task.head;
    let codec = M::CODEC.ok_or_else(|| CheckpointError::new(format!("`{}` is local", M::NAME)))?;
    let inputs = Inputs::Own(codec.inputs.read_json(&task.inputs)?);
    let asked = Asked { inputs, notes: Notes::saved(&task.notes)?, destination: Destination::Processor };
    let claimed: Claimed<M> = runtime.queues.claim_of_checkpoint(id);
    options.attempts_before = claimed.attempts.max(attempts);
    let settled = claimed.settled.is_some();
    let held = slots.filter(|_| !settled || inbox.hands_on_slots());
    if let (Some((_, n)), None) = (slots, held) {
        options.resources.get_or_insert(Resources { node_count: n.max(1), ..Resources::default() });
    }
    let counter = Arc::clone(runtime.rec.slots());
    let held = held.map_or_else(HeldSlots::none, |(place, n)| hold(&counter, place, n));
    let ended = claimed.settled.as_ref().map(|(times, _)| times.ended);
    let send = move |queues: &Queues| queues.take_up(&queues.route::<M>(), options, held, claimed, asked);
    Ok(TakenUp { ended, send: Box::new(send) })
}

/// Gives each pool so many slots, by place. Nobody holds any yet, so that none of this waits.
fn allocate(counter: &Counter, allocated: &[u32]) {
    let wanted: u32 = allocated.iter().sum();
    let places = || (UNALLOCATED + 1..).zip(allocated.iter().skip(1));
    let _ = counter.add(wanted.saturating_sub(counter.total()));
    for (place, &n) in places() {
        counter.try_move(place, UNALLOCATED, counter.allocated(place).saturating_sub(n));
    }
    let too_many = counter.total().saturating_sub(wanted);
    let what = WaitingFor::Slots { n: too_many, pool: counter.name(UNALLOCATED) };
    let _ = counter.request(UNALLOCATED, Ask::Remove { n: too_many }, Patience::default(), what);
    for (place, &n) in places() {
        counter.try_move(UNALLOCATED, place, n.saturating_sub(counter.allocated(place)));
    }
}

/// What was held when the checkpoint was taken fits what was allocated then.
fn hold(counter: &Arc<Counter>, place: usize, n: u32) -> HeldSlots {
    match counter.try_acquire(place, n) {
        Ok(Some(held)) => held,
        _ => {
            tracing::warn!("{n} slots of `{}` that a task held are not there", counter.name(place));
            HeldSlots::none()
        }
    }
}
