//! Shared: one large input of many tasks.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::travel::{self, Ticket};
use crate::record::Key;
use crate::wire::{Serialization, WireError};

/// A large input that many tasks share, such as a trained model: cloning it copies a pointer.
///
/// ```
/// use colmena_core::Shared;
///
/// let weights = Shared::new(vec![0.5; 1_000_000]);
/// let for_another_task = weights.clone();
/// assert_eq!(for_another_task.len(), 1_000_000);
/// assert!(Shared::is_same(&weights, &for_another_task));
/// ```
///
/// A method takes it by reference, `model: &Shared<Model>`, or by value, which costs a pointer for each attempt.
///
/// To a worker process it is sent once, with the first task that has it; the worker drops it when the last handle in this
/// process is gone. In the record of a run an input is a hash and a size, `{"shared": .., "bytes": ..}`. Everywhere else serde
/// reads and writes the value itself.
pub struct Shared<T>(Arc<Held<T>>);

struct Held<T> {
    value: T,
    /// Made when it first leaves the process.
    ticket: OnceLock<Arc<Ticket>>,
    /// Made when it is first recorded.
    digest: OnceLock<Digest>,
}

/// What a record says of a value.
#[derive(Clone, Serialize)]
struct Digest {
    shared: String,
    bytes: usize,
}

impl<T> Shared<T> {
    /// Takes over the value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Held { value, ticket: OnceLock::new(), digest: OnceLock::new() }))
    }

    /// Whether both are handles of the same value. (`==` compares the values.)
    #[must_use]
    pub fn is_same(this: &Self, other: &Self) -> bool {
        Arc::ptr_eq(&this.0, &other.0)
    }

    /// The value, if this is its last handle; otherwise the handle again.
    ///
    /// # Errors
    /// The handle, while there are others: a task that has not settled, or a result that is kept.
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        Arc::try_unwrap(this.0).map(|held| held.value).map_err(Self)
    }

    fn ticket(&self) -> &Arc<Ticket> {
        let made = || {
            // Whoever is second finds the one of the first.
            let _ = self.0.ticket.set(Arc::default());
            self.0.ticket.get().expect("it has just been set")
        };
        self.0.ticket.get().unwrap_or_else(made)
    }
}

impl<T: Serialize> Shared<T> {
    fn digest(&self) -> Result<Digest, WireError> {
        if let Some(known) = self.0.digest.get() {
            return Ok(known.clone());
        }
        let text = Serialization::Json.encode(&**self)?;
        let digest = Digest { shared: Key::of("", [&*text]).to_string(), bytes: text.len() };
        Ok(self.0.digest.get_or_init(|| digest).clone())
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> AsRef<T> for Shared<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if travel::is_recorded() {
            return self.digest().map_err(serde::ser::Error::custom)?.serialize(serializer);
        }
        #[cfg(feature = "redis")]
        if let Some(reference) = crate::redis::shared::reference(|| self.ticket(), &**self) {
            return reference.map_err(serde::ser::Error::custom)?.serialize(serializer);
        }
        match travel::passage(|| self.ticket()) {
            None => (**self).serialize(serializer),
            Some((number, true)) => (number, None::<&T>).serialize(serializer),
            Some((number, false)) => (number, Some(&**self)).serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de> + Send + Sync + 'static> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !travel::is_arriving() {
            return T::deserialize(deserializer).map(Self::new);
        }
        let (number, value) = <(u64, Option<T>)>::deserialize(deserializer)?;
        let known = match value {
            Some(value) => travel::arrived(number, Self::new(value).0),
            None => travel::known::<Held<T>>(number),
        };
        known.map(Self).ok_or_else(|| serde::de::Error::custom(format!("the shared value {number} is not known here")))
    }
}
