//! `#[derive(Checkpoint)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{at, first_span};
use crate::model::state::{Field, State};

// impl<..> Steering<..> where .. {
//     #[doc(hidden)]
//     fn __colmena_state(&self) -> Vec<(&'static str, &dyn Checkpoint)> { vec![("known", &self.known), ..] }
// }
// impl<..> Checkpoint for Steering<..> where .. {
//     fn save(&self) -> .. { Saved::of_fields(&self.__colmena_state()) }
//     fn restore(&self, saved: ..) -> .. { saved.restore_fields(&self.__colmena_state()) }
// }
pub(crate) fn expand(state: &State) -> TokenStream {
    let core = &state.runtime.core;
    let ident = &state.ident;
    let (impl_generics, ty_generics, clause) = state.generics.split_for_impl();
    let fields = state.fields.iter().flatten().map(|field| part(field, core));
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #ty_generics #clause {
            #[doc(hidden)]
            fn __colmena_state(&self) -> ::std::vec::Vec<(&'static ::core::primitive::str, &dyn #core::Checkpoint)> {
                ::std::vec![#(#fields)*]
            }
        }
        #[automatically_derived]
        impl #impl_generics #core::Checkpoint for #ident #ty_generics #clause {
            fn save(&self) -> ::core::result::Result<#core::Saved, #core::CheckpointError> {
                #core::Saved::of_fields(&self.__colmena_state())
            }
            fn restore(&self, saved: &#core::Saved) -> ::core::result::Result<(), #core::CheckpointError> {
                saved.restore_fields(&self.__colmena_state())
            }
        }
    }
}

// ("known", &self.known as &dyn Checkpoint),
//
// With the span of the type: there rustc says what cannot be saved.
fn part(field: &Field, core: &TokenStream) -> TokenStream {
    let Field { member, name, ty } = field;
    let span = first_span(ty);
    let (member, core) = (at(span, member), at(span, core));
    let state = quote_spanned!(span=> &self.#member as &dyn #core::Checkpoint);
    quote!((#name, #state),)
}

// The same without fields: for what has been refused, so that its uses are not refused as well.
pub(crate) fn stand_in(state: State) -> TokenStream {
    expand(&State { fields: None, ..state })
}
