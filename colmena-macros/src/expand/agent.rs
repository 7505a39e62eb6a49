//! What all kinds of agents have in common, and `#[agent]` itself.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{LitStr, Member};

use super::thinker::{Pieces, agents};
use super::{at, binding, first_span, processor, responder, submitter};
use crate::model::arguments::{Argument, Role};
use crate::model::thinker::{Agent, Callee, Kind, Thinker};

/// What an agent adds to the expansion.
pub(super) fn pieces(agent: &Agent, thinker: &Thinker) -> Pieces {
    let mut pieces = match &agent.kind {
        Kind::Agent { startup } => plain(agent, *startup, thinker),
        Kind::ResultProcessor { topic, threads } => processor::pieces(agent, topic.as_ref(), threads.as_ref(), thinker),
        Kind::TaskSubmitter { pool, n_slots, queue } => {
            submitter::pieces(agent, pool.as_ref(), n_slots.as_ref(), queue.as_ref(), thinker)
        }
        Kind::EventResponder { event, reallocation } => responder::pieces(agent, event.as_ref(), reallocation, thinker),
    };
    let cfgs = &agent.method.cfgs;
    if !cfgs.is_empty() || has_several_statements(&pieces.registration) {
        let registration = pieces.registration;
        pieces.registration = quote!(#(#cfgs)* { #registration });
    }
    pieces
}

fn has_several_statements(tokens: &TokenStream) -> bool {
    let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    tokens.clone().into_iter().filter(ends).count() > 1
}

// AgentInfo::task_submitter("submit")
// AgentInfo::agent("plan").startup()
pub(super) fn info(agent: &Agent, core: &TokenStream) -> TokenStream {
    let cfgs = &agent.method.cfgs;
    let name = agent.method.name();
    let made = match agent.kind {
        Kind::Agent { startup: false } => quote!(agent(#name)),
        Kind::Agent { startup: true } => quote!(agent(#name).startup()),
        Kind::ResultProcessor { .. } => quote!(result_processor(#name)),
        Kind::TaskSubmitter { .. } => quote!(task_submitter(#name)),
        Kind::EventResponder { .. } => quote!(event_responder(#name)),
    };
    quote!(#(#cfgs)* #core::AgentInfo::#made)
}

// agents
//     .agent("plan")
//     .startup()
//     .run(|thinker, agent, _| Self::plan(thinker, agent));
fn plain(agent: &Agent, startup: bool, thinker: &Thinker) -> Pieces {
    let startup = startup.then(|| quote!(.startup()));
    let (run, begun) = (run(agent, &[], Span::call_site(), thinker), begun(agent, "agent", &[]));
    let registration = quote!(#begun #startup.run(#run););
    Pieces { registration, ..Pieces::default() }
}

// agents.agent("plan")
// with the span of the method's name:
// errors at launch point there.
pub(super) fn begun(agent: &Agent, kind: &str, more: &[TokenStream]) -> TokenStream {
    let span = agent.method.ident().span();
    let (agents, kind, name) = (agents(), Ident::new(kind, span), LitStr::new(&agent.method.name(), span));
    let begun = quote_spanned!(span=> .#kind(#name #(, #more)*));
    quote!(#agents #begun)
}

/// What woke an agent, in the order in which the runtime gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    Result,
    Update,
    Slots,
    Item,
}

impl Woken {
    fn is(self, role: &Role) -> bool {
        match self {
            Woken::Result => matches!(role, Role::Result(_)),
            Woken::Update => matches!(role, Role::Update(_)),
            Woken::Slots => matches!(role, Role::Slots),
            Woken::Item => matches!(role, Role::Item),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Woken::Result => "result",
            Woken::Update => "update",
            Woken::Slots => "slots",
            Woken::Item => "item",
        }
    }
}

// With the span of what woke it:
// |thinker, agent, _, slots, item|
//     <Result<()> as AgentReturn>::into_result(
//         Self::submit(thinker, agent, slots, item),
//     )
pub(super) fn run(agent: &Agent, woken: &[Woken], at: Span, thinker: &Thinker) -> TokenStream {
    let method = &agent.method;
    let parameters = parameters(method, woken);
    let arguments = method.arguments.iter().map(|argument| passed(argument, thinker));
    let ident = method.ident();
    let at = Span::call_site().located_at(at);
    let call = quote_spanned!(at=> Self::#ident(thinker, #(#arguments),*));
    let call = into_result(method, call, thinker);
    quote_spanned!(at=> |thinker, #(#parameters),*| #call)
}

/// The parameters of the closure after the thinker: each with the span of the argument that it is passed as, if it is.
fn parameters(method: &Callee, woken: &[Woken]) -> Vec<TokenStream> {
    let parameter = |name: &str, is: &dyn Fn(&Role) -> bool| match method.argument(is) {
        Some(argument) => plainly(name, span(argument)),
        None => quote!(_),
    };
    let agent = parameter("agent", &|role| matches!(role, Role::Agent(_)));
    let local = parameter("local", &|role| matches!(role, Role::Local(_)));
    let woken = woken.iter().map(|woken| parameter(woken.name(), &|role| woken.is(role)));
    [agent, local].into_iter().chain(woken).collect()
}

/// Where an argument is underlined: at its type, without `&mut`.
fn span(argument: &Argument) -> Span {
    match &argument.role {
        Role::Local(ty) => first_span(ty),
        _ => first_span(&argument.ty),
    }
}

/// An argument as it is passed. Where its type may differ from the runtime's, rustc is made to say so at the type.
fn passed(argument: &Argument, thinker: &Thinker) -> TokenStream {
    let Argument { ty, role } = argument;
    let span = span(argument);
    let core = at(span, &thinker.runtime.core);
    let checked = |name: &str, ty: &syn::Type| {
        let (check, value) = (Ident::new(name, span), binding(name, span));
        quote_spanned!(span=> #core::check::#check::<#ty, _>(#value))
    };
    match role {
        Role::Local(ty) => checked("local", ty),
        Role::Slots => checked("slots", ty),
        Role::Item => checked("item", ty),
        Role::Result(_) => plainly("result", span),
        Role::Update(_) => plainly("update", span),
        Role::Agent(_) | Role::Misfit(_) | Role::Unnamed => plainly("agent", span),
    }
}

fn plainly(name: &str, span: Span) -> TokenStream {
    let value = binding(name, span);
    quote!(#value)
}

// <Result<()> as AgentReturn>::into_result(call)
// and, for a method that returns nothing:
// call
pub(super) fn into_result(method: &Callee, call: TokenStream, thinker: &Thinker) -> TokenStream {
    let core = &thinker.runtime.core;
    match method.returned() {
        Some(ty) => quote!(<#ty as #core::AgentReturn>::into_result(#call)),
        None => call,
    }
}

// |thinker: &Self| &thinker.candidates
// with the span of `candidates`:
// rustc reports an unknown field,
// or one of another type, there.
pub(super) fn field(field: &Member) -> TokenStream {
    quote_spanned!(first_span(field)=> |thinker: &Self| &thinker.#field)
}
