//! Inputs and values that are written straight into a message.

use serde::Serialize;

use super::encode::{Sink, Writer};
use super::json::JsonText;
use super::pickle::Pickle;
use super::split::{Fields, Split, Texts};
use super::write::Object;
use super::{Serialization, WireError};

/// What Python needs for a text besides: the original counts it.
pub(super) const BESIDE: usize = 49;

/// Begins a string that is a text; where that is.
fn begin_text(sink: &mut impl Texts) -> usize {
    sink.out().push('"');
    let start = sink.out().len();
    sink.begin();
    start
}

/// Ends it. How many bytes the text has by itself.
fn end_text(sink: &mut impl Texts, start: usize) -> usize {
    let added = sink.end();
    let size = sink.out().len() - start - added;
    sink.out().push('"');
    size
}

/// Inputs, in the list or the object of a message.
struct Inputs<S> {
    sink: S,
    by_name: bool,
    /// Where the present one begins.
    start: Option<usize>,
    size: usize,
}

impl<S: Texts> Inputs<S> {
    fn end(&mut self) {
        if let Some(start) = self.start.take() {
            self.size += end_text(&mut self.sink, start) + BESIDE;
        }
    }
}

impl<S: Texts> Fields for Inputs<S> {
    type Sink = S;

    fn begin(&mut self, name: &str) {
        let mut before = JsonText::default();
        before.item(self.start.is_none());
        self.end();
        if self.by_name {
            before.text(name);
            before.text.push_str(": ");
        }
        self.sink.out().push_str(&before.text);
        self.start = Some(begin_text(&mut self.sink));
    }

    fn present(&mut self) -> Option<&mut S> {
        self.start.is_some().then_some(&mut self.sink)
    }
}

impl Object {
    /// The fields of a struct, by position or by name. Their size, as the original counts.
    pub(super) fn inputs<T: Serialize + ?Sized>(
        &mut self,
        way: Serialization,
        inputs: &T,
        by_name: bool,
    ) -> Result<usize, WireError> {
        self.raw("inputs", if by_name { "[[], {" } else { "[[" });
        let text = std::mem::take(&mut self.text.text);
        let size = match way {
            Serialization::Json => self.split(JsonText::after(text), inputs, by_name),
            Serialization::Pickle => self.split(Pickle(text), inputs, by_name),
        };
        self.text.text.push_str(if by_name { "}]" } else { "], {}]" });
        size
    }

    fn split<T: Serialize + ?Sized>(
        &mut self,
        sink: impl Texts,
        inputs: &T,
        by_name: bool,
    ) -> Result<usize, WireError> {
        let mut fields = Inputs { sink, by_name, start: None, size: 0 };
        Split::write(inputs, &mut fields)?;
        fields.end();
        self.text.text = std::mem::take(fields.sink.out());
        Ok(fields.size)
    }

    /// The value. Its size, as the original counts.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, way: Serialization, value: &T) -> Result<usize, WireError> {
        self.key("value");
        let text = std::mem::take(&mut self.text.text);
        match way {
            Serialization::Json => self.text_of(JsonText::after(text), value),
            Serialization::Pickle => self.text_of(Pickle(text), value),
        }
    }

    fn text_of<T: Serialize + ?Sized>(&mut self, mut sink: impl Texts, value: &T) -> Result<usize, WireError> {
        let start = begin_text(&mut sink);
        value.serialize(Writer::new(&mut sink))?;
        let size = end_text(&mut sink, start);
        self.text.text = std::mem::take(sink.out());
        Ok(size + BESIDE)
    }

    /// The sizes of inputs and value.
    pub(super) fn sizes(&mut self, inputs: usize, value: Option<usize>) {
        let value = value.map(|value| format!(", \"value\": {value}"));
        self.raw("message_sizes", &format!("{{\"inputs\": {inputs}{}}}", value.unwrap_or_default()));
    }
}
