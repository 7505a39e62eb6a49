//! Codec: how the inputs, the value and the emissions of a method are written and read, in any format of serde.
//!
//! A table of functions, so that code that knows a method only as `M: Method` (records, wires, servers elsewhere) can ask
//! at run time whether it can be written at all: a `local` one has none.

use std::fmt;

use erased_serde::{Deserializer, Error, Serialize};

use super::method::{Method, Recordable};
use crate::wire::{Serialization, WireError};

/// How the inputs, the value and the emissions of the method `M` leave the process and come back: the constant
/// [`Method::CODEC`] of a method that can.
///
/// `#[method]` sets it; by hand, `const CODEC: Option<Codec<Self>> = Some(Codec::of());`.
pub struct Codec<M: Method> {
    pub(crate) inputs: Form<M>,
    pub(crate) value: Form<M::Value>,
    pub(crate) emission: Form<M::Emission>,
}

impl<M: Method> Codec<M> {
    /// The codec of a method whose inputs, value and emissions serde can write and read.
    #[must_use]
    pub const fn of() -> Self
    where
        M: Recordable,
        M::Value: Recordable,
        M::Emission: Recordable,
    {
        Self { inputs: Form::of(), value: Form::of(), emission: Form::of() }
    }

    /// The inputs, to be written.
    #[doc(hidden)]
    pub fn inputs<'a>(&self, inputs: &'a M) -> &'a dyn Serialize {
        (self.inputs.write)(inputs)
    }

    /// The value, to be written.
    #[doc(hidden)]
    pub fn value<'a>(&self, value: &'a M::Value) -> &'a dyn Serialize {
        (self.value.write)(value)
    }

    /// An emission, to be written.
    #[doc(hidden)]
    pub fn emission<'a>(&self, emission: &'a M::Emission) -> &'a dyn Serialize {
        (self.emission.write)(emission)
    }

    /// # Errors
    /// What was read is something else.
    #[doc(hidden)]
    pub fn read_inputs(&self, from: &mut dyn Deserializer<'_>) -> Result<M, Error> {
        (self.inputs.read)(from)
    }

    /// # Errors
    /// What was read is something else.
    #[doc(hidden)]
    pub fn read_value(&self, from: &mut dyn Deserializer<'_>) -> Result<M::Value, Error> {
        (self.value.read)(from)
    }

    /// # Errors
    /// What was read is something else.
    #[doc(hidden)]
    pub fn read_emission(&self, from: &mut dyn Deserializer<'_>) -> Result<M::Emission, Error> {
        (self.emission.read)(from)
    }
}

/// How one type is written and read: in any format, at the cost of a call for each number in it; and in postcard, without.
pub(crate) struct Form<T> {
    write: fn(&T) -> &dyn Serialize,
    read: fn(&mut dyn Deserializer<'_>) -> Result<T, Error>,
    pack: Pack<T>,
    unpack: Unpack<T>,
}

type Pack<T> = fn(&T, Vec<u8>) -> postcard::Result<Vec<u8>>;
type Unpack<T> = fn(&[u8]) -> postcard::Result<(T, &[u8])>;

impl<T: Recordable> Form<T> {
    const fn of() -> Self {
        Self {
            write: |it| it,
            read: |from| erased_serde::deserialize(from),
            pack: |it, to| postcard::to_extend(it, to),
            unpack: |from| postcard::take_from_bytes(from),
        }
    }
}

impl<T> Form<T> {
    /// Adds it to what has been packed.
    ///
    /// # Errors
    /// What serde, or postcard, cannot write.
    pub(crate) fn pack(&self, it: &T, to: Vec<u8>) -> postcard::Result<Vec<u8>> {
        (self.pack)(it, to)
    }

    /// As JSON that Python reads.
    ///
    /// # Errors
    /// What serde, or JSON, cannot write.
    pub(crate) fn write_json(&self, it: &T) -> Result<String, WireError> {
        Serialization::Json.encode((self.write)(it))
    }

    /// Reads JSON that Python writes.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn read_json(&self, text: &str) -> Result<T, WireError> {
        Serialization::Json.decode_erased(text, self.read)
    }

    /// Reads it; nothing may be left.
    ///
    /// # Errors
    /// What was packed is something else.
    pub(crate) fn unpack(&self, from: &[u8]) -> Result<T, String> {
        match (self.unpack)(from) {
            Ok((it, [])) => Ok(it),
            Ok((_, rest)) => Err(format!("{} bytes are left", rest.len())),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl<T> Clone for Form<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Form<T> {}

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
