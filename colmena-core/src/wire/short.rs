//! The beginning of a value's JSON, for people to look at.

use serde::Serialize;

use super::WireError;
use super::encode::{Kind, Sink, Writer};
use super::json::JsonText;

/// Says when it has enough; what is large is not written to its end.
struct Short {
    text: JsonText,
    enough: usize,
}

/// At most so many characters of it; fewer, if it cannot be written.
pub(crate) fn short<T: Serialize + ?Sized>(value: &T, most: usize) -> String {
    let mut sink = Short { text: JsonText::default(), enough: 4 * most };
    let written: Result<(), WireError> = value.serialize(Writer::new(&mut sink));
    cut(&sink.text.text, most, written.is_ok())
}

/// What has been left out is shown by dots.
pub(crate) fn cut(text: &str, most: usize, whole: bool) -> String {
    let mut characters = text.chars();
    let begin: String = characters.by_ref().take(most).collect();
    if whole && characters.next().is_none() { begin } else { begin + ".." }
}

impl Sink for Short {
    fn null(&mut self) {
        self.text.null();
    }

    fn bool(&mut self, value: bool) {
        self.text.bool(value);
    }

    fn int(&mut self, value: i128) {
        self.text.int(value);
    }

    fn float(&mut self, value: f64) {
        self.text.float(value);
    }

    fn short_float(&mut self, value: f32) {
        self.text.short_float(value);
    }

    fn text(&mut self, value: &str) {
        let end = value.floor_char_boundary(self.enough);
        self.text.text(&value[..end]);
    }

    fn bytes(&mut self, value: &[u8]) {
        self.text.bytes(&value[..value.len().min(self.enough)]);
    }

    fn open(&mut self, kind: Kind) {
        self.text.open(kind);
    }

    fn item(&mut self, first: bool) {
        self.text.item(first);
    }

    fn before_key(&mut self) -> usize {
        self.text.before_key()
    }

    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        self.text.after_key(start)
    }

    fn close(&mut self, kind: Kind) {
        self.text.close(kind);
    }

    fn is_full(&self) -> bool {
        self.text.text.len() > self.enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_is_begun_only() {
        assert_eq!(short(&(1, "two"), 20), r#"[1, "two"]"#);
        assert_eq!(short(&vec![7_u8; 1_000_000], 6), "[7, 7,..");
        assert_eq!(short(&"é".repeat(1_000_000), 3), "\"éé..");
        assert_eq!(short(&std::collections::BTreeMap::from([("a", [0.5; 2])]), 8), r#"{"a": [0.."#);
    }
}
