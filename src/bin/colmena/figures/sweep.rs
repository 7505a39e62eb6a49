//! What the slots of a pool were doing at each moment, and so where their idle time went.
//!
//! At each moment, of the slots of a pool as many are in use as tasks run on them. Of the others, first those count as
//! waiting for the server for which a task has been sent that has not started, then those whose last task's result is on its
//! way back. What is left waits for a decision if an agent is in a call, and otherwise there is no candidate.
//! Invariant: these parts add up to the slots that the pool has.

use crate::run::{Id, Nanos, Run, Task};

/// How many slots did what.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Parts {
    pub(crate) in_use: u32,
    pub(crate) waiting_for_server: u32,
    pub(crate) result_on_its_way: u32,
    pub(crate) no_decision: u32,
    pub(crate) no_candidate: u32,
}

impl Parts {
    /// In the order of the fields.
    pub(crate) fn each(self) -> [u32; 5] {
        let Self { in_use, waiting_for_server, result_on_its_way, no_decision, no_candidate } = self;
        [in_use, waiting_for_server, result_on_its_way, no_decision, no_candidate]
    }

    pub(crate) fn all(self) -> u32 {
        self.each().iter().sum()
    }

    /// Adds these, each as many times as `weight` says.
    pub(crate) fn add_to(self, sums: &mut [f64; 5], weight: f64) {
        sums.iter_mut().zip(self.each()).for_each(|(sum, n)| *sum += f64::from(n) * weight);
    }
}

/// From `from` to `to`, nothing changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: Nanos,
    pub(crate) to: Nanos,
    pub(crate) slots: Parts,
}

#[derive(Clone, Copy)]
struct Change {
    at: Nanos,
    what: What,
    by: i32,
}

#[derive(Clone, Copy)]
enum What {
    Allocated,
    Running,
    Sent,
    Returning,
    Deciding,
}

#[derive(Default)]
struct State {
    allocated: i64,
    running: i64,
    sent: i64,
    returning: i64,
    deciding: i64,
}

/// Calls `visit` for each span of time from the start to `end`, in order. `deciding`: when some agent was in a call.
pub(crate) fn sweep(run: &Run, pool: Id, deciding: &[(Nanos, Nanos)], end: Nanos, mut visit: impl FnMut(Span)) {
    let mut changes: Vec<Change> = Vec::new();
    for task in run.tasks.iter().filter(|task| task.pool == pool) {
        task.changes(&mut changes);
    }
    changes.sort_unstable_by_key(|change| change.at);
    let mut state = State::default();
    let known = allocations(run, pool, &mut changes);
    if !known {
        state.allocated = most_running(&changes);
    }
    let ends = deciding.iter().flat_map(|&(from, to)| change_and_back(What::Deciding, from, to, 1));
    changes.extend(ends);
    changes.sort_by_key(|change| change.at);
    let mut from = 0;
    for change in changes {
        let at = change.at.clamp(0, end);
        if at > from {
            visit(Span { from, to: at, slots: state.parts() });
            from = at;
        }
        state.apply(change);
    }
    if end > from {
        visit(Span { from, to: end, slots: state.parts() });
    }
}

/// Whether the record tells how many slots the pool had.
pub(crate) fn is_allocated(run: &Run, pool: Id) -> bool {
    run.allocations.iter().flat_map(|allocation| &allocation.slots).any(|&(of, n)| of == pool && n > 0)
}

fn allocations(run: &Run, pool: Id, changes: &mut Vec<Change>) -> bool {
    let mut last = 0;
    for allocation in &run.allocations {
        let n = allocation.slots.iter().find(|(of, _)| *of == pool).map_or(0, |(_, n)| *n).min(i32::MAX as u32) as i32;
        changes.push(Change { at: allocation.at, what: What::Allocated, by: n - last });
        last = n;
    }
    is_allocated(run, pool)
}

/// `changes` are in order; at one moment, ends count before starts.
fn most_running(changes: &[Change]) -> i64 {
    let (mut now, mut most) = (0, 0);
    for same in changes.chunk_by(|a, b| a.at == b.at) {
        let running = same.iter().filter(|change| matches!(change.what, What::Running));
        now += running.map(|change| i64::from(change.by)).sum::<i64>();
        most = most.max(now);
    }
    most
}

fn change_and_back(what: What, from: Nanos, to: Nanos, n: i32) -> [Change; 2] {
    [Change { at: from, what, by: n }, Change { at: to.max(from), what, by: -n }]
}

impl Task {
    fn changes(&self, changes: &mut Vec<Change>) {
        let n = self.slots.clamp(1, 1 << 20) as i32;
        let Some((from, to)) = self.ran() else { return };
        changes.extend(change_and_back(What::Running, from, to, n));
        if let Some(created) = self.created.filter(|&created| created < from) {
            changes.extend(change_and_back(What::Sent, created, from, n));
        }
        if let Some(received) = self.received.filter(|&received| received > to) {
            changes.extend(change_and_back(What::Returning, to, received, n));
        }
    }
}

impl State {
    fn apply(&mut self, change: Change) {
        let by = i64::from(change.by);
        match change.what {
            What::Allocated => self.allocated += by,
            What::Running => self.running += by,
            What::Sent => self.sent += by,
            What::Returning => self.returning += by,
            What::Deciding => self.deciding += by,
        }
    }

    fn parts(&self) -> Parts {
        let mut left = self.allocated.clamp(0, u32::MAX.into()) as u32;
        let mut take = |wanted: i64| {
            let taken = wanted.clamp(0, left.into()) as u32;
            left -= taken;
            taken
        };
        let (in_use, waiting_for_server, result_on_its_way) =
            (take(self.running), take(self.sent), take(self.returning));
        let (no_decision, no_candidate) = if self.deciding > 0 { (left, 0) } else { (0, left) };
        Parts { in_use, waiting_for_server, result_on_its_way, no_decision, no_candidate }
    }
}

/// When at least one agent was in a call, one after the other. Plain agents do not count: their one call is their life.
pub(crate) fn deciding(run: &Run) -> Vec<(Nanos, Nanos)> {
    let agents = run.agents.iter().filter(|agent| agent.kind != "Agent");
    let mut calls: Vec<_> = agents.flat_map(|agent| &agent.calls).map(|&(at, took)| (at, at + took)).collect();
    calls.sort_unstable();
    calls.dedup_by(|next, last| {
        let joins = next.0 <= last.1;
        if joins {
            last.1 = last.1.max(next.1);
        }
        joins
    });
    calls
}
