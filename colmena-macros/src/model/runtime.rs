//! Where generated code finds the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The paths of the runtime: `::colmena::__private`, unless `crate = path` says otherwise.
pub(crate) struct Runtime {
    /// The module of the runtime's names.
    pub(crate) core: TokenStream,
    /// serde, as the runtime has it.
    pub(crate) serde: TokenStream,
}

impl Runtime {
    /// Of the facade at `path`.
    pub(crate) fn at(path: Option<&Path>) -> Self {
        let facade = path.map_or_else(|| quote!(::colmena), ToTokens::to_token_stream);
        Runtime { core: quote!(#facade::__private), serde: quote!(#facade::__private::serde) }
    }
}
