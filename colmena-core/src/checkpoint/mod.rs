//! Checkpoints: all that a thinker knows, at a moment when no agent is in a call, so that a run can go on from there.
//!
//! [`state`] says what can be saved. [`gate`] knows who is in a call, and finds the moment: a consistent cut. [`cut`] is what is
//! in a checkpoint, and the pure rule of what a run that goes on from it may take over of the record. [`pending`] are the tasks
//! whose results have not been handled. [`taking`] is the thread that takes checkpoints, [`restoring`] the way back.
//!
//! A checkpoint goes to the writer of the record, behind all lines that came before it, which are synced first. So
//! whatever had settled when it was taken is in the record of whoever finds it.

pub(crate) mod cut;
pub(crate) mod gate;
pub(crate) mod pending;
pub(crate) mod restoring;
mod state;
mod story;
pub(crate) mod taking;

pub use story::CheckpointStatus;

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wire::{Serialization, WireError, fields_of};

/// State that a run leaves in its [checkpoints](crate::Campaign::checkpoint_every), and finds again when it is taken up:
/// what `#[derive(Checkpoint)]` implements for a thinker.
///
/// Every field of the thinker is state, and is of a type that is listed here, unless it is marked `#[checkpoint(skip)]`:
/// then it is the same at each start, or need not be known again. Agents have `&self`, so what they change is in a
/// [`Mutex`](crate::Mutex) (of anything that serde writes and reads), an atomic, a [`WorkQueue`](crate::WorkQueue), an
/// [`Event`](crate::Event), or a `Vec`, `Box` or `Arc` of such.
///
/// By hand, as the derive would:
///
/// ```
/// use colmena_core::{Checkpoint, CheckpointError, Mutex, Saved, WorkQueue};
///
/// struct Steering {
///     known: Mutex<Vec<(f64, f64)>>,
///     candidates: WorkQueue<f64>,
///     budget: usize, // the same at each start
/// }
///
/// impl Checkpoint for Steering {
///     fn save(&self) -> Result<Saved, CheckpointError> {
///         Saved::of_fields(&[("known", &self.known), ("candidates", &self.candidates)])
///     }
///
///     fn restore(&self, saved: &Saved) -> Result<(), CheckpointError> {
///         saved.restore_fields(&[("known", &self.known), ("candidates", &self.candidates)])
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in a checkpoint",
    label = "nothing says how its state is saved",
    note = "a thinker derives it: `#[derive(Checkpoint)]` above its struct",
    note = "what agents change is in a `Mutex<..>`, an atomic, a `WorkQueue<..>` or an `Event`, of what serde writes and reads",
    note = "a field that is the same at each start is marked `#[checkpoint(skip)]`",
    note = "either all of a thinker's state is in its checkpoints, or the run is replayed from the start"
)]
pub trait Checkpoint {
    /// Its present state. Called while no agent is in a call.
    ///
    /// # Errors
    /// It cannot be written.
    fn save(&self) -> Result<Saved, CheckpointError>;

    /// Takes a state over, in place of what is there. Called before any agent starts.
    ///
    /// # Errors
    /// It is that of something else.
    fn restore(&self, saved: &Saved) -> Result<(), CheckpointError>;
}

/// A state as it is written: JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Saved(String);

/// A state cannot be written, or read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointError {
    /// The fields, from the outermost on.
    path: Vec<String>,
    wrong: String,
}

/// When a checkpoint is due; see [`Campaign::checkpoint_every`](crate::Campaign::checkpoint_every).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckpointEvery {
    /// So long after the one before.
    Time(Duration),
    /// When so many results have been handled since the one before.
    Results(u64),
}

impl From<Duration> for CheckpointEvery {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

impl Saved {
    /// What serde writes of `state`.
    ///
    /// # Errors
    /// JSON, as Python writes it, does not have it: a map whose keys are neither texts nor numbers, say.
    pub fn of<S: Serialize + ?Sized>(state: &S) -> Result<Self, CheckpointError> {
        Ok(Self(Serialization::Json.encode(state)?))
    }

    /// What serde reads of it.
    ///
    /// # Errors
    /// It is something else.
    pub fn read<S: DeserializeOwned>(&self) -> Result<S, CheckpointError> {
        Ok(Serialization::Json.decode(&self.0)?)
    }

    /// The state of several parts, by their names.
    ///
    /// # Errors
    /// Those of the parts.
    pub fn of_fields(fields: &[(&str, &dyn Checkpoint)]) -> Result<Self, CheckpointError> {
        let mut json = String::from("{");
        for (i, (name, field)) in fields.iter().enumerate() {
            let saved = field.save().map_err(|error| error.within(name))?;
            json.push_str(if i == 0 { "" } else { ", " });
            json.push_str(&Serialization::Json.encode(name)?);
            json.push_str(": ");
            json.push_str(&saved.0);
        }
        json.push('}');
        Ok(Self(json))
    }

    /// Gives each of several parts its state.
    ///
    /// # Errors
    /// Those of the parts; a part has no state here, or there is one that no part has.
    pub fn restore_fields(&self, fields: &[(&str, &dyn Checkpoint)]) -> Result<(), CheckpointError> {
        let saved = fields_of(&self.0)?;
        if let Some((other, _)) = saved.iter().find(|(name, _)| !fields.iter().any(|(field, _)| field == name)) {
            return Err(CheckpointError::new(format!(
                "the checkpoint has a field `{other}`, which is not there any more"
            )));
        }
        for (name, field) in fields {
            let Some((_, json)) = saved.iter().find(|(saved, _)| saved == name) else {
                return Err(CheckpointError::new(format!("the checkpoint has no field `{name}`")));
            };
            field.restore(&Self((*json).to_owned())).map_err(|error| error.within(name))?;
        }
        Ok(())
    }

    /// As it is written.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_json(json: &str) -> Self {
        Self(json.to_owned())
    }
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Saved({} bytes)", self.0.len())
    }
}

impl CheckpointError {
    /// What is wrong.
    pub fn new(wrong: impl Into<String>) -> Self {
        Self { path: Vec::new(), wrong: wrong.into() }
    }

    fn within(mut self, field: &str) -> Self {
        self.path.insert(0, field.to_owned());
        self
    }
}

impl From<WireError> for CheckpointError {
    fn from(error: WireError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => f.write_str(&self.wrong),
            false => write!(f, "`{}`: {}", self.path.join("."), self.wrong),
        }
    }
}

impl std::error::Error for CheckpointError {}
