//! What holds for every expansion, whatever the attribute was given: it is valid code, or errors at words of the input
//! beside valid code.

use std::ops::Range;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::Item;

use crate::attribute::{method, misplaced, resource_pool, thinker};
use crate::table::INNER;

/// An error in an expansion.
#[derive(Debug, PartialEq)]
struct Error {
    text: String,
    /// Where it begins and ends; none for the attribute itself.
    at: Option<Range<usize>>,
}

/// Expands the item of a source that begins with one attribute, and checks what comes out. Source text: so every token
/// has a place of its own. Text that is no Rust, or has no such attribute, is passed over: rustc refuses it.
pub(super) fn check(source: &str) -> Result<Outcome, String> {
    proc_macro2::extra::invalidate_current_thread_spans();
    let Ok(tokens) = source.parse::<TokenStream>() else { return Ok(Outcome::Unread) };
    let Some((name, options, item)) = taken_apart(tokens) else { return Ok(Outcome::Unread) };
    let parsed: Option<Item> = syn::parse2(item.clone()).ok();
    let expansion = match name.as_str() {
        "thinker" => thinker(options, item.clone()),
        "method" => method(options, item.clone()),
        "derive" => resource_pool(item.clone()),
        inner => match INNER.into_iter().find(|known| known.name == inner) {
            Some(known) => misplaced(known, item.clone()),
            None => return Ok(Outcome::Unread),
        },
    };
    let (errors, code) = split(expansion);
    for (i, error) in errors.iter().enumerate() {
        let placed = match &error.at {
            Some(at) => at.start < at.end && at.end <= source.len() && source.is_char_boundary(at.start),
            // Of an item that is none, rustc says so itself.
            None => of_the_attribute(&error.text) || parsed.is_none(),
        };
        if !placed {
            return Err(format!("an error without a place in the input: {error:?}"));
        }
        if errors[..i].contains(error) {
            return Err(format!("an error that is reported twice: {error:?}"));
        }
        if error.text.contains("__colmena") || error.text.trim().is_empty() {
            return Err(format!("an error that nobody understands: {error:?}"));
        }
    }
    // rustc parses an item before it expands its attributes.
    if parsed.is_some() && syn::parse2::<syn::File>(code.clone()).is_err() {
        return Err(format!("no valid code: {code}"));
    }
    Ok(if errors.is_empty() { Outcome::Expanded } else { Outcome::Refused })
}

/// What became of an input.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// It is no Rust.
    Unread,
    /// With errors.
    Refused,
    /// Without.
    Expanded,
}

/// The errors whose place is the attribute as a whole.
fn of_the_attribute(text: &str) -> bool {
    text.contains("` belongs on ")
}

/// The first attribute of some tokens: its name, its options, and what follows it.
fn taken_apart(tokens: TokenStream) -> Option<(String, TokenStream, TokenStream)> {
    let mut tokens = tokens.into_iter();
    let (_pound, TokenTree::Group(brackets)) = (tokens.next()?, tokens.next()?) else { return None };
    let mut inside = brackets.stream().into_iter();
    let TokenTree::Ident(name) = inside.next()? else { return None };
    let options = match inside.next() {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    Some((name.to_string(), options, tokens.collect()))
}

/// The errors at the top of an expansion, and the rest.
fn split(expansion: TokenStream) -> (Vec<Error>, TokenStream) {
    let (mut errors, mut code) = (Vec::new(), Vec::<TokenTree>::new());
    for token in expansion {
        match &token {
            TokenTree::Group(group) if is_compile_error(&code) => {
                // `::core::compile_error!`
                let begins = code.split_off(code.len() - 7);
                errors.push(error(begins[0].span(), group));
            }
            _ => code.push(token),
        }
    }
    (errors, code.into_iter().collect())
}

fn is_compile_error(before: &[TokenTree]) -> bool {
    let before: Vec<String> = before.iter().rev().take(2).map(ToString::to_string).collect();
    before == ["!", "compile_error"]
}

fn error(begins: Span, message: &Group) -> Error {
    let literal: syn::LitStr = syn::parse2(message.stream()).expect("one string");
    let (start, end) = (begins.byte_range(), message.span().byte_range());
    let nowhere = start.is_empty() && end.is_empty();
    Error { text: literal.value(), at: (!nowhere).then_some(start.start..end.end) }
}

#[test]
fn the_check_sees_what_is_wrong() {
    assert_eq!(check("#[thinker] impl S { #[agent] fn a(&self) {} }"), Ok(Outcome::Expanded));
    assert_eq!(check("#[thinker] impl S { #[agent] fn a(&self) -> u32 {} }"), Ok(Outcome::Refused));
    assert_eq!(check("#[thinker] impl S { ("), Ok(Outcome::Unread));
    let (errors, code) = split("::core::compile_error!{\"a\"} struct S;".parse().expect("tokens"));
    assert_eq!((errors[0].text.as_str(), errors[0].at.clone()), ("a", Some(0..27)));
    assert_eq!(code.to_string(), "struct S ;");
}
