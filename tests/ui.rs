//! Mistakes that the compiler finds (DESIGN, section 5): one folder for each rule, one program for each mistake or two.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test --test ui`, and then read it: it must say the cure, at the
//! word that is wrong.

#[test]
fn ui() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/r*/*.rs");
}
