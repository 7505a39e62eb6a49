//! The inputs of a method, each as a text of its own.

use super::encode::{Kind, Sink};
use super::{Serialization, WireError};

/// A sink that gives each field of a struct, or each item of a list, a sink of its own.
pub(super) struct Split<S> {
    fresh: fn() -> S,
    /// By name; without one, if it has none.
    fields: Vec<(String, S)>,
    depth: usize,
    in_key: bool,
}

impl<S> Split<S> {
    pub(super) fn new(fresh: fn() -> S) -> Self {
        Self { fresh, fields: Vec::new(), depth: 0, in_key: false }
    }

    pub(super) fn fields(self) -> Vec<(String, S)> {
        self.fields
    }

    fn begin(&mut self, name: &str) {
        self.fields.push((name.to_owned(), (self.fresh)()));
    }

    /// Where the present field goes; what stands outside of fields goes nowhere.
    fn write(&mut self, write: impl FnOnce(&mut S)) {
        if let Some((_, sink)) = self.fields.last_mut() {
            write(sink);
        }
    }
}

impl<S: Sink> Sink for Split<S> {
    fn null(&mut self) {
        self.write(S::null);
    }

    fn bool(&mut self, value: bool) {
        self.write(|sink| sink.bool(value));
    }

    fn int(&mut self, value: i128) {
        self.write(|sink| sink.int(value));
    }

    fn float(&mut self, value: f64) {
        self.write(|sink| sink.float(value));
    }

    fn short_float(&mut self, value: f32) {
        self.write(|sink| sink.short_float(value));
    }

    fn text(&mut self, value: &str) {
        if self.in_key { self.begin(value) } else { self.write(|sink| sink.text(value)) }
    }

    fn bytes(&mut self, value: &[u8]) {
        self.write(|sink| sink.bytes(value));
    }

    fn open(&mut self, kind: Kind) {
        if self.depth > 0 {
            self.write(|sink| sink.open(kind));
        }
        self.depth += 1;
    }

    fn item(&mut self, first: bool) {
        if self.depth > 1 {
            self.write(|sink| sink.item(first));
        }
    }

    fn before_key(&mut self) -> usize {
        if self.depth == 1 {
            self.in_key = true;
            return 0;
        }
        self.fields.last_mut().map_or(0, |(_, sink)| sink.before_key())
    }

    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        if self.depth == 1 {
            self.in_key = false;
            return Ok(());
        }
        self.fields.last_mut().map_or(Ok(()), |(_, sink)| sink.after_key(start))
    }

    fn close(&mut self, kind: Kind) {
        self.depth -= 1;
        if self.depth > 0 {
            self.write(|sink| sink.close(kind));
        }
    }
}

impl Serialization {
    /// The fields of a struct, each written by itself.
    pub(crate) fn encode_fields<T: serde::Serialize + ?Sized>(
        self,
        inputs: &T,
    ) -> Result<Vec<(String, String)>, WireError> {
        use super::encode::Writer;
        use super::json::JsonText;
        use super::pickle::{Pickle, to_hex};
        match self {
            Self::Json => {
                let mut split = Split::new(JsonText::default);
                inputs.serialize(Writer::new(&mut split))?;
                Ok(split.fields().into_iter().map(|(name, text)| (name, text.0)).collect())
            }
            Self::Pickle => {
                let mut split = Split::new(Pickle::new);
                inputs.serialize(Writer::new(&mut split))?;
                Ok(split.fields().into_iter().map(|(name, pickle)| (name, to_hex(&pickle.finish()))).collect())
            }
        }
    }
}
