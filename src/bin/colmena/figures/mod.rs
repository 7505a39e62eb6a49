//! The figures of a run: computed from what was read, and nothing else.

pub(crate) mod lanes;
pub(crate) mod spread;
pub(crate) mod story;
pub(crate) mod sweep;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::run::{Checkpoint, Id, Log, Nanos, Run, Unread};
use spread::{Spread, seconds};
use story::{Listed, Note, Resumed, Unsettled};

/// All figures of a run. Times are in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Figures {
    /// The thinker, or the file.
    pub(crate) title: String,
    /// When it started, in seconds since the epoch.
    pub(crate) started: f64,
    /// The version of this library that recorded it.
    pub(crate) version: Option<String>,
    pub(crate) seed: Option<u64>,
    /// From the start to the last that is recorded.
    pub(crate) seconds: f64,
    /// Tasks that have settled.
    pub(crate) tasks: u64,
    /// Intermediate results.
    pub(crate) updates: u64,
    pub(crate) methods: Vec<MethodFigures>,
    pub(crate) pools: Vec<PoolFigures>,
    /// The slowest first.
    pub(crate) agents: Vec<AgentFigures>,
    /// What was logged in agents' threads.
    pub(crate) log: Log,
    /// Each time it was taken up again.
    pub(crate) resumed: Vec<Resumed>,
    pub(crate) checkpoint: Checkpoint,
    /// Of tasks that had settled, by agents.
    pub(crate) notes: Listed<Note>,
    /// Tasks that have started, and never settled.
    pub(crate) unsettled: Listed<Unsettled>,
    pub(crate) unread: Vec<Unread>,
}

/// Of a method on a topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct MethodFigures {
    pub(crate) method: String,
    pub(crate) topic: String,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) retries: u64,
    /// The most frequent first.
    pub(crate) failures: Vec<Failures>,
    /// How long tasks ran.
    pub(crate) run: Spread,
    /// From when a task was at the server until it started.
    pub(crate) queue: Spread,
    /// From when the result of the last task in the same slot was there until the task was sent; 0 if it was sent before.
    pub(crate) decision: Spread,
    /// On the way to the server and back.
    pub(crate) communication: Spread,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Failures {
    pub(crate) cause: String,
    pub(crate) n: u64,
    /// The text of the first.
    pub(crate) example: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct PoolFigures {
    pub(crate) pool: String,
    /// The most that it had at a time.
    pub(crate) slots: u32,
    /// False: the record does not tell how many slots there were; as many are taken as were in use at once.
    pub(crate) recorded: bool,
    /// Slot-seconds.
    pub(crate) slot_seconds: f64,
    /// The part of them in which tasks ran.
    pub(crate) utilisation: f64,
    /// Where the rest went, in slot-seconds.
    pub(crate) idle: Idle,
    /// From a task's end to the next one's start in its slot.
    pub(crate) between: Spread,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Idle {
    /// No agent was in a call: there was nothing to send.
    pub(crate) no_candidate: f64,
    /// An agent was in a call.
    pub(crate) no_decision: f64,
    /// A task had been sent, and had not started.
    pub(crate) waiting_for_server: f64,
    /// A task had ended, and its result had not come.
    pub(crate) result_on_its_way: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct AgentFigures {
    pub(crate) agent: String,
    pub(crate) kind: String,
    /// How it ended, if that is recorded.
    pub(crate) end: Option<String>,
    /// In calls, all of them.
    pub(crate) seconds: f64,
    pub(crate) call: Spread,
    /// How many seconds it had waited for what when it ended, the longest first.
    pub(crate) waited: Vec<(String, f64)>,
}

#[derive(Default)]
struct Group {
    succeeded: u64,
    retries: u64,
    failures: BTreeMap<Id, u64>,
    run: Vec<Nanos>,
    queue: Vec<Nanos>,
    decision: Vec<Nanos>,
    communication: Vec<Nanos>,
}

type Groups = HashMap<(Id, Id), Group>;

impl Figures {
    pub(crate) fn of(run: &Run) -> Self {
        let mut groups = groups(run);
        let deciding = sweep::deciding(run);
        let pools = run.pools().into_iter().map(|pool| pool_figures(run, pool, &deciding, &mut groups)).collect();
        let mut methods: Vec<_> = groups.into_iter().map(|(key, group)| method_figures(run, key, group)).collect();
        methods.sort_by(|a, b| (&a.method, &a.topic).cmp(&(&b.method, &b.topic)));
        Self {
            title: run.about.title.clone(),
            started: seconds(run.about.started.unwrap_or(0)),
            version: run.about.version.clone(),
            seed: run.about.seed,
            seconds: seconds(run.length()),
            tasks: run.tasks.len() as u64,
            updates: run.updates,
            methods,
            pools,
            agents: agents(run),
            log: run.log.clone(),
            resumed: story::resumed(run),
            checkpoint: run.about.checkpoint.clone(),
            notes: story::notes(run),
            unsettled: story::unsettled(run),
            unread: run.unread.clone(),
        }
    }
}

fn groups(run: &Run) -> Groups {
    let mut groups = Groups::new();
    for task in &run.tasks {
        let group = groups.entry((task.method, task.topic)).or_default();
        match task.cause {
            None => group.succeeded += 1,
            Some(cause) => *group.failures.entry(cause).or_default() += 1,
        }
        group.retries += u64::from(task.retries);
        group.run.extend(task.run());
        group.queue.extend(task.queue());
        group.communication.extend(task.communication());
    }
    groups
}

fn method_figures(run: &Run, (method, topic): (Id, Id), group: Group) -> MethodFigures {
    let of = |(cause, n): (Id, u64)| Failures {
        cause: run.names.name(cause).to_owned(),
        n,
        example: run.examples.get(&cause).cloned(),
    };
    let mut failures: Vec<Failures> = group.failures.into_iter().map(of).collect();
    failures.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.cause.cmp(&b.cause)));
    MethodFigures {
        method: run.names.name(method).to_owned(),
        topic: run.names.name(topic).to_owned(),
        succeeded: group.succeeded,
        failed: failures.iter().map(|failures| failures.n).sum(),
        retries: group.retries,
        failures,
        run: Spread::of(group.run),
        queue: Spread::of(group.queue),
        decision: Spread::of(group.decision),
        communication: Spread::of(group.communication),
    }
}

/// Notes in `groups` how long decisions took.
fn pool_figures(run: &Run, pool: Id, deciding: &[(Nanos, Nanos)], groups: &mut Groups) -> PoolFigures {
    let mut between = Vec::new();
    lanes::walk(run, pool, |placed| {
        let Some(before) = placed.before else { return };
        between.push(placed.from - before.ended);
        let decided = placed.task.created.map(|created| (created - before.received).max(0));
        if let Some(group) = groups.get_mut(&(placed.task.method, placed.task.topic)) {
            group.decision.extend(decided);
        }
    });
    let (mut slots, mut parts) = (0, [0.0; 5]);
    sweep::sweep(run, pool, deciding, run.length(), |span| {
        slots = slots.max(span.slots.all());
        span.slots.add_to(&mut parts, seconds(span.to - span.from));
    });
    let [in_use, waiting_for_server, result_on_its_way, no_decision, no_candidate] = parts;
    let idle = Idle { no_candidate, no_decision, waiting_for_server, result_on_its_way };
    let slot_seconds: f64 = parts.iter().sum();
    PoolFigures {
        pool: run.names.name(pool).to_owned(),
        slots,
        recorded: sweep::is_allocated(run, pool),
        slot_seconds,
        utilisation: if slot_seconds > 0.0 { in_use / slot_seconds } else { 0.0 },
        idle,
        between: Spread::of(between),
    }
}

fn longest_first(waited: &BTreeMap<String, f64>) -> Vec<(String, f64)> {
    let mut waited: Vec<_> = waited.iter().map(|(what, &seconds)| (what.clone(), seconds)).collect();
    waited.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    waited
}

fn agents(run: &Run) -> Vec<AgentFigures> {
    let of = |agent: &crate::run::Agent| AgentFigures {
        agent: agent.name.clone(),
        kind: agent.kind.clone(),
        end: agent.ended.as_ref().map(|(_, end)| end.clone()),
        seconds: seconds(agent.calls.iter().map(|(_, took)| took).sum()),
        call: Spread::of(agent.calls.iter().map(|&(_, took)| took).collect()),
        waited: longest_first(&agent.waited),
    };
    let mut agents: Vec<AgentFigures> = run.agents.iter().map(of).collect();
    agents.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.agent.cmp(&b.agent)));
    agents
}
