//! Waiting for a file descriptor: the thread blocks in `poll` instead of being parked.
//!
//! A thread that watches a descriptor goes on waiting for whatever it waits for, a flag above all, which is set when the
//! descriptor can be read. Whoever wakes it meanwhile rings its bell, a pipe, instead of unparking it. Which of the two is
//! right may have changed since a waker has looked, if the thread has woken by itself; then it wakes once in vain, and looks.

use std::cell::RefCell;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Flag;

/// A pipe that is readable when somebody has rung.
#[derive(Debug)]
pub(super) struct Bell {
    heard: PipeReader,
    ring: PipeWriter,
}

/// What a thread watches: when the descriptor can be read, the flag is set.
struct Watched {
    descriptor: OwnedFd,
    readable: Arc<Flag>,
}

thread_local! {
    static WATCHED: RefCell<Option<Watched>> = const { RefCell::new(None) };
}

/// The current thread watches this, and nothing else.
pub(super) fn set_watched(descriptor: OwnedFd, readable: Arc<Flag>) {
    WATCHED.replace(Some(Watched { descriptor, readable }));
}

/// The current thread watches nothing any more.
pub(super) fn clear_watched() {
    WATCHED.replace(None);
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        io::pipe().map(|(heard, ring)| Self { heard, ring })
    }

    /// A thread is rung for once each time that it waits: the pipe is never full.
    pub(super) fn ring(&self) {
        let _ = (&self.ring).write_all(&[0]);
    }

    /// Blocks until somebody rings, what is watched can be read, or the time is over; or for no reason.
    pub(super) fn block(&self, timeout: Option<Duration>) {
        let readable = WATCHED.with_borrow(|watched| {
            let mut polled = vec![PollFd::new(&self.heard, PollFlags::IN)];
            polled.extend(watched.as_ref().map(|watched| PollFd::new(&watched.descriptor, PollFlags::IN)));
            let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
            let _ = poll(&mut polled, timeout.as_ref()); // whatever it says, the caller looks again
            if !polled[0].revents().is_empty() {
                let _ = (&self.heard).read(&mut [0; 64]);
            }
            polled.get(1).is_some_and(|watched| !watched.revents().is_empty())
        });
        if readable && let Some(watched) = WATCHED.take() {
            watched.readable.set();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::spawn::{Spawn, Thread};
    use crate::wait::thread::{unwatch, watch};
    use crate::wait::{Left, Limits, Over, WaitingFor, wait};

    const LONG: Duration = Duration::from_secs(60);

    fn spawn(body: impl FnOnce() + Send + 'static) -> Thread {
        let spawn = Spawn { name: "a thread".into(), realm: None, over: Over::Never, holder: 0 };
        spawn.start(body).expect("a thread can be started")
    }

    fn wait_for(flag: &Arc<Flag>, time: Duration) -> Result<(), Left> {
        let mut flag = &**flag;
        wait(&mut flag, Limits { spin: false, ..Limits::NONE.within(Some(time)) }, WaitingFor::Program)
    }

    /// What is watched becomes readable; another flag is set; time passes; and again, without watching.
    #[test]
    fn a_thread_that_watches_hears_of_everything() {
        let (read, write) = io::pipe().expect("a pipe");
        let [readable, other, last, turn] = [(); 4].map(|()| Arc::<Flag>::default());
        let (theirs, their_turn) = ([&readable, &other, &last].map(Arc::clone), Arc::clone(&turn));
        let thread = spawn(move || {
            let [readable, other, last] = theirs;
            watch(read.into(), Arc::clone(&readable)).expect("a bell");
            assert_eq!(wait_for(&readable, Duration::from_millis(1)), Err(Left::TimedOut));
            assert_eq!(wait_for(&other, LONG), Ok(()));
            their_turn.set();
            assert_eq!(wait_for(&readable, LONG), Ok(()));
            unwatch();
            their_turn.set();
            assert_eq!(wait_for(&last, LONG), Ok(()));
            their_turn.set();
        });
        other.set();
        wait_for(&turn, LONG).expect("it goes on");
        drop(write);
        last.set();
        assert!(thread.join(None));
        assert!(readable.is_set() && turn.is_set());
    }

    /// A thousand wakes, each while the other thread is about to wait, waits, or has just woken by itself.
    #[test]
    fn no_wake_is_lost_between_bell_and_park() {
        let rounds = 1000;
        let flags: Vec<_> = (0..rounds).map(|_| [Arc::<Flag>::default(), Arc::<Flag>::default()]).collect();
        let theirs = flags.clone();
        let thread = spawn(move || {
            for (round, [ping, pong]) in theirs.iter().enumerate() {
                let (read, write) = io::pipe().expect("a pipe");
                let readable = Arc::<Flag>::default();
                watch(read.into(), Arc::clone(&readable)).expect("a bell");
                if round % 3 == 0 {
                    drop(write);
                    wait_for(&readable, LONG).expect("it is readable");
                }
                if round % 2 == 0 {
                    unwatch();
                }
                wait_for(ping, LONG).expect("it is set");
                pong.set();
            }
            unwatch();
        });
        for [ping, pong] in &flags {
            ping.set();
            wait_for(pong, LONG).expect("the other thread hears it");
        }
        assert!(thread.join(None));
    }
}
