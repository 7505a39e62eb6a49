//! Counts: numbers, expressions over `self`, closures over an item.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ExprClosure, Path, Type};

use super::{at, binding, first_span};
use crate::model::arguments::Role;
use crate::model::thinker::{Agent, Thinker};
use crate::parse::types::mentions;
use crate::parse::value::Count;

/// What is passed to the builder, and what that needs.
pub(super) struct Counted {
    /// `|_| 4` or `Self::__colmena_submit_n_slots`.
    pub(super) passed: TokenStream,
    /// The hidden method.
    pub(super) method: TokenStream,
    /// Items before the chain of calls: a constant, and the assertion that it is not 0.
    pub(super) items: TokenStream,
}

/// The count of the option `name`.
pub(super) fn count(count: &Count, name: &str, agent: &Agent, thinker: &Thinker) -> Counted {
    let helper = format_ident!("__colmena_{}_{}", agent.method.name(), name);
    match count {
        Count::Literal(literal) => Counted {
            passed: quote_spanned!(literal.span()=> |_| #literal),
            method: TokenStream::new(),
            items: TokenStream::new(),
        },
        Count::Path(path) => match constant(path, thinker) {
            Some(path) => named(&path, name, thinker),
            None => expression(path, &helper, agent),
        },
        Count::Expression(value) => expression(value, &helper, agent),
        Count::Closure(closure) => by_item(closure, &helper, agent, thinker),
    }
}

// #[doc(hidden)]
// fn __colmena_submit_n_slots(&self) -> usize {
//     self.width
// }
fn expression(value: &impl ToTokens, helper: &Ident, agent: &Agent) -> Counted {
    let cfgs = &agent.method.cfgs;
    let receiver = agent.method.receiver();
    let usize = at(first_span(value), &quote!(::core::primitive::usize));
    // `match .. { .. } + 1` is an expression, but at the end of a body it would be read as a statement and `+ 1`.
    let body = match begins_like_a_statement(value) {
        true => quote!(let __colmena_count: #usize = #value; __colmena_count),
        false => value.to_token_stream(),
    };
    let method = quote! {
        #(#cfgs)*
        #[doc(hidden)]
        fn #helper(#receiver) -> #usize { #body }
    };
    Counted { passed: quote!(Self::#helper), method, items: TokenStream::new() }
}

fn begins_like_a_statement(value: &impl ToTokens) -> bool {
    const WORDS: [&str; 10] = ["if", "match", "unsafe", "loop", "while", "for", "const", "async", "static", "crate"];
    match value.to_token_stream().into_iter().next() {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(TokenTree::Ident(ident)) => WORDS.iter().any(|word| ident == word),
        Some(TokenTree::Punct(punct)) => punct.as_char() == '\'',
        _ => false,
    }
}

// #[doc(hidden)]
// fn __colmena_submit_n_slots(&self, item: &Job) -> usize {
//     check::slots_for(item, |job| self.nodes(job))
// }
fn by_item(closure: &ExprClosure, helper: &Ident, agent: &Agent, thinker: &Thinker) -> Counted {
    let core = &thinker.runtime.core;
    let cfgs = &agent.method.cfgs;
    let receiver = agent.method.receiver();
    let ty = item(agent);
    let (thinker, value) = (binding("thinker", Span::call_site()), binding("item", first_span(&ty)));
    let method = quote! {
        #(#cfgs)*
        #[doc(hidden)]
        fn #helper(#receiver, __colmena_item: &#ty) -> ::core::primitive::usize {
            #core::check::slots_for(__colmena_item, #closure)
        }
    };
    let spanned = at(first_span(&ty), core);
    let item = quote_spanned!(first_span(&ty)=> #spanned::check::item_ref::<#ty, _>(#value));
    let passed = quote!(|#thinker, #value| Self::#helper(#thinker, #item));
    Counted { passed, method, items: TokenStream::new() }
}

fn item(agent: &Agent) -> Option<&Type> {
    agent.method.argument(|role| matches!(role, Role::Item)).map(|argument| &argument.ty)
}

// const N_SLOTS: usize = WIDTH;
// const _: () = check::at_least_one::<check::Count<{ N_SLOTS != 0 }>>();
// |_| N_SLOTS
fn named(path: &TokenStream, name: &str, thinker: &Thinker) -> Counted {
    let span = first_span(path);
    let core = at(span, &thinker.runtime.core);
    let constant = Ident::new(&name.to_uppercase(), span);
    let items = quote_spanned! {span=>
        const #constant: ::core::primitive::usize = #path;
        const _: () = #core::check::at_least_one::<#core::check::Count<{ #constant != 0 }>>();
    };
    Counted { passed: quote_spanned!(span=> |_| #constant), method: TokenStream::new(), items }
}

/// The path, if it is named like a constant and does not depend on generics: those are seen at launch.
fn constant(path: &Path, thinker: &Thinker) -> Option<TokenStream> {
    let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let constant = last.chars().any(char::is_uppercase) && !last.chars().any(char::is_lowercase);
    if !constant || mentions(path, &thinker.generics) {
        return None;
    }
    named_self(path, thinker)
}

/// The path with the thinker's type for `Self`: an item outside the block does not know `Self`.
fn named_self(path: &Path, thinker: &Thinker) -> Option<TokenStream> {
    let mut tokens = path.to_token_stream().into_iter().peekable();
    let begins_with_self = matches!(tokens.peek(), Some(TokenTree::Ident(ident)) if *ident == "Self");
    if !begins_with_self {
        return Some(tokens.collect());
    }
    if !thinker.generics.params.is_empty() {
        return None;
    }
    tokens.next();
    let (self_ty, rest) = (&thinker.self_ty, tokens.collect::<TokenStream>());
    Some(at(first_span(path), &quote!(<#self_ty> #rest)))
}
