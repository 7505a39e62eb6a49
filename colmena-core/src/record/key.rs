//! What a task is known by in a record: its method, and its inputs as they are written.

use std::fmt;

use crate::task::{Method, travel};
use crate::wire::{Message, WireError, json_fields};

/// Two tasks with the same key ask for the same. 128 bits of FNV-1a: no two tasks of a run share one by chance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u128);

const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Key {
    /// Of a method and the texts of its inputs, in order.
    pub(crate) fn of<'a>(method: &'a str, inputs: impl IntoIterator<Item = &'a str>) -> Self {
        let parts = std::iter::once(method).chain(inputs);
        // No text has the byte 255, so that where one ends is part of it.
        let bytes = parts.flat_map(|part| part.bytes().chain([255]));
        Self(bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)))
    }

    /// Of a recorded task.
    pub(super) fn of_message(message: &Message) -> Self {
        let inputs = message.args.iter().chain(message.kwargs.iter().map(|(_, text)| text));
        Self::of(message.method.as_deref().unwrap_or_default(), inputs.map(|text| &**text))
    }

    /// As it is written.
    pub(super) fn read(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The inputs of a task by name, each as it is written in a record: a [`Shared`](crate::Shared) one as its hash and size.
/// None of a local method.
pub(super) fn inputs_of<M: Method>(inputs: &M) -> Result<Vec<(String, String)>, WireError> {
    let Some(codec) = M::CODEC else { return Ok(Vec::new()) };
    travel::recorded(|| json_fields(codec.inputs(inputs)))
}

/// The key of a task; of one that cannot be written, none.
pub(crate) fn key_of<M: Method>(inputs: &M) -> Option<Key> {
    M::CODEC?;
    let inputs = inputs_of(inputs).ok()?;
    Some(Key::of(M::NAME, inputs.iter().map(|(_, text)| &**text)))
}
