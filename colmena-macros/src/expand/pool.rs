//! `#[derive(ResourcePool)]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::pool::Pools;

// impl ResourcePool for Pool {
//     const NAMES: .. = &["sim", "ml"];
//     fn index(&self) -> usize { match self { Self::Sim => 0, Self::Ml => 1 } }
//     fn from_index(index: usize) -> Option<Self> { Some(match index { 0 => Self::Sim, 1 => Self::Ml, _ => return None }) }
// }
pub(crate) fn expand(pools: &Pools) -> TokenStream {
    let core = &pools.runtime.core;
    let ident = &pools.ident;
    let variants = pools.variants.as_deref().unwrap_or_default();
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let names = variants.iter().map(|variant| &variant.name.0);
    let indices: Vec<usize> = (0..idents.len()).collect();
    quote! {
        #[automatically_derived]
        impl #core::ResourcePool for #ident {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
            fn index(&self) -> ::core::primitive::usize {
                match self { #(Self::#idents => #indices,)* }
            }
            fn from_index(index: ::core::primitive::usize) -> ::core::option::Option<Self> {
                match index {
                    #(#indices => ::core::option::Option::Some(Self::#idents),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

// The same, with the names alone: for what has been refused, so that its uses are not refused as well.
pub(crate) fn stand_in(pools: &Pools) -> TokenStream {
    if !pools.generics.params.is_empty() {
        return TokenStream::new();
    }
    let core = &pools.runtime.core;
    let ident = &pools.ident;
    let names = pools.variants.as_deref().unwrap_or_default().iter().map(|variant| &variant.name.0);
    quote! {
        #[automatically_derived]
        impl #core::ResourcePool for #ident {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
            fn index(&self) -> ::core::primitive::usize {
                0
            }
            fn from_index(_: ::core::primitive::usize) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        }
    }
}
