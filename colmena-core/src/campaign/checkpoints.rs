//! A campaign with checkpoints.

use std::sync::Arc;

use super::{Campaign, LaunchError, LaunchProblem};
use crate::checkpoint::restoring::Restoring;
use crate::checkpoint::taking::{Checkpoints, Plan};
use crate::checkpoint::{Checkpoint, CheckpointEvery};
use crate::record::Recording;
use crate::resources::ResourceCounter;
use crate::thinker::Thinker;
use crate::thinker::runtime::Description;

/// From where the run goes on, and the checkpoints to come.
type Taken<T> = (Option<Restoring>, Option<Arc<Checkpoints<T>>>);

impl<T: Thinker> Campaign<T> {
    /// Takes a checkpoint now and then, of all that the campaign knows: so often, by time (a `Duration`) or by the number of
    /// results that have been handled ([`CheckpointEvery::Results`]); before Ctrl-C or the time limit ends it; and when it has
    /// come to its end. For a campaign that [records](Self::record_in); [`resume`](Self::resume) then goes on from the last
    /// checkpoint, instead of replaying the run from the start.
    ///
    /// A checkpoint is `checkpoint.json` in the run's directory, replaced as a whole. In it are the thinker's
    /// [state](Checkpoint), the slots of each pool, how many generators each agent has drawn from `agent.rng()`, and the tasks
    /// whose results have not been handled, with their inputs, notes, options and slots. All of that belongs to one moment, at
    /// which no agent was in a call; what was recorded before is on the disk by then.
    ///
    /// # What is promised
    ///
    /// A run that goes on from a checkpoint has the state, the slots and the tasks of that moment.
    /// - A task that has settled since, as the record says, comes back with its result, and does not run again: before any agent
    ///   starts, in the order in which they settled. So do those that had settled with their worker.
    /// - Any other is sent again, under its old id, holding as many slots; [`attempts`](crate::TaskResult::attempts) counts on.
    /// - What was sent after the checkpoint is asked for again by the agents, and takes the records over as it is said at
    ///   [`resume`](Self::resume). Records from before the checkpoint are not taken over: their results are in the state.
    /// - A plain agent that had ended does not start; any other starts from its beginning.
    /// - A run that had come to its end by itself ends at once, with the state that it had.
    ///
    /// So no task of a recordable method runs again whose result had been written, and none is lost; and a thinker that
    /// follows from its state, from what it is given and from `agent.rng()` comes to what it would have come to without a break.
    /// Not in a checkpoint: local details (each agent prepares its own anew), emissions that nobody has read, and what an
    /// agent's method keeps in statics or files.
    ///
    /// # How the moment is found
    ///
    /// Once a checkpoint is due, the first moment is taken at which no agent is in a call. If there is none within a
    /// second, agents that come out of a call wait for the others, for at most a second, and if that is not enough, again after
    /// two, four, and up to 64 seconds; who is waited for is logged, and in
    /// [`Status::checkpoints`](crate::Status::checkpoints) and [`Report::checkpoints`](crate::Report::checkpoints). While the state
    /// is made into JSON, in memory, they wait, too. A plain agent (`#[agent]`) is in one call from its beginning
    /// to its end: one that goes on and on says by [`safe_point`](crate::Agent::safe_point) when it is not. None is taken while
    /// tasks are out whose results go to no result processor: those of [`agent.queues()`](crate::Agent::queues).
    ///
    /// # Errors at launch
    /// There is no directory; a result processor handles a `local` method, whose inputs cannot be saved; the checkpoint
    /// is that of another thinker, or of other slots.
    ///
    /// # Errors later
    /// A state that serde cannot write as JSON ends the campaign, with [`Problem::Checkpoint`](crate::Problem::Checkpoint).
    pub fn checkpoint_every(mut self, every: impl Into<CheckpointEvery>) -> Self
    where
        T: Checkpoint,
    {
        self.checkpoints = Some(Plan::new(every.into()));
        self.record.has_checkpoints = true;
        self
    }

    pub(super) fn check_checkpoints(&self, descriptions: &[Description<T>]) -> Vec<LaunchProblem> {
        if self.checkpoints.is_none() {
            return Vec::new();
        }
        let handled = descriptions.iter().filter_map(|description| Some((description, description.role.handles()?)));
        let local = handled.filter(|(_, method)| method.is_local).map(|(description, method)| {
            LaunchProblem::new(format!("`{}` is local: its tasks cannot be in a checkpoint", method.name))
                .of(T::NAME, &description.info)
                .at(description.place)
                .help("let serde write its inputs and value, and remove `local`; or call it: `agent.call(..)`")
        });
        let nowhere = self.record.dir.is_none().then(|| {
            LaunchProblem::new("there is no directory for the checkpoints").help("name one: `.record_in(..)`")
        });
        local.chain(nowhere).collect()
    }

    /// The state of the checkpoint from which the run goes on, if there is one; and the checkpoints to come.
    pub(super) fn take_up_state(
        &self,
        recording: &mut Option<Recording>,
        rec: &ResourceCounter<T::Pools>,
    ) -> Result<Taken<T>, LaunchError> {
        let (Some(plan), Some(recording)) = (self.checkpoints, recording) else { return Ok((None, None)) };
        let pools: Vec<_> = rec.slots().allocations().into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
        let restoring = recording.checkpoint.take().map(|whole| Restoring::begin(whole, &plan, &self.thinker, &pools));
        let restoring =
            restoring.transpose().map_err(|problem| LaunchError { thinker: T::NAME, problems: vec![problem] })?;
        let checkpoints = Checkpoints::new(plan, &recording.record, pools, restoring.as_ref().map(Restoring::cut));
        Ok((restoring, Some(checkpoints)))
    }
}
