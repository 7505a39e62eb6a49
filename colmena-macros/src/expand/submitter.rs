//! `#[task_submitter]`, and how pools are written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Member};

use super::agent::{self, Woken, field, run};
use super::count::count;
use super::thinker::{Pieces, agents, pools};
use super::{at, first_span};
use crate::model::thinker::{Agent, Thinker};
use crate::parse::options::Given;
use crate::parse::types::mentions;
use crate::parse::value::{Count, Pool};

// agents.task_submitter("submit").task_type(Some::<Self::Pools>(<Self::Pools>::Sim)).n_slots(|_| 1)
//     .run(|thinker, agent, _, slots| Self::submit(thinker, agent, slots));
// and with a queue, whose span the chain then has:
// QueueSubmitter::run(
//     Agents::task_submitter(agents, "submit").queue(|thinker: &Self| &thinker.candidates),
//     |thinker, agent, _, slots, item| Self::submit(thinker, agent, slots, item),
// );
pub(super) fn pieces(
    agent: &Agent,
    pool: Option<&Given<Pool>>,
    n_slots: Option<&Given<Count>>,
    queue: Option<&Given<Member>>,
    thinker: &Thinker,
) -> Pieces {
    let name = agent.method.name();
    let mut steps = TokenStream::new();
    if let Some(given) = pool {
        let written = written(&given.value, thinker);
        steps.extend(quote!(.task_type(#written)));
    }
    let counted = n_slots.map(|given| count(&given.value, "n_slots", agent, thinker));
    let by_item = n_slots.is_some_and(|given| matches!(given.value, Count::Closure(_)));
    let passed = counted.as_ref().map(|counted| &counted.passed);
    if !by_item {
        steps.extend(passed.map(|passed| quote!(.n_slots(#passed))));
    }
    if let Some(given) = queue {
        let (span, field) = (first_span(&given.value), field(&given.value));
        steps.extend(quote_spanned!(span=> .queue(#field)));
    }
    if by_item {
        // An item that cannot be looked at before it is taken is reported at the closure.
        let setter = Ident::new("n_slots_for", n_slots.map_or_else(Span::call_site, |given| first_span(&given.value)));
        steps.extend(passed.map(|passed| quote!(.#setter(#passed))));
    }
    let woken: &[Woken] = if queue.is_some() { &[Woken::Slots, Woken::Item] } else { &[Woken::Slots] };
    let span = queue.map_or_else(Span::call_site, |given| first_span(&given.value));
    let (run, agents) = (run(agent, woken, span, thinker), agents());
    let core = at(span, &thinker.runtime.core);
    // By its path: of a queue that is none, `.run(..)` would be reported as missing, too.
    let registration = match queue {
        Some(_) => quote_spanned! {span=>
            #core::QueueSubmitter::run(#core::Agents::task_submitter(#agents, #name) #steps, #run);
        },
        None => {
            let begun = agent::begun(agent, "task_submitter", &[]);
            quote!(#begun #steps.run(#run);)
        }
    };
    let (methods, items) = counted.map(|counted| (counted.method, counted.items)).unwrap_or_default();
    Pieces { registration: quote!(#items #registration), methods }
}

// Some::<Self::Pools>(<Self::Pools>::Sim)      for `Sim`: rustc reports an unknown variant there
// { let pool: Self::Pools = Pool::Sim; Some(pool) }      for `Pool::Sim`, and for any other path
// <Self::Pools>::from_index({ const POOL: usize = pool_named(<.. as ResourcePool>::NAMES, "sim"); POOL })      for `"sim"`
// None::<Self::Pools>                          for `None`, the unallocated slots
// The user's type is named once, by `Thinker::Pools`: rustc reports a misspelled one once.
pub(super) fn written(pool: &Pool, thinker: &Thinker) -> TokenStream {
    let written = pools(thinker);
    let pools = at(first_span(&written), &quote!(Self::Pools));
    let some = |value: TokenStream| quote!(::core::option::Option::Some::<#pools>(#value));
    match pool {
        Pool::Unallocated(_) => quote!(::core::option::Option::None::<#pools>),
        Pool::Variant(variant) => {
            let pools = at(variant.span(), &pools);
            some(quote_spanned!(variant.span()=> <#pools>::#variant))
        }
        Pool::Path(path) => {
            let some = some(quote!(pool));
            quote!({ let pool: #pools = #path; #some })
        }
        Pool::Named(name) => {
            let span = first_span(name);
            let core = at(span, &thinker.runtime.core);
            let of = at(span, &pools);
            let index = named(name, &of, &written, thinker);
            quote_spanned!(span=> <#of as #core::ResourcePool>::from_index(#index))
        }
    }
}

/// The index of a pool by its name; in a constant, where it can be found out when the thinker is compiled.
fn named(name: &LitStr, of: &TokenStream, written: &TokenStream, thinker: &Thinker) -> TokenStream {
    let span = first_span(name);
    let core = at(span, &thinker.runtime.core);
    let index = |of: &TokenStream| quote_spanned!(span=> #core::pool_named(<#of as #core::ResourcePool>::NAMES, #name));
    if mentions(written, &thinker.generics) {
        return index(of);
    }
    // An item does not know `Self`, nor the parameters of what it stands in.
    let index = match thinker.generics.params.is_empty() {
        true => {
            let self_ty = at(span, &thinker.self_ty.to_token_stream());
            index(&quote_spanned!(span=> <#self_ty as #core::Thinker>::Pools))
        }
        false => index(&at(span, written)),
    };
    quote_spanned!(span=> { const POOL: ::core::primitive::usize = #index; POOL })
}
