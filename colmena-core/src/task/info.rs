//! Info: what its sender notes on a task, and gets back with the result.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

/// A key under which a value of type `V` is noted on a task.
///
/// ```
/// use colmena_core::Info;
///
/// const TRAJECTORY: Info<u32> = Info::new("trajectory");
/// // agent.submit(simulate { x }.info(TRAJECTORY, 7))?;
/// // .. in the processor: assert_eq!(result.info(TRAJECTORY), Some(&7));
/// assert_eq!(TRAJECTORY.name(), "trajectory");
/// ```
pub struct Info<V> {
    name: &'static str,
    value: PhantomData<fn() -> V>,
}

impl<V> Info<V> {
    /// A key of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, value: PhantomData }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<V> Clone for Info<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Info<V> {}

impl<V> fmt::Debug for Info<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Info({})", self.name)
    }
}

/// What is noted on one task. A pointer's size while there is nothing.
#[derive(Default)]
#[expect(clippy::box_collection, reason = "every outstanding task has one, and most are empty")]
pub(crate) struct Notes(Option<Box<Vec<Note>>>);

struct Note {
    name: &'static str,
    value: Box<dyn Any + Send + Sync>,
}

impl Notes {
    /// A value under a name that is there already replaces the other one.
    pub(crate) fn set<V: Serialize + Send + Sync + 'static>(&mut self, key: Info<V>, value: V) {
        let notes = self.0.get_or_insert_default();
        notes.retain(|note| note.name != key.name);
        notes.push(Note { name: key.name, value: Box::new(value) });
    }

    pub(crate) fn get<V: 'static>(&self, key: Info<V>) -> Option<&V> {
        self.0.iter().flat_map(|notes| notes.iter()).find(|note| note.name == key.name)?.value.downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_found_by_name_and_type() {
        const STEP: Info<u32> = Info::new("step");
        let mut notes = Notes::default();
        assert_eq!(notes.get(STEP), None);
        notes.set(STEP, 1);
        notes.set(Info::new("walker"), "a".to_owned());
        notes.set(STEP, 2);
        assert_eq!(notes.get(STEP), Some(&2));
        assert_eq!(notes.get(Info::<f64>::new("step")), None, "another type is another key");
    }
}
