//! The run's directory: what was started, what came of each task, what every agent did.
//!
//! A line is made by the thread to which something happens, and kept in memory, file by file, in order; one thread of the
//! campaign writes it. It waits until something is due: the flush interval is over, much has come, somebody waits for a
//! sync, or the campaign ends.
//! Bound: [`MOST_KEPT`] bytes are kept (in tests of the bound, fewer). Past that, whoever settles a task, or is about to call an agent's method, waits for the
//! writer: nothing is dropped, and the disk is the limit. If the disk fails, nobody waits for it any more.
//! The lock is held for a push alone; the counter pushes under its own lock, so that allocations are in order, and wakes
//! the writer after it.

mod agents;
mod claims;
mod earlier;
mod key;
mod lines;
mod log;
pub(crate) mod replay;
pub(crate) mod samples;
mod settled;
mod writer;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::resources::slots::HeldSlots;
use crate::sync::Mutex;
use crate::task::flight::AnyFlight;
use crate::task::{Method, TaskResult};
use crate::wait::{Limits, ThreadCell, WaitList, Waitable, WaitingFor, now, wait};
pub(crate) use agents::RecordedAgent;
pub(crate) use key::{Key, key_of};
pub(crate) use lines::Started;
use lines::{AgentLine, Taken};
pub(crate) use log::is_heard;
pub(crate) use writer::Recording;

thread_local! {
    /// The record of the agent whose thread this is.
    static OF_AGENT: RefCell<Option<Arc<Record>>> = const { RefCell::new(None) };
}

/// Something has been noted of a task that has settled.
pub(crate) fn noted<M: Method>(result: &TaskResult<M>) {
    let record = OF_AGENT.with(|record| record.borrow().clone());
    record.iter().for_each(|record| record.noted(result));
}

/// How many bytes may wait to be written.
const MOST_KEPT: usize = 64 << 20;

/// So many are written without waiting for the end of the interval.
const BATCH: usize = 1 << 20;

/// What of a record may be lost when its process is killed (`kill -9`) or its machine fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// What has come within this time, and what was under way to the disk: lines are written at least so often, and synced only
    /// before a checkpoint and at the end, so that a machine that fails in between may lose more.
    Interval(Duration),
    /// No result that a processor or a caller has seen: each is written and synced before. Whoever settles a task waits for
    /// that, some milliseconds on a disk; those that settle meanwhile share the next sync.
    ///
    /// No other file is synced with them, only before a checkpoint: all that must not be lost is in the results. A task
    /// whose line in `started.jsonl` was lost with its machine is sent anew, with another id and its attempts counted from 1, as
    /// one is that no server had begun; what was lost of the others is missing in `colmena report`.
    Every,
}

impl Default for Durability {
    /// An interval of 1 second.
    fn default() -> Self {
        Self::Interval(Duration::from_secs(1))
    }
}

/// What a campaign is to record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) dir: Option<PathBuf>,
    /// What is in the directory is taken up again.
    pub(crate) resumes: bool,
    pub(crate) durability: Durability,
    /// Checkpoints are taken; if one is there, the run goes on from it.
    pub(crate) has_checkpoints: bool,
    /// As JSON, or why it cannot be written.
    pub(crate) parameters: Option<Result<String, String>>,
}

/// A file of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum File {
    Results(&'static str),
    Allocation,
    Agents,
    Started,
    Notes,
    Log,
}

/// Where lines wait for the writer.
pub(crate) struct Record {
    durability: Durability,
    /// What the tasks' ids begin with.
    campaign: u64,
    /// When the campaign started, from the epoch and by the clock.
    epoch: Duration,
    anchor: Instant,
    hostname: String,
    /// Those that have started, and not ended.
    agents: Mutex<Vec<Weak<RecordedAgent>>>,
    state: Mutex<State>,
    /// The writer, and those who wait for it.
    news: WaitList,
    progress: WaitList,
}

#[derive(Default)]
struct State {
    kept: Kept,
    /// How many bytes may wait to be written.
    most: usize,
    /// Results that have been put, and those that are on the disk.
    put: u64,
    written: u64,
    /// Since when something is kept.
    since: Option<Instant>,
    /// The writer has to look again when something is due.
    news: bool,
    closed: bool,
    failed: bool,
}

/// What has not been written.
#[derive(Default)]
struct Kept {
    lines: BTreeMap<File, String>,
    agents: Vec<AgentLine>,
    taken: Vec<Taken>,
    /// Written after all else. A later one counts.
    checkpoint: Option<String>,
    bytes: usize,
    results: u64,
}

impl Record {
    /// Of a campaign that started at this moment, from the epoch and by the clock. `most` bytes may wait to be written.
    fn new(durability: Durability, campaign: u64, (epoch, anchor): (Duration, Instant), most: usize) -> Self {
        Self {
            durability,
            campaign,
            epoch,
            anchor,
            hostname: writer::hostname(),
            agents: Mutex::default(),
            state: Mutex::new(State { most, ..State::default() }),
            news: WaitList::default(),
            progress: WaitList::default(),
        }
    }

    /// A task has settled. Waits for room, or until the result is on the disk.
    #[inline(never)] // what it needs on the stack is not to burden those who record nothing
    pub(crate) fn settled<M: Method>(&self, result: &TaskResult<M>, slots: &HeldSlots) {
        let line = settled::line(self, result, slots);
        self.put_result(File::Results(M::TOPIC), &line);
    }

    fn put_result(&self, file: File, line: &str) {
        let number = {
            let mut state = self.state.lock();
            if !state.takes_more() {
                return;
            }
            state.put += 1;
            state.kept.results += 1;
            state.keep(file, line);
            // It is due at once.
            state.news |= self.durability == Durability::Every;
            state.put
        };
        self.ring_if_needed();
        let waits_for = if self.durability == Durability::Every { Awaited::Result(number) } else { Awaited::Room };
        self.await_writer(waits_for);
    }

    /// Something has been noted of a task that has settled, by an agent.
    fn noted<M: Method>(&self, result: &TaskResult<M>) {
        match lines::notes(self, result) {
            Ok(line) => self.put(|state| state.keep(File::Notes, &line)),
            Err(error) => tracing::warn!("a note of {} of `{}` is not recorded: {error}", result.id(), M::NAME),
        }
    }

    /// An allocation has changed: notes it, in order if under the counter's lock. [`Self::ring_if_needed`] must follow.
    pub(crate) fn allocated(&self, names: &[&'static str], allocated: &[u32]) {
        let line = lines::allocation(self.stamp(now()), names, allocated);
        let mut state = self.state.lock();
        if state.takes_more() {
            state.keep(File::Allocation, &line);
        }
    }

    fn put_agent(&self, line: AgentLine) {
        self.put(|state| {
            state.kept.bytes += size_of::<AgentLine>();
            state.kept.agents.push(line);
            state.note_kept();
        });
    }

    /// A server has taken a task. It is written if the task has not settled by then, so that what is short costs nothing.
    #[inline(never)]
    pub(crate) fn taken(&self, flight: &Arc<dyn AnyFlight>) {
        let line = Taken { at: self.stamp(now()), flight: Arc::downgrade(flight) };
        self.put(|state| {
            state.kept.bytes += size_of::<Taken>();
            state.kept.taken.push(line);
            state.note_kept();
        });
    }

    /// A checkpoint has been taken: written at once, behind what came before it.
    pub(crate) fn checkpoint(&self, text: String) {
        self.put(|state| {
            state.kept.checkpoint = Some(text);
            state.news = true;
        });
    }

    fn put(&self, put: impl FnOnce(&mut State)) {
        let ring = {
            let mut state = self.state.lock();
            if state.takes_more() {
                put(&mut state);
            }
            state.news
        };
        if ring {
            self.news.notify_all();
        }
    }

    /// Before an agent's method is called.
    fn await_room(&self) {
        if self.state.lock().is_full() {
            self.await_writer(Awaited::Room);
        }
    }

    fn await_writer(&self, awaited: Awaited) {
        // It has an end: the writer gets on, or fails.
        let _ = wait(&mut Progress { record: self, awaited }, Limits::NONE, WaitingFor::Record);
    }

    pub(crate) fn ring_if_needed(&self) {
        if self.state.lock().news {
            self.news.notify_all();
        }
    }

    /// When the campaign started.
    pub(crate) fn anchor(&self) -> Instant {
        self.anchor
    }

    fn close(&self) {
        {
            let mut state = self.state.lock();
            state.closed = true;
            state.news = true;
        }
        self.news.notify_all();
    }

    /// Nanoseconds from the start.
    fn stamp(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.anchor).as_nanos()).unwrap_or(u64::MAX)
    }

    fn interval(&self) -> Duration {
        match self.durability {
            Durability::Interval(interval) => interval,
            Durability::Every => Duration::from_secs(1),
        }
    }
}

impl State {
    /// Not after the end, and not if the disk has failed, which the campaign says.
    fn takes_more(&self) -> bool {
        !self.closed && !self.failed
    }

    fn is_full(&self) -> bool {
        self.kept.bytes > self.most && !self.failed
    }

    fn keep(&mut self, file: File, line: &str) {
        self.kept.lines.entry(file).or_default().push_str(line);
        self.kept.bytes += line.len();
        self.note_kept();
    }

    fn note_kept(&mut self) {
        if self.since.is_none() {
            self.since = Some(now());
            self.news = true;
        }
        self.news |= self.is_much();
    }

    /// So much that it is not to wait for the end of the interval.
    fn is_much(&self) -> bool {
        self.kept.bytes >= BATCH.min(self.most)
    }

    fn is_due(&self, record: &Record) -> bool {
        let in_haste =
            record.durability == Durability::Every && self.kept.results > 0 || self.kept.checkpoint.is_some();
        let is_old = |since: Instant| now().saturating_duration_since(since) >= record.interval();
        self.closed || in_haste || self.is_much() || self.since.is_some_and(is_old)
    }
}

/// What somebody waits for the writer for.
#[derive(Clone, Copy)]
enum Awaited {
    Room,
    Result(u64),
}

struct Progress<'a> {
    record: &'a Record,
    awaited: Awaited,
}

impl Waitable for Progress<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        let state = self.record.state.lock();
        let is_there = match self.awaited {
            Awaited::Room => !state.is_full(),
            Awaited::Result(number) => state.written >= number || state.failed,
        };
        is_there.then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.record.progress.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.record.progress.leave(me);
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("durability", &self.durability).finish_non_exhaustive()
    }
}
