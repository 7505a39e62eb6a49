//! Methods that go step by step: run by a local task server, which in a rehearsal goes by virtual time.
//!
//! So their flag, their time limit and their retries are those of a run that is none. Each emission is preceded by a
//! pause; a method that is cancelled meanwhile is told so, and what it does then is its own.

use std::sync::Arc;
use std::time::Duration;

use super::model::{Chance, Model};
use crate::error::{BoxError, Stopped};
use crate::server::{Fault, Runner};
use crate::task::context::Emit;
use crate::task::flight::Head;
use crate::task::{Method, TaskContext};
use crate::wait::now;
use crate::wait::random::AgentRng;

/// A model whose emissions come at an interval.
pub(super) struct Paced<M: Method> {
    pub(super) model: Model<M>,
    pub(super) every: Duration,
    pub(super) seed: u64,
}

impl<M: Method, L> Runner<M, L> for Paced<M> {
    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, _: &mut L) -> Result<M::Value, Fault> {
        let mut rng = AgentRng::new(self.seed, &format!("attempt {} of {}", context.attempt, context.id()));
        let (begun, lasts) = (now(), (self.model.lasts)(inputs, &mut rng));
        let chance = self.model.chances.draw(&mut rng);
        match chance {
            Chance::Hangs => sleep(context, Duration::MAX)?,
            Chance::LosesWorker(share) => {
                sleep(context, lasts.mul_f64(share))?;
                return Err(Fault::lost("as the model has it"));
            }
            Chance::Fails | Chance::Gives => {}
        }
        let value = (self.model.gives)(inputs, &self.in_time(context), &mut rng)?;
        sleep(context, lasts.saturating_sub(now().duration_since(begun)))?;
        if chance == Chance::Fails { Err(BoxError::from("as the model has it").into()) } else { Ok(value) }
    }
}

impl<M: Method> Paced<M> {
    /// What the method is given: there emitting takes its time.
    fn in_time(&self, context: &TaskContext<M::Emission>) -> TaskContext<M::Emission> {
        let (every, emit) = (self.every, context.emit.clone());
        let emit = move |head: &Head, attempt, value| match (head.sleep(attempt, every), &emit) {
            (Ok(()), Some(emit)) => emit(head, attempt, value),
            _ => drop(value),
        };
        let emit: Arc<Emit<M::Emission>> = Arc::new(emit);
        TaskContext { emit: Some(emit), flight: context.flight.clone(), ..*context }
    }
}

fn sleep<Y>(context: &TaskContext<Y>, duration: Duration) -> Result<(), Fault> {
    context.sleep(duration).map_err(|stopped: Stopped| BoxError::from(stopped).into())
}
