//! The attributes as functions from tokens to tokens. What rustc says of their expansions is tested in `tests/ui`.

mod cells;
mod expanded;
mod method;
mod mutated;
mod noise;
mod options;
mod sound;
mod spans;
mod thinker;

use proc_macro2::{Group, TokenStream, TokenTree};

/// The texts of all `compile_error!` in an expansion.
pub(crate) fn errors(tokens: &TokenStream) -> Vec<String> {
    let (mut found, mut called) = (Vec::new(), false);
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => called = ident == "compile_error",
            TokenTree::Group(group) if called => {
                found.push(text(&group));
                called = false;
            }
            TokenTree::Group(group) => found.extend(errors(&group.stream())),
            _ => {}
        }
    }
    found
}

fn text(group: &Group) -> String {
    let literal: syn::LitStr = syn::parse2(group.stream()).expect("one string");
    literal.value()
}

/// Asserts that each expected text begins one of the errors, in this order, and that there are no others.
#[track_caller]
pub(crate) fn assert_errors(tokens: &TokenStream, expected: &[&str]) {
    let found = errors(tokens);
    let same = found.len() == expected.len() && found.iter().zip(expected).all(|(found, text)| found.starts_with(text));
    assert!(same, "expected {expected:#?}\nfound {found:#?}");
}
