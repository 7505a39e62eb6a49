//! Inputs and values: the types of serde and the numbers at their limits, there and back, in both ways.

use std::collections::BTreeMap;
use std::fmt::Debug;

use colmena::wire::{Message, Request, Serialization};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{captured, fixtures};

const WAYS: [Serialization; 2] = [Serialization::Json, Serialization::Pickle];

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    for way in WAYS {
        let text = way.encode(&value).unwrap();
        assert_eq!(way.decode::<T>(&text).as_ref(), Ok(&value), "{text}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
    y: Option<f32>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Meters(f64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Dot(Point),
    Line(Point, Point),
    Box { corner: Point, sides: (u8, u8) },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(f64),
    Text(String),
    Many(Vec<Loose>),
}

#[test]
fn numbers_at_their_limits() {
    there_and_back((i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
    there_and_back((i8::MAX, i16::MAX, i32::MAX, i64::MAX, i128::MAX));
    there_and_back((u8::MAX, u16::MAX, u32::MAX, u64::MAX));
    there_and_back([0_i64, -1, 127, 128, -128, -129, 255, 256, 65_535, 65_536, -65_536, 1 << 31, -(1 << 31) - 1]);
    there_and_back([
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        0.1,
        -0.0,
        1e22,
        1e23,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]);
    there_and_back([f32::MAX, f32::MIN_POSITIVE, 0.1, f32::INFINITY]);
    for way in WAYS {
        let back: f64 = way.decode(&way.encode(&f64::NAN).unwrap()).unwrap();
        assert!(back.is_nan());
        let zero: f64 = way.decode(&way.encode(&-0.0).unwrap()).unwrap();
        assert!(zero.is_sign_negative());
        assert!(way.encode(&u128::MAX).is_err());
    }
    assert_eq!(Serialization::Json.decode("1e999"), Ok(f64::INFINITY), "as Python reads it");
    assert_eq!(Serialization::Json.decode("1000000000000000000000000000000000000000000"), Ok(1e42));
}

#[test]
fn texts_and_bytes() {
    there_and_back(String::new());
    there_and_back("é ☃ 😀 \"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}".to_owned());
    there_and_back("x".repeat(255));
    there_and_back("y".repeat(256));
    there_and_back("☃".repeat(100_000));
    there_and_back(('a', '😀', true, false, ()));
    assert_eq!(Serialization::Json.decode(r#""\ud83d\ude00\u00e9\/""#), Ok("😀é/".to_owned()));
}

#[test]
fn what_serde_knows() {
    there_and_back(vec![Some(1), None]);
    there_and_back(Point { x: 1.5, y: None });
    there_and_back(Meters(2.0));
    there_and_back(Vec::<u8>::new());
    there_and_back(vec![
        Shape::Nothing,
        Shape::Dot(Point { x: 0.0, y: Some(0.1) }),
        Shape::Line(Point { x: 1.0, y: None }, Point { x: 2.0, y: None }),
        Shape::Box { corner: Point { x: 3.0, y: None }, sides: (1, 2) },
    ]);
    there_and_back(Loose::Many(vec![Loose::Number(1.0), Loose::Text("a".into()), Loose::Many(vec![])]));
    there_and_back(BTreeMap::from([("a".to_owned(), 1), ("é".to_owned(), 2)]));
    there_and_back(BTreeMap::from([(1_u64, -1.0), (u64::MAX, 0.0)]));
    there_and_back(BTreeMap::from([(-1_i128, true)]));
    there_and_back(BTreeMap::from([(true, 'a')]));
    assert_eq!(Serialization::Json.encode(&BTreeMap::from([(1, 2)])).unwrap(), r#"{"1": 2}"#);
    assert_eq!(Serialization::Pickle.encode(&BTreeMap::from([((1, 2), 3)])).unwrap(), "80047d28284b014b02744b03752e");
    for way in WAYS {
        assert!(way.encode(&BTreeMap::from([(vec![1], 2)])).is_err());
    }
}

/// What `derive.py` sends.
#[test]
fn what_each_release_sends() {
    let requests: Vec<_> =
        fixtures("derived").into_iter().filter(|fixture| fixture.name.ends_with(".request")).collect();
    assert_eq!(requests.len(), 10, "of five releases, in two ways");
    for fixture in requests {
        let Request::Task(task) = Request::read(&fixture.bytes).unwrap() else { panic!("a task") };
        let name = &fixture.name;
        assert_eq!(task.decode(&task.args[0]), Ok(i64::MAX), "{name}");
        assert_eq!(task.decode(&task.args[1]), Ok(i64::MIN), "{name}");
        assert_eq!(task.decode(&task.args[2]), Ok(u64::MAX), "{name}");
        assert_eq!(task.decode(&task.args[3]), Ok(f64::MAX), "{name}");
        assert_eq!(task.decode(&task.args[4]), Ok(5e-324), "{name}");
        assert!(task.decode::<f64>(&task.args[5]).unwrap().is_sign_negative(), "{name}");
        assert!(task.decode::<f64>(&task.args[6]).unwrap().is_nan(), "{name}");
        assert_eq!(task.decode(&task.args[7]), Ok(f64::INFINITY), "{name}");
        assert_eq!(task.decode(&task.args[8]), Ok(f64::NEG_INFINITY), "{name}");
        assert_eq!(task.decode(&task.args[9]), Ok(String::new()), "{name}");
        assert_eq!(task.decode(&task.args[10]), Ok("é ☃ 😀 \"\\/\u{8}\u{c}\n\r\t\0\u{7f}".to_owned()), "{name}");
        assert_eq!(task.decode(&task.args[11]), Ok(Vec::<u8>::new()), "{name}");
        assert_eq!(task.decode(&task.args[12]), Ok(BTreeMap::<String, u8>::new()), "{name}");
        let nested: serde_json::Value = task.decode(&task.args[13]).unwrap();
        assert_eq!(nested, serde_json::json!([[1, [2.5, null]], {"a": {"b": [true, false]}}]), "{name}");
        assert_eq!(task.argument(14, "name"), Ok("ünï".to_owned()), "{name}");
        assert_eq!(task.argument(14, "matrix"), Ok([[0.5, 1.5], [2.5, 3.5]]), "{name}");
        assert_eq!(task.argument::<u8>(14, "other").unwrap_err().to_string(), "the input `other` is missing");
        assert!(task.task_info.contains("1000000000000000000000000000000"), "{name}");
    }
}

#[test]
fn values_of_captured_results() {
    let result = |name: &str| Message::read(&captured(name)).unwrap();
    for way in ["json", "pickle"] {
        assert_eq!(result(&format!("{way}.stream.result.0")).value(), Ok(0.0));
        assert_eq!(result(&format!("{way}.stream.result.3")).value(), Ok("done".to_owned()));
        assert_eq!(result(&format!("{way}.value_none.result")).value(), Ok(()));
        assert_eq!(result(&format!("{way}.value_none.result")).value::<Option<f64>>(), Ok(None));
        assert!(result(&format!("{way}.nan_input.result")).value::<f64>().unwrap().is_nan());
        let [a, b] = &result(&format!("{way}.minimal.result")).args[..] else { panic!("two inputs") };
        let (way, both) = (result(&format!("{way}.minimal.result")).serialization, [a, b]);
        assert_eq!(both.map(|text| way.decode(text)), [Ok(1), Ok(2)]);
    }
}
