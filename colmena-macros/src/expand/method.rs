//! `#[method]`: the function, the struct of its inputs, and what makes it a task.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Type};

use super::{at, first_span, last_span};
use crate::model::method::{Method, Parameter, Passing, Returns};
use crate::parse::function::Function;
use crate::parse::types::{mentions, not_owned, same, type_arguments};

/// What is left of a method in which a mistake was found: the function, and a struct of its sound parameters that can be
/// named, filled in, sent and served, so that the uses of the method are not refused as well.
pub(crate) fn stand_in(user: &Function, mut method: Method) -> TokenStream {
    let function = function(user);
    let generics = &user.signature.generics;
    if user.signature.receiver().is_some() {
        // There can be no struct in an `impl` block.
        return function;
    }
    let is_sound =
        |ty: &Type| not_owned(ty).is_none() && !mentions(ty, generics) && !matches!(ty, Type::TraitObject(_));
    method.parameters.retain(|parameter| parameter.ident.is_some() && is_sound(parameter.passing.inner()));
    method.context = method.context.filter(|context| context.emission.as_ref().is_none_or(is_sound));
    let is_portable = method.local.is_none();
    method.local = Some(TokenStream::new());
    if !value(&method).is_none_or(|ty| is_sound(ty) && !matches!(ty, Type::Never(_))) {
        method.returns = Returns::Nothing;
    }
    let structure = structure(&method);
    let description = description(&method);
    let portable = is_portable.then(|| portable(&method));
    let body = method.has_body.then(|| implement_body(&method, &quote!(::core::unreachable!())));
    let command = method.command.as_ref();
    let command = command.map(|command| super::command::stand_in(command, &method, value(&method), &clause(&method)));
    quote!(#function #structure #description #portable #body #command)
}

/// The function alone.
fn function(function: &Function) -> TokenStream {
    let Some(body) = &function.body else { return TokenStream::new() };
    let Function { attributes, visibility, signature, .. } = function;
    let mut signature = signature.clone();
    for input in &mut signature.inputs {
        if let FnArg::Typed(typed) = input {
            // Documentation of parameters is no Rust; it goes to the fields.
            typed.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    quote!(#(#attributes)* #visibility #signature #body)
}

/// The whole expansion.
pub(crate) fn expand(user: &Function, method: &Method) -> TokenStream {
    let function = function(user);
    let structure = structure(method);
    let description = description(method);
    let body = method.has_body.then(|| body(method));
    let command = method.command.as_ref();
    let command = command.map(|command| super::command::expand(command, method, value(method), &clause(method)));
    let portable = method.local.is_none().then(|| portable(method));
    let recordable = recordable(method);
    quote!(#function #structure #description #portable #body #command #recordable)
}

/// The name of the struct: where the user wrote it, but ours, so that its lower case is nobody's fault.
pub(super) fn struct_ident(method: &Method) -> Ident {
    let mut ident = method.ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    ident
}

// /// The inputs of [`simulate()`], as a task.
// #[derive(Serialize, Deserialize)]                     unless it is `local`
// #[must_use = ".."]
// pub struct simulate {
//     /// The parameter `x`.  pub x: f64
// }
fn structure(method: &Method) -> TokenStream {
    let serde = &method.runtime.serde;
    let path = serde.to_string();
    let trusted = trusted(method);
    let derive = method.local.is_none().then(|| {
        quote! {
            #[derive(#serde::Serialize, #serde::Deserialize)]
            #[serde(crate = #path)]
            #trusted
        }
    });
    let (docs, visibility, ident) = (documentation(method), &method.visibility, struct_ident(method));
    let fields = method.parameters.iter().map(|parameter| field(parameter, method));
    quote! {
        #docs
        #derive
        #[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
        #visibility struct #ident { #(#fields),* }
    }
}

fn documentation(method: &Method) -> TokenStream {
    let name = method.rust_name();
    if method.has_body {
        let text = format!("The inputs of [`{name}()`], as a task.");
        return quote!(#[doc = #text]);
    }
    let text = match &method.command {
        Some(command) => {
            format!("The inputs of the method `{name}`, as a task: a run of `{}`.", command.literal.value())
        }
        None => format!("The inputs of the method `{name}`, as a task. It has no body in this process."),
    };
    let docs = &method.docs;
    let gap = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
    quote!(#(#docs)* #gap #[doc = #text])
}

fn field(parameter: &Parameter, method: &Method) -> TokenStream {
    let Parameter { ident, docs, passing, .. } = parameter;
    let (visibility, ty) = (&method.visibility, passing.field());
    let generated = docs.is_empty().then(|| {
        let text = format!("The parameter `{}`.", ident.to_token_stream());
        quote!(#[doc = #text])
    });
    quote!(#(#docs)* #generated #visibility #ident: #ty)
}

// const _: () = {
//     check::recordable::<f64>(); ..        for each input, the value and what is emitted
// };
// with the spans of the types.
fn recordable(method: &Method) -> TokenStream {
    if method.local.is_some() {
        return TokenStream::new();
    }
    let inputs = method.parameters.iter().map(|parameter| parameter.passing.field());
    let outputs = [value(method), emission(method)].into_iter().flatten().map(ToTokens::to_token_stream);
    let mut seen: Vec<String> = Vec::new();
    let mut checks = TokenStream::new();
    for ty in inputs.chain(outputs) {
        // The same type, wrong at one place, is not said to be wrong at the next.
        let text = ty.to_string();
        if !seen.contains(&text) {
            let core = at(last_span(&ty), &method.runtime.core);
            checks.extend(quote_spanned!(last_span(&ty)=> #core::check::recordable::<#ty>();));
            seen.push(text);
        }
    }
    match checks.is_empty() {
        true => checks,
        false => quote!(const _: () = { #checks };),
    }
}

// #[serde(bound = "for<'a> f64: Trusted<'a>, ..")]
// on the derived implementations:
// what they rely on is checked by `recordable`.
fn trusted(method: &Method) -> TokenStream {
    let core = &method.runtime.core;
    let bound = |parameter: &Parameter| {
        let ty = parameter.passing.field();
        quote!(for<'__colmena> #ty: #core::check::Trusted<'__colmena>).to_string()
    };
    let bounds: Vec<String> = method.parameters.iter().map(bound).collect();
    let bounds = bounds.join(", ");
    // `$crate` cannot be written in a string.
    match bounds.is_empty() || bounds.contains('$') {
        true => TokenStream::new(),
        false => quote!(#[serde(bound = #bounds)]),
    }
}

// where f64: check::Input, Vec<usize>: check::Output
// on the implementations of our traits: of a type
// that cannot be shared between threads, rustc says
// the same of each, and so shows it once, at the type.
fn clause(method: &Method) -> TokenStream {
    let inputs = method.parameters.iter().map(|parameter| bound(&parameter.passing.field(), "Input", method));
    let outputs = [value(method), emission(method)].into_iter().flatten();
    let outputs = outputs.map(|ty| bound(&ty.to_token_stream(), "Output", method));
    let mut bounds: Vec<TokenStream> = Vec::new();
    for bound in inputs.chain(outputs) {
        if !bounds.iter().any(|known| same(known, &bound)) {
            bounds.push(bound);
        }
    }
    match bounds.is_empty() {
        true => TokenStream::new(),
        false => quote!(where #(#bounds),*),
    }
}

fn bound(ty: &TokenStream, of: &str, method: &Method) -> TokenStream {
    let span = last_span(ty);
    let (core, of) = (at(span, &method.runtime.core), Ident::new(of, span));
    quote_spanned!(span=> #ty: #core::check::#of)
}

fn value(method: &Method) -> Option<&Type> {
    match &method.returns {
        Returns::Nothing => None,
        Returns::Value(ty) => Some(ty),
        Returns::Fallible { value, .. } => value.as_deref(),
    }
}

fn emission(method: &Method) -> Option<&Type> {
    method.context.as_ref().and_then(|context| context.emission.as_ref())
}

fn or_unit(ty: Option<&Type>) -> TokenStream {
    ty.map_or_else(|| quote!(()), ToTokens::to_token_stream)
}

// impl Method for simulate { const NAME, TOPIC, PARAMETERS; type Value, Emission; }
// with EMITS, KWARGS, LOCAL where they are true, and CODEC unless it is `local`
// impl IntoTask for simulate { type Method = Self; .. }
// each with the same where-clause
fn description(method: &Method) -> TokenStream {
    let core = &method.runtime.core;
    let (ident, clause) = (struct_ident(method), clause(method));
    let unraw = |ident: &Ident| ident.to_string().trim_start_matches("r#").to_string();
    let name = method.name.as_ref().map_or_else(|| unraw(&method.ident), |name| name.value());
    let topic = method.topic.as_ref().map_or_else(|| name.clone(), |topic| topic.value());
    let parameters = method.parameters.iter().filter_map(|parameter| parameter.ident.as_ref()).map(unraw);
    let local = method.local.is_some();
    let facts = [("EMITS", emission(method).is_some()), ("KWARGS", method.kwargs), ("LOCAL", local)];
    let facts = facts.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| {
        let name = Ident::new(name, Span::call_site());
        quote!(const #name: ::core::primitive::bool = true;)
    });
    let (value, emission) = (or_unit(value(method)), or_unit(emission(method)));
    let codec = (!local).then(|| codec(core));
    quote! {
        #[automatically_derived]
        impl #core::Method for #ident #clause {
            const NAME: &'static ::core::primitive::str = #name;
            const TOPIC: &'static ::core::primitive::str = #topic;
            const PARAMETERS: &'static [&'static ::core::primitive::str] = &[#(#parameters),*];
            #(#facts)*
            #codec
            type Value = #value;
            type Emission = #emission;
        }
        #[automatically_derived]
        impl #core::IntoTask for #ident #clause {
            type Method = Self;
            fn into_task(self) -> #core::Task<Self> { #core::Task::new(self) }
        }
    }
}

// const CODEC: Option<Codec<Self>> = { use check::NoCodec as _; check::CodecOf::<Self>::CODEC };
fn codec(core: &TokenStream) -> TokenStream {
    quote! {
        const CODEC: ::core::option::Option<#core::Codec<Self>> = {
            use #core::check::NoCodec as _;
            #core::check::CodecOf::<Self>::CODEC
        };
    }
}

// impl Portable for simulate {}                         unless it is `local`
fn portable(method: &Method) -> TokenStream {
    let (core, ident, clause) = (&method.runtime.core, struct_ident(method), clause(method));
    quote!(#[automatically_derived] impl #core::Portable for #ident #clause {})
}

// impl Body for simulate where .. {
//     fn run(&self, context: &TaskContext<Self::Emission>) -> Result<Self::Value, BoxError> {
//         Ok(simulate(check::cloned::<f64>(&self.x), &self.y, context))
//     }
// }
fn body(method: &Method) -> TokenStream {
    let (core, function) = (&method.runtime.core, &method.ident);
    let arguments = method.parameters.iter().map(|parameter| argument(parameter, method));
    // Not `context`: the function may be called so.
    let context = method.context.as_ref().map(|_| quote!(__colmena_context));
    let call = quote!(#function(#(#arguments,)* #context));
    let outcome = match &method.returns {
        Returns::Nothing => quote!({ #call; ::core::result::Result::Ok(()) }),
        Returns::Value(_) => quote!(::core::result::Result::Ok(#call)),
        Returns::Fallible { ty, .. } => {
            let boxed = boxed(ty, core);
            quote! {
                match #call {
                    ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(#boxed(error)),
                }
            }
        }
    };
    implement_body(method, &outcome)
}

fn implement_body(method: &Method, outcome: &TokenStream) -> TokenStream {
    let core = &method.runtime.core;
    let (ident, clause) = (struct_ident(method), clause(method));
    let context = if method.context.is_some() { quote!(__colmena_context) } else { quote!(_) };
    quote! {
        #[automatically_derived]
        impl #core::Body for #ident #clause {
            fn run(
                &self,
                #context: &#core::TaskContext<Self::Emission>,
            ) -> ::core::result::Result<Self::Value, #core::BoxError> {
                #outcome
            }
        }
    }
}

fn argument(parameter: &Parameter, method: &Method) -> TokenStream {
    let ident = &parameter.ident;
    match &parameter.passing {
        Passing::ByValue(ty) => {
            let span = last_span(ty);
            let (core, field) = (at(span, &method.runtime.core), quote!(self.#ident));
            quote_spanned!(span=> #core::check::cloned::<#ty>(&#field))
        }
        Passing::Borrowed { .. } => quote!(&self.#ident),
    }
}

// check::failure::<MyError>
// or, where the error is hidden in an alias,
// check::failure
// with the span of the type
fn boxed(ty: &Type, core: &TokenStream) -> TokenStream {
    let (span, error) = match type_arguments(ty)[..] {
        [_, error] => (first_span(error), Some(error)),
        _ => (first_span(ty), None),
    };
    let core = at(span, core);
    match error {
        Some(error) => quote_spanned!(span=> #core::check::failure::<#error>),
        None => quote_spanned!(span=> #core::check::failure),
    }
}
