//! The reallocator: while an event responder runs, slots move to where it wants them; when it ends, as many go back.
//!
//! Gathering is a standing order in the ledger, so it needs no thread: whoever frees slots moves them.

use std::sync::Arc;

use super::counter::{Ask, Counter, Patience};
use super::ledger::Ticket;
use crate::campaign::LaunchProblem;
use crate::wait::{WaitingFor, slots};

/// Which slots move, by places in the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) disperse_to: usize,
    pub(crate) step: usize,
    /// How many `to` may have at most; absent: no limit.
    pub(crate) max: Option<usize>,
}

/// A reallocation under way. Dropped (in a panic), it gives back what is free, without waiting.
#[derive(Debug)]
pub(crate) struct Gathering {
    counter: Arc<Counter>,
    plan: Plan,
    order: Option<Ticket>,
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Plan {
    /// What is wrong with it.
    pub(crate) fn problems(&self, counter: &Counter) -> Vec<LaunchProblem> {
        let total = counter.total() as usize;
        let mut problems = Vec::new();
        let mut problem = |wrong: String, help: &str| problems.push(LaunchProblem::new(wrong).help(help));
        if self.from == self.to {
            let name = counter.name(self.from);
            problem(format!("`gather_from` and `gather_to` are both `{name}`"), "name two different pools");
        }
        if self.step == 0 {
            problem("`slot_step` is 0".to_owned(), "move at least 1 slot at a time");
        } else if self.max.map_or(self.step, |max| max.min(self.step)) > total {
            let (step, slots) = (self.step, slots(count(total)));
            let help = "make the step smaller, or give the campaign more slots";
            problem(format!("`slot_step` is {step}, but the campaign has {total} {slots}"), help);
        }
        if self.max == Some(0) {
            problem("`max_slots` is 0".to_owned(), "leave it out for no limit, or allow at least 1");
        }
        problems
    }
}

impl Gathering {
    pub(crate) fn start(counter: &Arc<Counter>, plan: Plan) -> Self {
        let order = counter.gather(plan.from, plan.to, count(plan.step), plan.max.map(count));
        Self { counter: Arc::clone(counter), plan, order }
    }

    /// Returns as many slots as were moved, step by step, as they come free; at `done` only what is free.
    pub(crate) fn finish(mut self) {
        let mut left = self.stop();
        let Plan { to, disperse_to, .. } = self.plan;
        let what = WaitingFor::Reallocation { from: self.counter.name(to), to: self.counter.name(disperse_to) };
        loop {
            // Others may have moved slots away meanwhile: those are not waited for.
            let n = left.min(count(self.plan.step)).min(self.counter.allocated(to));
            if n == 0 {
                return;
            }
            match self.counter.request(to, Ask::Move { n, to: disperse_to }, Patience::default(), what) {
                Ok(moved) => left = left.saturating_sub(moved),
                Err(_) => return self.give_back_free(left),
            }
        }
    }

    /// Ends the standing order; how many slots are to go back.
    fn stop(&mut self) -> u32 {
        let moved = self.order.take().map_or(0, |order| self.counter.stop_gathering(order));
        if self.plan.to == self.plan.disperse_to { 0 } else { moved }
    }

    fn give_back_free(&self, most: u32) {
        let n = most.min(self.counter.free(self.plan.to));
        if n > 0 {
            self.counter.try_move(self.plan.to, self.plan.disperse_to, n);
        }
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        let left = self.stop();
        self.give_back_free(left);
    }
}
