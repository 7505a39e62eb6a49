//! What `#[method(command = "..")]` expands into. Not for users.

use std::fs::File;
use std::io::Read;
use std::str::FromStr;

use super::RunDir;
use crate::error::BoxError;

/// The longest standard output that is a value.
const MOST: u64 = 1 << 20;

/// A value that can be read from standard output.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the standard output of a command",
    label = "not `FromStr`",
    note = "the value of a command implements `FromStr`, with an error that fits a boxed one; for others, write \
            `impl ExecutableMethod for ..` instead of `command = ..`"
)]
pub trait Value: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// The text is none.
    fn read(text: &str) -> Result<Self, BoxError>;
}

// Not recommended: rustc would say that `FromStr` is missing, and not why that matters.
#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Into<BoxError>>> Value for T {
    fn read(text: &str) -> Result<Self, BoxError> {
        text.parse().map_err(Into::into)
    }
}

/// The value in the standard output of a command, without the white space around it.
///
/// # Errors
/// It cannot be read, is longer than 1 MiB, or is no such value.
pub fn value<T: Value>(dir: &RunDir) -> Result<T, BoxError> {
    let mut text = String::new();
    File::open(dir.stdout_file())?.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err("standard output is longer than 1 MiB, and no value".into());
    }
    let text = text.trim();
    T::read(text).map_err(|error| {
        let shown: String = text.chars().take(60).collect();
        let dots = if shown.len() < text.len() { ".." } else { "" };
        format!("standard output is {shown:?}{dots}: {error}").into()
    })
}
