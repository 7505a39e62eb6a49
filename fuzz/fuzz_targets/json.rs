//! A text of JSON with bare `NaN` and infinities.
#![no_main]

#[path = "../../tests/wire/holds.rs"]
#[expect(dead_code, reason = "the other targets use the rest")]
mod holds;

libfuzzer_sys::fuzz_target!(|text: &str| holds::json(text));
