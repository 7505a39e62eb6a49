//! Outbox: writes frames to a worker's socket without waiting for it.
//!
//! A worker may be stopped, or busy, while the thread that sends must go on looking at the task's flag. So a frame is written as
//! far as the socket takes it at once, which for most is all of it; the rest is written by a thread that is started
//! for that, and so is what comes meanwhile. That thread ends when all is written, or the socket is shut.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use rustix::net::{SendFlags, send};

use super::message::{Ask, alone};
use crate::sync::Mutex;
use crate::task::travel::Holder;
use crate::wait::Over;
use crate::wait::spawn::Spawn;

#[derive(Debug)]
pub(super) struct Outbox {
    socket: UnixStream,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What the writing thread has yet to write. Bounded: of one task there are two frames, of a shared value one.
    later: VecDeque<Vec<u8>>,
    /// There is such a thread.
    writing: bool,
}

impl Outbox {
    pub(super) fn new(socket: UnixStream) -> Self {
        Self { socket, state: Mutex::default() }
    }

    /// Sends a frame, after those that were sent before. If the worker is gone, its socket says so to the reader.
    pub(super) fn send(self: &Arc<Self>, mut frame: Vec<u8>) {
        let mut state = self.state.lock();
        if state.writing {
            state.later.push_back(frame);
            return;
        }
        match self.write_now(&frame) {
            Ok(written) if written == frame.len() => return,
            Ok(written) => drop(frame.drain(..written)),
            Err(_) => return self.shut(),
        }
        state.later.push_back(frame);
        state.writing = true;
        drop(state);
        self.write_in_the_background();
    }

    /// As much as the socket takes without waiting; that does not block, so it may come under the lock.
    fn write_now(&self, frame: &[u8]) -> io::Result<usize> {
        match send(&self.socket, frame, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(written) => Ok(written),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    fn write_in_the_background(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let spawn = Spawn { name: "writer of a worker".into(), realm: None, over: Over::Never, holder: 0 };
        if spawn.start(move || this.write_all()).is_err() {
            self.shut();
        }
    }

    fn write_all(&self) {
        loop {
            let next = {
                let mut state = self.state.lock();
                let next = state.later.pop_front();
                state.writing = next.is_some();
                next
            };
            let Some(frame) = next else { return };
            if (&self.socket).write_all(&frame).is_err() {
                return self.shut();
            }
        }
    }

    /// Says that nothing comes any more.
    pub(super) fn end(&self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends whoever reads or writes.
    pub(super) fn shut(&self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

impl Holder for Outbox {
    fn forget(self: Arc<Self>, shared: u64) {
        self.send(alone(&Ask::Forget(shared)));
    }
}
