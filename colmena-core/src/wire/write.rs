//! Writing a message, in the form of 0.7.

use serde::Serialize;

use super::contents::{Contents, Source};
use super::encode::{Kind, Sink, Writer};
use super::json::{self, JsonText};
use super::message::{Message, PROXYSTORE, Serialization, TimeSpans};
use super::{SIZE_LIMIT, WireError};

impl Message {
    /// The message, as it goes on a result list.
    ///
    /// # Errors
    /// [`WireError::TooLarge`].
    pub fn to_json(&self) -> Result<String, WireError> {
        self.write(false, false)
    }

    /// The message, as it goes on the request list: its topic comes first.
    ///
    /// # Errors
    /// [`WireError::TooLarge`]; [`WireError::Missing`] without a topic; [`WireError::NoRequest`] if the topic has a `{`.
    pub fn to_request(&self) -> Result<String, WireError> {
        self.write(true, false)
    }

    /// The message as a line of a result file: inputs and value are what they are, not texts. (Pickles stay texts.)
    ///
    /// # Errors
    /// [`WireError::TooLarge`].
    pub fn to_plain_json(&self) -> Result<String, WireError> {
        self.write(false, true)
    }

    fn write(&self, is_request: bool, is_plain: bool) -> Result<String, WireError> {
        let is_plain = is_plain && self.serialization == Serialization::Json;
        let contents = self.contents();
        let mut object = self.open(is_request, contents.sources().map(Source::len).sum())?;
        object.write_inputs(&contents, is_plain);
        object.write_value(contents.value, is_plain);
        object.json("message_sizes", &self.message_sizes)?;
        object.finish()
    }

    /// Inputs and value, each its own text.
    fn contents(&self) -> Contents<Source<'_>> {
        Contents {
            args: self.args.iter().map(|text| Source::Bare(text)).collect(),
            kwargs: self.kwargs.iter().map(|(name, text)| (name.clone(), Source::Bare(text))).collect(),
            value: self.value.as_deref().map(Source::Bare),
        }
    }

    /// All but inputs, value and their sizes, which are to follow; with room for so many bytes of them.
    pub(super) fn open(&self, is_request: bool, room: usize) -> Result<Object, WireError> {
        let topic = if is_request { self.request_topic()? } else { "" };
        let mut object = Object::after(topic, room);
        object.field("task_id", &self.task_id)?;
        object.field("method", &self.method)?;
        object.field("success", &self.success)?;
        object.field("complete", &self.complete)?;
        object.json("task_info", &self.task_info)?;
        object.field("resources", &self.resources)?;
        object.field("failure_info", &self.failure)?;
        object.json("worker_info", or_null(&self.worker_info))?;
        object.field("timestamp", &self.timestamp)?;
        object.raw("time", &self.time.to_json()?);
        object.field("serialization_method", &self.serialization)?;
        object.field("keep_inputs", &self.keep_inputs)?;
        for (field, value) in PROXYSTORE.into_iter().zip(&self.proxystore) {
            object.json(field, or_null(value))?;
        }
        object.field("topic", &self.topic)?;
        object.field("max_retries", &self.max_retries)?;
        object.field("retries", &self.retries)?;
        Ok(object)
    }

    fn request_topic(&self) -> Result<&str, WireError> {
        let topic = self.topic.as_deref().ok_or(WireError::Missing { field: "topic" })?;
        if topic.contains('{') { Err(WireError::NoRequest { wrong: "its topic has a `{`" }) } else { Ok(topic) }
    }
}

impl TimeSpans {
    fn to_json(&self) -> Result<String, WireError> {
        let mut object = Object::default();
        let times = [
            ("running", self.running),
            ("serialize_inputs", self.serialize_inputs),
            ("deserialize_inputs", self.deserialize_inputs),
            ("serialize_results", self.serialize_results),
            ("deserialize_results", self.deserialize_results),
            ("async_resolve_proxies", self.async_resolve_proxies),
        ];
        for (key, time) in times {
            object.field(key, &time.unwrap_or(f64::NAN))?;
        }
        object.json("proxy", &self.proxy)?;
        object.json("additional", &self.additional)?;
        Ok(object.close())
    }
}

fn or_null(json: &Option<String>) -> &str {
    json.as_deref().unwrap_or("null")
}

pub(super) fn check_size(size: usize) -> Result<(), WireError> {
    if size > SIZE_LIMIT { Err(WireError::TooLarge { size }) } else { Ok(()) }
}

/// An object that grows.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) text: JsonText,
    is_empty: bool,
}

impl Default for Object {
    fn default() -> Self {
        Self::within(JsonText::default())
    }
}

impl Object {
    /// What it has besides inputs and value is seldom larger.
    const REST: usize = 2048;

    /// One that is written after a topic, with room for inputs and a value of this size.
    fn after(topic: &str, size: usize) -> Self {
        let mut text = String::with_capacity(topic.len() + Self::REST + size);
        text.push_str(topic);
        Self::within(JsonText::after(text))
    }

    /// One that goes on with this text.
    fn within(mut text: JsonText) -> Self {
        text.open(Kind::Map);
        Self { text, is_empty: true }
    }

    pub(super) fn key(&mut self, key: &str) {
        self.text.item(std::mem::take(&mut self.is_empty));
        self.text.text(key);
        self.text.text.push_str(": ");
    }

    fn field(&mut self, key: &str, value: &impl Serialize) -> Result<(), WireError> {
        self.key(key);
        value.serialize(Writer::new(&mut self.text))
    }

    /// A field that is kept as its JSON.
    pub(super) fn json(&mut self, field: &'static str, json: &str) -> Result<(), WireError> {
        json::parse(json).map_err(|error| WireError::Field { field, wrong: error.to_string() })?;
        self.raw(field, json);
        Ok(())
    }

    /// A value that is JSON.
    pub(super) fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.text.text.push_str(json);
    }

    /// `[[..], {..}]`.
    pub(super) fn write_inputs(&mut self, contents: &Contents<Source<'_>>, is_plain: bool) {
        self.raw("inputs", "[[");
        for (i, arg) in contents.args.iter().enumerate() {
            self.text.item(i == 0);
            self.source(*arg, is_plain);
        }
        self.text.text.push_str("], {");
        for (i, (name, value)) in contents.kwargs.iter().enumerate() {
            self.text.item(i == 0);
            self.text.text(name);
            self.text.text.push_str(": ");
            self.source(*value, is_plain);
        }
        self.text.text.push_str("}]");
    }

    pub(super) fn write_value(&mut self, value: Option<Source<'_>>, is_plain: bool) {
        self.key("value");
        match value {
            Some(value) => self.source(value, is_plain),
            None => self.text.null(),
        }
    }

    /// An input or a value: as a text, or as the JSON that it is. What has been a string is one again.
    fn source(&mut self, source: Source<'_>, is_plain: bool) {
        match source {
            Source::Bare(json) if is_plain => self.text.text.push_str(json),
            Source::Bare(json) => self.text.text(json),
            Source::Text(text) => {
                for part in ["\"", text.raw(), "\""] {
                    self.text.text.push_str(part);
                }
            }
        }
    }

    fn close(mut self) -> String {
        self.text.close(Kind::Map);
        self.text.text
    }

    /// The whole message.
    pub(super) fn finish(self) -> Result<String, WireError> {
        let text = self.close();
        check_size(text.len())?;
        Ok(text)
    }
}
