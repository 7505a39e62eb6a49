//! A program that runs: in a process group of its own, whose end the worker waits for.
//!
//! It waits on a descriptor of the process; where the system has none of these, a thread waits. Neither reaps the program, so that its number, and with it that of the group, cannot become another's before
//! the worker has sent its last signal.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::Programs;
use crate::rehearsal::turns::in_order;
use crate::server::HURRY;
use crate::task::TaskContext;
use crate::wait::spawn::Spawn;
use crate::wait::thread;
use crate::wait::{Either, Flag, Limits, Over, WaitingFor, Which, now, wait};

/// A program that has been started. If it goes, the program is killed.
pub(super) struct Process<'a> {
    child: Child,
    group: Pid,
    ended: Arc<Flag>,
    programs: &'a Programs,
    reaped: bool,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum End {
    Exited(ExitStatus),
    /// It was told to end, because of the task's flag.
    Stopped,
}

impl<'a> Process<'a> {
    /// # Errors
    /// The program, or the thread that waits for it, cannot be started.
    pub(super) fn start(command: &mut Command, name: Arc<str>, programs: &'a Programs) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let group = Pid::from_child(&child);
        if let Some(watchdog) = &programs.watchdog {
            watchdog.begins(group);
        }
        let process = Self { child, group, ended: Arc::default(), programs, reaped: false };
        if in_order() || !process.watch() {
            process.have_watched(name)?;
        }
        Ok(process)
    }

    /// Has this thread, when it waits, see the end. False if the system is not up to it.
    fn watch(&self) -> bool {
        let descriptor = descriptor_of(self.group);
        descriptor.is_some_and(|descriptor| thread::watch(descriptor, Arc::clone(&self.ended)).is_ok())
    }

    /// Has another thread wait for the end. In a seeded order the worker itself does, at once: the program runs while time
    /// stands still.
    fn have_watched(&self, name: Arc<str>) -> io::Result<()> {
        let (program, ended) = (self.group, Arc::clone(&self.ended));
        let body = move || {
            wait_for_end(program);
            ended.set();
        };
        if in_order() {
            body();
            return Ok(());
        }
        let spawn = Spawn { name, realm: None, over: Over::Never, holder: 0 };
        spawn.start(body).map(drop)
    }

    /// Waits until the program ends, or the task's flag is raised and the program has been ended. Nothing of its group is
    /// left then.
    ///
    /// # Errors
    /// Its status is not to be had: somebody else has asked for it.
    pub(super) fn wait<Y>(mut self, task: &TaskContext<Y>, grace: Duration) -> io::Result<End> {
        let limits = Limits { spin: false, ..Limits::NONE };
        let stopped = match task.head() {
            Some(head) => {
                let mut either = Either(&*self.ended, head.flagged(task.attempt));
                wait(&mut either, limits, WaitingFor::Program) == Ok(Which::Second(()))
            }
            None => wait(&mut &*self.ended, limits, WaitingFor::Program).is_err(),
        };
        if stopped {
            self.stop(grace);
        }
        let status = self.reap()?;
        Ok(if stopped { End::Stopped } else { End::Exited(status) })
    }

    /// SIGTERM, and after the grace SIGKILL.
    fn stop(&self, grace: Duration) {
        self.signal(Signal::TERM);
        let limits = Limits { spin: false, ..Limits::NONE };
        let over = now().checked_add(grace);
        let mut either = Either(&*self.ended, &self.programs.hurry);
        if wait(&mut either, limits.until(over), WaitingFor::Program) == Ok(Which::Second(())) {
            let soon = now().checked_add(HURRY).into_iter().chain(over).min();
            let _ = wait(&mut &*self.ended, limits.until(soon), WaitingFor::Program);
        }
        if !self.ended.is_set() {
            self.signal(Signal::KILL);
            let _ = wait(&mut &*self.ended, limits, WaitingFor::Program);
        }
    }

    /// Kills what the program has left of its group, and lets go of its number.
    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.reaped = true;
        thread::unwatch();
        self.signal(Signal::KILL);
        if let Some(watchdog) = &self.programs.watchdog {
            watchdog.has_ended(self.group);
        }
        self.child.wait()
    }

    /// To all of the group. One that is gone need not hear it.
    fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        if !self.reaped {
            self.signal(Signal::KILL);
            let _ = self.reap();
        }
    }
}

/// Readable when the process has ended.
#[cfg(target_os = "linux")]
fn descriptor_of(process: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty()).ok() // from Linux 5.3 on
}

#[cfg(not(target_os = "linux"))]
fn descriptor_of(_: Pid) -> Option<OwnedFd> {
    None
}

/// Blocks until the program has ended, and leaves it to be reaped.
fn wait_for_end(program: Pid) {
    let ended = || waitid(WaitId::Pid(program), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    // Any other error: it cannot be waited for, as where children are not kept; then it is gone.
    while let Err(rustix::io::Errno::INTR) = ended() {}
}
