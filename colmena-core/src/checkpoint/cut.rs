//! What is in a checkpoint, and what a run that goes on from it may take over of the record.
//!
//! A file of one JSON object: `cut`, the books; `state`, that of the thinker; `tasks`, those whose results had not been handled.
//! The rule ([`Cut::lot`]) for each task of the record, which is what makes the two fit together:
//! - it is among the tasks of the checkpoint: it is taken up, whatever has become of it;
//! - it was sent before, and is not: its result has been handled, and is in the state;
//! - it had been in the record of a still earlier run, and nobody had asked for it: it can be claimed, still;
//! - it was sent after the checkpoint: it can be claimed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CheckpointError, Saved};
use crate::task::task::Options;
use crate::wire::{Serialization, fields_of, items_of};

const FORMAT: u32 = 1;

/// A whole checkpoint.
pub(crate) struct Whole {
    pub(crate) cut: Cut,
    pub(crate) state: Saved,
    pub(crate) tasks: Vec<SavedTask>,
}

/// The books of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cut {
    pub(crate) format: u32,
    pub(crate) thinker: String,
    /// Seconds from the start of the run.
    pub(crate) at: f64,
    /// Results that had been handled.
    pub(crate) handled: u64,
    /// The run had come to its end.
    pub(crate) ended: bool,
    /// The highest id of a task.
    pub(crate) last_id: u64,
    /// Records of earlier runs that nobody had claimed.
    pub(crate) unclaimed: BTreeSet<u64>,
    /// The pools, and their slots when the run began; those that they had then, and those of them in manual accounting.
    pub(crate) pools: Vec<(String, u32)>,
    pub(crate) allocated: Vec<u32>,
    pub(crate) kept: Vec<u32>,
    /// By the names of their threads.
    pub(crate) agents: BTreeMap<String, SavedAgent>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedAgent {
    /// Generators of random numbers that it has drawn.
    pub(crate) draws: u64,
    pub(crate) has_ended: bool,
}

/// A task whose result had not been handled.
#[derive(Clone)]
pub(crate) struct SavedTask {
    pub(crate) head: SavedHead,
    /// As JSON.
    pub(crate) inputs: String,
    pub(crate) notes: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedHead {
    pub(crate) id: u64,
    pub(crate) method: String,
    pub(crate) attempts: u32,
    /// The place of their pool, and their number.
    pub(crate) slots: Option<(usize, u32)>,
    pub(crate) options: Options,
}

/// What becomes of a task of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lot {
    TakenUp,
    InTheState,
    Claimable,
}

impl Cut {
    pub(crate) fn of(thinker: &str) -> Self {
        Self { format: FORMAT, thinker: thinker.to_owned(), ..Self::default() }
    }

    /// `is_pending`: it is among the tasks of the checkpoint.
    pub(crate) fn lot(&self, id: u64, is_pending: bool) -> Lot {
        match is_pending {
            true => Lot::TakenUp,
            false if id > self.last_id || self.unclaimed.contains(&id) => Lot::Claimable,
            false => Lot::InTheState,
        }
    }
}

impl Whole {
    /// # Errors
    /// JSON does not have it.
    pub(crate) fn to_json(&self) -> Result<String, CheckpointError> {
        let cut = Serialization::Json.encode(&self.cut)?;
        let task = |task: &SavedTask| {
            let SavedTask { head, inputs, notes } = task;
            let head = Serialization::Json.encode(head)?;
            Ok(format!("{{\"task\": {head}, \"inputs\": {inputs}, \"task_info\": {notes}}}"))
        };
        let tasks: Vec<String> = self.tasks.iter().map(task).collect::<Result<_, CheckpointError>>()?;
        let (state, tasks) = (self.state.as_json(), tasks.join(",\n"));
        Ok(format!("{{\"cut\": {cut},\n\"state\": {state},\n\"tasks\": [{tasks}]}}\n"))
    }

    /// # Errors
    /// It is something else, or of another version.
    pub(crate) fn read(text: &str) -> Result<Self, CheckpointError> {
        let fields: BTreeMap<String, &str> = fields_of(text)?.into_iter().collect();
        let field = |name: &str| part(&fields, name);
        let cut: Cut = Serialization::Json.decode(field("cut")?)?;
        if cut.format != FORMAT {
            return Err(CheckpointError::new(format!("it has the format {}, and not {FORMAT}", cut.format)));
        }
        let tasks = items_of(field("tasks")?)?.into_iter().map(SavedTask::read).collect::<Result<_, _>>()?;
        Ok(Self { cut, state: Saved::from_json(field("state")?), tasks })
    }
}

impl SavedTask {
    fn read(text: &str) -> Result<Self, CheckpointError> {
        let fields: BTreeMap<String, &str> = fields_of(text)?.into_iter().collect();
        let head = Serialization::Json.decode(part(&fields, "task")?)?;
        let (inputs, notes) = (part(&fields, "inputs")?.to_owned(), part(&fields, "task_info")?.to_owned());
        Ok(Self { head, inputs, notes })
    }
}

fn part<'a>(fields: &BTreeMap<String, &'a str>, name: &str) -> Result<&'a str, CheckpointError> {
    fields.get(name).copied().ok_or_else(|| CheckpointError::new(format!("it has no `{name}`")))
}
