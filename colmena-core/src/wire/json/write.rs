//! The writer: the text that Python's `json.dumps` would make, but for characters beyond ASCII, which stand for themselves.

use std::fmt::Write as _;

use crate::wire::WireError;
use crate::wire::encode::{Kind, Sink};

/// A JSON text that grows.
#[derive(Debug, Default)]
pub(in crate::wire) struct JsonText(pub(in crate::wire) String);

impl JsonText {
    fn display(&mut self, value: impl std::fmt::Display) {
        let _ = write!(self.0, "{value}"); // a String takes anything
    }
}

impl Sink for JsonText {
    fn null(&mut self) {
        self.0.push_str("null");
    }

    fn bool(&mut self, value: bool) {
        self.display(value);
    }

    fn int(&mut self, value: i128) {
        self.display(value);
    }

    fn float(&mut self, value: f64) {
        match value {
            f64::INFINITY => self.0.push_str("Infinity"),
            f64::NEG_INFINITY => self.0.push_str("-Infinity"),
            value => self.display(format_args!("{value:?}")), // also "NaN"
        }
    }

    /// Written with the digits of an `f32`, not with those of the `f64` that it is.
    fn short_float(&mut self, value: f32) {
        if value.is_finite() { self.display(format_args!("{value:?}")) } else { self.float(value.into()) }
    }

    fn text(&mut self, value: &str) {
        self.0.reserve(value.len() + 2);
        self.0.push('"');
        let mut rest = value;
        loop {
            let at = super::plain_bytes(rest.as_bytes());
            self.0.push_str(&rest[..at]);
            match rest.as_bytes().get(at) {
                None => break,
                Some(&byte @ (b'"' | b'\\')) => self.0.extend(['\\', byte.into()]),
                Some(b'\n') => self.0.push_str("\\n"),
                Some(byte) => self.display(format_args!("\\u{byte:04x}")),
            }
            rest = &rest[at + 1..];
        }
        self.0.push('"');
    }

    /// A list of numbers: JSON has no bytes.
    fn bytes(&mut self, value: &[u8]) {
        self.open(Kind::List);
        for (i, &byte) in value.iter().enumerate() {
            self.item(i == 0);
            self.int(byte.into());
        }
        self.close(Kind::List);
    }

    fn open(&mut self, kind: Kind) {
        self.0.push(if kind == Kind::Map { '{' } else { '[' });
    }

    fn item(&mut self, first: bool) {
        if !first {
            self.0.push_str(", ");
        }
    }

    fn before_key(&mut self) -> usize {
        self.0.len()
    }

    /// Keys are text in JSON: numbers and truth values are put into quotes, as Python does.
    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        match self.0.as_bytes().get(start) {
            Some(b'"') => {}
            Some(b'[' | b'{') => return Err(serde::ser::Error::custom("a key that is no text, number or truth value")),
            _ => {
                self.0.insert(start, '"');
                self.0.push('"');
            }
        }
        self.0.push_str(": ");
        Ok(())
    }

    fn close(&mut self, kind: Kind) {
        self.0.push(if kind == Kind::Map { '}' } else { ']' });
    }
}
