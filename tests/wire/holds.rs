//! What holds of whatever arrives: reading ends with a message or an error, and what is read can be written. Of the tests, and of
//! the targets in `fuzz/`.

use colmena::wire::{Message, Request, Serialization, WireError};
use serde_json::Value;

/// What is read of a message is written so that it is read again, and so is all that it has.
pub(crate) fn message(bytes: &[u8]) {
    let read = [Message::read(bytes), Message::read_plain(bytes)];
    for message in read.into_iter().flatten() {
        read_through(&message);
        let text = message.to_json().expect("what has been read can be written");
        assert_eq!(Message::read(text.as_bytes()).as_ref(), Ok(&message), "{text}");
    }
    if let Ok(Request::Task(message)) = Request::read(bytes) {
        read_through(&message);
    }
}

fn read_through(message: &Message) {
    let texts = message.args.iter().chain(message.kwargs.iter().map(|(_, text)| text)).chain(&message.value);
    for text in texts {
        if let Ok(value) = message.decode::<Value>(text) {
            message.encode(&value).expect("what has been read can be written");
        }
    }
}

/// `serde_json` is a second opinion, of the text with `null` for each bare number that is none: the same are taken, and mean the
/// same.
pub(crate) fn json(text: &str) {
    let read = Serialization::Json.decode::<Value>(text);
    match serde_json::from_str::<Value>(&without_bare(text)) {
        // It stops a level sooner or later.
        _ if read == Err(WireError::TooDeep) => {}
        // An integer to Python, and here.
        Ok(_) if text.contains("-0") => assert!(read.is_ok(), "{text}"),
        Ok(value) => assert_eq!(read, Ok(value), "{text}"),
        Err(error) => {
            let taken =
                ["number out of range", "recursion limit"].iter().any(|wrong| error.to_string().starts_with(wrong));
            assert!(taken || read.is_err(), "{text}: {error}");
        }
    }
    if let Ok(value) = read {
        let text = Serialization::Json.encode(&value).expect("what has been read can be written");
        assert_eq!(Serialization::Json.decode::<Value>(&text), Ok(value), "{text}");
    }
}

/// With `null` in their places; what stands in strings is left.
fn without_bare(text: &str) -> String {
    let (mut out, mut rest, mut in_string) = (String::new(), text, false);
    while let Some(next) = rest.chars().next() {
        let bare = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| !in_string && rest.starts_with(word));
        let escaped = (in_string && next == '\\').then(|| rest.chars().nth(1)).flatten();
        in_string ^= next == '"';
        let taken = bare.map_or(next.len_utf8() + escaped.map_or(0, char::len_utf8), str::len);
        out += bare.map_or(&rest[..taken], |_| "null");
        rest = &rest[taken..];
    }
    out
}

/// Nothing but data is read.
pub(crate) fn pickle(bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match Serialization::Pickle.decode::<Value>(&hex) {
        Ok(value) => {
            let again = Serialization::Pickle.encode(&value).expect("what has been read can be written");
            assert_eq!(Serialization::Pickle.decode::<Value>(&again), Ok(value), "{hex}");
        }
        Err(WireError::TooManyValues | WireError::TooDeep | WireError::Pickle { .. }) => {}
        Err(WireError::Value { .. } | WireError::Class { .. } | WireError::Proxy { .. }) => {}
        Err(error) => panic!("{hex}: {error}"),
    }
}
