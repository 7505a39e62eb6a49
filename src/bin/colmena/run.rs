//! What a record tells, in memory: some 150 bytes for each result, 16 for each call of an agent.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Nanoseconds: from the start of the run, or long.
pub(crate) type Nanos = i64;

/// A name by its number: see [`Names`].
pub(crate) type Id = u32;

/// A run, as far as its record tells. Times count from its start.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) about: About,
    pub(crate) names: Names,
    /// In the order of their ends.
    pub(crate) tasks: Vec<Task>,
    /// Intermediate results.
    pub(crate) updates: u64,
    /// In the order of time.
    pub(crate) allocations: Vec<Allocation>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) log: Log,
    /// Each time it was taken up again.
    pub(crate) resumed: Vec<Resumed>,
    pub(crate) notes: Notes,
    /// Tasks that have started, and never settled; in the order of their starts.
    pub(crate) unsettled: Vec<Begun>,
    /// For each cause of failures, the first text.
    pub(crate) examples: HashMap<Id, String>,
    /// Files of which not every line could be read.
    pub(crate) unread: Vec<Unread>,
}

/// What was run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct About {
    pub(crate) title: String,
    /// Nanoseconds since the epoch.
    pub(crate) started: Option<Nanos>,
    pub(crate) version: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) checkpoint: Checkpoint,
}

/// A task that has settled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Task {
    pub(crate) method: Id,
    pub(crate) topic: Id,
    pub(crate) pool: Id,
    pub(crate) slots: u32,
    pub(crate) retries: u32,
    /// Why it failed, if it did.
    pub(crate) cause: Option<Id>,
    pub(crate) created: Option<Nanos>,
    /// A server has received it.
    pub(crate) accepted: Option<Nanos>,
    pub(crate) started: Option<Nanos>,
    pub(crate) ended: Option<Nanos>,
    /// Its result was there.
    pub(crate) received: Option<Nanos>,
    /// How long its method ran, if it was measured.
    pub(crate) running: Option<Nanos>,
    /// What is to be shown of its value.
    pub(crate) value: Option<f64>,
}

impl Task {
    /// When nothing more happened to it.
    pub(crate) fn settled(&self) -> Option<Nanos> {
        self.received.or(self.ended).or(self.started).or(self.created)
    }

    /// From when to when it ran, if it did.
    pub(crate) fn ran(&self) -> Option<(Nanos, Nanos)> {
        let started = self.started?;
        let ended = self.ended.or_else(|| Some(started + self.running?))?;
        Some((started, ended.max(started)))
    }

    /// How long it ran.
    pub(crate) fn run(&self) -> Option<Nanos> {
        self.running.or_else(|| self.ran().map(|(from, to)| to - from))
    }

    /// How long it waited for a worker, where it was to run.
    pub(crate) fn queue(&self) -> Option<Nanos> {
        Some((self.started? - self.accepted.or(self.created)?).max(0))
    }

    /// How long it was under way to the server, and its result back.
    pub(crate) fn communication(&self) -> Option<Nanos> {
        let there = self.accepted.zip(self.created).map(|(accepted, created)| (accepted - created).max(0));
        let back = self.received.zip(self.ended).map(|(received, ended)| (received - ended).max(0));
        if there.is_none() && back.is_none() { None } else { Some(there.unwrap_or(0) + back.unwrap_or(0)) }
    }

    pub(crate) fn shift(&mut self, by: Nanos) {
        let times = [&mut self.created, &mut self.accepted, &mut self.started, &mut self.ended, &mut self.received];
        times.into_iter().flatten().for_each(|time| *time -= by);
    }
}

/// The slots of every pool, from a moment on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Allocation {
    pub(crate) at: Nanos,
    pub(crate) slots: Vec<(Id, u32)>,
}

/// An agent, and each call of its method: when, and for how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Agent {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) calls: Vec<(Nanos, Nanos)>,
    /// When it ended, and how.
    pub(crate) ended: Option<(Nanos, String)>,
    /// How many seconds it had waited for what, in words.
    pub(crate) waited: BTreeMap<String, f64>,
    /// When it was last noted what it is at.
    pub(crate) seen: Vec<Nanos>,
}

/// The run was taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resumed {
    /// When the last came that is recorded of before.
    pub(crate) last: Nanos,
    pub(crate) at: Nanos,
}

/// What agents noted of tasks that had settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) all: u64,
    /// The first of them, [`MOST_NOTES`] at most.
    pub(crate) first: Vec<Note>,
}

/// So many notes are kept.
pub(crate) const MOST_NOTES: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// If that is recorded.
    pub(crate) at: Option<Nanos>,
    pub(crate) task: String,
    pub(crate) topic: Id,
    /// As it stands in the line.
    pub(crate) text: String,
}

/// A task that has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) task: TaskId,
    pub(crate) method: Id,
    pub(crate) at: Nanos,
}

/// As a number of 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TaskId(pub(crate) u128);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
        write!(f, "{a}-{b}-{c}-{d}-{e}")
    }
}

/// The last checkpoint of a run, and what was said after it of the next.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub(crate) struct Checkpoint {
    /// When it was taken, in seconds from the start.
    pub(crate) at: Option<f64>,
    /// Why there was no other.
    pub(crate) held_up: Option<String>,
}

/// What agents were warned about, or said so themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Log {
    pub(crate) warnings: u64,
    pub(crate) errors: u64,
    /// The first of them: the agent, and what was said.
    pub(crate) first: Option<(String, String)>,
}

/// Lines that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Unread {
    pub(crate) file: String,
    pub(crate) lines: u64,
    /// The number of the first, from 1.
    pub(crate) first: u64,
    /// The file ends in the middle of a line, which is left out.
    pub(crate) cut: bool,
}

/// Names of methods, topics, pools and causes, each once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: Vec<String>,
    ids: HashMap<String, Id>,
}

impl Names {
    pub(crate) fn id(&mut self, name: &str) -> Id {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = self.names.len() as Id;
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// In the order of their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(crate) fn name(&self, id: Id) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }
}

impl Run {
    /// How long it took, as far as is known.
    pub(crate) fn length(&self) -> Nanos {
        let tasks = self.tasks.iter().filter_map(Task::settled).max();
        let ran = self.tasks.iter().filter_map(Task::ran).map(|(_, to)| to).max();
        let agents = self.agents.iter().filter_map(|agent| Some(agent.ended.as_ref()?.0)).max();
        let calls = self.agents.iter().filter_map(|agent| agent.calls.last()).map(|(at, took)| at + took).max();
        let allocated = self.allocations.last().map(|allocation| allocation.at);
        let seen = self.agents.iter().filter_map(|agent| agent.seen.last()).max().copied();
        [tasks, ran, agents, calls, allocated, seen].into_iter().flatten().max().unwrap_or(0).max(0)
    }
}
