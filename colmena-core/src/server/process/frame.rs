//! Frames: how messages are told apart on the socket between a server and its worker.
//!
//! A mark, the length as four bytes (little end first), and so many bytes. What does not begin with the mark, or is too
//! long, is rubbish: there is no way to find the next frame after it.

use std::io::{self, ErrorKind, Read};

/// The most bytes of a message: 1 GiB.
pub(super) const MOST: usize = 1 << 30;

const MARK: [u8; 4] = *b"clm1";
const HEADER: usize = 8;
/// So much is set aside for a message before any of it has come.
const AT_ONCE: usize = 1 << 20;

/// The beginning of a frame: the message is to be added.
pub(super) fn begin() -> Vec<u8> {
    let mut frame = Vec::with_capacity(128);
    frame.resize(HEADER, 0);
    frame
}

/// The whole frame.
///
/// # Errors
/// The message is too long.
pub(super) fn finish(mut frame: Vec<u8>) -> Result<Vec<u8>, String> {
    let length = frame.len() - HEADER;
    let stated = u32::try_from(length).ok().filter(|_| length <= MOST);
    let stated = stated.ok_or_else(|| format!("{length} bytes are too many to be sent at once: at most {MOST}"))?;
    frame[..4].copy_from_slice(&MARK);
    frame[4..HEADER].copy_from_slice(&stated.to_le_bytes());
    Ok(frame)
}

/// Reads a message; `None` at the end, if that comes between two frames.
///
/// # Errors
/// Those of reading; `InvalidData` for what is no frame, `UnexpectedEof` for half of one.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut header = Vec::with_capacity(HEADER);
    from.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(None);
    }
    let length = length(&header)?;
    let mut message = Vec::with_capacity(length.min(AT_ONCE));
    from.by_ref().take(length as u64).read_to_end(&mut message)?;
    if message.len() < length {
        let text = format!("it ends after {} of the {length} bytes of a frame", message.len());
        return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
    }
    Ok(Some(message))
}

/// What the header says.
fn length(header: &[u8]) -> io::Result<usize> {
    let rubbish = |text: String| Err(io::Error::new(ErrorKind::InvalidData, text));
    let (mark, stated) = header.split_at(header.len().min(MARK.len()));
    if !MARK.starts_with(mark) {
        return rubbish(format!("`{}` begins no frame", header.escape_ascii()));
    }
    let Ok(stated) = <[u8; 4]>::try_from(stated) else {
        return Err(io::Error::new(ErrorKind::UnexpectedEof, "it ends within the header of a frame"));
    };
    match usize::try_from(u32::from_le_bytes(stated)) {
        Ok(length) if length <= MOST => Ok(length),
        _ => rubbish(format!("a frame of {} bytes: at most {MOST}", u32::from_le_bytes(stated))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(message: &[u8]) -> Vec<u8> {
        let mut frame = begin();
        frame.extend_from_slice(message);
        finish(frame).expect("short enough")
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = [frame(b"one"), frame(b""), frame(&[7; 3_000_000])].concat();
        let mut from = &bytes[..];
        let mut next = || read(&mut from).expect("a frame").map(|message| message.len());
        assert_eq!([next(), next(), next(), next()], [Some(3), Some(0), Some(3_000_000), None]);
    }

    #[test]
    fn rubbish_and_halves_are_refused() {
        let whole = frame(b"twelve bytes");
        for end in 1..whole.len() {
            let error = read(&mut &whole[..end]).expect_err("half a frame");
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{end} bytes: {error}");
        }
        let too_long = [&MARK[..], &u32::MAX.to_le_bytes(), b"more"].concat();
        for rubbish in [&b"hello, world\n"[..], b"\n", &too_long] {
            let error = read(&mut &rubbish[..]).expect_err("no frame");
            assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
        }
    }
}
