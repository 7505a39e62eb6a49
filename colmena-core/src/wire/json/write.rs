//! The writer: the text that Python's `json.dumps` would make, but for characters beyond ASCII, which stand for themselves.

use std::fmt::Write as _;

use crate::wire::WireError;
use crate::wire::encode::{Kind, Sink};
use crate::wire::split::Texts;

/// A JSON text that grows; it may have strings that are JSON texts themselves.
#[derive(Debug, Default)]
pub(in crate::wire) struct JsonText {
    pub(in crate::wire) text: String,
    /// Whether what comes stands in a string, and is escaped once more.
    is_within: bool,
    /// How many bytes that has added to the present string.
    added: usize,
}

impl JsonText {
    /// One that goes on with this.
    pub(in crate::wire) fn after(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    fn display(&mut self, value: impl std::fmt::Display) {
        let _ = write!(self.text, "{value}"); // a String takes anything
    }

    /// A quote or a backslash of this text.
    fn special(&mut self, special: char) {
        if self.is_within {
            self.text.push('\\');
            self.added += 1;
        }
        self.text.push(special);
    }
}

impl Texts for JsonText {
    #[cfg(feature = "redis")]
    fn out(&mut self) -> &mut String {
        &mut self.text
    }

    fn begin(&mut self) {
        self.is_within = true;
        self.added = 0;
    }

    fn end(&mut self) -> usize {
        self.is_within = false;
        self.added
    }
}

impl Sink for JsonText {
    fn null(&mut self) {
        self.text.push_str("null");
    }

    fn bool(&mut self, value: bool) {
        self.display(value);
    }

    fn int(&mut self, value: i128) {
        self.display(value);
    }

    fn float(&mut self, value: f64) {
        match value {
            f64::INFINITY => self.text.push_str("Infinity"),
            f64::NEG_INFINITY => self.text.push_str("-Infinity"),
            value => self.display(format_args!("{value:?}")), // also "NaN"
        }
    }

    /// Written with the digits of an `f32`, not with those of the `f64` that it is.
    fn short_float(&mut self, value: f32) {
        if value.is_finite() { self.display(format_args!("{value:?}")) } else { self.float(value.into()) }
    }

    fn text(&mut self, value: &str) {
        /// What follows a large text seldom has more.
        const REST: usize = 128;
        self.text.reserve(value.len() + REST);
        self.special('"');
        let mut rest = value;
        loop {
            let at = super::plain_bytes(rest.as_bytes());
            self.text.push_str(&rest[..at]);
            let Some(&byte) = rest.as_bytes().get(at) else { break };
            self.special('\\');
            match byte {
                b'"' | b'\\' => self.special(byte.into()),
                b'\n' => self.text.push('n'),
                byte => self.display(format_args!("u{byte:04x}")),
            }
            rest = &rest[at + 1..];
        }
        self.special('"');
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
        self.text.push(if kind == Kind::Map { '{' } else { '[' });
    }

    fn item(&mut self, first: bool) {
        if !first {
            self.text.push_str(", ");
        }
    }

    fn before_key(&mut self) -> usize {
        self.text.len()
    }

    /// Keys are text in JSON: numbers and truth values are put into quotes, as Python does.
    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        match self.text.as_bytes().get(start) {
            Some(b'"' | b'\\') => {}
            Some(b'[' | b'{') => return Err(serde::ser::Error::custom("a key that is no text, number or truth value")),
            _ => {
                let key = self.text.split_off(start);
                self.special('"');
                self.text.push_str(&key);
                self.special('"');
            }
        }
        self.text.push_str(": ");
        Ok(())
    }

    fn close(&mut self, kind: Kind) {
        self.text.push(if kind == Kind::Map { '}' } else { ']' });
    }
}
