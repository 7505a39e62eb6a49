//! The inputs of a method, each as a text of its own: by itself for a record, or where it goes in a message.

use serde::Serialize;

use super::WireError;
use super::encode::{Kind, Sink, Writer};
use super::json::JsonText;

/// A sink for texts that stand as strings in a text that goes on.
pub(super) trait Texts: Sink {
    /// What goes on.
    #[cfg(feature = "redis")]
    fn out(&mut self) -> &mut String;
    /// A text begins: what comes is written as it has to be within a string.
    fn begin(&mut self);
    /// It ends. By how many bytes it is longer there than by itself.
    fn end(&mut self) -> usize;
}

/// Where the fields of a struct go.
pub(super) trait Fields {
    type Sink: Sink;
    fn begin(&mut self, name: &str);
    /// Where the present one goes, if there is one.
    fn present(&mut self) -> Option<&mut Self::Sink>;
}

/// A sink that tells fields where each begins.
pub(super) struct Split<'f, F> {
    fields: &'f mut F,
    depth: usize,
    in_key: bool,
}

impl<'f, F: Fields> Split<'f, F> {
    /// Writes each field of a struct to where it goes.
    pub(super) fn write<T: Serialize + ?Sized>(inputs: &T, fields: &'f mut F) -> Result<(), WireError> {
        inputs.serialize(Writer::new(&mut Split { fields, depth: 0, in_key: false }))
    }

    /// What stands outside of fields goes nowhere.
    fn present(&mut self, write: impl FnOnce(&mut F::Sink)) {
        if let Some(sink) = self.fields.present() {
            write(sink);
        }
    }
}

impl<F: Fields> Sink for Split<'_, F> {
    fn null(&mut self) {
        self.present(F::Sink::null);
    }

    fn bool(&mut self, value: bool) {
        self.present(|sink| sink.bool(value));
    }

    fn int(&mut self, value: i128) {
        self.present(|sink| sink.int(value));
    }

    fn float(&mut self, value: f64) {
        self.present(|sink| sink.float(value));
    }

    fn short_float(&mut self, value: f32) {
        self.present(|sink| sink.short_float(value));
    }

    fn text(&mut self, value: &str) {
        if self.in_key { self.fields.begin(value) } else { self.present(|sink| sink.text(value)) }
    }

    fn bytes(&mut self, value: &[u8]) {
        self.present(|sink| sink.bytes(value));
    }

    fn open(&mut self, kind: Kind) {
        if self.depth > 0 {
            self.present(|sink| sink.open(kind));
        }
        self.depth += 1;
    }

    fn item(&mut self, first: bool) {
        if self.depth > 1 {
            self.present(|sink| sink.item(first));
        }
    }

    fn before_key(&mut self) -> usize {
        if self.depth == 1 {
            self.in_key = true;
            return 0;
        }
        self.fields.present().map_or(0, |sink| sink.before_key())
    }

    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        if self.depth == 1 {
            self.in_key = false;
            return Ok(());
        }
        self.fields.present().map_or(Ok(()), |sink| sink.after_key(start))
    }

    fn close(&mut self, kind: Kind) {
        self.depth -= 1;
        if self.depth > 0 {
            self.present(|sink| sink.close(kind));
        }
    }
}

impl Fields for Vec<(String, JsonText)> {
    type Sink = JsonText;

    fn begin(&mut self, name: &str) {
        self.push((name.to_owned(), JsonText::default()));
    }

    fn present(&mut self) -> Option<&mut JsonText> {
        self.last_mut().map(|(_, text)| text)
    }
}

/// The fields of a struct, each as the JSON of its own.
pub(crate) fn json_fields<T: Serialize + ?Sized>(inputs: &T) -> Result<Vec<(String, String)>, WireError> {
    let mut fields: Vec<(String, JsonText)> = Vec::new();
    Split::write(inputs, &mut fields)?;
    Ok(fields.into_iter().map(|(name, json)| (name, json.text)).collect())
}
