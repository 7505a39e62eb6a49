//! An event responder: answers each round of an event, and borrows slots meanwhile.

use std::sync::Arc;

use super::runtime::{Duty, Role, Runtime};
use super::setting::Setting;
use super::{Agent, Thinker};
use crate::campaign::LaunchProblem;
use crate::error::BoxError;
use crate::event::{Event, Responder};
use crate::resources::ResourceCounter;
use crate::resources::reallocator::{Gathering, Plan};

pub(crate) struct Response<T: Thinker> {
    pub(crate) event: fn(&T) -> &Event,
    pub(crate) reallocation: Option<Borrowing<T>>,
    pub(crate) run: Arc<super::plain::Run<T>>,
}

/// Which slots to borrow: places of pools in the ledger, and counts that are read once, at launch.
pub(crate) struct Borrowing<T: Thinker> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) disperse_to: usize,
    pub(crate) max_slots: Option<Setting<T>>,
    pub(crate) step: Option<Setting<T>>,
}

impl<T: Thinker> Borrowing<T> {
    fn plan(&self, thinker: &T) -> Plan {
        let step = self.step.as_ref().map_or(1, |step| step.of(thinker));
        let max = self.max_slots.as_ref().map(|max| max.of(thinker));
        Plan { from: self.from, to: self.to, disperse_to: self.disperse_to, step, max }
    }
}

impl<T: Thinker> Role<T> for Response<T> {
    fn fills(&self) -> Vec<usize> {
        self.reallocation.iter().flat_map(|borrowing| [borrowing.to, borrowing.disperse_to]).collect()
    }

    fn check(&self, thinker: &T, rec: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        self.reallocation.as_ref().map_or_else(Vec::new, |borrowing| borrowing.plan(thinker).problems(rec.slots()))
    }

    fn enlist(&self, name: &'static str, runtime: &Arc<Runtime<T>>) -> Box<dyn Duty<T>> {
        let responder = (self.event)(&runtime.thinker).respond(&runtime.realm);
        let plan = self.reallocation.as_ref().map(|borrowing| borrowing.plan(&runtime.thinker));
        Box::new(Answering { name, responder, plan, run: Arc::clone(&self.run) })
    }
}

struct Answering<T: Thinker> {
    name: &'static str,
    responder: Responder,
    plan: Option<Plan>,
    run: Arc<super::plain::Run<T>>,
}

impl<T: Thinker> Duty<T> for Answering<T> {
    fn perform(&mut self, agent: &Agent<T>, local: &mut T::Local) -> Result<(), BoxError> {
        while self.responder.wait_for_round(self.name, agent.gate()) {
            let call = agent.begin_call();
            // If the method panics, dropping this gives back what is free, without waiting.
            let gathering = self.plan.map(|plan| Gathering::start(agent.rec().slots(), plan));
            let outcome = (self.run)(agent.thinker(), agent, local);
            drop(call);
            if let Err(error) = outcome {
                // First `done`: giving slots back must not wait for those who would wait for ever.
                agent.note_error(error);
            }
            if let Some(gathering) = gathering {
                gathering.finish();
            }
            if self.responder.finish() {
                tracing::debug!(responder = self.name, "all responses complete");
            } else if agent.gate().is_some() {
                // A round that only some have answered is in no checkpoint.
                self.responder.await_the_others(self.name);
            }
        }
        Ok(())
    }
}
