//! A struct whose state goes into checkpoints.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Generics, Ident, Index, Type};

use super::runtime::Runtime;
use crate::diag::Diagnostics;
use crate::parse::options;
use crate::table::CHECKPOINT;

/// A struct that derives `Checkpoint`.
pub(crate) struct State {
    /// Where the runtime is.
    pub(crate) runtime: Runtime,
    /// Its name.
    pub(crate) ident: Ident,
    /// Its generics.
    pub(crate) generics: Generics,
    /// The fields that are not skipped; none if it is no struct.
    pub(crate) fields: Option<Vec<Field>>,
}

/// A field that agents change.
pub(crate) struct Field {
    /// How it is named after a dot.
    pub(crate) member: TokenStream,
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) ty: Type,
}

/// Makes the model of a struct with state.
pub(crate) fn build(input: &DeriveInput, diag: &mut Diagnostics) -> State {
    let mut facade = None;
    for attribute in ours(&input.attrs) {
        let options = options::of(attribute, &CHECKPOINT, diag);
        facade = options.path("crate").map(|given| given.value);
        if let Some(skip) = options.flag("skip") {
            diag.error(&skip, "`skip` belongs on a field").help("write `#[checkpoint(skip)]` above the field");
        }
    }
    let fields = match &input.data {
        Data::Struct(data) => {
            Some(data.fields.iter().enumerate().filter_map(|(place, each)| field(place, each, diag)).collect())
        }
        _ => None,
    };
    State {
        runtime: Runtime::at(facade.as_ref()),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        fields,
    }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("checkpoint"))
}

/// Nothing, if it is skipped.
fn field(place: usize, field: &syn::Field, diag: &mut Diagnostics) -> Option<Field> {
    let mut skipped = false;
    for attribute in ours(&field.attrs) {
        let options = options::of(attribute, &CHECKPOINT, diag);
        if let Some(facade) = options.path("crate") {
            diag.error(&facade.key, "`crate` belongs on the struct")
                .help("write `#[checkpoint(crate = ..)]` above the struct");
        }
        // What is wrong has been said: rustc is not asked about the field, too.
        skipped |= options.flag("skip").is_some() || options.broken;
    }
    let (member, name) = match &field.ident {
        Some(ident) => (ident.to_token_stream(), ident.to_string().trim_start_matches("r#").to_owned()),
        None => {
            let index = Index::from(place);
            (quote!(#index), place.to_string())
        }
    };
    (!skipped).then(|| Field { member, name, ty: field.ty.clone() })
}
