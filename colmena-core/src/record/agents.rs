//! What every agent is at, for the record: the call that it is in, and what it has waited for so far.
//!
//! A call is a line when it has ended, and what was waited for when the agent has: of a process that is killed, neither is
//! there. So the writer notes both now and then ([`Rounds`]). Agents pay for that with two stores a call: all else is
//! read where it is kept anyway.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Record;
use super::lines::AgentLine;
use crate::campaign::AgentReport;
use crate::rehearsal::turns::in_order;
use crate::wait::{ThreadCell, now, with_current};

/// An agent's thread, in the record of its campaign.
#[derive(Debug)]
pub(crate) struct RecordedAgent {
    pub(super) record: Arc<Record>,
    pub(crate) name: Arc<str>,
    thread: Arc<ThreadCell>,
    /// When the call began that it is in, in nanoseconds from the start, and one more; 0: it is in none.
    in_call: AtomicU64,
}

impl RecordedAgent {
    /// In the agent's own thread: what it notes from here on is recorded, too.
    pub(crate) fn started(self: &Arc<Self>) {
        super::OF_AGENT.set(Some(Arc::clone(&self.record)));
        self.record.put_agent(AgentLine::started(&self.name, self.record.stamp(now())));
        self.record.agents.lock().push(Arc::downgrade(self));
    }

    /// Nothing is noted of it from here on.
    pub(crate) fn ended(self: &Arc<Self>, report: &AgentReport) {
        self.record.agents.lock().retain(|other| !Weak::ptr_eq(other, &Arc::downgrade(self)));
        self.record.put_agent(AgentLine::ended(&self.name, self.record.stamp(now()), report));
    }

    /// A call of its method begins: when. Waits for room before.
    pub(crate) fn begin_call(&self) -> Instant {
        self.record.await_room();
        let begun = now();
        self.in_call.store(self.record.stamp(begun) + 1, Relaxed);
        begun
    }

    /// The call has ended.
    pub(crate) fn called(&self, begun: Instant) {
        self.in_call.store(0, Relaxed); // before the line, so that none is noted as under way after it
        let (begun, ended) = (self.record.stamp(begun), self.record.stamp(now()));
        self.record.put_agent(AgentLine::called(&self.name, begun, ended.saturating_sub(begun)));
    }

    fn so_far(&self, now: Instant) -> AgentLine {
        let at = self.record.stamp(now);
        let in_call = self.in_call.load(Relaxed).checked_sub(1).map(|begun| at.saturating_sub(begun));
        AgentLine::so_far(&self.name, at, in_call, self.thread.waited_by(now))
    }
}

impl Record {
    /// The agent whose thread this is.
    pub(crate) fn agent(self: &Arc<Self>, name: &str) -> Arc<RecordedAgent> {
        let (record, thread) = (Arc::clone(self), with_current(Arc::clone));
        Arc::new(RecordedAgent { record, name: name.into(), thread, in_call: AtomicU64::new(0) })
    }

    /// A line of each agent that has not ended. Those that end meanwhile come after it.
    pub(super) fn agents_so_far(&self) -> Vec<AgentLine> {
        let agents: Vec<_> = self.agents.lock().iter().filter_map(Weak::upgrade).collect();
        let now = now();
        agents.iter().map(|agent| agent.so_far(now)).collect()
    }
}

/// When the writer notes what agents are at: as often as it writes, and the less often the longer the process runs, so that a
/// long run's file does not fill with it.
pub(super) struct Rounds {
    begun: Instant,
    least: Duration,
    next: Option<Instant>,
}

/// A round comes when this part of the time so far has passed since the last.
const PART: u32 = 100;

impl Rounds {
    pub(super) fn every(least: Duration) -> Self {
        let begun = now();
        Self { begun, least, next: begun.checked_add(least) }
    }

    /// When the writer is to go on for it, if nothing else is to be written. Time that is virtual is not waited for: it would
    /// never come to an end.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next.filter(|_| !in_order())
    }

    /// If one is due, the next is put off.
    pub(super) fn take(&mut self) -> bool {
        let now = now();
        let is_due = self.next.is_some_and(|next| now >= next);
        if is_due {
            let so_far = now.saturating_duration_since(self.begun);
            self.next = now.checked_add(self.least.max(so_far / PART));
        }
        is_due
    }
}
