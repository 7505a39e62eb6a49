//! A plain agent: runs once, for as long as it likes.

use std::sync::Arc;

use super::runtime::{Duty, Role, Runtime};
use super::{Agent, Thinker};
use crate::error::BoxError;

pub(crate) type Run<T> = dyn Fn(&T, &Agent<T>, &mut <T as Thinker>::Local) -> Result<(), BoxError> + Send + Sync;

pub(crate) struct Plain<T: Thinker>(pub(crate) Arc<Run<T>>);

impl<T: Thinker> Role<T> for Plain<T> {
    fn enlist(&self, _: &'static str, _: &Arc<Runtime<T>>) -> Box<dyn Duty<T>> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

impl<T: Thinker> Duty<T> for Plain<T> {
    fn perform(&mut self, agent: &Agent<T>, local: &mut T::Local) -> Result<(), BoxError> {
        let _call = agent.begin_call();
        (self.0)(agent.thinker(), agent, local)
    }
}
