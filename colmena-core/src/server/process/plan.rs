//! What the workers of a server have in common: which program they are, which methods they must serve, how long they are
//! waited for.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use crate::record::Record;
use crate::server::HURRY;
use crate::server::executable::watchdog::Watchdog;
use crate::wait::{Flag, now};

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) program: PathBuf,
    /// Its name in a list of processes, if another than that.
    pub(super) shown_as: Option<OsString>,
    pub(super) args: Vec<OsString>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) memory: Option<u64>,
    pub(super) grace: Duration,
    pub(super) patience: Duration,
    pub(super) is_this_program: bool,
    pub(super) watchdog: Option<Watchdog>,
    /// The server is about to end: who still gives a worker time gives it less.
    pub(super) hurry: Flag,
    /// What workers print is in it.
    pub(super) record: Option<Arc<Record>>,
}

/// A method that the workers must serve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [&'static str],
}

impl Plan {
    pub(super) fn begins(&self, group: Pid) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.begins(group);
        }
    }

    pub(super) fn has_ended(&self, group: Pid) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.has_ended(group);
        }
    }

    /// When a method that is told now to return must have returned.
    pub(super) fn over(&self) -> Instant {
        now().checked_add(self.grace).unwrap_or_else(|| self.soon())
    }

    pub(super) fn soon(&self) -> Instant {
        now() + HURRY.min(self.grace)
    }

    /// What a program must do to be a worker.
    pub(super) fn advice(&self) -> String {
        let names: Vec<_> = self.wanted.iter().map(|wanted| wanted.name).collect();
        let names = if let [one] = names[..] { one.to_owned() } else { format!("({})", names.join(", ")) };
        let whose = if self.is_this_program { "this program's `main`" } else { "its `main`" };
        format!("{whose} must begin with `colmena::serve_if_asked::<{names}>()`")
    }
}
