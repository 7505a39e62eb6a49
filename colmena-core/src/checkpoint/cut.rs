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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where a task really is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Is {
        /// In the record, and nobody has asked for it since the run was taken up.
        Unclaimed,
        /// Sent or claimed; its result has not been handled.
        Pending,
        /// Its result is in the state.
        Handled,
    }

    /// A run, its record, and the last checkpoint with the tasks in it.
    #[derive(Clone, Debug, Default)]
    struct World {
        tasks: BTreeMap<u64, Is>,
        cut: Cut,
        pending: BTreeSet<u64>,
        /// By the last checkpoint.
        then: BTreeMap<u64, Is>,
    }

    /// A number chooses among the tasks to which it can happen.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Send,
        Claim(usize),
        Handle(usize),
        Cut,
        KillAndTakeUp,
    }

    impl World {
        fn are(&self, wanted: Is) -> BTreeSet<u64> {
            self.tasks.iter().filter(|(_, is)| **is == wanted).map(|(id, _)| *id).collect()
        }

        fn change(&mut self, choice: usize, from: Is, to: Is) {
            let ids = self.are(from);
            let id = ids.iter().nth(choice % ids.len().max(1)).copied();
            id.map(|id| self.tasks.insert(id, to));
        }

        fn last_id(&self) -> u64 {
            self.tasks.keys().last().copied().unwrap_or(0)
        }

        fn lot(&self, id: u64) -> Lot {
            self.cut.lot(id, self.pending.contains(&id))
        }

        fn step(&mut self, step: Step) {
            match step {
                Step::Send => _ = self.tasks.insert(self.last_id() + 1, Is::Pending),
                Step::Claim(choice) => self.change(choice, Is::Unclaimed, Is::Pending),
                Step::Handle(choice) => self.change(choice, Is::Pending, Is::Handled),
                Step::Cut => {
                    self.cut = Cut { last_id: self.last_id(), unclaimed: self.are(Is::Unclaimed), ..Cut::of("World") };
                    (self.pending, self.then) = (self.are(Is::Pending), self.tasks.clone());
                }
                // Nothing has gone wrong with the record; the state is that of the checkpoint.
                Step::KillAndTakeUp => {
                    let taken_up = |id| match self.lot(id) {
                        Lot::TakenUp => Is::Pending,
                        Lot::InTheState => Is::Handled,
                        Lot::Claimable => Is::Unclaimed,
                    };
                    self.tasks = self.tasks.keys().map(|&id| (id, taken_up(id))).collect();
                }
            }
        }
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => Just(Step::Send),
            3 => any::<usize>().prop_map(Step::Claim),
            4 => any::<usize>().prop_map(Step::Handle),
            1 => Just(Step::Cut),
            1 => Just(Step::KillAndTakeUp),
        ];
        prop::collection::vec(step, 0..80)
    }

    proptest! {
        /// However often it is killed and taken up: what the last checkpoint has in its state never runs again, what it has
        /// among its tasks is taken up, and whatever else the record has can be claimed; so nothing is lost, nor comes twice.
        #[test]
        fn each_task_of_the_record_has_the_lot_of_where_it_was(steps in steps()) {
            let mut world = World { cut: Cut::of("World"), ..World::default() };
            for step in steps {
                world.step(step);
                for &id in world.tasks.keys() {
                    let wanted = match world.then.get(&id) {
                        Some(Is::Pending) => Lot::TakenUp,
                        Some(Is::Handled) => Lot::InTheState,
                        Some(Is::Unclaimed) | None => Lot::Claimable,
                    };
                    prop_assert_eq!(world.lot(id), wanted, "task {} of {:?}", id, &world);
                }
            }
        }

        /// As it comes back from the disk.
        #[test]
        fn the_books_come_back_as_they_were_written(last_id: u64, handled: u64, unclaimed: BTreeSet<u64>) {
            let cut = Cut { last_id, handled, unclaimed, ..Cut::of("World") };
            let whole = Whole { cut: cut.clone(), state: Saved::from_json("{}"), tasks: vec![] };
            let text = whole.to_json().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let read = Whole::read(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(read.cut, cut);
        }
    }
}
