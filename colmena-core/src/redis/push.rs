//! Pushing: texts to a list, all or none, by one command.
//!
//! The command is written here, since texts may be large: the client's own writer would copy each of them twice. Large ones go
//! to the socket from where they are; small ones are put together, so that a batch of them is one write.

use std::io::Write as _;

use redis::{Connection, RedisError, Value};

/// Texts from this size on are not copied.
const LARGE: usize = 1 << 16;

/// Pushes texts to the end of a list. After an error, the connection is not to be used again.
pub(super) fn push<'a>(
    list: &'a str,
    texts: impl ExactSizeIterator<Item = &'a str>,
    connection: &mut Connection,
) -> Result<(), RedisError> {
    write(list, texts, |piece| connection.send_packed_command(piece))?;
    loop {
        match connection.recv_response()? {
            Value::Push { .. } => {}
            answer => return answer.extract_error().map(drop),
        }
    }
}

/// Writes the command as Redis reads it: how many parts, and before each its size.
fn write<'a, E>(
    list: &'a str,
    texts: impl ExactSizeIterator<Item = &'a str>,
    mut send: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut small = Vec::with_capacity(1024);
    let count = texts.len() + 2;
    let _ = write!(small, "*{count}\r\n"); // a Vec takes anything
    for part in ["RPUSH", list].into_iter().chain(texts) {
        let _ = write!(small, "${}\r\n", part.len());
        if part.len() < LARGE {
            small.extend_from_slice(part.as_bytes());
        } else {
            send(&small)?;
            send(part.as_bytes())?;
            small.clear();
        }
        small.extend_from_slice(b"\r\n");
    }
    send(&small)
}

#[cfg(test)]
mod tests {
    use super::{LARGE, write};

    #[test]
    fn it_is_what_the_client_would_write() {
        let (large, larger) = ("x".repeat(LARGE), "é".repeat(LARGE));
        let texts = ["", "a", "é\r\n", &"x".repeat(1000), &large, &larger, "b", &large];
        let theirs = redis::cmd("RPUSH").arg("a list").arg(&texts[..]).get_packed_command();
        let (mut ours, mut pieces) = (Vec::new(), 0);
        let written: Result<(), ()> = write("a list", texts.into_iter(), |piece| {
            ours.extend_from_slice(piece);
            pieces += 1;
            Ok(())
        });
        assert_eq!((written, pieces), (Ok(()), 7));
        assert_eq!(ours, theirs);
    }
}
