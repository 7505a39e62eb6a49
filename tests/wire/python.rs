//! The original itself reads what is written here, where it is installed (`scripts/test.sh` says how); otherwise this says that
//! it does not.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use colmena::wire::{Message, Request, Serialization};
use serde::Serialize;
use serde_json::json;

use crate::{Fixture, readable};

/// The Python that has the original: `COLMENA_PYTHON`, or the one that `scripts/original.sh` installs.
fn python() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/original/bin/python");
    std::env::var_os("COLMENA_PYTHON").map(PathBuf::from).or(Some(installed)).filter(|python| python.exists())
}

/// A message of theirs, and as it is written here.
fn pair(fixture: &Fixture) -> serde_json::Value {
    let text = String::from_utf8(fixture.bytes.clone()).unwrap();
    let (theirs, message) = if fixture.is_request() {
        let Request::Task(message) = Request::read(text.as_bytes()).unwrap() else { panic!("a task") };
        (text[text.find('{').unwrap()..].to_owned(), message)
    } else {
        let message = Message::read(text.as_bytes()).unwrap();
        (text, message)
    };
    json!(["message", theirs, message.to_json().unwrap()])
}

/// A value in both ways, and what it is in Python: as JSON, as a pickle.
fn value<T: Serialize>(value: T, as_json: &str, as_pickle: &str) -> [serde_json::Value; 2] {
    let check = |way: Serialization, name, expression| json!(["value", name, way.encode(&value).unwrap(), expression]);
    [check(Serialization::Json, "json", as_json), check(Serialization::Pickle, "pickle", as_pickle)]
}

fn alike<T: Serialize>(of: T, expression: &str) -> [serde_json::Value; 2] {
    value(of, expression, expression)
}

fn values() -> impl Iterator<Item = serde_json::Value> {
    let (row, keys) = ([0.1_f32, -0.0], BTreeMap::from([(1, 'a'), (-2, '☃')]));
    [
        alike(
            [i64::MIN, i64::MAX, -129, -1, 0, 255, 256, 65_536].to_vec(),
            "[-2**63, 2**63-1, -129, -1, 0, 255, 256, 65536]",
        ),
        alike(vec![i128::MAX, i128::MIN, u64::MAX.into()], "[2**127-1, -2**127, 2**64-1]"),
        alike(
            vec![f64::MAX, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e16],
            "[1.7976931348623157e308, 5e-324, nan, inf, -inf, 1e16]",
        ),
        alike("é ☃ 😀 \"\\/\u{8}\n\0\u{7f}", r#""é ☃ 😀 \"\\/\b\n\0\x7f""#),
        alike("☃".repeat(300), "'☃' * 300"),
        alike(vec![Some(true), Some(false), None], "[True, False, None]"),
        value((1, "a"), "[1, 'a']", "(1, 'a')"),
        value(row, "[0.1, -0.0]", "(0.10000000149011612, -0.0)"),
        value(keys, "{'-2': '☃', '1': 'a'}", "{-2: '☃', 1: 'a'}"),
        alike(json!({"a": {"b": [[], {}]}}), "{'a': {'b': [[], {}]}}"),
        alike(std::time::Duration::from_millis(1500), "{'secs': 1, 'nanos': 500000000}"),
    ]
    .into_iter()
    .flatten()
}

#[test]
fn the_original_reads_what_is_written_here() {
    let Some(python) = python() else {
        eprintln!("not checked: the original is not installed (scripts/original.sh installs it)");
        return;
    };
    let checks: Vec<_> = readable().iter().map(pair).chain(values()).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/check.py");
    let child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("Python can be started");
    let mut lines = child.stdin.take().expect("it is a pipe");
    // It reads all of them before it writes anything.
    checks.iter().for_each(|check| writeln!(lines, "{check}").expect("it reads them"));
    drop(lines);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), checks.len().to_string());
}
