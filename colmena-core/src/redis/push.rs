//! Pushing: texts to a list, all or none, by one command.
//!
//! The command is written here, since texts may be large: the client's own writer would copy each of them twice.

use std::io::Write as _;

use redis::{Connection, ConnectionLike as _, RedisError};

/// Pushes texts to the end of a list.
pub(super) fn push<'a>(
    list: &'a str,
    texts: impl ExactSizeIterator<Item = &'a str> + Clone,
    connection: &mut Connection,
) -> Result<(), RedisError> {
    connection.req_packed_command(&command(list, texts))?.extract_error().map(drop)
}

/// As Redis reads it: how many parts, and before each its size.
fn command<'a>(list: &'a str, texts: impl ExactSizeIterator<Item = &'a str> + Clone) -> Vec<u8> {
    /// What stands beside a part has fewer bytes.
    const BESIDE: usize = 32;
    let size = |text: &str| text.len() + BESIDE;
    let mut command = Vec::with_capacity(2 * BESIDE + size(list) + texts.clone().map(size).sum::<usize>());
    let count = texts.len() + 2;
    let _ = write!(command, "*{count}\r\n"); // a Vec takes anything
    for part in ["RPUSH", list].into_iter().chain(texts) {
        let _ = write!(command, "${}\r\n", part.len());
        command.extend_from_slice(part.as_bytes());
        command.extend_from_slice(b"\r\n");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn it_is_what_the_client_would_write() {
        let texts = ["", "a", "é\r\n", &"x".repeat(1000)];
        let theirs = redis::cmd("RPUSH").arg("a list").arg(&texts[..]).get_packed_command();
        assert_eq!(command("a list", texts.into_iter()), theirs);
    }
}
