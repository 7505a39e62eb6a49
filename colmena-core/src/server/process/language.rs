//! Language: what the messages between a worker and its server, and what follows them, are written in.
//!
//! Servers of this library speak postcard, and read `message.rs` as it stands. Others ask their worker for JSON, by
//! `COLMENA_WORKER=json`: what is in a frame is then the message in one line, its variant as serde names it, and below that
//! what follows it; inputs are an object of all parameters. `NaN` and infinities are bare there, as Python writes them. If the
//! message says so, a [`Shared`](crate::Shared) value in the inputs is a list of its number, and itself if it is new.

use super::frame;
use super::message::{self, Answer, Ask};
use crate::task::codec::Form;
use crate::wire::Serialization;

#[derive(Clone, Copy, Debug)]
pub(super) enum Language {
    Postcard,
    Json,
}

impl Language {
    /// A frame with this message alone.
    pub(super) fn alone(self, answer: &Answer) -> Vec<u8> {
        match self {
            Self::Postcard => message::alone(answer),
            Self::Json => line(answer).and_then(frame::finish).expect("our own messages can be written, and are short"),
        }
    }

    /// A frame with this message, and what follows it.
    ///
    /// # Errors
    /// What serde cannot write, or that it is too long.
    pub(super) fn with<T>(self, answer: &Answer, form: &Form<T>, payload: &T) -> Result<Vec<u8>, String> {
        match self {
            Self::Postcard => message::with(message::open(answer).map_err(|error| error.to_string())?, form, payload),
            Self::Json => {
                let mut frame = line(answer)?;
                frame.extend_from_slice(form.write_json(payload).map_err(|error| error.to_string())?.as_bytes());
                frame::finish(frame)
            }
        }
    }

    /// Takes a message apart from what follows it.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn split(self, message: &[u8]) -> Result<(Ask<'static>, &[u8]), String> {
        match self {
            Self::Postcard => message::split(message),
            Self::Json => {
                let end = message.iter().position(|&byte| byte == b'\n').unwrap_or(message.len());
                let (line, rest) = message.split_at(end);
                let ask = Serialization::Json.decode(text(line)?).map_err(|error| error.to_string())?;
                Ok((ask, rest.strip_prefix(b"\n").unwrap_or(rest)))
            }
        }
    }

    /// Reads what follows a message.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn read<T>(self, form: &Form<T>, payload: &[u8]) -> Result<T, String> {
        match self {
            Self::Postcard => form.unpack(payload),
            Self::Json => form.read_json(text(payload)?).map_err(|error| error.to_string()),
        }
    }
}

/// The beginning of a frame. No text in it has a line's end: that is escaped.
fn line(answer: &Answer) -> Result<Vec<u8>, String> {
    let mut frame = frame::begin();
    frame.extend_from_slice(Serialization::Json.encode(answer).map_err(|error| error.to_string())?.as_bytes());
    frame.push(b'\n');
    Ok(frame)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| format!("no text: {error}"))
}
