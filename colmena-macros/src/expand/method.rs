//! `#[method]`: the function, the struct of its inputs, and what makes it a task.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Type};

use super::{at, first_span, last_span};
use crate::model::method::{Method, Parameter, Passing, Returns};
use crate::parse::function::Function;
use crate::parse::types::type_arguments;

/// The function alone: what is left of a method in which a mistake was found.
pub(crate) fn function(function: &Function) -> TokenStream {
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
    quote!(#function #structure #description #body)
}

/// The name of the struct: where the user wrote it, but ours, so that its lower case is nobody's fault.
fn struct_ident(method: &Method) -> Ident {
    let mut ident = method.ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    ident
}

// /// The inputs of [`simulate()`], as a task.
// #[derive(Serialize, Deserialize)]                     unless it is `local`
// pub struct simulate where f64: Input {
//     /// The parameter `x`.  pub x: f64
// }
fn structure(method: &Method) -> TokenStream {
    let serde = &method.runtime.serde;
    let path = serde.to_string();
    let derive = method.local.is_none().then(|| {
        quote! {
            #[derive(#serde::Serialize, #serde::Deserialize)]
            #[serde(crate = #path)]
        }
    });
    let (docs, visibility, ident, clause) =
        (documentation(method), &method.visibility, struct_ident(method), clause(method));
    let fields = method.parameters.iter().map(|parameter| field(parameter, method));
    quote! {
        #docs
        #derive
        #visibility struct #ident #clause { #(#fields),* }
    }
}

fn documentation(method: &Method) -> TokenStream {
    let name = method.rust_name();
    if method.has_body {
        let text = format!("The inputs of [`{name}()`], as a task.");
        return quote!(#[doc = #text]);
    }
    let text = format!("The inputs of the method `{name}`, as a task. It has no body in this process.");
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

// where f64: Input, Vec<usize>: Output
// on everything that is generated:
// rustc reports a type that cannot be sent
// once, at the type.
fn clause(method: &Method) -> TokenStream {
    let (input, output) = match method.local {
        Some(_) => (quote!(LocalInput), quote!(LocalOutput)),
        None => (quote!(Input), quote!(Output)),
    };
    let inputs = method.parameters.iter().map(|parameter| bound(&parameter.passing.field(), &input, method));
    let outputs = [value(method), emission(method)].into_iter().flatten();
    let outputs = outputs.map(|ty| bound(&ty.to_token_stream(), &output, method));
    let bounds: Vec<TokenStream> = inputs.chain(outputs).collect();
    match bounds.is_empty() {
        true => TokenStream::new(),
        false => quote!(where #(#bounds),*),
    }
}

fn bound(ty: &TokenStream, of: &TokenStream, method: &Method) -> TokenStream {
    let span = last_span(ty);
    let (core, of) = (at(span, &method.runtime.core), at(span, of));
    quote_spanned!(span=> #ty: #core::#of)
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

// impl Method for simulate { const NAME, TOPIC, PARAMETERS, EMITS, KWARGS, LOCAL; type Value, Emission; }
// impl Portable for simulate {}                         unless it is `local`
// impl IntoTask for simulate { type Method = Self; .. }
// each with the same where-clause
fn description(method: &Method) -> TokenStream {
    let core = &method.runtime.core;
    let (ident, clause) = (struct_ident(method), clause(method));
    let unraw = |ident: &Ident| ident.to_string().trim_start_matches("r#").to_string();
    let name = method.name.as_ref().map_or_else(|| unraw(&method.ident), |name| name.value());
    let topic = method.topic.as_ref().map_or_else(|| name.clone(), |topic| topic.value());
    let parameters = method.parameters.iter().filter_map(|parameter| parameter.ident.as_ref()).map(unraw);
    let (kwargs, local, emits) = (method.kwargs, method.local.is_some(), emission(method).is_some());
    let (value, emission) = (or_unit(value(method)), or_unit(emission(method)));
    let portable = (!local).then(|| quote!(#[automatically_derived] impl #core::Portable for #ident #clause {}));
    quote! {
        #[automatically_derived]
        impl #core::Method for #ident #clause {
            const NAME: &'static ::core::primitive::str = #name;
            const TOPIC: &'static ::core::primitive::str = #topic;
            const PARAMETERS: &'static [&'static ::core::primitive::str] = &[#(#parameters),*];
            const EMITS: ::core::primitive::bool = #emits;
            const KWARGS: ::core::primitive::bool = #kwargs;
            const LOCAL: ::core::primitive::bool = #local;
            type Value = #value;
            type Emission = #emission;
        }
        #portable
        #[automatically_derived]
        impl #core::IntoTask for #ident #clause {
            type Method = Self;
            fn into_task(self) -> #core::Task<Self> { #core::Task::new(self) }
        }
    }
}

// impl Body for simulate where f64: Clone {
//     fn run(&self, context: &TaskContext<Self::Emission>) -> Result<Self::Value, BoxError> {
//         Ok(simulate(Clone::clone(&self.x), &self.y, context))
//     }
// }
fn body(method: &Method) -> TokenStream {
    let core = &method.runtime.core;
    let (ident, function) = (struct_ident(method), &method.ident);
    let clause = body_clause(method);
    let arguments = method.parameters.iter().map(argument);
    let context = method.context.as_ref().map(|_| quote!(__colmena_context));
    let call = quote!(#function(#(#arguments,)* #context));
    let outcome = match &method.returns {
        Returns::Nothing => quote!({ #call; ::core::result::Result::Ok(()) }),
        Returns::Value(_) => quote!(::core::result::Result::Ok(#call)),
        Returns::Fallible { ty, .. } => {
            let boxed = boxed(ty, core);
            quote! {
                match #call {
                    ::core::result::Result::Ok(__colmena_value) => ::core::result::Result::Ok(__colmena_value),
                    ::core::result::Result::Err(__colmena_error) => ::core::result::Result::Err(#boxed(__colmena_error)),
                }
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #core::Body for #ident #clause {
            fn run(
                &self,
                __colmena_context: &#core::TaskContext<Self::Emission>,
            ) -> ::core::result::Result<Self::Value, #core::BoxError> {
                #outcome
            }
        }
    }
}

fn argument(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.ident;
    match &parameter.passing {
        Passing::ByValue(_) => quote!(::core::clone::Clone::clone(&self.#ident)),
        Passing::Borrowed { .. } => quote!(&self.#ident),
    }
}

// <MyError as Into<BoxError>>::into
// or, where the error is hidden in an alias,
// Into::into
// with the span of the type
fn boxed(ty: &Type, core: &TokenStream) -> TokenStream {
    let (span, error) = match type_arguments(ty)[..] {
        [_, error] => (first_span(error), Some(error)),
        _ => (first_span(ty), None),
    };
    let core = at(span, core);
    match error {
        Some(error) => quote_spanned!(span=> <#error as ::core::convert::Into<#core::BoxError>>::into),
        None => quote_spanned!(span=> ::core::convert::Into::into),
    }
}

// where f64: Input, f64: Output, f64: Clone
// by-value parameters are cloned for each attempt:
// rustc reports one that cannot be
// at its type.
fn body_clause(method: &Method) -> TokenStream {
    let mut clause = clause(method);
    if clause.is_empty() {
        clause = quote!(where);
    } else {
        clause.extend(quote!(,));
    }
    for parameter in &method.parameters {
        if let Passing::ByValue(ty) = &parameter.passing {
            clause.extend(quote_spanned!(last_span(ty)=> #ty: ::core::clone::Clone,));
        }
    }
    clause
}
