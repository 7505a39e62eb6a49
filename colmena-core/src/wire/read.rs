//! Reading a message: what is absent or null is as the original has it by default, what is unknown is passed over.

use serde::de::DeserializeOwned;

use super::contents::{Contents, Source};
use super::error::{Unreadable, WireError};
use super::json::{self, Member};
use super::message::{FailureInfo, Message, NOTHING, PROXYSTORE, Request, Serialization, TimeSpans, Timestamps};
use super::tree::{Id, Node, Tree};
use super::write;

/// Fields that 0.4 and 0.5 had at the top.
const FLAT: [&str; 3] = ["time_created", "time_input_received", "time_running"];

impl Request {
    /// Reads what is on a request list: the topic and a message, or `defaultnull`, which ends the server.
    ///
    /// # Errors
    /// [`Unreadable`], with the task's id if it can be made out.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        if is_kill(body) {
            return Ok(Self::Kill);
        }
        let text = std::str::from_utf8(body).map_err(|error| no_text_of_request(body, error.valid_up_to()))?;
        let (message, contents) = request(text)?;
        Ok(Self::Task(message.with(&contents)))
    }

    /// What ends a server.
    pub const KILL: &'static str = "defaultnull";
}

/// Whether it ends a server.
pub(super) fn is_kill(body: &[u8]) -> bool {
    body.ends_with(b"null")
}

/// Reads a message, or a line of a result file.
pub(super) fn message(text: &[u8], is_plain: bool) -> Result<Message, Unreadable> {
    let text = std::str::from_utf8(text).map_err(|error| no_text(text, error.valid_up_to()))?;
    let (message, contents) = parts(text, is_plain)?;
    Ok(message.with(&contents))
}

impl Message {
    /// With these inputs and this value.
    fn with(self, contents: &Contents<Source<'_>>) -> Self {
        let Contents { args, kwargs, value } = contents.map(|source| source.text().into_owned());
        Self { args, kwargs, value, ..self }
    }
}

fn unreadable(error: WireError) -> Unreadable {
    Unreadable { task_id: None, error }
}

/// Of bytes that are no text from here on.
pub(super) fn no_text(bytes: &[u8], at: usize) -> Unreadable {
    unreadable(write::check_size(bytes.len()).err().unwrap_or(WireError::Json { wrong: "no UTF-8", at }))
}

/// The same of a request, whose object is counted by itself.
pub(super) fn no_text_of_request(body: &[u8], at: usize) -> Unreadable {
    match body.iter().position(|&byte| byte == b'{') {
        None => no_request("it has no object"),
        Some(start) if at < start => no_request("its topic is no UTF-8"),
        Some(start) => no_text(&body[start..], at - start),
    }
}

fn no_request(wrong: &'static str) -> Unreadable {
    unreadable(WireError::NoRequest { wrong })
}

/// A message without inputs and value, and those.
type Parts<'a> = (Message, Contents<Source<'a>>);

/// Reads what is on a request list, unless it ends the server.
pub(super) fn request(body: &str) -> Result<Parts<'_>, Unreadable> {
    let (topic, text) = body.split_at(body.find('{').ok_or_else(|| no_request("it has no object"))?);
    let (mut message, contents) = parts(text, false)?;
    // A client may leave it out of the object, but not out of the request.
    message.topic.get_or_insert_with(|| topic.to_owned());
    Ok((message, contents))
}

/// Reads a message, or a line of a result file.
pub(super) fn parts(text: &str, is_plain: bool) -> Result<Parts<'_>, Unreadable> {
    write::check_size(text.len()).map_err(unreadable)?;
    let fields = Fields::of(text).map_err(unreadable)?;
    let task_id: Result<Option<String>, _> = fields.get("task_id");
    fields.read(is_plain).map_err(|error| Unreadable { task_id: task_id.ok().flatten(), error })
}

/// An object that has few keys; of a repeated one the last counts, as in Python.
struct Fields<'a> {
    tree: Tree<'a>,
    members: Vec<Member<'a>>,
}

impl<'a> Fields<'a> {
    fn of(text: &'a str) -> Result<Self, WireError> {
        let (tree, members) = json::members(text)?;
        Ok(Self { tree, members })
    }

    fn any(&self, field: &str) -> Option<&Member<'a>> {
        self.members.iter().rfind(|member| member.key.is(field))
    }

    /// A field that is neither absent nor null.
    fn member(&self, field: &str) -> Option<&Member<'a>> {
        self.any(field).filter(|member| *self.tree.node(member.id) != Node::Null)
    }

    fn get<T: DeserializeOwned>(&self, field: &'static str) -> Result<Option<T>, WireError> {
        let read = self.member(field).map(|member| self.tree.read(member.id).map_err(|error| error.of(field)));
        read.transpose()
    }

    fn get_or<T: DeserializeOwned>(&self, field: &'static str, absent: T) -> Result<T, WireError> {
        Ok(self.get(field)?.unwrap_or(absent))
    }

    fn need<T: DeserializeOwned>(&self, field: &'static str) -> Result<T, WireError> {
        self.get(field)?.ok_or(WireError::Missing { field })
    }

    /// A field that is kept as it is.
    fn raw(&self, field: &str) -> Option<String> {
        self.member(field).map(|member| member.raw.to_owned())
    }

    /// The same of a field that must be an object.
    fn object(&self, field: &'static str) -> Result<String, WireError> {
        Ok(self.object_or_null(field)?.unwrap_or_else(|| NOTHING.to_owned()))
    }

    fn object_or_null(&self, field: &'static str) -> Result<Option<String>, WireError> {
        match self.member(field).map(|member| self.tree.node(member.id)) {
            None | Some(Node::Map(_)) => Ok(self.raw(field)),
            Some(_) => Err(WireError::Field { field, wrong: "it is no object".to_owned() }),
        }
    }

    fn read(&self, is_plain: bool) -> Result<Parts<'a>, WireError> {
        if let Some(field) = FLAT.into_iter().find(|&field| self.any(field).is_some()) {
            return Err(WireError::FlatForm { field: field.to_owned() });
        }
        let serialization = self.get_or("serialization_method", Serialization::Json)?;
        let texts = Texts { is_plain, serialization };
        let (args, kwargs) = self.inputs(texts)?;
        let value = self.member("value").map(|value| texts.source("value", self.tree.node(value.id), value.raw));
        let contents = Contents { args, kwargs, value: value.transpose()? };
        let message = Message {
            task_id: self.need("task_id")?,
            method: self.get("method")?,
            topic: self.get("topic")?,
            serialization,
            success: self.get("success")?,
            complete: self.get("complete")?,
            failure: self.get::<FailureInfo>("failure_info")?,
            task_info: self.object("task_info")?,
            worker_info: self.object_or_null("worker_info")?,
            resources: self.get_or("resources", Default::default())?,
            message_sizes: self.object("message_sizes")?,
            timestamp: self.get_or("timestamp", Timestamps::default())?,
            time: self.times()?,
            keep_inputs: self.get_or("keep_inputs", true)?,
            max_retries: self.get_or("max_retries", 0)?,
            retries: self.get_or("retries", 0)?,
            proxystore: PROXYSTORE.map(|field| self.raw(field)),
            ..Message::empty()
        };
        Ok((message, contents))
    }

    /// `[[..], {..}]`.
    fn inputs(&self, texts: Texts) -> Result<Inputs<'a>, WireError> {
        const FIELD: &str = "inputs";
        let wrong = || WireError::Field { field: FIELD, wrong: "it is no list of a list and an object".to_owned() };
        let inputs = self.member(FIELD).ok_or(WireError::Missing { field: FIELD })?;
        if let Some(inputs) = self.inputs_of_texts(inputs.id, texts) {
            return Ok(inputs);
        }
        let raw = json::elements(inputs.raw).map_err(|_| wrong())?;
        let [args, kwargs] = &raw[..] else { return Err(wrong()) };
        let args = json::elements(args).map_err(|_| wrong())?;
        let (tree, kwargs) = json::members(kwargs).map_err(|_| wrong())?;
        let args = args.into_iter().map(|raw| {
            let (tree, id) = json::parse(raw)?;
            texts.source(FIELD, tree.node(id), raw)
        });
        let kwargs = kwargs.into_iter().map(|Member { key, id, raw }| {
            let source = texts.source(FIELD, tree.node(id), raw)?;
            Ok((key.read().into_owned(), source))
        });
        Ok((args.collect::<Result<_, WireError>>()?, kwargs.collect::<Result<_, WireError>>()?))
    }

    /// Nearly all inputs are texts: they are taken as they have been read, without reading them again, as what stands there
    /// unserialised is. They may be large.
    fn inputs_of_texts(&self, id: Id, texts: Texts) -> Option<Inputs<'a>> {
        let node = |id: Id| self.tree.node(id);
        let Node::List(parts) = node(id) else { return None };
        let &[args, kwargs] = &parts[..] else { return None };
        let (Node::List(args), Node::Map(kwargs)) = (node(args), node(kwargs)) else { return None };
        let text = |id: &Id| if let Node::Text(text) = node(*id) { Some(*text) } else { None };
        let args = args.iter().map(|arg| text(arg).map(Source::Text));
        let kwargs = kwargs
            .chunks_exact(2)
            .map(|entry| Some((text(&entry[0])?.read().into_owned(), Source::Text(text(&entry[1])?))));
        if texts.are_texts() { Some((args.collect::<Option<_>>()?, kwargs.collect::<Option<_>>()?)) } else { None }
    }

    fn times(&self) -> Result<TimeSpans, WireError> {
        const FIELD: &str = "time";
        let Some(member) = self.member(FIELD) else { return Ok(TimeSpans::default()) };
        let wrong = || WireError::Field { field: FIELD, wrong: "it is no object".to_owned() };
        let Node::Map(parts) = self.tree.node(member.id) else { return Err(wrong()) };
        let part = |field| {
            let entry = parts.chunks_exact(2).rfind(|entry| self.tree.is_text(entry[0], field));
            entry.map(|entry| entry[1]).filter(|&id| *self.tree.node(id) != Node::Null)
        };
        let time = |field| {
            let time = part(field).map(|id| self.tree.read(id).map_err(|error| error.of(field))).transpose()?;
            Ok(time.filter(|time: &f64| !time.is_nan()))
        };
        // Nearly always empty; else it is read once more, to be kept as it is.
        let object = |field| match part(field).map(|id| self.tree.node(id)) {
            None => Ok(NOTHING.to_owned()),
            Some(Node::Map(parts)) if parts.is_empty() => Ok(NOTHING.to_owned()),
            Some(_) => Fields::of(member.raw)?.object(field),
        };
        Ok(TimeSpans {
            running: time("running")?,
            serialize_inputs: time("serialize_inputs")?,
            deserialize_inputs: time("deserialize_inputs")?,
            serialize_results: time("serialize_results")?,
            deserialize_results: time("deserialize_results")?,
            async_resolve_proxies: time("async_resolve_proxies")?,
            proxy: object("proxy")?,
            additional: object("additional")?,
        })
    }
}

/// Positional ones, and those by keyword.
type Inputs<'a> = (Vec<Source<'a>>, Vec<(String, Source<'a>)>);

/// How the texts of inputs and value stand in a message.
#[derive(Clone, Copy)]
struct Texts {
    is_plain: bool,
    serialization: Serialization,
}

impl Texts {
    /// Whether a text that stands there is the text of an input.
    fn are_texts(self) -> bool {
        !self.is_plain || self.serialization == Serialization::Pickle
    }

    /// What stands there unserialised is its own text, if it is JSON that is wanted: the original takes it as it is, too.
    fn source<'a>(self, field: &'static str, node: &Node<'a>, raw: &'a str) -> Result<Source<'a>, WireError> {
        match node {
            Node::Text(text) if self.are_texts() => Ok(Source::Text(*text)),
            _ if self.serialization == Serialization::Json => Ok(Source::Bare(raw)),
            _ => Err(WireError::Field { field, wrong: "a value that is no pickle".to_owned() }),
        }
    }
}
