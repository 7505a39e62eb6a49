//! The watchdog: ends the programs and worker processes of this process when it has been killed.
//!
//! A process that is killed cannot clean up. So each server with programs or worker processes keeps a small shell script
//! running, which is told of every one that begins and ends, through a pipe. When this process ends, whatever ends it, the
//! pipe is closed: the script sends SIGTERM to the process groups that are left, and after a grace SIGKILL. A program is known
//! to it some microseconds after it has begun; what it starts in a process group of its own (as MPI launchers do with ranks)
//! must be ended by the program.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

/// Reads `+ group` and `- group`. The name is the script's `$0`, so that a list of processes shows what it is.
const SCRIPT: &str = r#"
groups=
while read -r what group; do
    case $what in
    +) groups="$groups $group" ;;
    -)
        others=
        for one in $groups; do
            [ "$one" = "$group" ] || others="$others $one"
        done
        groups=$others
        ;;
    esac
done
[ -n "$groups" ] || exit 0
for one in $groups; do kill -s TERM -- "-$one"; done
sleep 2
for one in $groups; do kill -s KILL -- "-$one"; done
"#;
const NAME: &str = "colmena-watchdog";

#[derive(Debug)]
pub(in crate::server) struct Watchdog {
    script: Child,
}

impl Watchdog {
    /// None, with a warning, where there is no shell.
    pub(in crate::server) fn start() -> Option<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, NAME]).current_dir("/").process_group(0);
        let script = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let warn = |error: &io::Error| {
            tracing::warn!(
                "programs would outlive this process if it were killed: no shell watches over them: {error}"
            );
        };
        script.inspect_err(warn).ok().map(|script| Self { script })
    }

    pub(in crate::server) fn begins(&self, group: Pid) {
        self.tell('+', group);
    }

    pub(in crate::server) fn has_ended(&self, group: Pid) {
        self.tell('-', group);
    }

    /// A line of this length is written in one piece.
    fn tell(&self, what: char, group: Pid) {
        let line = format!("{what} {}\n", group.as_raw_nonzero());
        let told = self.script.stdin.as_ref().map(|mut pipe| pipe.write_all(line.as_bytes()));
        if let Some(Err(error)) = told {
            tracing::debug!("the watchdog is gone: {error}");
        }
    }
}

impl Drop for Watchdog {
    /// Closes the pipe. Nothing is left to be ended: the script ends at once.
    fn drop(&mut self) {
        let _ = self.script.wait();
    }
}
