//! The thread that writes, and the files.
//!
//! Files that have vanished are noticed after each write: what is written into a file that has been removed succeeds, and
//! nobody would ever find it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::agents::Rounds;
use super::earlier::{self, Earlier};
use super::lines::{self, AgentLine, Started};
use super::replay::Replay;
use super::{Durability, File, Kept, MOST_KEPT, Plan, Record};
use crate::campaign::{Ending, Problem};
use crate::checkpoint::cut::Whole;
use crate::rehearsal::turns::in_order;
use crate::thinker::shutdown::Shutdown;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Limits, Over, Realm, ThreadCell, Waitable, WaitingFor, now, wait};

/// The file of the checkpoint.
const CHECKPOINT: &str = "checkpoint.json";

/// A record under way. Its directory is locked while it lives.
pub(crate) struct Recording {
    pub(crate) record: Arc<Record>,
    /// The earlier run, if one is taken up again.
    pub(crate) replay: Option<Arc<Replay>>,
    /// From which the run goes on.
    pub(crate) checkpoint: Option<Whole>,
    pub(crate) seed: u64,
    files: Option<Files>,
    writer: Option<Thread>,
}

/// Why a directory cannot be recorded in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("another campaign records in `{}`", .0.display())]
    Locked(PathBuf),
    #[error("`{}` has the record of an earlier run", .0.display())]
    Used(PathBuf),
    #[error("`{}` has the record of a run of `{thinker}`", dir.display())]
    Other { dir: PathBuf, thinker: String },
    #[error("line {line} of `{}` cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, line: usize, why: String },
    #[error("`{}` cannot be gone on from: {why}", path.display())]
    Checkpoint { path: PathBuf, why: String },
    #[error("the parameters cannot be recorded: {0}")]
    Parameters(String),
    #[error("`{}` cannot be written: {error}", path.display())]
    Unwritten { path: PathBuf, error: io::Error },
    #[error("`{}` cannot be recorded in: {error}", dir.display())]
    Io { dir: PathBuf, error: io::Error },
}

/// What a run begins with.
struct Origin {
    campaign: u64,
    seed: u64,
    epoch: Duration,
    /// How long ago that was.
    before: Duration,
    replay: Option<Arc<Replay>>,
    checkpoint: Option<Whole>,
}

impl Origin {
    fn fresh(seed: u64) -> Self {
        let epoch = if in_order() { Duration::ZERO } else { since_epoch() };
        let campaign = if in_order() { seed } else { epoch.as_nanos() as u64 ^ u64::from(std::process::id()) };
        Self { campaign, seed, epoch, before: Duration::ZERO, replay: None, checkpoint: None }
    }

    /// Its clock goes on where that one's would be by now.
    fn of(earlier: Earlier, checkpoint: Option<Whole>) -> Self {
        let (campaign, seed, epoch) = (earlier.run.campaign(), earlier.run.seed, earlier.run.epoch());
        let since = if in_order() { Duration::ZERO } else { since_epoch().saturating_sub(epoch) };
        let before = since.max(earlier.lasted);
        let replay = Some(Arc::new(Replay::of(earlier, checkpoint.as_ref())));
        Self { campaign, seed, epoch, before, replay, checkpoint }
    }
}

impl Plan {
    /// What is there to be taken up again, if that is wanted.
    fn take_up(&self, dir: &Path, thinker: &str) -> Result<Option<Earlier>, Refused> {
        if !self.resumes {
            let is_used = dir.join("run.json").exists();
            return if is_used { Err(Refused::Used(dir.to_owned())) } else { Ok(None) };
        }
        let earlier = earlier::read(dir)?;
        match earlier.as_ref().map(|earlier| &earlier.run.thinker).filter(|recorded| *recorded != thinker) {
            Some(other) => Err(Refused::Other { dir: dir.to_owned(), thinker: other.clone() }),
            None => Ok(earlier),
        }
    }

    /// The checkpoint that is there, if the run is to go on from one.
    fn read_checkpoint(&self, dir: &Path) -> Result<Option<Whole>, Refused> {
        let path = dir.join(CHECKPOINT);
        if !self.has_checkpoints || !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|error| Refused::Io { dir: dir.to_owned(), error })?;
        Whole::read(&text).map(Some).map_err(|error| Refused::Checkpoint { path, why: error.to_string() })
    }
}

/// Something could not be written.
struct Unwritten {
    path: PathBuf,
    error: io::Error,
}

struct Files {
    dir: PathBuf,
    durability: Durability,
    campaign: u64,
    open: BTreeMap<File, Opened>,
    _lock: Lock,
}

/// Unlocks the directory when it is dropped: a process that is being started may have it open for another moment.
struct Lock(fs::File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

struct Opened {
    path: PathBuf,
    file: fs::File,
}

impl Recording {
    /// Locks the directory, which is made if it is not there, reads what is to be taken up again, or else writes `run.json`.
    ///
    /// # Errors
    /// See [`Refused`].
    pub(crate) fn open(plan: &Plan, dir: &Path, started: &Started<'_>) -> Result<Self, Refused> {
        let parameters = plan.parameters.clone().unwrap_or_else(|| Ok("null".into())).map_err(Refused::Parameters)?;
        let lock = lock(dir)?;
        let origin = match plan.take_up(dir, started.thinker)? {
            Some(earlier) => Origin::of(earlier, plan.read_checkpoint(dir)?),
            None => Origin::fresh(started.seed),
        };
        if origin.replay.is_none() {
            let run = lines::run(started, origin.campaign, origin.epoch, &parameters)
                .map_err(|error| Refused::Parameters(error.to_string()))?;
            write_run(dir, &run)?;
        }
        let Origin { campaign, seed, epoch, before, replay, checkpoint } = origin;
        let durability = plan.durability;
        let anchor = now().checked_sub(before).unwrap_or_else(now);
        let record = Arc::new(Record::new(durability, campaign, (epoch, anchor), MOST_KEPT));
        let files = Files { dir: dir.to_owned(), durability, campaign, open: BTreeMap::new(), _lock: lock };
        Ok(Self { record, replay, checkpoint, seed, files: Some(files), writer: None })
    }

    /// Starts the writer.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn start(&mut self, realm: &Arc<Realm>, shutdown: &Arc<Shutdown>) -> io::Result<()> {
        let Some(mut files) = self.files.take() else { return Ok(()) };
        let (record, shutdown) = (Arc::clone(&self.record), Arc::clone(shutdown));
        let spawn = Spawn { name: "record".into(), realm: Some(Arc::clone(realm)), over: Over::Never, holder: 0 };
        let write = move || {
            if let Err(Unwritten { path, error }) = record.write_all(&mut files) {
                shutdown.note(Problem::Record { path, error: error.to_string() });
                shutdown.end(Ending::RecordFailed);
                record.give_up();
            }
        };
        self.writer = Some(spawn.start(write)?);
        Ok(())
    }

    /// Writes what is left, and ends.
    pub(crate) fn close(&self) {
        self.record.close();
        if let Some(writer) = &self.writer {
            writer.join(None);
        }
    }
}

impl Record {
    /// Writes what is due, until the end.
    fn write_all(&self, files: &mut Files) -> Result<(), Unwritten> {
        let mut rounds = Rounds::every(self.interval());
        loop {
            let since = self.state.lock().since;
            let flush = since.and_then(|since| since.checked_add(self.interval()));
            let limits = Limits::NONE.until([flush, rounds.deadline()].into_iter().flatten().min());
            // It holds off no standstill: nobody waits for the interval's end.
            let limits = Limits { spin: false, idle: true, ..limits };
            let due = wait(&mut Due(self), limits, WaitingFor::Requests);
            let is_round = rounds.take();
            let Some(mut due) = due.unwrap_or_else(|_| is_round.then(Batch::default)) else { continue };
            if is_round || due.is_last {
                due.kept.agents.extend(self.agents_so_far());
            }
            let results = due.kept.results;
            files.write(due.kept)?;
            self.state.lock().written += results;
            self.progress.notify_all();
            if due.is_last {
                return files.check().and_then(|()| files.sync());
            }
        }
    }

    /// The disk has failed: nobody is to wait for it.
    fn give_up(&self) {
        {
            let mut state = self.state.lock();
            state.failed = true;
            state.kept = Kept::default();
        }
        self.progress.notify_all();
    }
}

/// What is to be written, once something is due; nothing, if the time at which it will be has changed.
struct Due<'a>(&'a Record);

#[derive(Default)]
struct Batch {
    kept: Kept,
    is_last: bool,
}

impl Waitable for Due<'_> {
    type Output = Option<Batch>;

    fn try_take(&mut self) -> Option<Option<Batch>> {
        let mut state = self.0.state.lock();
        let news = std::mem::take(&mut state.news);
        if state.is_due(self.0) {
            state.since = None;
            return Some(Some(Batch { kept: std::mem::take(&mut state.kept), is_last: state.closed }));
        }
        news.then_some(None)
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.news.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.news.leave(me);
    }
}

impl Files {
    fn write(&mut self, kept: Kept) -> Result<(), Unwritten> {
        let Kept { mut lines, agents, taken, checkpoint, .. } = kept;
        if !taken.is_empty() {
            let mut text = String::new();
            taken.iter().for_each(|taken| taken.write(self.campaign, &mut text));
            lines.insert(File::Started, text);
        }
        if !agents.is_empty() {
            lines.insert(File::Agents, text_of(&agents));
        }
        lines.iter().filter(|(_, text)| !text.is_empty()).try_for_each(|(&file, text)| self.append(file, text))?;
        checkpoint.map_or(Ok(()), |text| self.write_checkpoint(&text))
    }

    /// All that came before it is on the disk first.
    fn write_checkpoint(&self, text: &str) -> Result<(), Unwritten> {
        self.sync()?;
        let path = self.dir.join(CHECKPOINT);
        replace(&self.dir, CHECKPOINT, text).map_err(|error| Unwritten { path, error })
    }

    /// What has been written is on the disk, and so are the names of its files.
    fn sync(&self) -> Result<(), Unwritten> {
        for Opened { path, file } in self.open.values() {
            file.sync_data().map_err(|error| Unwritten { path: path.clone(), error })?;
        }
        for path in [self.dir.join("results"), self.dir.clone()] {
            sync_names(&path).map_err(|error| Unwritten { path, error })?;
        }
        Ok(())
    }

    fn append(&mut self, file: File, text: &str) -> Result<(), Unwritten> {
        let path = self.dir.join(name(file));
        let sync = self.durability == Durability::Every && matches!(file, File::Results(_));
        let is_new = !self.open.contains_key(&file);
        let result = self.opened(file, &path).and_then(|to| {
            to.write_all(text.as_bytes())?;
            if sync { to.sync_data() } else { Ok(()) }
        });
        let result = result.and_then(|()| if sync && is_new { sync_names(&self.dir.join("results")) } else { Ok(()) });
        let opened = self.open.get(&file);
        if result.is_err()
            && let Some(Opened { file, .. }) = opened
        {
            let _ = earlier::cut_off(file); // whole lines, for whoever reads it
        }
        result.map_err(|error| Unwritten { path, error })?;
        opened.map_or(Ok(()), Opened::check)
    }

    fn opened(&mut self, file: File, path: &Path) -> io::Result<&mut fs::File> {
        let opened = match self.open.entry(file) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                let file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
                free.insert(Opened { path: path.to_owned(), file })
            }
        };
        Ok(&mut opened.file)
    }

    /// Everything is where it was written.
    fn check(&self) -> Result<(), Unwritten> {
        let run = self.dir.join("run.json");
        fs::metadata(&run).map_err(|error| Unwritten { path: run, error })?;
        self.open.values().try_for_each(Opened::check)
    }
}

impl Opened {
    fn check(&self) -> Result<(), Unwritten> {
        let is_there = fs::metadata(&self.path).and_then(|there| {
            let ours = self.file.metadata()?;
            Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino()))
        });
        let gone = || io::Error::new(io::ErrorKind::NotFound, "it was replaced by another file");
        let checked = is_there.and_then(|is_ours| if is_ours { Ok(()) } else { Err(gone()) });
        checked.map_err(|error| Unwritten { path: self.path.clone(), error })
    }
}

fn text_of(agents: &[AgentLine]) -> String {
    let mut text = String::with_capacity(agents.len() * 80);
    agents.iter().for_each(|line| line.write(&mut text));
    text
}

/// Where in the directory; of a topic, what is no letter, digit, `_` or `-` is written as in a URL.
pub(super) fn name(file: File) -> String {
    let topic = match file {
        File::Results(topic) => topic,
        File::Allocation => return "allocation.jsonl".into(),
        File::Agents => return "agents.jsonl".into(),
        File::Log => return "log.jsonl".into(),
        File::Started => return "started.jsonl".into(),
        File::Notes => return "notes.jsonl".into(),
    };
    let mut name = String::from("results/");
    for byte in topic.bytes() {
        match byte {
            b'_' | b'-' => name.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => name.push(byte.into()),
            _ => _ = write!(name, "%{byte:02X}"),
        }
    }
    name + ".jsonl"
}

fn lock(dir: &Path) -> Result<Lock, Refused> {
    let failed = |error| Refused::Io { dir: dir.to_owned(), error };
    fs::create_dir_all(dir.join("results")).map_err(failed)?;
    let lock = OpenOptions::new().create(true).append(true).open(dir.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(Refused::Locked(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn write_run(dir: &Path, text: &str) -> Result<(), Refused> {
    replace(dir, "run.json", text).map_err(|error| Refused::Unwritten { path: dir.join("run.json"), error })
}

/// All of it or nothing, whenever the process is killed or its machine fails. The directory is locked.
fn replace(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let fresh = dir.join(format!("{name}.new"));
    let replaced = write_synced(&fresh, text).and_then(|()| fs::rename(&fresh, dir.join(name)));
    if replaced.is_err() {
        let _ = fs::remove_file(&fresh); // nobody would ever take that room back
    }
    replaced?;
    sync_names(dir)
}

/// Of files that are new in a directory.
fn sync_names(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[expect(clippy::disallowed_methods, reason = "read once, for the stamps of the record; a rehearsal has no date")]
fn since_epoch() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// Of this machine, for all of a record: of servers elsewhere it cannot be known.
pub(super) fn hostname() -> String {
    let name = if in_order() { Ok("rehearsal".into()) } else { fs::read_to_string("/proc/sys/kernel/hostname") };
    name.unwrap_or_default().trim().to_owned()
}
