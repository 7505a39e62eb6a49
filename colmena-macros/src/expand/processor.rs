//! `#[result_processor]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Type};

use super::agent::{Woken, run};
use super::count::count;
use super::thinker::{Pieces, agents};
use super::{at, first_span};
use crate::model::arguments::Role;
use crate::model::thinker::{Agent, Kind, Thinker};
use crate::parse::options::Given;
use crate::parse::types::{mentions, mentions_name, same};
use crate::parse::value::Count;

// Agents::result_processor(agents, "store")        its method is that of the argument
//     .threads(|_| 2)
//     .run(|thinker, agent, _, result| Self::store(thinker, agent, result));
pub(super) fn pieces(
    agent: &Agent,
    topic: Option<&Given<LitStr>>,
    threads: Option<&Given<Count>>,
    thinker: &Thinker,
) -> Pieces {
    let name = agent.method.name();
    let Some(method) = agent.method.handled() else { return Pieces::default() };
    let takes = |role: fn(&Role) -> bool| agent.method.argument(role).is_some();
    let (way, woken): (&str, &[Woken]) = if takes(|role| matches!(role, Role::Update(_))) {
        ("run_on_updates", &[Woken::Update])
    } else if takes(|role| matches!(role, Role::Slots)) {
        ("run_with_slots", &[Woken::Result, Woken::Slots])
    } else {
        ("run", &[Woken::Result])
    };
    let counted = threads.map(|threads| count(&threads.value, "threads", agent, thinker));
    let threads = counted.as_ref().map(|counted| {
        let passed = &counted.passed;
        quote!(.threads(#passed))
    });
    let (agents, span) = (agents(), first_span(method));
    let run = run(agent, woken, span, thinker);
    let (core, way) = (at(span, &thinker.runtime.core), Ident::new(way, span));
    let begun = quote_spanned!(span=> #core::Agents::result_processor(#agents, #name));
    let assertions = within_describe(agent, method, topic, thinker);
    let registration = quote!(#assertions #begun #threads.#way(#run););
    let (methods, items) = counted.map(|counted| (counted.method, counted.items)).unwrap_or_default();
    Pieces { registration: quote!(#items #registration), methods }
}

/// The assertions about a method that depends on generics: they are evaluated when those are known.
fn within_describe(agent: &Agent, method: &Type, topic: Option<&Given<LitStr>>, thinker: &Thinker) -> TokenStream {
    match depends(method, thinker) {
        true => assertions(agent, &method.to_token_stream(), topic, thinker)
            .iter()
            .map(|(_, each)| quote!(const { #each };))
            .collect(),
        false => TokenStream::new(),
    }
}

fn handled_depends(agent: &Agent, thinker: &Thinker) -> bool {
    agent.method.handled().is_some_and(|method| depends(method, thinker))
}

/// Whether a method cannot be named outside the thinker.
fn depends(method: &Type, thinker: &Thinker) -> bool {
    mentions(method, &thinker.generics) || mentions_name(method, "Self")
}

// check::topic::<simulate>("simulation")
// check::no_emissions::<simulate>()
// with the spans of the topic
// and of the method, each with the name
// that rustc is to call it by
fn assertions(
    agent: &Agent,
    method: &TokenStream,
    topic: Option<&Given<LitStr>>,
    thinker: &Thinker,
) -> Vec<(&'static str, TokenStream)> {
    let updates = agent.method.argument(|role| matches!(role, Role::Update(_))).is_some();
    let topic = topic.map(|topic| {
        let (topic, span) = (&topic.value, topic.value.span());
        let (core, method) = (at(span, &thinker.runtime.core), at(span, method));
        ("_TOPIC", quote_spanned!(span=> #core::check::topic::<#method>(#topic)))
    });
    let emissions = (!updates).then(|| {
        let span = first_span(method);
        let core = at(span, &thinker.runtime.core);
        // Of a method that is a parameter, rustc cannot say what it emits before it is known.
        let check = if handled_depends(agent, thinker) { "emits_nothing" } else { "no_emissions" };
        let check = Ident::new(check, span);
        ("_", quote_spanned!(span=> #core::check::#check::<#method>()))
    });
    topic.into_iter().chain(emissions).collect()
}

// const _: () = {
//     type __ColmenaHandled = simulate;      named once: rustc reports a misspelled one once
//     impl Processes<__ColmenaHandled> for Steering {}
//     const _: () = check::topic::<__ColmenaHandled>("simulation"); ..
// };
// for each processor. The implementation also for one in which a mistake was found: `agent.submit` elsewhere is not
// to fail for it.
pub(super) fn processes(thinker: &Thinker) -> TokenStream {
    let mut seen: Vec<&Type> = Vec::new();
    let mut tokens = TokenStream::new();
    for agent in &thinker.agents {
        let (Kind::ResultProcessor { topic, .. }, Some(method)) = (&agent.kind, agent.method.handled()) else {
            continue;
        };
        let cfgs = &agent.method.cfgs;
        if cfgs.is_empty() && seen.iter().any(|known| same(known, &method)) {
            continue;
        }
        seen.extend(cfgs.is_empty().then_some(method));
        tokens.extend(quote!(#(#cfgs)*));
        tokens.extend(match depends(method, thinker) {
            true => implementation(&method.to_token_stream(), first_span(method), thinker),
            false => block(agent, method, topic.as_ref(), thinker),
        });
    }
    tokens
}

fn block(agent: &Agent, method: &Type, topic: Option<&Given<LitStr>>, thinker: &Thinker) -> TokenStream {
    let span = first_span(method);
    let name = Ident::new("__ColmenaHandled", span).into_token_stream();
    let implementation = implementation(&name, span, thinker);
    let assertions = match agent.sound && thinker.sound {
        true => assertions(agent, &name, topic, thinker),
        false => Vec::new(),
    };
    let assertions = assertions.iter().map(|(name, each)| {
        let span = first_span(each);
        let name = Ident::new(name, span);
        quote_spanned!(span=> const #name: () = #each;)
    });
    quote_spanned! {span=>
        const _: () = {
            type #name = #method;
            #implementation
            #(#assertions)*
        };
    }
}

// impl<..> Processes<simulate> for Steering<..> where .. {}
// with the span of the method:
// rustc says there
// if it is none
fn implementation(method: &TokenStream, span: Span, thinker: &Thinker) -> TokenStream {
    let core = at(span, &thinker.runtime.core);
    let (impl_generics, _, clause) = thinker.generics.split_for_impl();
    let self_ty = &thinker.self_ty;
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #core::Processes<#method> for #self_ty #clause {}
    }
}
