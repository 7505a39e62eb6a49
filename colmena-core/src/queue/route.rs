//! The way of one method's tasks: where its requests go, who gets its results, and what is counted of it.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::inbox::Inbox;
use super::requests::Requests;
use super::tally::{MethodReport, Tally};
use crate::sync::Mutex;
use crate::task::context::Emit;
use crate::task::{Method, TaskResult};

pub(crate) struct Route<M: Method> {
    requests: Option<Arc<Requests>>,
    inbox: OnceLock<Arc<Inbox<M>>>,
    emission_limit: usize,
    tally: Mutex<Tally>,
}

/// The way of some method's tasks.
pub(crate) trait AnyRoute: Any + Send + Sync {
    fn report(&self) -> MethodReport;
    fn last_failures(&self) -> Vec<(&'static str, String)>;
    fn topic(&self) -> &'static str;
    #[cfg(feature = "redis")]
    fn method(&self) -> &'static str;
}

impl<M: Method> Route<M> {
    pub(crate) fn new(requests: Option<Arc<Requests>>, emission_limit: usize) -> Self {
        Self { requests, inbox: OnceLock::new(), emission_limit, tally: Mutex::default() }
    }

    /// Where requests go; `None` if no server serves the method.
    pub(crate) fn requests(&self) -> Option<&Arc<Requests>> {
        self.requests.as_ref()
    }

    /// The inbox of the method's result processor, if the thinker has one.
    pub(crate) fn inbox(&self) -> Option<&Arc<Inbox<M>>> {
        self.inbox.get()
    }

    /// Opens the inbox; at launch, before anything is sent. Further threads of one processor share it.
    pub(crate) fn open_inbox(&self, hands_on_slots: bool) -> Arc<Inbox<M>> {
        let inbox = self.inbox.get_or_init(|| Arc::new(Inbox::new(hands_on_slots, self.emission_limit)));
        inbox.add_reader();
        Arc::clone(inbox)
    }

    /// What sends the emissions of the method, if it has any and anybody wants them.
    pub(crate) fn emitter(&self) -> Option<Arc<Emit<M::Emission>>> {
        let inbox = self.inbox().filter(|_| M::EMITS).cloned()?;
        Some(Arc::new(move |task, attempt, value| inbox.emit(task, attempt, value)))
    }

    /// Counts what has settled; the first failure is told at once, later ones are in the report.
    pub(crate) fn tally(&self, result: &TaskResult<M>) {
        let failure = result.failure();
        let after = result.flight.head.earlier().retries;
        let first = self.tally.lock().add(failure, result.attempts(), after, &result.times());
        if let Some(failure) = failure.filter(|_| first) {
            tracing::warn!("{failure} (later failures of `{}` are in the report)", M::NAME);
        }
    }
}

impl<M: Method> AnyRoute for Route<M> {
    fn report(&self) -> MethodReport {
        let dropped = self.inbox().map_or(0, |inbox| inbox.dropped_emissions());
        self.tally.lock().report(M::NAME, M::TOPIC, dropped)
    }

    fn last_failures(&self) -> Vec<(&'static str, String)> {
        let failures = self.tally.lock().last_failures();
        failures.iter().map(|failure| (M::NAME, failure.to_string())).collect()
    }

    fn topic(&self) -> &'static str {
        M::TOPIC
    }

    #[cfg(feature = "redis")]
    fn method(&self) -> &'static str {
        M::NAME
    }
}
