//! Info: what its sender notes on a task and gets back with the result, and what a handler adds to it.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wire::{Serialization, WireError, fields_of};

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
    read: fn(&str) -> Result<V, WireError>,
}

impl<V: DeserializeOwned> Info<V> {
    /// A key of this name. What is noted under it can be read again, by a run that goes on from a
    /// [checkpoint](crate::Campaign::checkpoint_every).
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, read: |json| Serialization::Json.decode(json) }
    }
}

impl<V> Info<V> {
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
    name: Cow<'static, str>,
    value: Noted,
    next: Notes,
}

/// What is noted.
enum Noted {
    Here {
        value: Box<dyn Any + Send + Sync>,
        json: fn(&(dyn Any + Send + Sync)) -> Result<String, WireError>,
    },
    /// As a checkpoint had it; read by the first that asks for it.
    Saved {
        json: String,
        read: OnceLock<Box<dyn Any + Send + Sync>>,
    },
}

impl Noted {
    fn get<V: Send + Sync + 'static>(&self, key: Info<V>) -> Option<&V> {
        let value = match self {
            Self::Here { value, .. } => value,
            Self::Saved { json, read } => {
                if read.get().is_none() {
                    // Whoever is second finds what the first has read.
                    let _ = read.set(Box::new((key.read)(json).ok()?));
                }
                read.get()?
            }
        };
        value.downcast_ref()
    }

    fn to_json(&self) -> Result<String, WireError> {
        match self {
            Self::Here { value, json } => json(&**value),
            Self::Saved { json, .. } => Ok(json.clone()),
        }
    }
}

impl Notes {
    /// Adds a note; a later one under the same name counts.
    pub(crate) fn add<V: Serialize + Send + Sync + 'static>(&self, key: Info<V>, value: V) {
        self.push(key.name.into(), Noted::Here { value: Box::new(value), json: json_of::<V> });
    }

    /// As a checkpoint has them.
    pub(crate) fn saved(json: &str) -> Result<Self, WireError> {
        let notes = Self::default();
        for (name, json) in fields_of(json)? {
            notes.push(name.into(), Noted::Saved { json: json.to_owned(), read: OnceLock::new() });
        }
        Ok(notes)
    }

    fn push(&self, name: Cow<'static, str>, value: Noted) {
        let mut note = Arc::new(Note { name, value, next: Notes::default() });
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

    pub(crate) fn get<V: Send + Sync + 'static>(&self, key: Info<V>) -> Option<&V> {
        self.iter().filter(|note| note.name == key.name).last()?.value.get(key)
    }

    /// An object of JSON; the last note of a name counts.
    pub(crate) fn to_json(&self) -> Result<String, WireError> {
        if self.0.get().is_none() {
            return Ok("{}".to_owned());
        }
        let mut fields = BTreeMap::new();
        for note in self.iter() {
            fields.insert(&*note.name, note.value.to_json()?);
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

    #[test]
    fn notes_come_back_from_a_checkpoint() {
        const STEP: Info<u32> = Info::new("step");
        let notes = Notes::default();
        notes.add(STEP, 1);
        notes.add(Info::new("walker"), "a".to_owned());
        let json = notes.to_json().expect("they can be written");
        let again = Notes::saved(&json).expect("they can be read");
        assert_eq!(again.to_json().expect("they can be written"), json);
        assert_eq!((again.get(STEP), again.get(Info::<String>::new("walker"))), (Some(&1), Some(&"a".to_owned())));
        again.add(STEP, 2);
        assert_eq!(again.get(STEP), Some(&2));
    }
}
