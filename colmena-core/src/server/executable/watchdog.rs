//! The watchdog: ends the programs and worker processes of this process when it has been killed.
//!
//! A process that is killed cannot clean up. So each server with programs or worker processes keeps a small shell script
//! running. Both have a file open, in which each of these has a line while it runs: to write there costs little, and wakes
//! nobody. When this process ends, whatever ends it, a pipe is closed, which the script waits for: it sends SIGTERM to the
//! process groups that are in the file, and after a grace SIGKILL. A program is known to it some microseconds after it has
//! begun; what it starts in a process group of its own (as MPI launchers do with ranks) must be ended by the program.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rustix::process::Pid;

use crate::sync::Mutex;

/// Reads the pipe to its end, then the file, which is its standard output.
const SCRIPT: &str = r#"
while read -r _; do :; done
groups=
while read -r group; do [ -z "$group" ] || groups="$groups $group"; done <&1
[ -n "$groups" ] || exit 0
for one in $groups; do kill -s TERM -- "-$one"; done
sleep 2
for one in $groups; do kill -s KILL -- "-$one"; done
"#;
const NAME: &str = "colmena-watchdog";

/// Bytes of a line: any number of a process group, and the line's end.
const LINE: usize = 12;

#[derive(Debug)]
pub(in crate::server) struct Watchdog {
    script: Child,
    /// Has no name any more.
    file: File,
    /// Whose each line is.
    lines: Mutex<Vec<Option<Pid>>>,
}

impl Watchdog {
    /// None, with a warning, where there is no shell, or no folder for temporary files.
    pub(in crate::server) fn start() -> Option<Self> {
        let warn = |error: &io::Error| {
            tracing::warn!(
                "programs would outlive this process if it were killed: no shell watches over them: {error}"
            );
        };
        Self::try_start().inspect_err(warn).ok()
    }

    fn try_start() -> io::Result<Self> {
        let file = nameless()?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, NAME]).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(file.try_clone()?).stderr(Stdio::null());
        Ok(Self { script: command.spawn()?, file, lines: Mutex::default() })
    }

    pub(in crate::server) fn begins(&self, group: Pid) {
        let mut lines = self.lines.lock();
        let place = lines.iter().position(Option::is_none).unwrap_or(lines.len());
        if place == lines.len() {
            lines.push(None);
        }
        lines[place] = Some(group);
        self.write(place, &group.as_raw_nonzero().to_string());
    }

    pub(in crate::server) fn has_ended(&self, group: Pid) {
        let mut lines = self.lines.lock();
        if let Some(place) = lines.iter().position(|line| *line == Some(group)) {
            lines[place] = None;
            self.write(place, "");
        }
    }

    /// A line is written in one piece, where the script reads once all is over.
    fn write(&self, place: usize, text: &str) {
        let line = format!("{text:width$}\n", width = LINE - 1);
        let _ = self.file.write_all_at(line.as_bytes(), (place * LINE) as u64);
    }
}

impl Drop for Watchdog {
    /// Closes the pipe. Nothing is left to be ended: the script ends at once.
    fn drop(&mut self) {
        let _ = self.script.wait();
    }
}

/// A temporary file, whose name is removed at once.
fn nameless() -> io::Result<File> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("{NAME}-{}-{}", std::process::id(), MADE.fetch_add(1, Relaxed));
    let path = std::env::temp_dir().join(name);
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}
