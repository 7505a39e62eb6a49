//! Mistakes that the compiler finds (DESIGN, section 5): a folder for each rule, a program for each mistake or for several
//! that are reported together.
//!
//! A comment `//@ R7 task_submitter n_slots zero` above a mistake names the cell of the table that it is for: rule, attribute,
//! option, way to break it. Each is followed by exactly one error; `colmena-macros/src/tests/cells.rs` checks that, and
//! that no cell is missing.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test --test ui`, and then read it: it must say the cure, at the
//! word that is wrong.

#[test]
fn wrong_programs_are_refused() {
    // By themselves: then all are checked in one run of cargo.
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/ui/r*/*.rs");
    // No rule of ours: slots, tasks and results are values, and rustc knows what is dropped or used twice.
    tests.compile_fail("tests/ui/values/*.rs");
}

#[test]
fn programs_close_to_the_line_are_accepted() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
