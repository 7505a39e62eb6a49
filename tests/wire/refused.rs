//! What cannot be read: an error that says why, with the task's id wherever it can be made out.

use colmena::wire::{Message, Request, Serialization, WireError};

use crate::captured;

fn error(text: &str) -> String {
    Message::read(text.as_bytes()).unwrap_err().error.to_string()
}

#[test]
fn what_is_no_message() {
    let known = [
        ("", "no JSON: an object is expected at byte 0"),
        ("[]", "no JSON: an object is expected at byte 0"),
        ("{", "no JSON: a key is expected at byte 1"),
        (r#"{"task_id": "1""#, "no JSON: a comma or the end of a list or an object is expected at byte 15"),
        (r#"{"task_id": "1"} x"#, "no JSON: something follows the value at byte 17"),
        (r#"{"inputs": [[], {}]}"#, "a message without `task_id`"),
        (r#"{"task_id": "1"}"#, "a message without `inputs`"),
    ];
    for (text, expected) in known {
        assert_eq!(error(text), expected, "{text}");
    }
    assert_eq!(Message::read(b"{\"task_id\": \"\xff\"}").unwrap_err().to_string(), "no JSON: no UTF-8 at byte 13");
}

#[test]
fn fields_of_another_type_are_refused_and_the_task_is_known() {
    let known = [
        (r#""retries": -1"#, "the field `retries` of a message: invalid value: integer `-1`, expected u32"),
        (r#""retries": 1.5"#, "the field `retries` of a message: invalid type: floating point `1.5`, expected u32"),
        (r#""success": "yes""#, "the field `success` of a message: invalid type: string \"yes\", expected a boolean"),
        (r#""task_info": []"#, "the field `task_info` of a message: it is no object"),
        (r#""time": 1"#, "the field `time` of a message: it is no object"),
        (
            r#""timestamp": {"created": "now"}"#,
            "the field `timestamp` of a message: at `.created`: invalid type: string \"now\", expected f64",
        ),
        (
            r#""serialization_method": "yaml""#,
            "the field `serialization_method` of a message: unknown variant `yaml`, expected `json` or `pickle`",
        ),
        (r#""inputs": "8004""#, "the field `inputs` of a message: it is no list of a list and an object"),
        (r#""inputs": [[]]"#, "the field `inputs` of a message: it is no list of a list and an object"),
        (
            r#""serialization_method": "pickle", "value": 1"#,
            "the field `value` of a message: a value that is no pickle",
        ),
    ];
    for (field, expected) in known {
        let text = format!(r#"{{"task_id": "7", "inputs": [[], {{}}], {field}}}"#);
        let unreadable = Message::read(text.as_bytes()).unwrap_err();
        assert_eq!(unreadable.to_string(), expected, "{field}");
        assert_eq!(unreadable.task_id.as_deref(), Some("7"), "{field}");
    }
}

#[test]
fn what_is_no_request() {
    let refused = |body: &[u8]| Request::read(body).unwrap_err().to_string();
    assert_eq!(refused(b"topic"), "no request: it has no object");
    assert_eq!(refused(b"\xff{}"), "no request: its topic is no UTF-8");
    assert_eq!(refused(b"topic{}"), "a message without `inputs`");
}

#[test]
fn proxies_are_refused_and_the_message_is_read() {
    let message = Message::read(&captured("pickle.proxy.result")).unwrap();
    let error = message.value::<Vec<f64>>().unwrap_err();
    assert!(matches!(&error, WireError::Proxy { class } if class.starts_with("proxystore.")), "{error}");
    let Request::Task(message) = Request::read(&captured("pickle.proxy.request")).unwrap() else { panic!("a task") };
    assert!(matches!(message.argument::<String>(0, "x"), Err(WireError::Proxy { .. })));
}

/// What Python's `pickle.dumps(.., 4).hex()` makes of objects that are no plain data.
#[test]
fn pickled_classes_are_refused_by_name() {
    let known = [
        // decimal.Decimal('1.5')
        ("80049521000000000000008c07646563696d616c948c07446563696d616c9493948c03312e3594859452942e", "decimal.Decimal"),
        // complex(1, 2), protocol 2
        (
            "8002635f5f6275696c74696e5f5f0a636f6d706c65780a71004700000000000000004700000000000000008671015271022e",
            "__builtin__.complex",
        ),
        // os.system, which executing a pickle could call
        ("80049514000000000000008c05706f736978948c0673797374656d9493942e", "posix.system"),
    ];
    for (pickle, class) in known {
        let error = Serialization::Pickle.decode::<f64>(pickle).unwrap_err();
        assert_eq!(error, WireError::Class { class: class.to_owned() }, "{error}");
    }
}

#[test]
fn pickles_that_are_none() {
    let known = [
        ("80", "it is cut short at byte 1"),
        ("8004", "it is cut short at byte 2"),
        ("80042e", "a value is missing at byte 3"),
        ("8009", "protocol 9, where 2 to 5 are known, at byte 2"),
        ("80044e4e2e", "something is left at the end at byte 5"),
        ("80044e2e00", "something follows the end at byte 4"),
        ("8004494e", "the instruction 'I' at byte 3"),
        ("80048c05616263", "it is cut short at byte 4"),
        ("80048c01ff2e", "a text that is no UTF-8 (a lone surrogate?) at byte 5"),
        ("8004680a2e", "a reference to nothing at byte 4"),
        ("80044e4e612e", "items for what is no list at byte 5"),
        ("80047d284e752e", "entries for what is no map, or a key without a value, at byte 6"),
        ("8004652e", "a mark is missing at byte 3"),
        ("800428852e", "a value is missing at byte 4"),
        ("80048a114e", "it is cut short at byte 4"),
        ("80040", "no hexadecimal digit, or half a byte, at byte 2"),
        ("xy", "no hexadecimal digit, or half a byte, at byte 0"),
        ("é", "no hexadecimal digit, or half a byte, at byte 0"),
    ];
    for (pickle, wrong) in known {
        let error = Serialization::Pickle.decode::<()>(pickle).unwrap_err();
        assert_eq!(error.to_string(), format!("no pickle that can be read: {wrong}"), "{pickle}");
    }
}

#[test]
fn texts_that_are_no_json() {
    for text in [
        "",
        " ",
        "nan",
        "-NaN",
        "Inf",
        "-Inf",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "--1",
        "0x1",
        "tru",
        "[1,]",
        "[1 2]",
        "[,1]",
        "{1: 2}",
        "{\"a\"}",
        "{\"a\": 1,}",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\n\"",
        "[",
        "]",
        "{\"a\": [}",
        "1 1",
        "NaNN",
        "\u{feff}1",
        "\"\\u+123\"",
    ] {
        let error = Serialization::Json.decode::<serde::de::IgnoredAny>(text).unwrap_err();
        assert!(matches!(error, WireError::Json { .. }), "{text}: {error}");
    }
}

#[test]
fn depth_is_limited_also_of_what_contains_itself() {
    let json =
        |n: usize| Serialization::Json.decode::<serde_json::Value>(&format!("{}{}", "[".repeat(n), "]".repeat(n)));
    assert!(json(128).is_ok());
    assert_eq!(json(129), Err(WireError::TooDeep));
    assert_eq!(json(100_000), Err(WireError::TooDeep));
    let pickle = |hex: &str| Serialization::Pickle.decode::<serde_json::Value>(hex);
    let nested = |n: usize| format!("8004{}{}2e", "5d".repeat(n), "61".repeat(n - 1));
    assert!(pickle(&nested(128)).is_ok());
    assert_eq!(pickle(&nested(129)), Err(WireError::TooDeep), "it could not be written again");
    assert_eq!(pickle(&nested(1_000_000)), Err(WireError::TooDeep));
    // x = []; x.append(x)
    assert_eq!(pickle("80045d946800612e"), Err(WireError::TooDeep));
}

/// Counts what it contains, and keeps nothing.
struct Count(u64);

impl<'de> serde::Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;
        impl<'de> serde::de::Visitor<'de> for Counting {
            type Value = u64;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("lists of nothing")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
                let mut count = 1;
                while let Some(Count(n)) = items.next_element()? {
                    count += n;
                }
                Ok(count)
            }
        }
        deserializer.deserialize_any(Counting).map(Self)
    }
}

/// A pair of references to a pair of references to ..: 2^n values in 4 n bytes.
#[test]
fn pickles_that_swell_are_refused() {
    let swelling = |levels: usize| {
        let pairs: String = (0..levels).map(|level| format!("68{level:02x}8694")).collect();
        Serialization::Pickle.decode::<Count>(&format!("80045d94{pairs}2e")).map(|Count(n)| n)
    };
    assert_eq!(swelling(20), Ok((1 << 21) - 1));
    assert_eq!(swelling(60), Err(WireError::TooManyValues));
}

#[test]
fn values_that_do_not_fit_say_where() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Frame {
        energies: Vec<f64>,
    }
    let wrong = |way: Serialization, text: &str| way.decode::<Vec<Frame>>(text).unwrap_err().to_string();
    let text = r#"[{"energies": [0.5]}, {"energies": [0.5, "low"]}]"#;
    let expected = "at `[1].energies[1]`: invalid type: string \"low\", expected f64";
    assert_eq!(wrong(Serialization::Json, text), expected);
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(wrong(Serialization::Pickle, &Serialization::Pickle.encode(&value).unwrap()), expected);
    assert_eq!(wrong(Serialization::Json, "[{}]"), "at `[0]`: missing field `energies`");
    assert_eq!(wrong(Serialization::Json, "3"), "invalid type: integer `3`, expected a sequence");
}
