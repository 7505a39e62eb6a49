//! Why a message, or a value in it, cannot be read or written.

use std::fmt::Display;

use super::{DEPTH_LIMIT, EXPANSION_LIMIT, SIZE_LIMIT};

/// Why a message, or a value in it, cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// It has more than [`SIZE_LIMIT`] bytes.
    #[error("a message of {size} bytes, where at most {SIZE_LIMIT} can be sent")]
    TooLarge {
        /// Its size, in bytes.
        size: usize,
    },
    /// It is no JSON, also not as Python writes it.
    #[error("no JSON: {wrong} at byte {at}")]
    Json {
        /// What is wrong.
        wrong: &'static str,
        /// Where, counted from 0.
        at: usize,
    },
    /// It is no pickle, or one that cannot be read as data.
    #[error("no pickle that can be read: {wrong} at byte {at}")]
    Pickle {
        /// What is wrong.
        wrong: String,
        /// Where, counted from 0.
        at: usize,
    },
    /// A pickle has an object that only Python can make.
    #[error("a pickled `{class}`, which only Python can read: plain data is needed, say `float(x)` or `x.tolist()`")]
    Class {
        /// The module and the name of its class.
        class: String,
    },
    /// A pickle has a proxy of ProxyStore instead of the value.
    #[error("a ProxyStore proxy (`{class}`), which only Python can resolve: set no store for this topic")]
    Proxy {
        /// The module and the name of its class.
        class: String,
    },
    /// It is nested more than [`DEPTH_LIMIT`] deep, or contains itself.
    #[error("a value nested more than {DEPTH_LIMIT} deep, or one that contains itself")]
    TooDeep,
    /// A pickle refers to its own parts so often that it comes to more than [`EXPANSION_LIMIT`] values.
    #[error("a pickle of more than {EXPANSION_LIMIT} values, once its references are written out")]
    TooManyValues,
    /// It is in the form of colmena 0.4 and 0.5.
    #[error("a message in the flat form of colmena 0.4 and 0.5 (it has `{field}`): 0.6 or newer is needed")]
    FlatForm {
        /// The field by which it is known.
        field: String,
    },
    /// A request without a topic before its `{`, or anything else that is no request.
    #[error("no request: {wrong}")]
    NoRequest {
        /// What is wrong.
        wrong: &'static str,
    },
    /// A field that must be there is not.
    #[error("a message without `{field}`")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field is not what it must be.
    #[error("the field `{field}` of a message: {wrong}")]
    Field {
        /// The field.
        field: &'static str,
        /// What is wrong.
        wrong: String,
    },
    /// A value does not fit the type that it is read as, or cannot be written.
    #[error("{}{wrong}", at(path))]
    Value {
        /// Where in the value, as `.energies[3]`; empty: the value itself.
        path: String,
        /// What is wrong.
        wrong: String,
    },
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("at `{path}`: ") }
}

impl WireError {
    /// The same error, of a value at this place.
    pub(super) fn at(self, place: String) -> Self {
        match self {
            Self::Value { path, wrong } => Self::Value { path: place + &path, wrong },
            error => error,
        }
    }

    /// The same error, of this field.
    pub(super) fn of(self, field: &'static str) -> Self {
        match self {
            Self::Value { path, wrong } => Self::Field { field, wrong: format!("{}{wrong}", at(&path)) },
            error => error,
        }
    }
}

impl serde::ser::Error for WireError {
    fn custom<T: Display>(wrong: T) -> Self {
        Self::Value { path: String::new(), wrong: wrong.to_string() }
    }
}

impl serde::de::Error for WireError {
    fn custom<T: Display>(wrong: T) -> Self {
        Self::Value { path: String::new(), wrong: wrong.to_string() }
    }
}

/// A message that cannot be read, and what can be made out of it all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct Unreadable {
    /// The task that it is of.
    pub task_id: Option<String>,
    /// Why it cannot be read.
    pub error: WireError,
}
