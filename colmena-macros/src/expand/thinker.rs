//! `#[thinker]`: the user's block, the implementation of `Thinker`, and what its agents need beside it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::{agent, at, binding, first_span, hook, processor};
use crate::model::arguments;
use crate::model::thinker::{Agent, Thinker};
use crate::parse::block::{Block, Item, Method};

/// What an agent adds to the expansion.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// A statement of `describe`.
    pub(super) registration: TokenStream,
    /// Hidden methods of the thinker.
    pub(super) methods: TokenStream,
}

/// The whole expansion. Unsound agents are left out; what other agents need of them is not.
pub(crate) fn expand(block: &Block, thinker: &Thinker) -> TokenStream {
    let user = user_block(block);
    if thinker.of_trait.is_some() || thinker.name.is_none() {
        return user;
    }
    let agents: Vec<&Agent> = thinker.agents.iter().filter(|agent| agent.sound && thinker.sound).collect();
    let pieces: Vec<Pieces> = agents.iter().map(|agent| agent::pieces(agent, thinker)).collect();
    let implementation = implementation(thinker, &agents, &pieces);
    let processes = processor::processes(thinker);
    let hidden = hidden(thinker, &pieces);
    quote!(#user #implementation #processes #hidden)
}

// impl<..> Steering<..> where .. {
//     /// the user's documentation and attributes, without ours
//     fn submit(&self, ..) { the user's body }
// }
fn user_block(block: &Block) -> TokenStream {
    let header = &block.header;
    let items = block.items.iter().map(|item| match item {
        Item::Method(method) => user_method(method),
        Item::Other(tokens) => tokens.clone(),
    });
    let mut braces = Group::new(Delimiter::Brace, items.collect());
    braces.set_span(block.braces);
    let braces = TokenTree::Group(braces);
    quote!(#header #braces)
}

/// A method without our attributes. Where the checks have refused an `&Agent<Other>` or a `const`, rustc is not asked about
/// it too.
fn user_method(method: &Method) -> TokenStream {
    let Method { roles, attributes, qualifiers, signature, body } = method;
    let mut signature = signature.clone();
    if !roles.is_empty() {
        signature.inputs.iter_mut().for_each(arguments::name_own_thinker);
        signature.constness = None;
    }
    quote!(#(#attributes)* #qualifiers #signature #body)
}

// impl<..> Thinker for Steering<..> where .. {
//     type Pools = Pool; type Local = Details;
//     const NAME: .. = "Steering"; const AGENTS: .. = &[AgentInfo { .. }, ..];
//     fn describe(agents: ..) { agents.task_submitter("submit")..; .. }  fn prepare_agent(..) { .. }  fn tear_down_agent(..) { .. }
// }
fn implementation(thinker: &Thinker, sound: &[&Agent], pieces: &[Pieces]) -> TokenStream {
    // All with the span of the type: what rustc finds wrong with it, it says once.
    let span = first_span(&thinker.self_ty);
    let core = &at(span, &thinker.runtime.core);
    let (impl_generics, _, clause) = thinker.generics.split_for_impl();
    let self_ty = &thinker.self_ty;
    let pools = pools(thinker);
    let pools = quote_spanned!(first_span(&pools)=> type Pools = #pools;);
    let local = thinker.local.as_ref().map_or_else(|| quote!(()), ToTokens::to_token_stream);
    let local = quote_spanned!(first_span(&local)=> type Local = #local;);
    let name = thinker.name.as_ref().map(ToString::to_string);
    let infos = sound.iter().map(|agent| agent::info(agent, core));
    let registrations = pieces.iter().map(|piece| &piece.registration);
    let prepare = hook::prepare(thinker);
    let tear_down = hook::tear_down(thinker);
    let given = agents();
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #core::Thinker for #self_ty #clause {
            #pools
            #local
            const NAME: &'static ::core::primitive::str = #name;
            const AGENTS: &'static [#core::AgentInfo] = &[#(#infos),*];
            fn describe(#given: &mut #core::Agents<Self>) {
                #(#registrations)*
            }
            #prepare
            #tear_down
        }
    }
}

/// What `describe` is given: one name with one span, wherever it stands.
pub(super) fn agents() -> Ident {
    binding("agents", Span::call_site())
}

/// The type of the thinker's pools.
pub(super) fn pools(thinker: &Thinker) -> TokenStream {
    thinker.pools.as_ref().map_or_else(|| quote!(()), ToTokens::to_token_stream)
}

// impl<..> Steering<..> where .. {
//     #[doc(hidden)]
//     fn __colmena_submit_n_slots(&self) -> usize { self.width }
// }
fn hidden(thinker: &Thinker, pieces: &[Pieces]) -> TokenStream {
    let methods: TokenStream = pieces.iter().map(|piece| piece.methods.clone()).collect();
    if methods.is_empty() {
        return TokenStream::new();
    }
    let (impl_generics, _, clause) = thinker.generics.split_for_impl();
    let self_ty = &thinker.self_ty;
    quote! {
        #[automatically_derived]
        impl #impl_generics #self_ty #clause {
            #methods
        }
    }
}
