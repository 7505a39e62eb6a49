//! When a run was taken up again, what agents noted, and what never settled.

use serde::Serialize;

use super::spread::seconds;
use crate::run::{self, Run};

/// So many notes, and so many tasks that never settled, are told one by one.
const MOST: usize = 1000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Resumed {
    /// When the last came that is recorded of before.
    pub(crate) last: f64,
    pub(crate) at: f64,
}

/// How many there are, and the first of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Listed<T> {
    pub(crate) n: u64,
    pub(crate) first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { n: 0, first: Vec::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Note {
    /// If that is recorded.
    pub(crate) at: Option<f64>,
    pub(crate) topic: String,
    pub(crate) task: String,
    /// All that is noted of the task by then, as JSON.
    pub(crate) text: String,
}

/// A task that has started, and never settled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Unsettled {
    pub(crate) at: f64,
    pub(crate) method: String,
    pub(crate) task: String,
}

pub(super) fn resumed(run: &Run) -> Vec<Resumed> {
    let of = |&run::Resumed { last, at }: &run::Resumed| Resumed { last: seconds(last), at: seconds(at) };
    run.resumed.iter().map(of).collect()
}

pub(super) fn notes(run: &Run) -> Listed<Note> {
    let of = |note: &run::Note| Note {
        at: note.at.map(seconds),
        topic: run.names.name(note.topic).to_owned(),
        task: note.task.clone(),
        text: note.text.clone(),
    };
    Listed { n: run.notes.all, first: run.notes.first.iter().take(MOST).map(of).collect() }
}

pub(super) fn unsettled(run: &Run) -> Listed<Unsettled> {
    let of = |begun: &run::Begun| Unsettled {
        at: seconds(begun.at),
        method: run.names.name(begun.method).to_owned(),
        task: begun.task.to_string(),
    };
    Listed { n: run.unsettled.len() as u64, first: run.unsettled.iter().take(MOST).map(of).collect() }
}
