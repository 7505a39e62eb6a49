//! What is written straight into a message is what its texts, written by themselves, would come to; and what is read from where it
//! stands in a message is what its texts say.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize, Serializer};

use super::received::Received;
use super::*;

/// All that serde knows.
#[derive(Clone, Debug)]
enum Any {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Short(f32),
    Character(char),
    Text(String),
    Bytes(Vec<u8>),
    Variant,
    Inner(Box<Any>),
    List(Vec<Any>),
    Pair(Box<(Any, Any)>),
    Map(Vec<(Key, Any)>),
    Struct(Box<Any>),
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Key {
    Text(String),
    Int(i64),
    Bool(bool),
    /// Refused.
    List([u8; 2]),
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Field<'a> {
            field: &'a Any,
        }
        #[derive(Serialize)]
        enum Shape<'a> {
            Nothing,
            One(&'a Any),
        }
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Int(value) => value.serialize(serializer),
            Self::Float(value) => value.serialize(serializer),
            Self::Short(value) => value.serialize(serializer),
            Self::Character(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Variant => Shape::Nothing.serialize(serializer),
            Self::Inner(value) => Shape::One(value).serialize(serializer),
            Self::List(value) => value.serialize(serializer),
            Self::Pair(value) => value.serialize(serializer),
            Self::Map(value) => serializer.collect_map(value.iter().map(|(key, value)| (key, value))),
            Self::Struct(field) => Field { field }.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Inputs {
    first: Any,
    second: Any,
}

/// What can be read of it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "its debug form is compared: not a number is one there")]
enum Read {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Read>),
    Map(BTreeMap<String, Read>),
}

/// With what has to be escaped, in all widths.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z\"\\\\/\u{0}-\u{1f}\u{7f}é☃😀]{0,8}",
        any::<String>(),
        Just(format!("{{\"{MARK}\": \"key\"}}")),
        "[x☃]{40,70}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        8 => text().prop_map(Key::Text),
        2 => any::<i64>().prop_map(Key::Int),
        2 => any::<bool>().prop_map(Key::Bool),
        1 => Just(Key::List([1, 2])),
    ]
}

fn value() -> impl Strategy<Value = Any> {
    let leaf = prop_oneof![
        Just(Any::Null),
        Just(Any::Variant),
        any::<bool>().prop_map(Any::Bool),
        any::<i128>().prop_map(Any::Int),
        any::<i64>().prop_map(|int| Any::Int(int.into())),
        prop::num::f64::ANY.prop_map(Any::Float),
        prop::num::f32::ANY.prop_map(Any::Short),
        any::<char>().prop_map(Any::Character),
        text().prop_map(Any::Text),
        text().prop_map(Any::Text),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Any::Bytes),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| Any::Inner(value.into())),
            inner.clone().prop_map(|value| Any::Struct(value.into())),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Any::List),
            (inner.clone(), inner.clone()).prop_map(|pair| Any::Pair(pair.into())),
            prop::collection::vec((key(), inner), 0..4).prop_map(Any::Map),
        ]
    })
}

fn way() -> impl Strategy<Value = Serialization> {
    prop_oneof![Just(Serialization::Json), Just(Serialization::Pickle)]
}

/// By texts of their own.
fn in_two_steps(message: &Message, inputs: &Inputs, by_name: bool, value: &Any) -> Result<String, WireError> {
    let at = |name: &'static str| move |error: WireError| error.at(format!(".{name}"));
    let first = message.encode(&inputs.first).map_err(at("first"))?;
    let second = message.encode(&inputs.second).map_err(at("second"))?;
    let value = message.encode(value)?;
    let sizes = format!("{{\"inputs\": {}, \"value\": {}}}", first.len() + second.len() + 98, value.len() + 49);
    let named = vec![("first".to_owned(), first), ("second".to_owned(), second)];
    let (args, kwargs) = match by_name {
        true => (Vec::new(), named),
        false => (named.into_iter().map(|(_, text)| text).collect(), Vec::new()),
    };
    Message { args, kwargs, value: Some(value), message_sizes: sizes, ..message.clone() }.to_request()
}

/// Straight into it.
fn in_one(message: &Message, inputs: &Inputs, by_name: bool, value: &Any) -> Result<String, WireError> {
    let mut object = message.open(true, 0)?;
    let inputs = object.inputs(message.serialization, inputs, by_name)?;
    let value = object.value(message.serialization, value)?;
    object.sizes(inputs, Some(value));
    object.finish()
}

/// As Python writes it: nothing beyond ASCII, which within a string is escaped once more.
fn as_python_does(body: &str) -> String {
    let mut escaped = String::new();
    for character in body.chars() {
        match character.len_utf8() {
            1 => escaped.push(character),
            _ => {
                let units = &mut [0; 2];
                character.encode_utf16(units).iter().for_each(|unit| escaped += &format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

/// The same from its texts, and from where they stand in it.
fn read_alike(body: &str) {
    let Ok(Request::Task(message)) = Request::read(body.as_bytes()) else { panic!("it is one") };
    let request = |keep_inputs| {
        let received = Received::request(body.as_bytes().to_vec()).expect("it is one");
        let mut received = received.expect("it is a task");
        received.message.keep_inputs = keep_inputs;
        received
    };
    let mut keys = Vec::new();
    for text in message.args.iter().chain(message.kwargs.iter().map(|(_, text)| text)) {
        if message.serialization == Serialization::Json && text.contains(MARK) {
            keys.extend(json::parse(text).expect("it can be read").0.references(MARK).into_iter().map(|(_, key)| key));
        }
    }
    keys.sort();
    keys.dedup();
    if message.serialization == Serialization::Json {
        assert_eq!(request(true).references(), Ok(keys));
    }
    let inputs = |name: usize| {
        let known = ["first", "second"];
        format!("{:?}", message.argument::<Read>(name, known[name]).map_err(|error| error.to_string()))
    };
    for keep_inputs in [false, true] {
        let mut received = request(keep_inputs);
        let read = received.inputs_by(&["first", "second"], &[], |place| BTreeMap::<String, Read>::deserialize(place));
        match read {
            Ok(read) => {
                for (number, name) in ["first", "second"].into_iter().enumerate() {
                    assert_eq!(format!("Ok({:?})", read[name]), inputs(number));
                }
            }
            Err(error) => {
                let error = error.to_string().replacen("at `.", "at `", 1);
                assert!([0, 1].map(inputs).contains(&format!("Err({error:?})")));
            }
        }
        let mut object = message.open(false, 0).expect("it can be written");
        received.write_inputs(&mut object);
        object.write_value(None, false);
        object.sizes(0, None);
        let again = Message::read(object.finish().expect("it is small").as_bytes()).expect("it is a message");
        match keep_inputs {
            true => assert_eq!((again.args, again.kwargs), (message.args.clone(), message.kwargs.clone())),
            false => assert_eq!((again.args.len(), again.kwargs.len()), (0, 0)),
        }
    }
    let value = request(true).value_by(|place| Read::deserialize(place));
    assert_eq!(format!("{value:?}"), format!("{:?}", message.value::<Read>()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn one_step_writes_what_two_do(
        way in way(), first in value(), second in value(), by_name: bool, value in value(), large: bool,
    ) {
        let mut message = Message::new("a \"task\"", "method", "topic", way);
        message.task_info = "{\"a\": [1, \"b\"]}".to_owned();
        let first = if large { Any::Text("large ☃ \" \n".repeat(100)) } else { first };
        let inputs = Inputs { first, second };
        let (one, two) = (in_one(&message, &inputs, by_name, &value), in_two_steps(&message, &inputs, by_name, &value));
        prop_assert_eq!(&one, &two);
        if let Ok(body) = one {
            read_alike(&body);
            read_alike(&as_python_does(&body));
        }
    }

    #[test]
    fn noise_is_refused_alike(
        way in way(), first in value(), second in value(), value in value(),
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let message = Message::new("task", "method", "topic", way);
        let Ok(body) = in_one(&message, &Inputs { first, second }, false, &value) else { return Ok(()) };
        let mut body = body.into_bytes();
        noise.into_iter().for_each(|(at, byte)| *at.get_mut(&mut body) = byte);
        match (Request::read(&body), Received::request(body.clone())) {
            (Ok(Request::Kill), Ok(None)) => {}
            (Ok(Request::Task(message)), Ok(Some(mut received))) => {
                let value = received.value_by(|place| Read::deserialize(place));
                prop_assert_eq!(format!("{value:?}"), format!("{:?}", message.value::<Read>()));
            }
            (Err(error), Err((same, _))) => prop_assert_eq!(error, same),
            (read, received) => panic!("{read:?}, but {received:?}"),
        }
        match (Message::read(&body), Received::result(body)) {
            (Err(error), Err(same)) => prop_assert_eq!(error, same),
            (read, received) => prop_assert_eq!(read.is_ok(), received.is_ok()),
        }
    }

    #[test]
    fn a_large_text_is_read_whatever_stands_beside_it(
        way in way(), before in text(), after in text(), mut large in "[a-z☃é ]{0,9}", special in text(), by_name: bool,
        in_value: bool,
    ) {
        large = large.repeat(2_000) + &special;
        let message = Message::new("task", "method", "topic", way);
        let (second, value) = if in_value { (after, large) } else { (large, after) };
        let inputs = Inputs { first: Any::Text(before), second: Any::Text(second) };
        let body = in_one(&message, &inputs, by_name, &Any::Text(value)).expect("it can be written");
        read_alike(&body);
        read_alike(&as_python_does(&body));
    }
}

/// Nobody writes it so; but it is JSON.
#[test]
fn a_reference_that_is_hidden_by_escapes_is_found() {
    let text = format!("{{\\\"{}\\\": \\\"key\\\"}}", MARK.replace('.', "\\u002e"));
    let body = format!(r#"topic{{"task_id": "1", "inputs": [["{text}"], {{}}]}}"#);
    let received = Received::request(body.into_bytes()).expect("it is one").expect("it is a task");
    assert_eq!(received.references(), Ok(vec!["key".to_owned()]));
}

/// What is bare in a message is its own text.
#[test]
fn what_is_no_text_is_read_as_it_is() {
    for inputs in
        [r#"[[1, " a\n"], {}]"#, r#"[["1"], {"second": {"a": [" ", null]}}]"#, r#"[[[2.5]], {"second": "null"}]"#]
    {
        read_alike(&format!(r#"topic{{"task_id": "1", "inputs": {inputs}, "value": {{"b": NaN}}}}"#));
    }
}

/// The memory of a message becomes that of the text that is nearly all of it.
#[test]
fn a_large_text_is_taken_over() {
    let mut message = Message::new("task", "method", "topic", Serialization::Json);
    let text = "x".repeat(1 << 20);
    message.value = Some(message.encode(&text).expect("it can be written"));
    let body = message.to_json().expect("it can be written").into_bytes();
    let memory = body.as_ptr();
    let mut received = Received::result(body).expect("it is a message");
    let read = received.value_by(|place| String::deserialize(place)).expect("it is a text");
    assert!(read == text && std::ptr::eq(read.as_ptr(), memory));
}
