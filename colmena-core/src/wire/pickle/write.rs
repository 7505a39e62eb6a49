//! The writer: protocol 4, without references and frames.

use crate::wire::WireError;
use crate::wire::encode::{Kind, Sink};

/// A pickle that grows.
#[derive(Debug)]
pub(in crate::wire) struct Pickle(Vec<u8>);

impl Pickle {
    /// An empty one.
    pub(in crate::wire) fn new() -> Self {
        Self(vec![0x80, 4])
    }

    /// The whole one.
    pub(in crate::wire) fn finish(mut self) -> Vec<u8> {
        self.0.push(b'.');
        self.0
    }

    fn sized(&mut self, [short, long, longest]: [u8; 3], bytes: &[u8]) {
        match (u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
            (Ok(size), _) => self.0.extend([short, size]),
            (_, Ok(size)) => {
                self.0.push(long);
                self.0.extend(size.to_le_bytes());
            }
            _ => {
                self.0.push(longest);
                self.0.extend((bytes.len() as u64).to_le_bytes());
            }
        }
        self.0.extend(bytes);
    }
}

impl Sink for Pickle {
    fn null(&mut self) {
        self.0.push(b'N');
    }

    fn bool(&mut self, value: bool) {
        self.0.push(if value { 0x88 } else { 0x89 });
    }

    /// The shortest form; Python reads any.
    fn int(&mut self, value: i128) {
        if let Ok(value) = u8::try_from(value) {
            self.0.extend([b'K', value]);
        } else if let Ok(value) = i32::try_from(value) {
            self.0.push(b'J');
            self.0.extend(value.to_le_bytes());
        } else {
            let bytes = value.to_le_bytes();
            let size = if i64::try_from(value).is_ok() { 8 } else { 16 };
            self.0.extend([0x8a, size]);
            self.0.extend(&bytes[..size.into()]);
        }
    }

    fn float(&mut self, value: f64) {
        self.0.push(b'G');
        self.0.extend(value.to_be_bytes());
    }

    fn short_float(&mut self, value: f32) {
        self.float(value.into());
    }

    fn text(&mut self, value: &str) {
        self.sized([0x8c, b'X', 0x8d], value.as_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.sized(*b"CB\x8e", value);
    }

    fn open(&mut self, kind: Kind) {
        match kind {
            Kind::List => self.0.extend(b"]("),
            Kind::Tuple => self.0.extend(b"("),
            Kind::Map => self.0.extend(b"}("),
        }
    }

    fn item(&mut self, _: bool) {}

    fn before_key(&mut self) -> usize {
        self.0.len()
    }

    /// Keys that Python cannot hash are refused here.
    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        match self.0.get(start) {
            Some(b']' | b'}') => Err(serde::ser::Error::custom("a key that is a list or a map")),
            _ => Ok(()),
        }
    }

    fn close(&mut self, kind: Kind) {
        self.0.push(match kind {
            Kind::List => b'e',
            Kind::Tuple => b't',
            Kind::Map => b'u',
        });
    }
}
