//! A number among an agent's options: a function of the thinker, evaluated once, at launch.

use std::sync::OnceLock;

pub(crate) struct Setting<T> {
    number: Box<dyn Fn(&T) -> usize + Send + Sync>,
    value: OnceLock<usize>,
}

impl<T> Setting<T> {
    pub(crate) fn new(number: impl Fn(&T) -> usize + Send + Sync + 'static) -> Self {
        Self { number: Box::new(number), value: OnceLock::new() }
    }

    pub(crate) fn constant(number: usize) -> Self {
        Self::new(move |_| number)
    }

    /// Its value. Only the launching thread asks, so nobody waits for another's evaluation.
    pub(crate) fn of(&self, thinker: &T) -> usize {
        *self.value.get_or_init(|| (self.number)(thinker))
    }
}
