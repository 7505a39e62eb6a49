//! Rehearsal: how a campaign is rehearsed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::agents::DecisionTime;
use super::model::{AnyModel, Model, Modelled};
use super::nodes::{Change, What};
use super::order::PATIENCE;
use super::server::Understudy;
use crate::resources::pool::place;
use crate::resources::{IntoPool, ResourcePool};
use crate::server::{Boxed, Known, LocalTaskServer};
use crate::task::{Method, Retry};

/// How a campaign is rehearsed: [`Campaign::rehearse`](crate::Campaign::rehearse) runs its thinker as it is, in virtual
/// time, with models in the place of its task servers. Cheap to clone.
///
/// Every method that a server of the campaign serves needs a [`Model`]; that one is missing is an error at launch. There
/// are as many workers as tasks, unless [`Self::workers`] says otherwise: slots bound them.
///
/// The same seed gives the same order of every grant, result and wake-up, in one build, if the thinker takes time and
/// randomness from its agents (`agent.elapsed()`, `agent.rng()`) alone, and no decision time is measured.
#[derive(Clone)]
#[must_use = "it does nothing by itself: `campaign.rehearse(&rehearsal)`"]
pub struct Rehearsal {
    pub(super) seed: u64,
    pub(super) models: Vec<Arc<dyn AnyModel>>,
    pub(super) workers: Option<usize>,
    pub(super) start_up: Duration,
    pub(super) changes: Vec<Change>,
    pub(super) decisions: BTreeMap<String, Duration>,
    pub(super) measured: bool,
    pub(super) patience: Duration,
}

impl Default for Rehearsal {
    fn default() -> Self {
        Self::new()
    }
}

impl Rehearsal {
    /// Without models.
    pub fn new() -> Self {
        Self {
            seed: 0,
            models: Vec::new(),
            workers: None,
            start_up: Duration::ZERO,
            changes: Vec::new(),
            decisions: BTreeMap::new(),
            measured: false,
            patience: PATIENCE,
        }
    }

    /// The seed of the order, and of all that models draw; unless said, 0. The campaign's own seed is another one.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How the method `M` goes.
    #[track_caller]
    pub fn method<M: Method>(mut self, model: Model<M>) -> Self {
        self.models.push(Arc::new(Modelled { known: Known::of::<M>(), model }));
        self
    }

    /// At most `n` tasks (at least 1) run at once; others wait, first come, first served.
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(n.max(1));
        self
    }

    /// The first task of each worker takes this much longer: a batch job that starts, a program that loads.
    pub fn start_up(mut self, time: Duration) -> Self {
        self.start_up = time;
        self
    }

    /// At `at`, counted from the start, `n` slots are added to `pool` (`None`: the unallocated): a node comes.
    pub fn slots_added<P: ResourcePool>(mut self, at: Duration, pool: impl IntoPool<P>, n: usize) -> Self {
        self.changes.push(Change { at, pool: place(pool.into_pool()), n, what: What::Add });
        self
    }

    /// At `at`, counted from the start, `n` slots of `pool` (`None`: the unallocated) are taken away, as soon as they are
    /// free: a node goes. More than there are is reported as a warning, and takes none.
    pub fn slots_removed<P: ResourcePool>(mut self, at: Duration, pool: impl IntoPool<P>, n: usize) -> Self {
        self.changes.push(Change { at, pool: place(pool.into_pool()), n, what: What::Remove });
        self
    }

    /// Each call of the agent `name` takes this much virtual time, before the method runs. (Unless said, agents decide in
    /// no time.)
    pub fn decision_time(mut self, name: &str, time: Duration) -> Self {
        self.decisions.insert(name.to_owned(), time);
        self
    }

    /// Calls of agents for which [`Self::decision_time`] says nothing take the processor time of their thread, as it is
    /// measured, after the method has run. Then a rehearsal cannot be repeated exactly.
    pub fn measured_decisions(mut self) -> Self {
        self.measured = true;
        self
    }

    /// How long, in real time, a thread may go on without a wait, a wake or a lock (unless said, 30 s): then it is taken to
    /// be blocked on something that the runtime does not know, and the rehearsal fails.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(crate) fn seed_of_order(&self) -> u64 {
        self.seed
    }

    pub(crate) fn patience_of_watchdog(&self) -> Duration {
        self.patience
    }

    /// What stands in for the servers of a campaign, which serve so much.
    pub(crate) fn servers(&self, served: Vec<Known>) -> Vec<Boxed> {
        let paced: Vec<_> = self.models.iter().filter(|model| model.is_paced()).collect();
        let mut server = LocalTaskServer::new();
        if let Some(workers) = self.workers {
            server = server.workers(workers);
        }
        for model in &paced {
            let is_it = |known: &&Known| known.method == model.known().method;
            let policy = served.iter().find(is_it).map_or_else(Retry::default, |known| known.retry);
            server = model.serve_paced(server, policy, self.seed);
        }
        let mut servers: Vec<Boxed> = vec![Box::new(Understudy::new(self.clone(), served))];
        if !paced.is_empty() {
            servers.push(Box::new(server));
        }
        servers
    }

    /// What a call of the agent takes, if it takes anything.
    pub(crate) fn decision_of(&self, agent: &str) -> Option<DecisionTime> {
        let given = self.decisions.get(agent).map(|&time| DecisionTime::Given(time));
        given.or_else(|| self.measured.then_some(DecisionTime::Measured))
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.models.iter().map(|model| model.known().name).collect();
        f.debug_struct("Rehearsal").field("seed", &self.seed).field("methods", &methods).finish_non_exhaustive()
    }
}
