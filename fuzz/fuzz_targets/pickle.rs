//! A pickle, as it is before it is written in hexadecimal.
#![no_main]

#[path = "../../tests/wire/holds.rs"]
#[expect(dead_code, reason = "the other targets use the rest")]
mod holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holds::pickle(bytes));
