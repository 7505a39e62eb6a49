//! The value of a message, as its method gives it.

use super::tree::Place;
use super::{Message, Serialization, WireError};
use crate::task::{Codec, Method};

/// How what goes into a method and comes out of it is written.
///
/// # Errors
/// It is local.
pub(super) fn codec<M: Method>() -> Result<Codec<M>, WireError> {
    let local = || WireError::Value { path: String::new(), wrong: format!("`{}` is local: it stays here", M::NAME) };
    M::CODEC.ok_or_else(local)
}

/// The value of a result.
///
/// # Errors
/// It is something else, or the method is local.
pub(crate) fn value<M: Method>(message: &Message) -> Result<M::Value, WireError> {
    let codec = codec::<M>()?;
    message.value_by(|from| codec.read_value(from))
}

impl Message {
    /// Reads the value by a function that knows its type.
    pub(super) fn value_by<T>(
        &self,
        read: impl FnOnce(&mut dyn erased_serde::Deserializer<'_>) -> Result<T, erased_serde::Error>,
    ) -> Result<T, WireError> {
        let text = self.value.as_deref();
        let serialization = if text.is_some() { self.serialization } else { Serialization::Json };
        serialization.decode_erased(text.unwrap_or("null"), read)
    }
}

impl Serialization {
    /// Reads a text by a function that reads any format of serde.
    ///
    /// # Errors
    /// See [`Self::decode`].
    pub(crate) fn decode_erased<T>(
        self,
        text: &str,
        read: impl FnOnce(&mut dyn erased_serde::Deserializer<'_>) -> Result<T, erased_serde::Error>,
    ) -> Result<T, WireError> {
        self.decode_by(text, |place| erased(place, read))
    }
}

pub(super) fn erased<T>(
    place: Place<'_, '_>,
    read: impl FnOnce(&mut dyn erased_serde::Deserializer<'_>) -> Result<T, erased_serde::Error>,
) -> Result<T, WireError> {
    let read = read(&mut <dyn erased_serde::Deserializer<'_>>::erase(place));
    read.map_err(|error| WireError::Value { path: String::new(), wrong: error.to_string() })
}
