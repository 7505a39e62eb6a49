//! Writing a message, in the form of 0.7.

use serde::Serialize;

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
        self.write("", false)
    }

    /// The message, as it goes on the request list: its topic comes first.
    ///
    /// # Errors
    /// [`WireError::TooLarge`]; [`WireError::Missing`] without a topic; [`WireError::NoRequest`] if the topic has a `{`.
    pub fn to_request(&self) -> Result<String, WireError> {
        let topic = self.topic.as_deref().ok_or(WireError::Missing { field: "topic" })?;
        if topic.contains('{') {
            return Err(WireError::NoRequest { wrong: "its topic has a `{`" });
        }
        self.write(topic, false)
    }

    /// The message as a line of a result file: inputs and value are what they are, not texts. (Pickles stay texts.)
    ///
    /// # Errors
    /// [`WireError::TooLarge`].
    pub fn to_plain_json(&self) -> Result<String, WireError> {
        self.write("", true)
    }

    /// After a topic.
    fn write(&self, topic: &str, is_plain: bool) -> Result<String, WireError> {
        let is_plain = is_plain && self.serialization == Serialization::Json;
        let mut object = Object::after(topic, self.inputs_and_value().map(String::len).sum());
        object.field("task_id", &self.task_id)?;
        object.field("method", &self.method)?;
        object.field("success", &self.success)?;
        object.field("complete", &self.complete)?;
        object.json("task_info", &self.task_info)?;
        object.field("resources", &self.resources)?;
        object.field("failure_info", &self.failure)?;
        object.json("worker_info", or_null(&self.worker_info))?;
        object.json("message_sizes", &self.message_sizes)?;
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
        self.write_inputs(&mut object, is_plain);
        object.key("value");
        match &self.value {
            Some(value) => input(&mut object.text, value, is_plain),
            None => object.text.null(),
        }
        let text = object.close();
        check_size(text.len())?;
        Ok(text)
    }

    fn inputs_and_value(&self) -> impl Iterator<Item = &String> {
        self.args.iter().chain(self.kwargs.iter().map(|(_, text)| text)).chain(&self.value)
    }

    /// `[[..], {..}]`.
    fn write_inputs(&self, object: &mut Object, is_plain: bool) {
        object.key("inputs");
        let mut text = std::mem::take(&mut object.text);
        text.0.push('[');
        text.open(Kind::List);
        for (i, arg) in self.args.iter().enumerate() {
            text.item(i == 0);
            input(&mut text, arg, is_plain);
        }
        text.close(Kind::List);
        text.item(false);
        let mut kwargs = Object::within(text);
        for (key, value) in &self.kwargs {
            kwargs.key(key);
            input(&mut kwargs.text, value, is_plain);
        }
        object.text.0 = kwargs.close();
        object.text.0.push(']');
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

/// An input or a value: as a text, or as the JSON that it is.
fn input(text: &mut JsonText, input: &str, is_plain: bool) {
    if is_plain { text.0.push_str(input) } else { text.text(input) }
}

pub(super) fn check_size(size: usize) -> Result<(), WireError> {
    if size > SIZE_LIMIT { Err(WireError::TooLarge { size }) } else { Ok(()) }
}

/// An object that grows.
struct Object {
    text: JsonText,
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
        Self::within(JsonText(text))
    }

    /// One that goes on with this text.
    fn within(mut text: JsonText) -> Self {
        text.open(Kind::Map);
        Self { text, is_empty: true }
    }

    fn key(&mut self, key: &str) {
        self.text.item(std::mem::take(&mut self.is_empty));
        self.text.text(key);
        self.text.0.push_str(": ");
    }

    fn field(&mut self, key: &str, value: &impl Serialize) -> Result<(), WireError> {
        self.key(key);
        value.serialize(Writer::new(&mut self.text))
    }

    /// A field that is kept as its JSON.
    fn json(&mut self, field: &'static str, json: &str) -> Result<(), WireError> {
        json::parse(json).map_err(|error| WireError::Field { field, wrong: error.to_string() })?;
        self.raw(field, json);
        Ok(())
    }

    /// A value that is JSON.
    fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.text.0.push_str(json);
    }

    fn close(mut self) -> String {
        self.text.close(Kind::Map);
        self.text.0
    }
}
