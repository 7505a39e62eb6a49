//! JSON as Python's `json` reads and writes it: with bare `NaN`, `Infinity` and `-Infinity`.

mod read;
mod write;

#[cfg(feature = "redis")]
pub(super) use read::parse_into;
pub(super) use read::{Member, elements, members, parse, unescape};
pub(super) use write::JsonText;

use super::WireError;

/// The members of an object: key and text of each.
///
/// # Errors
/// It is something else.
pub(crate) fn fields_of(text: &str) -> Result<Vec<(String, &str)>, WireError> {
    let (_, members) = members(text)?;
    Ok(members.into_iter().map(|Member { key, raw, .. }| (key.read().into_owned(), raw)).collect())
}

/// The texts of the items of a list.
///
/// # Errors
/// It is something else.
pub(crate) fn items_of(text: &str) -> Result<Vec<&str>, WireError> {
    elements(text)
}

/// How many bytes stand in a string as they are, up to the first that ends it or has to be escaped.
fn plain_bytes(bytes: &[u8]) -> usize {
    /// So many are looked at without a branch between them: compilers make that a few instructions.
    const STRIDE: usize = 64;
    let is_special = |&byte: &u8| (byte == b'"') | (byte == b'\\') | (byte < 0x20);
    let is_plain = |stride: &&[u8; STRIDE]| !stride.iter().fold(false, |any, byte| any | is_special(byte));
    let plain = bytes.as_chunks().0.iter().take_while(is_plain).count() * STRIDE;
    let rest = &bytes[plain..];
    plain + rest.iter().position(is_special).unwrap_or(rest.len())
}
