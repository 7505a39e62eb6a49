//! Info: what its sender notes on a task and gets back with the result, and what a handler adds to it.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::wire::{Serialization, WireError};

/// A key under which a value of type `V` is noted on a task: by its sender ([`TaskOptions::info`](crate::TaskOptions::info)),
/// or by who handles its result ([`TaskResult::note`](crate::TaskResult::note)).
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

/// What is noted on one task: a chain that only grows, so that a note can be added, and lent, while others read.
/// Small while there is nothing. A clone has what there is so far.
#[derive(Clone, Default)]
pub(crate) struct Notes(OnceLock<Arc<Note>>);

struct Note {
    name: &'static str,
    value: Box<dyn Any + Send + Sync>,
    json: fn(&(dyn Any + Send + Sync)) -> Result<String, WireError>,
    next: Notes,
}

impl Notes {
    /// Adds a note; a later one under the same name counts.
    pub(crate) fn add<V: Serialize + Send + Sync + 'static>(&self, key: Info<V>, value: V) {
        let mut note =
            Arc::new(Note { name: key.name, value: Box::new(value), json: json_of::<V>, next: Notes::default() });
        let mut end = self;
        loop {
            end = match end.0.get() {
                Some(taken) => &taken.next,
                // Somebody else may have been quicker: then the chain goes on from there.
                None => match end.0.set(note) {
                    Ok(()) => return,
                    Err(unset) => {
                        note = unset;
                        continue;
                    }
                },
            };
        }
    }

    pub(crate) fn get<V: 'static>(&self, key: Info<V>) -> Option<&V> {
        self.iter().filter(|note| note.name == key.name).last()?.value.downcast_ref()
    }

    /// An object of JSON; the last note of a name counts.
    pub(crate) fn to_json(&self) -> Result<String, WireError> {
        if self.0.get().is_none() {
            return Ok("{}".to_owned());
        }
        let mut fields = BTreeMap::new();
        for note in self.iter() {
            fields.insert(note.name, (note.json)(&*note.value)?);
        }
        let field = |(name, json): (&str, String)| Ok(format!("{}: {json}", Serialization::Json.encode(name)?));
        Ok(format!("{{{}}}", fields.into_iter().map(field).collect::<Result<Vec<_>, WireError>>()?.join(", ")))
    }

    fn iter(&self) -> impl Iterator<Item = &Note> {
        std::iter::successors(self.0.get(), |note| note.next.0.get()).map(|note| &**note)
    }
}

fn json_of<V: Serialize + 'static>(value: &(dyn Any + Send + Sync)) -> Result<String, WireError> {
    Serialization::Json.encode(&value.downcast_ref::<V>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_found_by_name_and_type() {
        const STEP: Info<u32> = Info::new("step");
        let notes = Notes::default();
        assert_eq!(notes.get(STEP), None);
        notes.add(STEP, 1);
        notes.add(Info::new("walker"), "a".to_owned());
        notes.add(STEP, 2);
        assert_eq!(notes.get(STEP), Some(&2));
        assert_eq!(notes.get(Info::<f64>::new("step")), None, "another type is another key");
    }
}
