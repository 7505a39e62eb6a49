//! What holds for a method: R13, and that a `local` one has a body.

use quote::ToTokens;
use syn::{FnArg, Pat, Safety, Signature, Type};

use crate::diag::Diagnostics;
use crate::model::arguments::spelled;
use crate::model::method::{Method, Parameter, Passing, Returns, names_context};
use crate::parse::types::{NotOwned, bare, for_ever, not_owned};

/// Checks all rules.
pub(crate) fn check(method: &Method, signature: &Signature, diag: &mut Diagnostics) {
    check_signature(signature, diag);
    if matches!(signature.inputs.first(), Some(FnArg::Receiver(_))) {
        return check_receiver(signature, diag);
    }
    method.parameters.iter().for_each(|parameter| check_parameter(parameter, method, diag));
    check_emission(method, diag);
    check_returns(method, diag);
    check_local(method, signature, diag);
    if let Some(command) = &method.command {
        super::command::check(command, method, signature, diag);
    }
}

/// R13: a method is an ordinary function.
fn check_signature(signature: &Signature, diag: &mut Diagnostics) {
    if let Some(token) = &signature.asyncness {
        diag.error(token, "a method has a worker of its own and may block: remove `async`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        diag.error(token, "a method is called by a task server, which cannot vouch for it: remove `unsafe`");
    }
    if !signature.generics.params.is_empty() {
        diag.error(&signature.generics, "a method cannot be generic: a task names its types")
            .help("write the types out; several methods can share a generic function");
    } else if let Some(clause) = signature.generics.where_clause.as_ref().filter(|clause| !clause.predicates.is_empty())
    {
        diag.error(clause, "a method cannot have a where-clause").help("remove it: a task names its types");
    }
    if let Some(dots) = &signature.variadic {
        diag.error(dots, "a method cannot be variadic");
    }
}

/// R13: a method is a free function.
fn check_receiver(signature: &Signature, diag: &mut Diagnostics) {
    diag.error(&signature.inputs.first(), "a method is a free function: it cannot take `self`")
        .help("move it out of the `impl` block, and take what it needs as parameters");
}

/// R13: a parameter can be a field, which owns what it holds.
fn check_parameter(parameter: &Parameter, method: &Method, diag: &mut Diagnostics) {
    let FnArg::Typed(typed) = &parameter.written else {
        diag.error(&parameter.written, "a method is a free function: it cannot take `self`");
        return;
    };
    if let Some(cfg) = typed.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        diag.error(cfg, "a parameter of a method is a field of its task: it cannot come and go by `#[cfg]`")
            .help("write two methods, each under its `#[cfg]`");
    }
    if parameter.ident.is_none() {
        check_pattern(&typed.pat, diag);
    }
    if names_context(parameter.passing.inner()) {
        diag.error(&typed.ty, "the context of a task is the last parameter, by shared reference")
            .help("write `task: &TaskContext` after the others");
        return;
    }
    check_parameter_type(&typed.ty, &parameter.passing, method, diag);
}

fn check_pattern(pattern: &Pat, diag: &mut Diagnostics) {
    diag.error(pattern, "a parameter of a method is a field of its task: it needs a name")
        .help("name it, and take it apart in the body");
}

fn check_parameter_type(ty: &Type, passing: &Passing, method: &Method, diag: &mut Diagnostics) {
    if let Type::Reference(reference) = bare(ty) {
        if let Some(token) = &reference.mutability {
            diag.error(ty, "a method cannot change its inputs: they may be asked for again")
                .help(format!("remove `{}`, and return what changes", token.to_token_stream()));
            return;
        }
        if let Some(lifetime) = &reference.lifetime {
            diag.error(lifetime, "a method borrows its inputs for one attempt").help("remove the lifetime");
            return;
        }
        if let Type::TraitObject(_) = bare(&reference.elem) {
            diag.error(ty, "a trait object cannot be sent").help("take a type of known size");
            return;
        }
    }
    match not_owned(passing.inner()) {
        None => check_read_back(passing.inner(), method, diag),
        Some(NotOwned::Borrow(borrow)) => {
            diag.error(&borrow, "a task owns its inputs: a parameter may be borrowed as a whole, not in part")
                .help("write the owned type inside: `String` for `&str`, `Vec<T>` for `&[T]`");
        }
        Some(NotOwned::ImplTrait(token)) => {
            diag.error(&token, "a method cannot be generic: a task names its types").help("write the type out");
        }
        // Of a function that is there, rustc says so.
        Some(NotOwned::Infer(_)) if method.has_body => {}
        Some(NotOwned::Infer(token)) => {
            diag.error(&token, "a task names its types").help("write the type out");
        }
    }
}

/// R13: what lives for ever cannot be read back.
fn check_read_back(ty: &Type, method: &Method, diag: &mut Diagnostics) {
    if let (Some(reference), None) = (for_ever(ty), &method.local) {
        diag.error(reference, format!("`{}` cannot be read back from a record or another process", spelled(reference)))
            .help("write an owned type, `String` for `&'static str`; or mark the method `#[method(local)]`");
    }
}

/// Whether a type is left to be inferred, which rustc refuses where it sees the function.
pub(crate) fn infers(method: &Method) -> bool {
    let parameters = method.parameters.iter().map(|parameter| parameter.passing.inner());
    let returned = match &method.returns {
        Returns::Nothing => None,
        Returns::Value(ty) | Returns::Fallible { ty, .. } => Some(ty),
    };
    parameters.chain(returned).any(|ty| matches!(not_owned(ty), Some(NotOwned::Infer(_))))
}

/// R13: what is emitted is owned.
fn check_emission(method: &Method, diag: &mut Diagnostics) {
    let emission = method.context.as_ref().and_then(|context| context.emission.as_ref());
    if let Some(NotOwned::Borrow(token) | NotOwned::ImplTrait(token) | NotOwned::Infer(token)) =
        emission.and_then(not_owned)
    {
        diag.error(&token, "what a method emits leaves it: it must be an owned type")
            .help("`String` for `&str`, `Vec<T>` for `&[T]`");
    } else if let Some(emission) = emission {
        check_read_back(emission, method, diag);
    }
}

/// R13: what is returned is owned.
fn check_returns(method: &Method, diag: &mut Diagnostics) {
    let ty = match &method.returns {
        Returns::Nothing => return,
        Returns::Value(ty) | Returns::Fallible { ty, .. } => ty,
    };
    if let Type::Never(never) = bare(ty) {
        diag.error(never, "a method ends, with a value or an error").help("return a `Result`");
    }
    let value = match &method.returns {
        Returns::Fallible { value, .. } => value.as_deref(),
        _ => Some(ty),
    };
    match not_owned(ty) {
        None => value.into_iter().for_each(|value| check_read_back(value, method, diag)),
        Some(NotOwned::Infer(_)) if method.has_body => {}
        Some(NotOwned::Borrow(token)) => {
            diag.error(&token, "the value of a method outlives its inputs: it cannot be borrowed")
                .help("return an owned type: `String` for `&str`, `Vec<T>` for `&[T]`");
        }
        Some(NotOwned::ImplTrait(token) | NotOwned::Infer(token)) => {
            diag.error(&token, format!("a task names its types, and `{}` is none", spelled(&token)))
                .help("write the type out");
        }
    }
}

/// A `local` method is served in this process or nowhere.
fn check_local(method: &Method, signature: &Signature, diag: &mut Diagnostics) {
    if let (Some(_), false, None) = (&method.local, method.has_body, &method.command) {
        diag.error(&signature.ident, "a `local` method needs a body: it is served in this process or nowhere")
            .help("write its body here, or remove `local`");
    }
}
