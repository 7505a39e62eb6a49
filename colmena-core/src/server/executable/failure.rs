//! What a failed run says: the command line, how it ended, and the last lines of its standard error.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use super::run_dir::RunDir;
use crate::error::BoxError;
use crate::task::ProgramEnd;

/// At most so much of standard error is told.
pub(in crate::server) const LINES: usize = 12;
const BYTES: u64 = 4096;
/// Of a line, at most so many characters; of a command line, too.
pub(in crate::server) const LINE: usize = 300;
const COMMAND: usize = 600;

/// Why a run has no value.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct RunFailed {
    text: String,
    /// If the program has run.
    pub(crate) end: Option<ProgramEnd>,
}

/// A failure of one attempt: what went wrong, and where; `end` if the program has run.
pub(super) fn failure(wrong: &str, dir: &RunDir, kept: bool, end: Option<ExitStatus>) -> BoxError {
    let mut text = wrong.to_owned();
    if kept {
        text += &format!("\n    in {}", dir.display());
    }
    if end.is_some() {
        text += &last_words(dir);
    }
    RunFailed { text, end: end.and_then(program_end) }.into()
}

fn program_end(status: ExitStatus) -> Option<ProgramEnd> {
    status.code().map(ProgramEnd::Exited).or_else(|| status.signal().map(ProgramEnd::Killed))
}

/// How a program ended.
pub(in crate::server) fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exited with status {code}"),
        // "signal: 11 (SIGSEGV) (core dumped)"
        None if status.signal().is_some() => {
            format!("was killed by {}", status.to_string().replace("signal: ", "signal "))
        }
        None => format!("ended: {status}"),
    }
}

/// The end of standard error; of standard output, where some programs write their errors, if there is none.
fn last_words(dir: &RunDir) -> String {
    let (stderr, stdout) = (tail(&dir.stderr_file()), tail(&dir.stdout_file()));
    match (stderr.is_empty(), stdout.is_empty()) {
        (false, _) => format!("\n    the end of its standard error:{}", indented(&stderr)),
        (true, false) => {
            format!("\n    its standard error is empty; the end of its standard output:{}", indented(&stdout))
        }
        (true, true) => "\n    it wrote nothing to standard error or output".to_owned(),
    }
}

pub(in crate::server) fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n      {line}")).collect()
}

/// The last lines of a file, without reading more of it.
fn tail(path: &Path) -> Vec<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        file.take(BYTES).read_to_end(&mut bytes)
    });
    if read.is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| shortened(line, LINE)).collect()
}

/// Without what would change the terminal that shows it.
pub(in crate::server) fn shortened(text: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    match text.char_indices().nth(most) {
        None => text.chars().map(plain).collect(),
        Some((end, _)) => text[..end].chars().map(plain).chain([' ', '.', '.']).collect(),
    }
}

/// A command line as one would type it.
pub(super) fn command_line(words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    shortened(&words.join(" "), COMMAND)
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_typed_again() {
        let words = ["sh", "-c", "echo it's", "", "--x=1.5"].map(OsString::from);
        assert_eq!(command_line(&words), r"sh -c 'echo it'\''s' '' --x=1.5");
        assert_eq!(command_line(&["x".repeat(700).into()]).len(), COMMAND + 3);
    }

    #[test]
    fn what_is_told_of_a_file_is_bounded() {
        let path = std::env::temp_dir().join(format!("colmena-tail-{}", std::process::id()));
        let lines: Vec<String> = (0..1000).map(|n| format!("line {n}\x1b[1m")).collect();
        std::fs::write(&path, lines.join("\r\n")).expect("a temporary file");
        let last = tail(&path);
        std::fs::remove_file(&path).expect("it is there");
        assert_eq!((last.len(), &*last[LINES - 1]), (LINES, "line 999\u{fffd}[1m"));
        assert_eq!(tail(&path), [""; 0], "a file that is not there");
    }
}
