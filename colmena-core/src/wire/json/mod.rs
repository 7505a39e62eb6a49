//! JSON as Python's `json` reads and writes it: with bare `NaN`, `Infinity` and `-Infinity`.

mod read;
mod write;

pub(super) use read::{Member, elements, members, parse};
pub(super) use write::JsonText;
