//! An enum of pools.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Generics, Ident};

use super::runtime::Runtime;
use crate::diag::Diagnostics;
use crate::parse::options;
use crate::table::POOL;

/// An enum that derives `ResourcePool`.
pub(crate) struct Pools {
    /// Where the runtime is.
    pub(crate) runtime: Runtime,
    /// Its name.
    pub(crate) ident: Ident,
    /// Its generics, which it may not have.
    pub(crate) generics: Generics,
    /// Its variants; none if it is no enum.
    pub(crate) variants: Option<Vec<Variant>>,
}

/// A pool.
pub(crate) struct Variant {
    /// The variant.
    pub(crate) ident: Ident,
    /// Its fields, which it may not have.
    pub(crate) fields: Option<TokenStream>,
    /// Its name, and where it stands.
    pub(crate) name: (String, TokenStream),
}

/// Makes the model of an enum of pools.
pub(crate) fn build(input: &DeriveInput, diag: &mut Diagnostics) -> Pools {
    let mut facade = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("pool")) {
        let options = options::of(attribute, &POOL, diag);
        facade = options.path("crate").map(|given| given.value);
        if let Some(name) = options.text("name") {
            diag.error(&name.key, "a name belongs on a variant")
                .help("write `#[pool(name = \"..\")]` above the variant");
        }
    }
    let variants = match &input.data {
        Data::Enum(data) => Some(data.variants.iter().map(|each| variant(each, diag)).collect()),
        _ => None,
    };
    Pools {
        runtime: Runtime::at(facade.as_ref()),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        variants,
    }
}

fn variant(variant: &syn::Variant, diag: &mut Diagnostics) -> Variant {
    let own = (snake_case(&variant.ident.to_string()), variant.ident.to_token_stream());
    let mut name = None;
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("pool")) {
        let options = options::of(attribute, &POOL, diag);
        if let Some(facade) = options.path("crate") {
            diag.error(&facade.key, "`crate` belongs on the enum").help("write `#[pool(crate = ..)]` above the enum");
        }
        if let (Some(_), Some(second)) = (&name, options.text("name")) {
            diag.error(&second.key, "the pool is named twice").help("remove one of the two");
        }
        name = name.or(options.text("name").map(|given| (given.value.value(), given.value.to_token_stream())));
    }
    let fields = match &variant.fields {
        Fields::Unit => None,
        fields => Some(fields.to_token_stream()),
    };
    Variant { ident: variant.ident.clone(), fields, name: name.unwrap_or(own) }
}

/// `GpuBig` is `gpu_big`, `ML` is `ml`, `HTTPServer` is `http_server`.
pub(crate) fn snake_case(ident: &str) -> String {
    let letters: Vec<char> = ident.trim_start_matches("r#").chars().collect();
    let mut name = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let follows_lower = i > 0 && !letters[i - 1].is_uppercase() && letters[i - 1] != '_';
        let precedes_lower =
            i > 0 && letters[i - 1] != '_' && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (follows_lower || precedes_lower) {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn names_are_in_snake_case() {
        let names = ["Sim", "GpuBig", "ML", "HTTPServer", "Sim2", "Already_Snake", "r#Type", "A"];
        let snake = ["sim", "gpu_big", "ml", "http_server", "sim2", "already_snake", "type", "a"];
        assert_eq!(names.map(snake_case), snake);
    }
}
