//! Pickles, as data: what protocols 2 to 5 write of plain values is read, protocol 4 is written, nothing is executed.

mod read;
mod write;

pub(super) use read::parse;
#[cfg(feature = "redis")]
pub(super) use read::parse_into;
pub(super) use write::Pickle;

use super::WireError;

/// Pickles travel as hexadecimal text.
fn add_hex(hex: &mut String, pickle: &[u8]) {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    hex.reserve(2 * pickle.len());
    hex.extend(pickle.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte & 0xF)]));
}

#[cfg(feature = "redis")]
pub(super) fn to_hex(pickle: &[u8]) -> String {
    let mut hex = String::new();
    add_hex(&mut hex, pickle);
    hex
}

pub(super) fn from_hex(text: &str) -> Result<Vec<u8>, WireError> {
    let wrong = |at| WireError::Pickle { wrong: "no hexadecimal digit, or half a byte,".to_owned(), at };
    let nibble = |at: usize| {
        let digit = text.as_bytes().get(at).and_then(|&byte| char::from(byte).to_digit(16));
        digit.map(|digit| digit as u8).ok_or_else(|| wrong(at / 2))
    };
    (0..text.len()).step_by(2).map(|at| Ok(nibble(at)? << 4 | nibble(at + 1)?)).collect()
}
