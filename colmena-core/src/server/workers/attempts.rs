//! The attempts of a task: one after the other, until there is a value, or no more are left.

use std::sync::Arc;

use super::Work;
use super::served::{Fault, Runner, Way};
use crate::error::is_stop;
use crate::queue::requests::Request;
use crate::task::failure::Cause;
use crate::task::flight::{Destination, Flight};
use crate::task::{Method, TaskContext};
#[cfg(feature = "redis")]
use crate::task::{context::Emit, flight::Head};
use crate::wait::panic;

/// Runs the method until it succeeds, is cancelled, or has no attempts left.
pub(super) fn attempts<M: Method, L>(
    runner: &impl Runner<M, L>,
    flight: &Arc<Flight<M>>,
    request: Request,
    way: &Way<M>,
    work: &Work<L>,
    local: &mut L,
) -> Result<M::Value, Cause> {
    let emit = match &flight.destination {
        Destination::Processor => way.emit.clone(),
        #[cfg(feature = "redis")]
        Destination::Outside(outside) => {
            let outside = Arc::clone(outside);
            Some(Arc::new(move |head: &Head, value| outside.emit(head, value)) as Arc<Emit<M::Emission>>)
        }
        _ => None,
    };
    let mut context = TaskContext { flight: Some(request), attempt: 0, emit, rehearsed: false };
    loop {
        context.attempt = flight.head.start_attempt(work.queues.stamp());
        let outcome = attempt(runner, flight, &context, work, local);
        let may_retry = flight.head.attempts() <= flight.head.options.retries && !flight.head.is_cancelled();
        match outcome {
            Err(cause) if may_retry => {
                tracing::debug!(task = flight.head.id.get(), method = M::NAME, ?cause, "trying again");
            }
            outcome => return outcome,
        }
    }
}

fn attempt<M: Method, L>(
    runner: &impl Runner<M, L>,
    flight: &Flight<M>,
    context: &TaskContext<M::Emission>,
    work: &Work<L>,
    local: &mut L,
) -> Result<M::Value, Cause> {
    let limit = flight.head.options.time_limit.map(|limit| work.deadlines.watch(flight.head.id, limit));
    let _watched = limit.transpose().map_err(|error| Cause::error(&error))?;
    match panic::catch(|| runner.run(&flight.inputs, context, local)) {
        Ok(Ok(value)) => Ok(value),
        // What `context.check()?` gives is no failure of the method.
        Ok(Err(Fault::Error(error))) if context.is_cancelled() && is_stop(&*error) => {
            Err(flight.head.cancellation(context.attempt))
        }
        Ok(Err(Fault::Error(error))) => Err(Cause::error(&*error)),
        Ok(Err(Fault::Known(cause))) => Err(cause),
        Err(panic) => Err(Cause::panic(panic)),
    }
}
