//! What the methods of a worker print: line by line into the log, and the record's, with the worker and its task.
//!
//! The task is the one that was sent to the worker last when its line is read. That comes through a pipe, the answers through a
//! socket: a line that is printed at the very end of a task may be taken for one of the next.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::record::Record;
use crate::server::executable::failure::{LINE, LINES, indented, shortened};
use crate::sync::Mutex;
use crate::task::TaskId;
use crate::wait::spawn::Spawn;
use crate::wait::{Flag, Limits, Over, WaitingFor, wait};

/// A longer line is logged in pieces.
const LONGEST: u64 = 8 << 10;
/// How long the last words of a worker that has ended are waited for: what it started may still have its standard error.
const LAST_WORDS: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Log {
    worker: Arc<str>,
    /// The task that it is at, or was at last; 0: none.
    task: AtomicU64,
    last: Mutex<VecDeque<String>>,
    stdout_ended: Flag,
    stderr_ended: Flag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

impl Log {
    /// Follows both until they are closed.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub(super) fn follow(
        worker: Arc<str>,
        record: Option<&Arc<Record>>,
        stdout: impl Read + Send + 'static,
        stderr: impl Read + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let (task, last) = (AtomicU64::new(0), Mutex::default());
        let (stdout_ended, stderr_ended) = (Flag::default(), Flag::default());
        let log = Arc::new(Self { worker, task, last, stdout_ended, stderr_ended });
        log.start(Stream::Stdout, stdout, record.cloned())?;
        log.start(Stream::Stderr, stderr, record.cloned())?;
        Ok(log)
    }

    fn start(
        self: &Arc<Self>,
        stream: Stream,
        pipe: impl Read + Send + 'static,
        record: Option<Arc<Record>>,
    ) -> io::Result<()> {
        let this = Arc::clone(self);
        let name = format!("output of {}", self.worker).into();
        let spawn = Spawn { name, realm: None, over: Over::Never, holder: 0 };
        let follow = move || {
            let _listening = record.map(|record| record.listen_as(&this.worker));
            this.read(stream, pipe);
        };
        spawn.start(follow).map(drop)
    }

    fn read(&self, stream: Stream, pipe: impl Read) {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while let Ok(1..) = pipe.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            self.take(stream, String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
        match stream {
            Stream::Stdout => self.stdout_ended.set(),
            Stream::Stderr => self.stderr_ended.set(),
        };
    }

    fn take(&self, stream: Stream, line: &str) {
        if line.is_empty() {
            return;
        }
        let (worker, task) = (&*self.worker, self.task.load(Relaxed));
        match stream {
            Stream::Stdout => tracing::info!(worker, task, "{line}"),
            Stream::Stderr => {
                tracing::info!(worker, task, stderr = true, "{line}");
                let mut last = self.last.lock();
                last.push_back(shortened(line, LINE));
                if last.len() > LINES {
                    last.pop_front();
                }
            }
        }
    }

    /// What is printed from now on is printed for this task.
    pub(super) fn begin(&self, task: TaskId) {
        self.task.store(task.get(), Relaxed);
        self.last.lock().clear();
    }

    /// Waits until all that a worker that is gone has printed is in the log, or for a moment.
    pub(super) fn finish(&self) {
        let limits = Limits { spin: false, ..Limits::NONE }.within(Some(LAST_WORDS));
        for mut ended in [&self.stdout_ended, &self.stderr_ended] {
            let _ = wait(&mut ended, limits, WaitingFor::Worker);
        }
    }

    /// The end of what a worker that is gone has written to standard error, as lines of a message.
    pub(super) fn last_words(&self) -> String {
        self.finish();
        let last: Vec<String> = self.last.lock().iter().cloned().collect();
        match last.is_empty() {
            true => String::new(),
            false => format!("\n    the end of its standard error:{}", indented(&last)),
        }
    }
}
