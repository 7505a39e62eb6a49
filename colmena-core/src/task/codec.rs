//! Codec: how the inputs, the value and the emissions of a method are written and read, in any format of serde.
//!
//! A table of functions, so that code that knows a method only as `M: Method` (records, wires, servers elsewhere) can ask
//! at run time whether it can be written at all: a `local` one has none.

use std::fmt;

use erased_serde::{Deserializer, Error, Serialize};

use super::method::{Method, Recordable};

/// How the inputs, the value and the emissions of the method `M` leave the process and come back: the constant
/// [`Method::CODEC`] of a method that can.
///
/// `#[method]` sets it; by hand, `const CODEC: Option<Codec<Self>> = Some(Codec::of());`.
pub struct Codec<M: Method> {
    inputs: Write<M>,
    value: Write<M::Value>,
    emission: Write<M::Emission>,
    read_inputs: Read<M>,
    read_value: Read<M::Value>,
    read_emission: Read<M::Emission>,
}

type Write<T> = fn(&T) -> &dyn Serialize;
type Read<T> = fn(&mut dyn Deserializer<'_>) -> Result<T, Error>;

impl<M: Method> Codec<M> {
    /// The codec of a method whose inputs, value and emissions serde can write and read.
    #[must_use]
    pub const fn of() -> Self
    where
        M: Recordable,
        M::Value: Recordable,
        M::Emission: Recordable,
    {
        Self {
            inputs: |inputs| inputs,
            value: |value| value,
            emission: |emission| emission,
            read_inputs: |from| erased_serde::deserialize(from),
            read_value: |from| erased_serde::deserialize(from),
            read_emission: |from| erased_serde::deserialize(from),
        }
    }
}

impl<M: Method> Codec<M> {
    /// The inputs, to be written.
    pub(crate) fn inputs<'a>(&self, inputs: &'a M) -> &'a dyn Serialize {
        (self.inputs)(inputs)
    }

    /// The value, to be written.
    pub(crate) fn value<'a>(&self, value: &'a M::Value) -> &'a dyn Serialize {
        (self.value)(value)
    }

    /// What was emitted, to be written.
    pub(crate) fn emission<'a>(&self, emission: &'a M::Emission) -> &'a dyn Serialize {
        (self.emission)(emission)
    }

    /// # Errors
    /// What was read is something else.
    pub(crate) fn read_inputs(&self, from: &mut dyn Deserializer<'_>) -> Result<M, Error> {
        (self.read_inputs)(from)
    }

    /// # Errors
    /// What was read is something else.
    pub(crate) fn read_value(&self, from: &mut dyn Deserializer<'_>) -> Result<M::Value, Error> {
        (self.read_value)(from)
    }

    /// # Errors
    /// What was read is something else.
    pub(crate) fn read_emission(&self, from: &mut dyn Deserializer<'_>) -> Result<M::Emission, Error> {
        (self.read_emission)(from)
    }
}

impl<M: Method> Clone for Codec<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for Codec<M> {}

impl<M: Method> fmt::Debug for Codec<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec").field("method", &M::NAME).finish_non_exhaustive()
    }
}
