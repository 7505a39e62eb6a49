//! From the model to tokens. Nothing here can fail: what is wrong has been refused by the checks, or is left for rustc
//! to find at the user's tokens.
//!
//! Spans. A name of the user's keeps its span, so that editors find what it stands for. A binding that rustc may underline
//! has the span of the user's type that it stands for, where it is declared and where it is used: a mixture of spans in
//! one expression would make rustc underline the whole attribute.
//!
//! Names. Where code of the user's is in scope, and beside the user's items, ours are named `__colmena_*`. Elsewhere they
//! are what a person would have called them: an expansion is read.

mod agent;
mod command;
mod count;
mod hook;
pub(crate) mod method;
pub(crate) mod pool;
mod processor;
mod responder;
pub(crate) mod state;
mod submitter;
pub(crate) mod thinker;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The span of the first token: what can be underlined on stable Rust.
fn first_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// The span of the last token: what is emitted from the first to the last is underlined as a whole.
fn last_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().last().map_or_else(Span::call_site, |token| token.span())
}

/// The tokens, all with this span. `$crate` keeps its own: it is resolved by it.
fn at(span: Span, tokens: &TokenStream) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        match &mut token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), at(span, &group.stream()));
                inner.set_span(span);
                *group = inner;
            }
            TokenTree::Ident(ident) if *ident == "$crate" => {}
            token => token.set_span(span),
        }
        token
    });
    moved.collect()
}

/// A binding of generated code, in whose scope there is no code of the user's.
fn binding(name: &str, span: Span) -> Ident {
    Ident::new(name, span)
}
