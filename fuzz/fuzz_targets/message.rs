//! A message, and all inputs and values in it.
#![no_main]

#[path = "../../tests/wire/holds.rs"]
#[expect(dead_code, reason = "the other targets use the rest")]
mod holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holds::message(bytes));
