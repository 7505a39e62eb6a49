//! Noise: whatever arrives, reading ends with a message or an error, and what is read can be written.
//!
//! Seeded, so that a failure can be repeated; `COLMENA_FUZZ=100` tries a hundred times as much. `fuzz/` looks further.

use colmena::wire::Serialization;
use rand::{Rng, RngExt as _, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use crate::{fixtures, holds, readable};

fn rounds(n: usize) -> usize {
    let times = std::env::var("COLMENA_FUZZ").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    n * times
}

/// Pieces that mean something to one of the readers.
const PIECES: [&[u8]; 24] = [
    b"NaN",
    b"-Infinity",
    b"Infinity",
    b"null",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud800",
    b":",
    b",",
    b"-",
    b"1e999",
    b"0.5",
    b"\x80\x04",
    b"\x94h\x00",
    b"(",
    b"u",
    b".",
    b"\x8c\x03abc",
    b"\xff",
];

/// Changes some places: a byte, a piece put in, a stretch left out or repeated.
fn mutate(rng: &mut Pcg64Mcg, bytes: &mut Vec<u8>) {
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let end = rng.random_range(at..=bytes.len().min(at + 40));
        match rng.random_range(0..4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => drop(bytes.splice(at..at, PIECES[rng.random_range(0..PIECES.len())].iter().copied())),
            2 => drop(bytes.drain(at..end)),
            _ => {
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
        }
    }
}

#[test]
fn mutated_messages() {
    let mut rng = Pcg64Mcg::seed_from_u64(6);
    let fixtures = readable();
    for _ in 0..rounds(20_000) {
        let mut bytes = fixtures[rng.random_range(0..fixtures.len())].bytes.clone();
        mutate(&mut rng, &mut bytes);
        holds::message(&bytes);
    }
}

/// Of texts without numbers that are none, serde_json is a second opinion: the same are taken, and mean the same.
#[test]
fn mutated_json() {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    for _ in 0..rounds(50_000) {
        let mut bytes = json(&mut rng, 4).into_bytes();
        mutate(&mut rng, &mut bytes);
        if let Ok(text) = String::from_utf8(bytes) {
            holds::json(&text);
        }
    }
}

/// Bare numbers that are none are read wherever a number may stand, and nowhere else.
#[test]
fn bare_numbers_among_others() {
    let mut rng = Pcg64Mcg::seed_from_u64(8);
    for _ in 0..rounds(20_000) {
        let whole = json(&mut rng, 4);
        let (bare, quoted) = (whole.replace("0.25", "NaN"), whole.replace("0.25", "null"));
        let bare: Value = Serialization::Json.decode(&bare).unwrap();
        assert_eq!(bare, serde_json::from_str::<Value>(&quoted).unwrap(), "{whole}");
    }
}

/// A JSON text; 0.25 stands only for itself, also in texts, which have it as `1/4`.
fn json(rng: &mut Pcg64Mcg, depth: usize) -> String {
    let space = ["", " ", "\n\t"][rng.random_range(0..3)];
    let many = |rng: &mut Pcg64Mcg, item: &dyn Fn(&mut Pcg64Mcg) -> String| {
        let items: Vec<String> = (0..rng.random_range(0..4)).map(|_| item(rng)).collect();
        items.join(&format!("{space},"))
    };
    match rng.random_range(0..if depth == 0 { 6 } else { 9 }) {
        0 => "null".to_owned(),
        1 => format!("{space}true"),
        2 => "0.25".to_owned(),
        3 => format!("{}", rng.random::<i64>() >> rng.random_range(0..64)),
        4 => format!("{:?}", f64::from(rng.random::<i32>()) / 1024.0).replace("0.25", "0.5"),
        5 => text(rng),
        6 | 7 => format!("[{}]", many(rng, &|rng| json(rng, depth - 1))),
        _ => format!("{{{}}}", many(rng, &|rng| format!("{}{space}: {}", text(rng), json(rng, depth - 1)))),
    }
}

fn text(rng: &mut Pcg64Mcg) -> String {
    const PARTS: [&str; 10] = ["a", "NaN", "Infinity", "é", "☃", "\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00", "1/4"];
    let parts: String = (0..rng.random_range(0..4)).map(|_| PARTS[rng.random_range(0..PARTS.len())]).collect();
    format!("\"{parts}\"")
}

#[test]
fn mutated_pickles() {
    let mut rng = Pcg64Mcg::seed_from_u64(9);
    for _ in 0..rounds(50_000) {
        let value: Value = serde_json::from_str(&json(&mut rng, 4)).unwrap();
        let text = Serialization::Pickle.encode(&value).unwrap();
        assert_eq!(Serialization::Pickle.decode::<Value>(&text), Ok(value));
        let mut bytes: Vec<u8> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
        mutate(&mut rng, &mut bytes);
        holds::pickle(&bytes);
    }
}

#[test]
fn random_bytes_as_a_pickle() {
    let mut rng = Pcg64Mcg::seed_from_u64(10);
    for _ in 0..rounds(50_000) {
        let mut bytes = vec![0; rng.random_range(0..60)];
        rng.fill_bytes(&mut bytes);
        if rng.random_bool(0.5) {
            bytes.iter_mut().for_each(|byte| *byte = INSTRUCTIONS[usize::from(*byte) % INSTRUCTIONS.len()]);
        }
        bytes.push(b'.');
        holds::pickle(&bytes);
    }
}

/// Those that make plain data, and numbers that are small enough to be sizes.
const INSTRUCTIONS: &[u8] =
    b"\x80\x04\x95N\x88\x89K\x01M\x02J\x8a\x8cX\x8dCB\x8e\x96])}\x8f(lt\x91d\x85\x86\x87ae\x90su\x94q\x00rhjc\x93.";

/// What the targets in `fuzz/` have found to be worth keeping, and what they once found to be wrong.
#[test]
fn what_was_found_by_fuzzing() {
    let mut count = 0;
    for (target, holds) in [
        ("message", holds::message as fn(&[u8])),
        ("json", |bytes| std::str::from_utf8(bytes).into_iter().for_each(holds::json)),
        ("pickle", holds::pickle),
    ] {
        let inputs = fixtures(&format!("../../fuzz/corpus/{target}"));
        inputs.iter().for_each(|input| holds(&input.bytes));
        count += inputs.len();
    }
    assert!(count > 0, "the corpus is there");
}
