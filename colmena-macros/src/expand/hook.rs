//! `#[prepare_agent]` and `#[tear_down_agent]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Meta, Type};

use super::agent::into_result;
use super::{at, binding, first_span};
use crate::model::arguments::Role;
use crate::model::thinker::{Callee, Hook, Thinker};

// fn prepare_agent(&self, agent: &Agent<Self>) -> Result<Self::Local, BoxError> {
//     <Details as check::Prepares<Self::Local>>::prepared(Self::prepare(self, agent))
//     or, without such a method, Ok(<Self::Local as Default>::default())
// }
pub(super) fn prepare(thinker: &Thinker) -> TokenStream {
    let span = first_span(&thinker.self_ty);
    let core = at(span, &thinker.runtime.core);
    let default = match &thinker.local {
        Some(local) => {
            let span = first_span(local);
            quote_spanned!(span=> ::core::result::Result::Ok(<Self::Local as ::core::default::Default>::default()))
        }
        None => quote!(::core::result::Result::Ok(())),
    };
    // With a mistake in the method, its local details are not asked to be `Default` as well.
    let default = match thinker.prepare.iter().any(|hook| !hook.sound) {
        true => quote!(::core::unreachable!()),
        false => default,
    };
    let body = chosen(&thinker.prepare, &default, &|hook| prepared(&hook.method, thinker));
    let agent = binding("agent", Span::call_site());
    quote_spanned! {span=>
        fn prepare_agent(
            &self,
            #agent: &#core::Agent<Self>,
        ) -> ::core::result::Result<Self::Local, #core::BoxError> {
            #body
        }
    }
}

fn prepared(method: &Callee, thinker: &Thinker) -> TokenStream {
    let core = &thinker.runtime.core;
    let call = call(method);
    match (&thinker.local, method.returned()) {
        // `A + B` takes no `as` without parentheses; rustc says what is wrong with it.
        (Some(_), Some(made @ Type::TraitObject(_))) => {
            quote!(<(#made) as #core::check::Prepares<Self::Local>>::prepared(#call))
        }
        (Some(_), Some(made)) => quote!(<#made as #core::check::Prepares<Self::Local>>::prepared(#call)),
        (_, Some(_)) => into_result(method, call, thinker),
        (_, None) => quote!({ #call; ::core::result::Result::Ok(()) }),
    }
}

// fn tear_down_agent(&self, agent: &Agent<Self>, local: Option<&mut Self::Local>) -> Result<(), BoxError> {
//     let Some(local) = local else { return Ok(()) };      if the method takes the details
//     AgentReturn::into_result(Self::finish(self, agent, local))
// }
pub(super) fn tear_down(thinker: &Thinker) -> TokenStream {
    let span = first_span(&thinker.self_ty);
    let core = at(span, &thinker.runtime.core);
    if thinker.tear_down.iter().all(|hook| !hook.sound) {
        return TokenStream::new();
    }
    let body =
        chosen(&thinker.tear_down, &quote!(::core::result::Result::Ok(())), &|hook| torn_down(&hook.method, thinker));
    let (agent, local) = (binding("agent", Span::call_site()), binding("local", Span::call_site()));
    quote_spanned! {span=>
        fn tear_down_agent(
            &self,
            #agent: &#core::Agent<Self>,
            #local: ::core::option::Option<&mut Self::Local>,
        ) -> ::core::result::Result<(), #core::BoxError> {
            #body
        }
    }
}

fn torn_down(method: &Callee, thinker: &Thinker) -> TokenStream {
    let core = &thinker.runtime.core;
    let call = call(method);
    let called = quote!(#core::AgentReturn::into_result(#call));
    let local = method.arguments.iter().find_map(|argument| match &argument.role {
        Role::Local(ty) => Some(ty),
        _ => None,
    });
    let Some(local) = local else { return called };
    let (span, value) = (first_span(local), binding("details", first_span(local)));
    let core = at(span, core);
    let details = quote_spanned!(span=> #core::check::local::<#local, _>(#value));
    quote! {
        match local {
            ::core::option::Option::Some(#value) => {
                let local = #details;
                #called
            }
            ::core::option::Option::None => ::core::result::Result::Ok(()),
        }
    }
}

// Self::prepare(self, agent)
// Self::finish(self, local)
// in the order of the method's arguments;
// the bindings are those of the surrounding function.
fn call(method: &Callee) -> TokenStream {
    let ident = method.ident();
    let arguments = method.arguments.iter().map(|argument| match argument.role {
        Role::Local(_) => quote!(local),
        _ => quote!(agent),
    });
    quote!(Self::#ident(self, #(#arguments),*))
}

// the call, or, for a method under `#[cfg(a)]`:
// #[cfg(all(a))] { the call }
// #[cfg(not(all(a)))] { the next, or the default }
// so that one of them is left.
fn chosen(hooks: &[Hook], default: &TokenStream, call: &dyn Fn(&Hook) -> TokenStream) -> TokenStream {
    let Some((hook, rest)) = hooks.split_first() else { return default.clone() };
    if !hook.sound {
        return chosen(rest, default, call);
    }
    let called = call(hook);
    if hook.method.cfgs.is_empty() {
        return called;
    }
    let conditions: Vec<TokenStream> = hook.method.cfgs.iter().map(condition).collect();
    let other = chosen(rest, default, call);
    quote! {
        #[cfg(all(#(#conditions),*))]
        { #called }
        #[cfg(not(all(#(#conditions),*)))]
        { #other }
    }
}

fn condition(cfg: &Attribute) -> TokenStream {
    match &cfg.meta {
        Meta::List(list) => list.tokens.clone(),
        other => other.to_token_stream(),
    }
}
