//! Messages as a whole: what is read of them, and that nothing is lost when they are written again.

use colmena::Resources;
use colmena::wire::{Message, Request, Serialization, Unreadable, WireError};

use crate::{Fixture, captured, fixtures, readable};

fn read(fixture: &Fixture) -> Message {
    let read = if fixture.is_request() { request(&fixture.bytes) } else { Message::read(&fixture.bytes) };
    read.unwrap_or_else(|error| panic!("{}: {error}", fixture.name))
}

fn request(body: &[u8]) -> Result<Message, Unreadable> {
    match Request::read(body)? {
        Request::Task(message) => Ok(message),
        Request::Kill => panic!("a kill message"),
    }
}

fn result(name: &str) -> Message {
    Message::read(&captured(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn all_messages_are_read_and_none_changes_when_written_again() {
    let fixtures = readable();
    assert!(fixtures.len() >= 90, "only {} messages", fixtures.len());
    for fixture in fixtures {
        let message = read(&fixture);
        assert!(!message.task_id.is_empty() && message.method.is_some(), "{}", fixture.name);
        let again = Message::read(message.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(again, message, "{}", fixture.name);
        let again = request(message.to_request().unwrap().as_bytes()).unwrap();
        assert_eq!(again, message, "{}", fixture.name);
    }
}

#[test]
fn messages_are_what_their_names_say() {
    for fixture in readable() {
        let (message, name) = (read(&fixture), &fixture.name);
        let said = (message.success, message.complete);
        match name {
            name if fixture.is_request() => assert_eq!(said, (None, None), "{name}"),
            name if name.contains("unknown_method") => assert_eq!(said, (Some(false), None), "{name}"),
            name if name.contains("fail") => assert_eq!(said, (Some(false), Some(true)), "{name}"),
            name if name.ends_with(".stream.result.3") || name.ends_with(".stream_noreturn.result.2") => {
                assert_eq!(said, (Some(true), Some(true)), "{name}");
            }
            name if name.contains(".stream") || name.ends_with(".intermediate") => {
                assert_eq!(said, (Some(true), Some(false)), "{name}");
            }
            name => assert_eq!(said, (Some(true), Some(true)), "{name}"),
        }
        assert_eq!(message.failure.is_some(), said.0 == Some(false), "{name}");
        let way = if name.contains("pickle") { Serialization::Pickle } else { Serialization::Json };
        assert_eq!(message.serialization, way, "{name}");
    }
}

#[test]
fn every_field_is_read() {
    for way in ["json", "pickle"] {
        let Message { resources, max_retries, keep_inputs, retries, task_info, worker_info, timestamp, time, .. } =
            result(&format!("{way}.full.result"));
        assert_eq!(resources, Resources { node_count: 2, cpu_processes: 4, cpu_threads: 8 });
        assert_eq!((max_retries, retries, keep_inputs), (3, 0, true));
        assert_eq!(task_info, r#"{"id": 7, "note": "\u00e9", "f": 1.5, "none": null, "l": [1]}"#);
        assert_eq!(worker_info.unwrap(), r#"{"hostname": "vm"}"#);
        assert!(timestamp.created.is_some() && timestamp.result_received.is_none());
        assert!(time.running.is_some() && time.deserialize_results.is_none());
        assert_eq!(time.additional, "{}");
    }
}

#[test]
fn failures_have_their_trace_and_retries() {
    let failed = result("json.failed.result");
    let failure = failed.failure.unwrap();
    assert_eq!(failure.exception, "ValueError('bad value: é \"q\"')");
    assert!(failure.traceback.unwrap().ends_with("ValueError: bad value: é \"q\"\n"));
    assert_eq!((failed.retries, failed.max_retries), (2, 2));
}

#[test]
fn inputs_may_not_be_kept() {
    let message = result("json.keep_inputs_false.result");
    assert!(!message.keep_inputs && message.args.is_empty() && message.kwargs.is_empty());
    assert_eq!(message.value::<u8>(), Ok(3));
}

#[test]
fn kill_messages_are_known() {
    for way in ["json", "pickle"] {
        assert_eq!(Request::read(&captured(&format!("{way}.kill"))), Ok(Request::Kill));
    }
    assert_eq!(Request::KILL.as_bytes(), captured("json.kill"));
}

#[test]
fn little_suffices_for_a_request() {
    let message =
        request(br#"topic{"task_id": "1", "inputs": [[1, "[2]"], {"k": {"a": null}}], "new": {"x": [NaN]}}"#).unwrap();
    assert_eq!(message.topic.as_deref(), Some("topic"), "from before the object");
    assert_eq!(message.args, ["1", "[2]"]);
    assert_eq!(message.kwargs, [("k".to_owned(), r#"{"a": null}"#.to_owned())]);
    assert_eq!((message.method, &*message.task_info, message.max_retries), (None, "{}", 0));
    assert!(message.keep_inputs);
    assert_eq!(message.timestamp.created, None);
}

#[test]
fn null_is_as_good_as_absent() {
    let text =
        br#"{"task_id": "1", "inputs": [[], {}], "task_info": null, "timestamp": {"created": null}, "time": null,
        "resources": null, "keep_inputs": null, "retries": null, "worker_info": null, "method": null, "topic": null}"#;
    let absent = Message::read(br#"{"task_id": "1", "inputs": [[], {}]}"#).unwrap();
    assert_eq!(Message::read(text), Ok(absent));
}

#[test]
fn the_flat_form_is_refused_by_name() {
    let flat: Vec<_> = fixtures("derived").into_iter().filter(|fixture| fixture.name.ends_with(".flat")).collect();
    assert_eq!(flat.len(), 4);
    for fixture in flat {
        let unreadable = Request::read(&fixture.bytes).unwrap_err();
        assert!(matches!(unreadable.error, WireError::FlatForm { .. }), "{}: {unreadable}", fixture.name);
        assert!(unreadable.task_id.is_some(), "{}", fixture.name);
    }
}

/// A result file has inputs and value as they are.
#[test]
fn lines_of_result_files_are_read_and_written() {
    let mut message = Message::new("1", "f", "t", Serialization::Json);
    message.args = vec![message.encode(&1.5).unwrap(), message.encode("text").unwrap()];
    message.kwargs = vec![("k".to_owned(), message.encode(&[f64::NAN]).unwrap())];
    message.value = Some(message.encode(&("a", 1)).unwrap());
    let line = message.to_plain_json().unwrap();
    assert!(line.contains(r#""inputs": [[1.5, "text"], {"k": [NaN]}], "value": ["a", 1]"#), "{line}");
    assert_eq!(Message::read_plain(line.as_bytes()), Ok(message));
}

#[test]
fn objects_that_are_none_are_not_written() {
    let mut message = Message::new("1", "f", "t", Serialization::Json);
    message.task_info = "{\"a\": }".to_owned();
    let error = message.to_json().unwrap_err();
    assert_eq!(error.to_string(), "the field `task_info` of a message: no JSON: no value at byte 6");
    let mut message = Message::new("1", "f", "t{", Serialization::Json);
    assert_eq!(message.to_request().unwrap_err().to_string(), "no request: its topic has a `{`");
    message.topic = None;
    assert_eq!(message.to_request().unwrap_err().to_string(), "a message without `topic`");
}
