//! An earlier run, as its directory tells: read up to the last whole line of each file.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::Key;
use super::writer::Refused;
use crate::task::FailureKind;
use crate::wire::{Message, Serialization};

/// What an earlier run has left.
pub(super) struct Earlier {
    pub(super) run: Run,
    pub(super) tasks: BTreeMap<u64, Task>,
    /// The highest id, also of tasks that nobody can claim.
    pub(super) last_id: u64,
    /// From the start to the last end of a task.
    pub(super) lasted: Duration,
}

/// What `run.json` says.
#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) thinker: String,
    pub(super) seed: u64,
    campaign: String,
    started: f64,
}

/// A task that can be claimed.
pub(crate) struct Task {
    pub(crate) method: String,
    pub(super) key: Key,
    pub(super) attempts: u32,
    /// Where the line of its result is, and how it settled; nothing if it has not.
    pub(super) settled: Option<(Place, Settled)>,
}

/// How a task settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// By its method or its thinker.
    ByItself,
    /// With its worker, or since nobody serves it.
    WithItsWorker,
    /// With its server, or with the campaign.
    WithItsCampaign,
}

/// A line of a file.
pub(super) struct Place {
    file: Arc<fs::File>,
    at: u64,
    size: usize,
}

impl Place {
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut line = vec![0; self.size];
        self.file.read_exact_at(&mut line, self.at)?;
        Ok(line)
    }
}

impl Run {
    /// What the ids of tasks begin with.
    pub(super) fn campaign(&self) -> u64 {
        u64::from_str_radix(&self.campaign, 16).unwrap_or(0)
    }

    /// From the epoch.
    pub(super) fn epoch(&self) -> Duration {
        Duration::try_from_secs_f64(self.started).unwrap_or_default()
    }
}

/// A line of `started.jsonl`.
#[derive(Deserialize)]
struct StartedLine {
    task_id: String,
    method: String,
    inputs: String,
}

/// Reads what is there; nothing, if there is no `run.json`. What is after the last whole line of a file is cut off.
///
/// # Errors
/// A file cannot be read, or is something else.
pub(super) fn read(dir: &Path) -> Result<Option<Earlier>, Refused> {
    let path = dir.join("run.json");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Refused::Io { dir: dir.to_owned(), error }),
    };
    let run = Serialization::Json.decode(&text).map_err(|error| unreadable(&path, 1, &error.to_string()))?;
    let mut earlier = Earlier { run, tasks: BTreeMap::new(), last_id: 0, lasted: Duration::ZERO };
    let (results, others) = (lines_in(&dir.join("results"))?, lines_in(dir)?);
    for path in results.iter().chain(&others) {
        cut(path).map_err(|error| Refused::Io { dir: dir.to_owned(), error })?;
    }
    let started = others.iter().filter(|path| path.ends_with("started.jsonl"));
    started.into_iter().try_for_each(|path| each_line(path, |line, _| earlier.note_started(line)))?;
    results.iter().try_for_each(|path| each_line(path, |line, place| earlier.note_result(line, place)))?;
    Ok(Some(earlier))
}

impl Earlier {
    fn note_started(&mut self, line: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
        let StartedLine { task_id, method, inputs } =
            Serialization::Json.decode(text).map_err(|error| error.to_string())?;
        let (id, key) = number(&task_id).zip(Key::read(&inputs)).ok_or("it has no id")?;
        self.last_id = self.last_id.max(id);
        self.tasks.entry(id).or_insert(Task { method, key, attempts: 0, settled: None }).attempts += 1;
        Ok(())
    }

    fn note_result(&mut self, line: &[u8], place: Place) -> Result<(), String> {
        let message = Message::read_plain(line).map_err(|unreadable| unreadable.error.to_string())?;
        let id = number(&message.task_id).ok_or("it has no id")?;
        self.last_id = self.last_id.max(id);
        self.lasted = self.lasted.max(since(message.timestamp.result_received, self.run.epoch()));
        if !message.keep_inputs {
            return Ok(()); // of a local method
        }
        let method = message.method.clone().unwrap_or_default();
        let key = Key::of_message(&message);
        let (attempts, settled) = (attempts(&message), Some((place, how(&message))));
        self.tasks.insert(id, Task { method, key, attempts, settled });
        Ok(())
    }
}

/// How often a task had been tried.
pub(super) fn attempts(message: &Message) -> u32 {
    message.timestamp.compute_started.map_or(0, |_| message.retries + 1)
}

/// From the start of a campaign to a moment.
pub(super) fn since(moment: Option<f64>, epoch: Duration) -> Duration {
    let moment = moment.and_then(|moment| Duration::try_from_secs_f64(moment).ok());
    moment.map_or(Duration::ZERO, |moment| moment.saturating_sub(epoch))
}

/// Why a recorded task has no value: what kind of failure, and its message.
pub(super) fn failure(message: &Message) -> Option<(FailureKind, String)> {
    let (kind, text) = message.failure.as_ref()?.exception.split_once('(')?;
    let text = Serialization::Json.decode(text.strip_suffix(')')?).ok()?;
    Some((FailureKind::recorded_as(kind)?, text))
}

fn how(message: &Message) -> Settled {
    use FailureKind::{Cancelled, Error, Panicked, ServerEnded, TimedOut};
    match failure(message).map(|(kind, _)| kind) {
        _ if message.success == Some(true) => Settled::ByItself,
        Some(Error | Panicked | TimedOut | Cancelled) => Settled::ByItself,
        Some(ServerEnded) | None => Settled::WithItsCampaign,
        Some(_) => Settled::WithItsWorker,
    }
}

/// The second half of an id.
fn number(id: &str) -> Option<u64> {
    let digits: String = id.chars().filter(|digit| *digit != '-').collect();
    u64::from_str_radix(digits.get(16..)?, 16).ok()
}

fn unreadable(path: &Path, line: usize, why: &str) -> Refused {
    Refused::Unreadable { path: path.to_owned(), line, why: why.to_owned() }
}

/// The files of lines in a folder, by name.
fn lines_in(dir: &Path) -> Result<Vec<PathBuf>, Refused> {
    let read = fs::read_dir(dir).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = read.map_err(|error| Refused::Io { dir: dir.to_owned(), error })?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    Ok(paths)
}

fn cut(path: &Path) -> io::Result<()> {
    cut_off(&OpenOptions::new().read(true).write(true).open(path)?)
}

/// Cuts off what is after the last whole line: the process was killed while it wrote, or the disk was full.
pub(super) fn cut_off(file: &fs::File) -> io::Result<()> {
    const CHUNK: u64 = 1 << 16;
    let mut end = file.metadata()?.len();
    let all = end;
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        let mut chunk = vec![0; (end - start) as usize];
        file.read_exact_at(&mut chunk, start)?;
        if let Some(newline) = chunk.iter().rposition(|&byte| byte == b'\n') {
            end = start + newline as u64 + 1;
            break;
        }
        end = start;
    }
    if end < all { file.set_len(end) } else { Ok(()) }
}

fn each_line(path: &Path, mut note: impl FnMut(&[u8], Place) -> Result<(), String>) -> Result<(), Refused> {
    let io = |error| Refused::Io { dir: path.to_owned(), error };
    let file = Arc::new(fs::File::open(path).map_err(io)?);
    let (mut reader, mut line, mut at) = (BufReader::new(&*file), Vec::new(), 0);
    for number in 1.. {
        line.clear();
        let size = reader.read_until(b'\n', &mut line).map_err(io)?;
        if size == 0 {
            break;
        }
        let place = Place { file: Arc::clone(&file), at, size };
        note(&line, place).map_err(|why| unreadable(path, number, &why))?;
        at += size as u64;
    }
    Ok(())
}
