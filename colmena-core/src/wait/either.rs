//! Waiting for one of two things.

use std::sync::Arc;

use super::{ThreadCell, Waitable};

/// One of two, the first if both.
pub(crate) struct Either<A, B>(pub(crate) A, pub(crate) B);

/// Which of the two it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which<A, B> {
    First(A),
    Second(B),
}

impl<A: Waitable, B: Waitable> Waitable for Either<A, B> {
    type Output = Which<A::Output, B::Output>;

    fn try_take(&mut self) -> Option<Self::Output> {
        let first = self.0.try_take().map(Which::First);
        first.or_else(|| self.1.try_take().map(Which::Second))
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.register(me);
        self.1.register(me);
    }

    /// Both are of those that wake all who wait: that one of them took nothing is no wake lost.
    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.0.leave(me, took);
        self.1.leave(me, took);
    }
}
