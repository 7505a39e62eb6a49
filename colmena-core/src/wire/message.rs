//! A message: the fields of the original's `Result`, as they travel.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::encode::Writer;
use super::json::{self, JsonText};
use super::pickle::{self, Pickle};
use super::split::Texts as _;
use super::tree::Place;
use super::{WireError, read};
use crate::task::Resources;

/// A request, a result, a failure or an intermediate result of one task: the original's `Result`, of 0.6 and 0.7.
///
/// Inputs and value are kept as they travel, each a text of its own in the way that `serialization` says; they are made by
/// [`Self::encode`] and read by [`Self::decode`], [`Self::value`] and [`Self::argument`]. Fields that are objects of
/// the user's (`task_info`) or of ProxyStore's are kept as their JSON, byte for byte.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The task; any text.
    pub task_id: String,
    /// The method.
    pub method: Option<String>,
    /// Where the result goes.
    pub topic: Option<String>,
    /// How the inputs and the value are written.
    pub serialization: Serialization,
    /// The positional inputs. A server that is told not to keep them sends none back.
    pub args: Vec<String>,
    /// The inputs by keyword.
    pub kwargs: Vec<(String, String)>,
    /// The value. `None` also stands for a value of nothing (Python's `None`).
    pub value: Option<String>,
    /// `None` before it has run, also if the server has not tried.
    pub success: Option<bool>,
    /// Whether this is the last message of its task: false of an intermediate result. A failure before the first attempt
    /// (an unknown method) leaves it at `None`.
    pub complete: Option<bool>,
    /// Why there is no value.
    pub failure: Option<FailureInfo>,
    /// What was noted on the task, an object of JSON.
    pub task_info: String,
    /// Who ran it: an object of JSON with a `hostname`, and whatever else the server adds.
    pub worker_info: Option<String>,
    /// What the task needs.
    pub resources: Resources,
    /// The sizes of inputs and value in bytes, an object of JSON.
    pub message_sizes: String,
    /// When things happened.
    pub timestamp: Timestamps,
    /// How long they took.
    pub time: TimeSpans,
    /// Whether the inputs are to come back with the result.
    pub keep_inputs: bool,
    /// How many attempts there may be beyond the first.
    pub max_retries: u32,
    /// How many attempts there were beyond the first.
    pub retries: u32,
    /// ProxyStore's `proxystore_name`, `proxystore_config` and `proxystore_threshold`, each a value of JSON.
    pub proxystore: [Option<String>; 3],
}

/// The fields of ProxyStore.
pub(super) const PROXYSTORE: [&str; 3] = ["proxystore_name", "proxystore_config", "proxystore_threshold"];

/// An object of which nothing is known.
pub(super) const NOTHING: &str = "{}";

/// What arrives at a server.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are tasks")]
pub enum Request {
    /// A task.
    Task(Message),
    /// The server is to end.
    Kill,
}

/// How inputs and value are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Serialization {
    /// As JSON; numbers that are no numbers bare, as Python writes them.
    #[default]
    Json,
    /// As a pickle, in hexadecimal.
    Pickle,
}

/// Why a task has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureInfo {
    /// The exception, as Python's `repr` shows it.
    pub exception: String,
    /// Its trace.
    #[serde(default)]
    pub traceback: Option<String>,
}

/// When things happened, in seconds since the epoch; `None`: not known (`NaN` on the wire).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the original's names say it")]
pub struct Timestamps {
    #[serde(with = "nan")]
    pub created: Option<f64>,
    #[serde(with = "nan")]
    pub input_received: Option<f64>,
    #[serde(with = "nan")]
    pub compute_started: Option<f64>,
    #[serde(with = "nan")]
    pub compute_ended: Option<f64>,
    #[serde(with = "nan")]
    pub result_sent: Option<f64>,
    #[serde(with = "nan")]
    pub result_received: Option<f64>,
    #[serde(with = "nan")]
    pub start_task_submission: Option<f64>,
    #[serde(with = "nan")]
    pub task_received: Option<f64>,
}

/// How long things took, in seconds; `None`: not known (`NaN` on the wire).
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the original's names say it")]
pub struct TimeSpans {
    pub running: Option<f64>,
    pub serialize_inputs: Option<f64>,
    pub deserialize_inputs: Option<f64>,
    pub serialize_results: Option<f64>,
    pub deserialize_results: Option<f64>,
    pub async_resolve_proxies: Option<f64>,
    /// Of each proxy, an object of JSON.
    pub proxy: String,
    /// Whatever else the server measured, an object of JSON.
    pub additional: String,
}

impl Default for TimeSpans {
    fn default() -> Self {
        Self {
            running: None,
            serialize_inputs: None,
            deserialize_inputs: None,
            serialize_results: None,
            deserialize_results: None,
            async_resolve_proxies: None,
            proxy: NOTHING.to_owned(),
            additional: NOTHING.to_owned(),
        }
    }
}

/// Unknown times.
mod nan {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.unwrap_or(f64::NAN))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        let value = Option::<f64>::deserialize(deserializer)?;
        Ok(value.filter(|value| !value.is_nan()))
    }
}

impl Message {
    /// A request without inputs.
    #[must_use]
    pub fn new(task_id: &str, method: &str, topic: &str, serialization: Serialization) -> Self {
        Self {
            task_id: task_id.to_owned(),
            method: Some(method.to_owned()),
            topic: Some(topic.to_owned()),
            serialization,
            ..Self::empty()
        }
    }

    /// What a message that says nothing says.
    pub(super) fn empty() -> Self {
        Self {
            task_id: String::new(),
            method: None,
            topic: None,
            serialization: Serialization::default(),
            args: Vec::new(),
            kwargs: Vec::new(),
            value: None,
            success: None,
            complete: None,
            failure: None,
            task_info: NOTHING.to_owned(),
            worker_info: None,
            resources: Resources::default(),
            message_sizes: NOTHING.to_owned(),
            timestamp: Timestamps::default(),
            time: TimeSpans::default(),
            keep_inputs: true,
            max_retries: 0,
            retries: 0,
            proxystore: [None, None, None],
        }
    }

    /// Reads a message, as it is on a result list.
    ///
    /// # Errors
    /// [`Unreadable`](super::Unreadable), with the task's id if it can be made out.
    pub fn read(text: &[u8]) -> Result<Self, super::Unreadable> {
        read::message(text, false)
    }

    /// Reads a line of a result file, in which inputs and value are what they are, not texts.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_plain(text: &[u8]) -> Result<Self, super::Unreadable> {
        read::message(text, true)
    }

    /// Writes an input or a value as this message has them.
    ///
    /// # Errors
    /// [`WireError::TooDeep`]; [`WireError::Value`] if its type cannot be written (a map by lists, say), or says so itself.
    pub fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, WireError> {
        self.serialization.encode(value)
    }

    /// Reads an input or a value of this message.
    ///
    /// # Errors
    /// See [`Serialization::decode`].
    pub fn decode<T: DeserializeOwned>(&self, text: &str) -> Result<T, WireError> {
        self.serialization.decode(text)
    }

    /// Reads the value; that of nothing, if there is none.
    ///
    /// # Errors
    /// See [`Serialization::decode`].
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, WireError> {
        match &self.value {
            Some(text) => self.decode(text),
            None => Serialization::Json.decode("null"),
        }
    }

    /// Reads an input: the positional one of this number, or else the one of this name.
    ///
    /// # Errors
    /// [`WireError::Value`] if there is none; otherwise see [`Serialization::decode`].
    pub fn argument<T: DeserializeOwned>(&self, number: usize, name: &str) -> Result<T, WireError> {
        let by_name = || self.kwargs.iter().find(|(key, _)| key == name).map(|(_, text)| text);
        match self.args.get(number).or_else(by_name) {
            Some(text) => self.decode(text).map_err(|error| error.at(name.to_owned())),
            None => Err(<WireError as serde::de::Error>::custom(format!("the input `{name}` is missing"))),
        }
    }
}

impl Serialization {
    /// Writes a value in this way.
    ///
    /// # Errors
    /// See [`Message::encode`].
    pub fn encode<T: Serialize + ?Sized>(self, value: &T) -> Result<String, WireError> {
        match self {
            Self::Json => {
                let mut text = JsonText::default();
                value.serialize(Writer::new(&mut text))?;
                Ok(text.text)
            }
            Self::Pickle => {
                let mut pickle = Pickle::default();
                pickle.begin();
                value.serialize(Writer::new(&mut pickle))?;
                pickle.end();
                Ok(pickle.0)
            }
        }
    }

    /// Reads a value that was written in this way.
    ///
    /// # Errors
    /// [`WireError::Json`], [`WireError::Pickle`], [`WireError::TooDeep`], [`WireError::TooManyValues`] if the text cannot be
    /// read; [`WireError::Class`], [`WireError::Proxy`] if only Python can; [`WireError::Value`], with the place, if it does
    /// not fit `T`.
    pub fn decode<T: DeserializeOwned>(self, text: &str) -> Result<T, WireError> {
        self.decode_by(text, |place| T::deserialize(place))
    }

    /// The same by a function that reads it.
    pub(super) fn decode_by<T>(
        self,
        text: &str,
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        match self {
            Self::Json => {
                let (tree, id) = json::parse(text)?;
                tree.walk(id, read)
            }
            Self::Pickle => {
                let pickle = pickle::from_hex(text)?;
                let (tree, id) = pickle::parse(&pickle)?;
                tree.walk(id, read)
            }
        }
    }
}
