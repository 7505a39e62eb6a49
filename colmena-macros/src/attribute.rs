//! The attributes, each as its pipeline: parse, gate, check, gate, expand. Past the second gate nothing can fail.
//!
//! On any error the user's item is still emitted, without our attributes, and with all of the expansion that the error
//! leaves sound: editors keep working, and one mistake is one error.

use proc_macro2::{Span, TokenStream};
use syn::DeriveInput;

use crate::diag::Diagnostics;
use crate::parse::{block, function, options};
use crate::table::{self, METHOD, THINKER};
use crate::{check, expand, model};

/// `#[thinker]`
pub(crate) fn thinker(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let options = options::parse(&THINKER, options, &TokenStream::new(), &mut diag);
    let block = match block::parse(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            not_a_block(&item, &error, &mut diag);
            return diag.beside(block::stripped(item));
        }
    };
    let mut thinker = model::thinker::build(&options, &block, &mut diag);
    check::thinker::check(&mut thinker, &mut diag);
    diag.beside(expand::thinker::expand(&block, &thinker))
}

/// `#[method]`
pub(crate) fn method(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let options = options::parse(&METHOD, options, &TokenStream::new(), &mut diag);
    let function = match function::parse(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            not_a_function(&item, &error, &mut diag);
            return diag.beside(item);
        }
    };
    let method = model::method::build(&options, &function);
    let before = diag.len();
    check::method::check(&method, &function.signature, &mut diag);
    let sound = diag.len() == before && !check::method::infers(&method);
    diag.beside(match sound {
        true => expand::method::expand(&function, &method),
        false => expand::method::stand_in(&function, method),
    })
}

/// `#[derive(ResourcePool)]`
pub(crate) fn resource_pool(item: TokenStream) -> TokenStream {
    derive(item, |input, diag| {
        let pools = model::pool::build(input, diag);
        let before = diag.len();
        check::pool::check(&pools, diag);
        let sound = diag.len() == before;
        if sound { expand::pool::expand(&pools) } else { expand::pool::stand_in(&pools) }
    })
}

/// `#[derive(Checkpoint)]`
pub(crate) fn checkpoint(item: TokenStream) -> TokenStream {
    derive(item, |input, diag| {
        let state = model::state::build(input, diag);
        check::state::check(&state, diag);
        let sound = diag.len() == 0;
        if sound { expand::state::expand(&state) } else { expand::state::stand_in(state) }
    })
}

/// What is made beside a type, if it is one.
fn derive(item: TokenStream, make: impl FnOnce(&DeriveInput, &mut Diagnostics) -> TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let made = match syn::parse2(item) {
        Ok(input) => make(&input, &mut diag),
        Err(error) => {
            diag.syntax(&error);
            TokenStream::new()
        }
    };
    diag.beside(made)
}

/// An inner attribute that `#[thinker]` has not seen.
pub(crate) fn misplaced(attribute: &table::Attribute, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let message = format!("`#[{}]` belongs on a method of an `impl` block marked `#[thinker]`", attribute.name);
    diag.error_at(Span::call_site(), message).help("write `#[thinker]` above the `impl` block of the thinker");
    diag.beside(item)
}

/// R2: `#[thinker]` on anything but an `impl` block.
fn not_a_block(item: &TokenStream, error: &syn::Error, diag: &mut Diagnostics) {
    let written = item.to_string();
    if written.split_whitespace().any(|word| word == "impl" || word.starts_with("impl<")) {
        diag.syntax(error);
        return;
    }
    diag.error_at(Span::call_site(), "`#[thinker]` belongs on an inherent `impl` block")
        .help("write it above `impl Steering { .. }`, whose methods are the agents");
}

/// R13: `#[method]` on anything but a function.
fn not_a_function(item: &TokenStream, error: &syn::Error, diag: &mut Diagnostics) {
    let written = item.to_string();
    if written.split_whitespace().any(|word| word == "fn") {
        diag.syntax(error);
        return;
    }
    diag.error_at(Span::call_site(), "`#[method]` belongs on a free function")
        .help("write it above `fn simulate(..) -> .. { .. }`");
}
