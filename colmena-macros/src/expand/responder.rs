//! `#[event_responder]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Member;

use super::agent::{begun, field, run};
use super::count::count;
use super::submitter::written;
use super::thinker::Pieces;
use crate::model::thinker::{Agent, Reallocation, Thinker};
use crate::parse::options::Given;

// agents
//     .event_responder("reorder", |thinker: &Self| &thinker.retrain)
//     .reallocate(Reallocation::new(Some(Pool::Sim), Some(Pool::Ml)).disperse_to(..).max_slots(|_| 1))
//     .run(|thinker, agent, _| Self::reorder(thinker, agent));
pub(super) fn pieces(
    agent: &Agent,
    event: Option<&Given<Member>>,
    reallocation: &Reallocation,
    thinker: &Thinker,
) -> Pieces {
    let Some(event) = event.map(|given| field(&given.value)) else { return Pieces::default() };
    let (reallocate, items, methods) = reallocate(agent, reallocation, thinker);
    let (run, begun) = (run(agent, &[], Span::call_site(), thinker), begun(agent, "event_responder", &[event]));
    let registration = quote!(#items #begun #reallocate.run(#run););
    Pieces { registration, methods }
}

// .reallocate(
//     Reallocation::<Self>::new(Some(Pool::Sim), Some(Pool::Ml))
//         .disperse_to(Some(Pool::Sim)).max_slots(|_| 1).slot_step(|_| 1)
// )
//
// with the items that it needs, and the methods.
fn reallocate(
    agent: &Agent,
    reallocation: &Reallocation,
    thinker: &Thinker,
) -> (TokenStream, TokenStream, TokenStream) {
    let core = &thinker.runtime.core;
    let (mut items, mut methods) = (TokenStream::new(), TokenStream::new());
    let (Some(_), Some(from), Some(to)) = (&reallocation.asked, &reallocation.gather_from, &reallocation.gather_to)
    else {
        return Default::default();
    };
    let (from, to) = (written(&from.value, thinker), written(&to.value, thinker));
    let disperse_to = reallocation.disperse_to.as_ref().map(|given| {
        let pool = written(&given.value, thinker);
        quote!(.disperse_to(#pool))
    });
    let counts = [("max_slots", &reallocation.max_slots), ("slot_step", &reallocation.slot_step)];
    let mut steps = disperse_to.unwrap_or_default();
    for (name, given) in counts {
        let Some(given) = given else { continue };
        let counted = count(&given.value, name, agent, thinker);
        let (setter, passed) = (Ident::new(name, Span::call_site()), counted.passed);
        steps.extend(quote!(.#setter(#passed)));
        methods.extend(counted.method);
        items.extend(counted.items);
    }
    (quote!(.reallocate(#core::Reallocation::<Self>::new(#from, #to) #steps)), items, methods)
}
