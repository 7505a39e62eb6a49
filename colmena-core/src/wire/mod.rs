//! The original's messages, as they go over Redis and into result files: data in, data out.
//!
//! One JSON object, the original's `Result`, is a request, a result, a failure or an intermediate result; each input and
//! the value in it are a text of their own, JSON or a pickle in hexadecimal. The forms of colmena 0.6 and 0.7 are read and
//! written. Nothing here waits, or knows where a message comes from.
//!
//! - JSON as Python's `json` writes it: with bare `NaN`, `Infinity` and `-Infinity`.
//! - Pickles are read and written as data. Nothing in them is ever executed: what is no plain data (a class, a function, a
//!   proxy) is an error that names it.
//! - Readers are total: any bytes give a message or an error, in bounded memory. At most [`SIZE_LIMIT`] bytes are read or
//!   written, nested at most [`DEPTH_LIMIT`] deep; references within a pickle are followed to [`EXPANSION_LIMIT`] values.
//!
//! ```
//! use colmena_core::wire::{Message, Serialization};
//!
//! let mut message = Message::new("task-1", "simulate", "simulation", Serialization::Json);
//! message.args = vec![message.encode(&f64::NAN)?];
//! assert!(message.to_json()?.contains(r#""inputs": [["NaN"], {}]"#));
//!
//! message.value = Some(message.encode(&[0.5, f64::INFINITY])?);
//! let read = Message::read(message.to_json()?.as_bytes()).map_err(|unreadable| unreadable.error)?;
//! assert_eq!(read.value::<Vec<f64>>()?, [0.5, f64::INFINITY]);
//! # Ok::<(), colmena_core::wire::WireError>(())
//! ```

mod contents;
#[cfg(feature = "redis")]
mod direct;
mod encode;
mod error;
mod json;
mod message;
mod pickle;
mod read;
#[cfg(feature = "redis")]
pub(crate) mod received;
#[cfg(feature = "live")]
pub(crate) mod short;
mod split;
#[cfg(feature = "redis")]
pub(crate) mod task;
#[cfg(all(test, feature = "redis"))]
mod tests;
mod tree;
mod value;
mod write;

pub(crate) use json::{fields_of, items_of};
pub(crate) use split::json_fields;
pub(crate) use value::value;

pub use error::{Unreadable, WireError};
pub use message::{FailureInfo, Message, Request, Serialization, TimeSpans, Timestamps};
#[cfg(feature = "redis")]
pub(crate) use received::{Kept, MARK};

/// How many bytes a message may have: what Redis takes, and the original sends.
pub const SIZE_LIMIT: usize = 512 * 1024 * 1024 - 1;

/// How deep a value may be nested.
pub const DEPTH_LIMIT: usize = 128;

/// How many values a pickle may come to when what it refers to repeatedly is written out, unless it has more bytes.
pub const EXPANSION_LIMIT: usize = 1 << 22;
