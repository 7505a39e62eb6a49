//! What all agents of a running thinker share.

use std::panic::Location;
use std::sync::Arc;

use super::shutdown::Shutdown;
use super::{AgentInfo, Thinker};
use crate::campaign::LaunchProblem;
use crate::checkpoint::CheckpointError;
use crate::checkpoint::cut::SavedTask;
use crate::checkpoint::restoring::TakenUp;
use crate::checkpoint::taking::Checkpoints;
use crate::error::BoxError;
use crate::queue::Queues;
use crate::rehearsal::Rehearsal;
use crate::resources::ResourceCounter;
use crate::server::Known;
use crate::wait::Realm;

pub(crate) struct Runtime<T: Thinker> {
    pub(crate) thinker: Arc<T>,
    pub(crate) rec: ResourceCounter<T::Pools>,
    pub(crate) queues: Arc<Queues>,
    pub(crate) realm: Arc<Realm>,
    pub(crate) shutdown: Arc<Shutdown>,
    pub(crate) seed: u64,
    pub(crate) checkpoints: Option<Arc<Checkpoints<T>>>,
    /// In a rehearsal.
    pub(crate) decisions: Option<Rehearsal>,
}

/// An agent, as described: how to check it and how to bring it to life.
pub(crate) struct Description<T: Thinker> {
    pub(crate) info: AgentInfo,
    pub(crate) role: Arc<dyn Role<T>>,
    /// Where in the program it is described.
    pub(crate) place: &'static Location<'static>,
}

/// What a kind of agent does.
pub(crate) trait Role<T: Thinker>: Send + Sync {
    /// How many threads it runs in.
    fn threads(&self, thinker: &T) -> usize {
        let _ = thinker;
        1
    }

    /// The method whose results it handles.
    fn handles(&self) -> Option<Known> {
        None
    }

    /// The pool whose slots it waits for.
    fn draws_from(&self) -> Option<usize> {
        None
    }

    /// The pools to which it moves slots.
    fn fills(&self) -> Vec<usize> {
        Vec::new()
    }

    /// What is wrong with its options.
    fn check(&self, thinker: &T, rec: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        let _ = (thinker, rec);
        Vec::new()
    }

    /// A task of a checkpoint, to be taken up, if it is this agent that handles its result.
    ///
    /// # Errors
    /// Its inputs cannot be read.
    fn take_up(&self, task: &SavedTask, runtime: &Arc<Runtime<T>>) -> Result<Option<TakenUp>, CheckpointError> {
        let _ = (task, runtime);
        Ok(None)
    }

    /// Called for each thread, before any thread starts: from here on nothing that is for it is lost.
    fn enlist(&self, name: &'static str, runtime: &Arc<Runtime<T>>) -> Box<dyn Duty<T>>;
}

/// One thread's part in an agent. Dropping it leaves: its inbox closes, its event does not wait for it.
pub(crate) trait Duty<T: Thinker>: Send {
    /// The agent's loop. Returns when it has ended; errors of single calls that do not end it are noted on the way.
    fn perform(&mut self, agent: &super::Agent<T>, local: &mut T::Local) -> Result<(), BoxError>;
}
