//! Reading a run's directory, or a result file of the original's: line by line, once.
//!
//! A line that cannot be read is counted; a file that ends in the middle of a line is read up to there.

mod result;
mod scan;
mod story;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use colmena::wire::{SIZE_LIMIT, Serialization};
use serde::Deserialize;

use crate::run::{About, Agent, Allocation, Id, Nanos, Run, Task, TaskId, Unread};
use result::{Said, nanos};
use scan::Broken;

/// Why nothing can be reported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("cannot read `{}`: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("`{}` has no results: neither results/*.jsonl nor *.jsonl", .0.display())]
    Nothing(PathBuf),
}

/// Reads a directory, or a single file of results; `value` is the path of the number to show of each.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn read(path: &Path, value: &str) -> Result<Run, Unreadable> {
    let mut reader = Reader { value: value.to_owned(), ..Reader::default() };
    reader.run.about.title = title(path);
    if path.is_dir() {
        reader.directory(path)?
    } else {
        reader.results(path)?
    }
    Ok(reader.finish())
}

/// What is no file of results beside one.
const OTHERS: [&str; 7] =
    ["run.json", "allocation.jsonl", "agents.jsonl", "log.jsonl", "notes.jsonl", "started.jsonl", "trace.json"];

#[derive(Default)]
struct Reader {
    value: String,
    run: Run,
    /// Where in the run.
    agents: HashMap<Vec<u8>, usize>,
    /// When each of them started: once, and each time that the run was taken up again.
    starts: Vec<Vec<Nanos>>,
    /// What each of them has come to since it started, as far as has been read.
    so_far: Vec<SoFar>,
    /// Tasks that have started, and have not settled as far as has been read.
    begun: HashMap<TaskId, (Id, Nanos)>,
}

/// What is read of `run.json`.
#[derive(Deserialize)]
struct Started {
    thinker: String,
    #[serde(default)]
    agents: Vec<StartedAgent>,
    seed: Option<u64>,
    colmena: Option<String>,
    started: f64,
}

#[derive(Deserialize)]
struct StartedAgent {
    name: String,
    kind: String,
}

impl Reader {
    fn directory(&mut self, dir: &Path) -> Result<(), Unreadable> {
        self.started(&dir.join("run.json"));
        self.run.about.checkpoint.at = story::checkpoint(&dir.join("checkpoint.json"));
        let inner = dir.join("results");
        let results = lines_files(if inner.is_dir() { &inner } else { dir })?;
        if results.is_empty() && self.run.about.started.is_none() {
            return Err(Unreadable::Nothing(dir.to_owned()));
        }
        self.others(&dir.join("started.jsonl"), Self::begun)?; // first: results take from it
        results.iter().try_for_each(|file| self.results(file))?;
        self.others(&dir.join("allocation.jsonl"), Self::allocation)?;
        self.others(&dir.join("agents.jsonl"), Self::agent)?;
        self.others(&dir.join("notes.jsonl"), Self::note)?;
        self.others(&dir.join("log.jsonl"), Self::event)
    }

    /// A directory without it, or with half of it, is read as far as it goes.
    fn started(&mut self, path: &Path) {
        let Ok(text) = fs::read_to_string(path) else { return };
        let Ok(started) = Serialization::Json.decode::<Started>(&text) else {
            self.run.unread.push(Unread { file: name(path), lines: 1, first: 1, cut: false });
            return;
        };
        let at = (started.started.clamp(0.0, 9e9) * 1e9) as Nanos;
        let Started { thinker, agents, seed, colmena: version, .. } = started;
        self.run.about = About { title: thinker, started: Some(at), version, seed, ..About::default() };
        for StartedAgent { name, kind } in agents {
            let place = self.agent_place(name.as_bytes());
            self.run.agents[place].kind = kind;
        }
    }

    fn results(&mut self, path: &Path) -> Result<(), Unreadable> {
        let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.lines(path, |reader, line| {
            match reader.result(line, &topic)? {
                Said::Settled(task) => reader.run.tasks.push(task),
                Said::Update => reader.run.updates += 1,
            }
            Ok(())
        })
    }

    fn others(&mut self, path: &Path, read: fn(&mut Self, &[u8]) -> Result<(), Broken>) -> Result<(), Unreadable> {
        if path.exists() { self.lines(path, read) } else { Ok(()) }
    }

    fn allocation(&mut self, line: &[u8]) -> Result<(), Broken> {
        let at = scan::find(line, ["at"]).and_then(nanos).ok_or(Broken)?;
        let mut slots = Vec::new();
        let allocated = scan::find(line, ["allocated"]).ok_or(Broken)?;
        scan::members(allocated, |key, n| slots.push((key, scan::number(n).unwrap_or(0.0) as u32)))?;
        let names = &mut self.run.names;
        let slots = slots.into_iter().map(|(name, n)| (names.id(&String::from_utf8_lossy(name)), n)).collect();
        self.run.allocations.push(Allocation { at, slots });
        Ok(())
    }

    fn agent(&mut self, line: &[u8]) -> Result<(), Broken> {
        let [mut at, mut took, mut agent, mut what, mut end, mut waited, mut in_call] = [None; 7];
        scan::members(line, |key, value| match key {
            b"at" => at = Some(value),
            b"took" => took = Some(value),
            b"agent" => agent = Some(value),
            b"what" => what = Some(value),
            b"end" => end = Some(value),
            b"waited" => waited = Some(value),
            b"in_call" => in_call = Some(value),
            _ => {}
        })?;
        let at = at.and_then(nanos).ok_or(Broken)?;
        let name = agent.and_then(|name| name.strip_prefix(b"\"")?.strip_suffix(b"\"")).ok_or(Broken)?;
        let place = self.agent_place(name);
        let (agent, so_far) = (&mut self.run.agents[place], &mut self.so_far[place]);
        match what.ok_or(Broken)? {
            b"\"start\"" => {
                std::mem::take(so_far).add_to(agent);
                self.starts[place].push(at);
            }
            b"\"call\"" => {
                agent.calls.push((at, took.and_then(nanos).ok_or(Broken)?));
                so_far.in_call = None;
            }
            b"\"so far\"" => {
                let in_call = in_call.and_then(nanos).map(|took| (at - took, took));
                *so_far = SoFar { seen: Some(at), in_call, waited: waited.map_or(Ok(BTreeMap::new()), waits)? };
            }
            b"\"end\"" => {
                agent.ended = Some((at, end.and_then(scan::text).unwrap_or_default()));
                *so_far = SoFar { waited: waited.map_or(Ok(BTreeMap::new()), waits)?, ..SoFar::default() };
            }
            _ => {}
        }
        Ok(())
    }

    fn event(&mut self, line: &[u8]) -> Result<(), Broken> {
        let level = scan::find(line, ["level"]).ok_or(Broken)?;
        if level == b"\"WARN\"" {
            self.checkpoint_held_up(line);
        }
        let log = &mut self.run.log;
        match level {
            b"\"WARN\"" => log.warnings += 1,
            b"\"ERROR\"" => log.errors += 1,
            _ => return Ok(()),
        }
        let text = |name| scan::find(line, [name]).and_then(scan::text).unwrap_or_default();
        let who = || Some(text("agent")).filter(|agent| !agent.is_empty()).unwrap_or_else(|| text("thread"));
        log.first.get_or_insert_with(|| (who(), text("message")));
        Ok(())
    }

    fn agent_place(&mut self, name: &[u8]) -> usize {
        if let Some(&place) = self.agents.get(name) {
            return place;
        }
        let place = self.run.agents.len();
        let shown = String::from_utf8_lossy(name).into_owned();
        self.run.agents.push(Agent { name: shown, ..Agent::default() });
        self.starts.push(Vec::new());
        self.so_far.push(SoFar::default());
        self.agents.insert(name.to_owned(), place);
        place
    }

    /// Reads every line of a file; says which it could not.
    fn lines(
        &mut self,
        path: &Path,
        mut read: impl FnMut(&mut Self, &[u8]) -> Result<(), Broken>,
    ) -> Result<(), Unreadable> {
        let failed = |error| Unreadable::Io { path: path.to_owned(), error };
        let mut file = BufReader::with_capacity(1 << 20, File::open(path).map_err(failed)?);
        let mut unread = Unread { file: name(path), lines: 0, first: 0, cut: false };
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            let most = SIZE_LIMIT as u64 + 1;
            if Read::by_ref(&mut file).take(most).read_until(b'\n', &mut line).map_err(failed)? == 0 {
                break;
            }
            number += 1;
            if line.trim_ascii().is_empty() || read(self, &line).is_ok() {
                continue;
            }
            if line.ends_with(b"\n") {
                unread.lines += 1;
                unread.first = if unread.lines == 1 { number } else { unread.first };
            } else {
                unread.cut = true;
            }
        }
        if unread.lines > 0 || unread.cut {
            self.run.unread.push(unread);
        }
        Ok(())
    }

    /// Brings all in order, with times from the start.
    fn finish(self) -> Run {
        let Self { mut run, starts, begun, so_far, .. } = self;
        so_far.into_iter().zip(&mut run.agents).for_each(|(so_far, agent)| so_far.add_to(agent));
        let first = |task: &Task| task.created.or(task.started);
        let zero = run.about.started.or_else(|| run.tasks.iter().filter_map(first).min()).unwrap_or(0);
        run.about.started = Some(zero);
        run.tasks.iter_mut().for_each(|task| task.shift(zero));
        run.tasks.sort_by_key(|task| task.ran().map(|(_, to)| to).or(task.settled()));
        run.allocations.sort_by_key(|allocation| allocation.at);
        run.agents.iter_mut().for_each(|agent| agent.calls.sort_unstable());
        run.resumed = story::resumed(&run, &starts);
        run.unsettled = story::unsettled(begun);
        run
    }
}

impl Run {
    /// The pools that there are, by name: those of tasks, and those that have slots.
    pub(crate) fn pools(&self) -> Vec<Id> {
        let of_tasks = self.tasks.iter().map(|task| task.pool);
        let allocated = self.allocations.iter().flat_map(|allocation| &allocation.slots);
        let mut pools: Vec<Id> = of_tasks.chain(allocated.filter(|(_, n)| *n > 0).map(|(pool, _)| *pool)).collect();
        pools.sort_unstable();
        pools.dedup();
        pools.sort_by_key(|&pool| self.names.name(pool));
        pools
    }
}

fn lines_files(dir: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let failed = |error| Unreadable::Io { path: dir.to_owned(), error };
    let entries = fs::read_dir(dir).map_err(failed)?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let lines = path.extension().is_some_and(|extension| extension == "jsonl" || extension == "json");
        if lines && path.is_file() && !OTHERS.contains(&&*name(&path)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn title(path: &Path) -> String {
    let absolute = path.canonicalize();
    name(absolute.as_deref().unwrap_or(path))
}

/// What an agent has come to in one process: said by its end, or now and then before.
#[derive(Default)]
struct SoFar {
    seen: Option<Nanos>,
    /// The call that it was in: when that began, and how long it had lasted.
    in_call: Option<(Nanos, Nanos)>,
    waited: BTreeMap<String, f64>,
}

impl SoFar {
    /// The process is over. A call that never ended lasted until it was last seen.
    fn add_to(self, agent: &mut Agent) {
        agent.seen.extend(self.seen);
        agent.calls.extend(self.in_call);
        self.waited.into_iter().for_each(|(what, seconds)| *agent.waited.entry(what).or_default() += seconds);
    }
}

fn waits(waited: &[u8]) -> Result<BTreeMap<String, f64>, Broken> {
    let mut waits = BTreeMap::new();
    scan::members(waited, |what, seconds| {
        let seconds = std::str::from_utf8(seconds).ok().and_then(|seconds| seconds.parse::<f64>().ok());
        waits.insert(String::from_utf8_lossy(what).into_owned(), seconds.unwrap_or(0.0));
    })?;
    Ok(waits)
}
