//! JSON as Python's `json` reads and writes it: with bare `NaN`, `Infinity` and `-Infinity`.

mod read;
mod write;

#[cfg(feature = "redis")]
pub(super) use read::parse_into;
pub(super) use read::{Member, elements, members, parse};
pub(super) use write::JsonText;
