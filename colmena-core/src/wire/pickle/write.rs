//! The writer: protocol 4, without references and frames.

use crate::wire::WireError;
use crate::wire::encode::{Kind, Sink};
use crate::wire::split::Texts;

/// A pickle that grows, in hexadecimal.
#[derive(Debug, Default)]
pub(in crate::wire) struct Pickle(pub(in crate::wire) String);

impl Pickle {
    fn extend(&mut self, bytes: &[u8]) {
        super::add_hex(&mut self.0, bytes);
    }

    fn sized(&mut self, [short, long, longest]: [u8; 3], bytes: &[u8]) {
        match (u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
            (Ok(size), _) => self.extend(&[short, size]),
            (_, Ok(size)) => {
                self.extend(&[long]);
                self.extend(&size.to_le_bytes());
            }
            _ => {
                self.extend(&[longest]);
                self.extend(&(bytes.len() as u64).to_le_bytes());
            }
        }
        self.extend(bytes);
    }
}

impl Texts for Pickle {
    #[cfg(feature = "redis")]
    fn out(&mut self) -> &mut String {
        &mut self.0
    }

    fn begin(&mut self) {
        self.extend(&[0x80, 4]);
    }

    fn end(&mut self) -> usize {
        self.extend(b".");
        0
    }
}

impl Sink for Pickle {
    fn null(&mut self) {
        self.extend(b"N");
    }

    fn bool(&mut self, value: bool) {
        self.extend(if value { &[0x88] } else { &[0x89] });
    }

    /// The shortest form; Python reads any.
    fn int(&mut self, value: i128) {
        if let Ok(value) = u8::try_from(value) {
            self.extend(&[b'K', value]);
        } else if let Ok(value) = i32::try_from(value) {
            self.extend(b"J");
            self.extend(&value.to_le_bytes());
        } else {
            let bytes = value.to_le_bytes();
            let size = if i64::try_from(value).is_ok() { 8 } else { 16 };
            self.extend(&[0x8a, size]);
            self.extend(&bytes[..size.into()]);
        }
    }

    fn float(&mut self, value: f64) {
        self.extend(b"G");
        self.extend(&value.to_be_bytes());
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
            Kind::List => self.extend(b"]("),
            Kind::Tuple => self.extend(b"("),
            Kind::Map => self.extend(b"}("),
        }
    }

    fn item(&mut self, _: bool) {}

    fn before_key(&mut self) -> usize {
        self.0.len()
    }

    /// Keys that Python cannot hash are refused here.
    fn after_key(&mut self, start: usize) -> Result<(), WireError> {
        match self.0.get(start..start + 2) {
            Some("5d" | "7d") => Err(serde::ser::Error::custom("a key that is a list or a map")),
            _ => Ok(()),
        }
    }

    fn close(&mut self, kind: Kind) {
        self.extend(match kind {
            Kind::List => b"e",
            Kind::Tuple => b"t",
            Kind::Map => b"u",
        });
    }
}
