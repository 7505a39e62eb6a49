//! The attempts of a task: one after the other, until there is a value, or no more are left.
//!
//! Between attempts the task keeps its worker, as it keeps its slots: what these stand for would lie idle anyway. An
//! attempt that was given up, its desk written off, ends without a word: the next one is another worker's, which goes on
//! where this one was.

use std::sync::Arc;

use rand_core::Rng;

use super::Work;
use super::desks::Desk;
use super::served::{Fault, Runner};
use crate::error::{Stopped, is_stop};
use crate::queue::Outcome;
use crate::queue::requests::Request;
use crate::task::context::Emit;
use crate::task::failure::Cause;
#[cfg(feature = "redis")]
use crate::task::flight::Head;
use crate::task::flight::{Destination, Flight};
use crate::task::{FailureKind, Method, TaskContext};
use crate::wait::panic;
use crate::wait::random::AgentRng;

pub(super) struct Attempts<'a, M: Method, R, L: 'static> {
    pub(super) runner: &'a R,
    pub(super) flight: &'a Arc<Flight<M>>,
    pub(super) work: &'a Work<L>,
    pub(super) desk: &'a Desk,
}

impl<M: Method, R: Runner<M, L>, L> Attempts<'_, M, R, L> {
    /// Runs the method until it succeeds, is cancelled, or has no attempts left. `None`: the task is no longer this
    /// worker's.
    pub(super) fn go(
        &self,
        request: Request,
        emit: Option<&Arc<Emit<M::Emission>>>,
        local: &mut L,
    ) -> Option<Outcome<M>> {
        let head = &self.flight.head;
        let emit = match &self.flight.destination {
            Destination::Processor => emit.cloned(),
            #[cfg(feature = "redis")]
            Destination::Outside(outside) => {
                let outside = Arc::clone(outside);
                Some(Arc::new(move |head: &Head, _, value| outside.emit(head, value)) as Arc<Emit<M::Emission>>)
            }
            _ => None,
        };
        let mut context = TaskContext { flight: Some(request), attempt: 0, emit, rehearsed: false };
        loop {
            if let Err(Stopped) = self.pause() {
                return Some(Err(head.cancellation(head.attempts() + 1)));
            }
            context.attempt = head.start_attempt(self.work.queues.stamp());
            match self.attempt(&context, local)? {
                Err(cause) if self.work.may_retry(&**self.flight, cause.kind) => {
                    tracing::debug!(task = head.id.get(), method = M::NAME, ?cause, "trying again");
                    head.note_failure(cause.of(head.id, M::NAME, context.attempt));
                }
                outcome => return Some(outcome),
            }
        }
    }

    /// Waits between two attempts.
    ///
    /// # Errors
    /// The task's flag is raised.
    fn pause(&self) -> Result<(), Stopped> {
        let head = &self.flight.head;
        let made = head.attempts();
        if made == 0 {
            return Ok(());
        }
        let drawn = AgentRng::new(self.work.seed, &format!("attempt {made} of {}", head.id)).next_u64();
        head.sleep(made + 1, self.work.policy(&**self.flight).pause(made, drawn))
    }

    /// Runs the method once.
    fn attempt(&self, context: &TaskContext<M::Emission>, local: &mut L) -> Option<Outcome<M>> {
        let (head, attempt) = (&self.flight.head, context.attempt);
        let limit = head.options.time_limit.map(|limit| self.work.deadlines.watch(head.id, attempt, limit));
        let _watched = match limit.transpose() {
            Ok(watched) => watched,
            Err(error) => return Some(Err(Cause::error(&error))),
        };
        if self.runner.ends_when_told() {
            return Some(self.run(context, local));
        }
        self.desk.begin(head.id, attempt);
        let outcome = match context.check() {
            Ok(()) => self.run(context, local),
            // It has settled before it could be written off.
            Err(Stopped) => Err(head.cancellation(attempt)),
        };
        if self.desk.end(head.id, attempt) {
            return Some(outcome);
        }
        if outcome.is_ok() {
            self.work.queues.count_late(M::NAME);
        }
        None
    }

    fn run(&self, context: &TaskContext<M::Emission>, local: &mut L) -> Outcome<M> {
        match panic::catch(|| self.runner.run(&self.flight.inputs, context, local)) {
            Ok(Ok(value)) => Ok(value),
            // What `context.check()?` gives is no failure of the method.
            Ok(Err(Fault::Error(error))) if context.is_cancelled() && is_stop(&*error) => {
                Err(self.flight.head.cancellation(context.attempt))
            }
            Ok(Err(Fault::Error(error))) => Err(Cause::error(&*error)),
            Ok(Err(Fault::Known(cause))) => {
                if cause.kind == FailureKind::WorkerLost {
                    self.work.worker_lost(&cause.clone().of(self.flight.head.id, M::NAME, context.attempt));
                }
                Err(cause)
            }
            Err(panic) => Err(Cause::panic(panic)),
        }
    }
}
