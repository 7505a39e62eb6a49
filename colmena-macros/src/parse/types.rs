//! Questions about types, answered from their tokens.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Generics, PathArguments, PathSegment, ReturnType, Type};

/// The type inside parentheses and the invisible groups of `macro_rules!`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        other => other,
    }
}

/// The last segment of a path: `Result<T>` in `io::Result<T>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Whether the last segment of the path is `name`.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == name)
}

/// The types between the angle brackets of a path's last segment.
pub(crate) fn type_arguments(ty: &Type) -> Vec<&Type> {
    last_segment(ty).map(arguments_of).unwrap_or_default()
}

fn arguments_of(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether the type is `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The declared return type; none for `()` and for nothing.
pub(crate) fn returned(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Type(_, ty) if !is_unit(ty) => Some(ty),
        _ => None,
    }
}

/// Whether the tokens of both are the same, spacing apart.
pub(crate) fn same(a: &impl ToTokens, b: &impl ToTokens) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}

/// Whether the tokens mention one of the generic parameters.
pub(crate) fn mentions(tokens: &impl ToTokens, generics: &Generics) -> bool {
    let names: Vec<String> = generics
        .type_params()
        .map(|parameter| parameter.ident.to_string())
        .chain(generics.const_params().map(|parameter| parameter.ident.to_string()))
        .chain(generics.lifetimes().map(|parameter| parameter.lifetime.ident.to_string()))
        .collect();
    !names.is_empty() && mentions_any(tokens.to_token_stream(), &names)
}

/// Whether an identifier of that name occurs in the tokens.
pub(crate) fn mentions_name(tokens: &impl ToTokens, name: &str) -> bool {
    mentions_any(tokens.to_token_stream(), &[name.to_string()])
}

fn mentions_any(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident.to_string()),
        TokenTree::Group(group) => mentions_any(group.stream(), names),
        _ => false,
    })
}

/// What in a type keeps it from being owned data: found in it or in its parts, not in functions or trait objects.
#[derive(Clone)]
pub(crate) enum NotOwned {
    /// `&T`, `'a`, `'_`.
    Borrow(TokenStream),
    /// `impl Trait`.
    ImplTrait(TokenStream),
    /// `_`.
    Infer(TokenStream),
}

/// A reference in the type that lives for ever: owned, but nothing that could be read back.
pub(crate) fn for_ever(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(_) => Some(ty),
        Type::Array(array) => for_ever(&array.elem),
        Type::Slice(slice) => for_ever(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(for_ever),
        Type::Path(path) => path.path.segments.iter().flat_map(arguments_of).find_map(for_ever),
        _ => None,
    }
}

/// The first part of the type that is not owned. A `'static` lifetime is.
pub(crate) fn not_owned(ty: &Type) -> Option<NotOwned> {
    match bare(ty) {
        Type::Reference(reference) => match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" && reference.mutability.is_none() => {
                not_owned(&reference.elem)
            }
            _ => Some(NotOwned::Borrow(reference.to_token_stream())),
        },
        Type::ImplTrait(ty) => Some(NotOwned::ImplTrait(ty.to_token_stream())),
        Type::Infer(ty) => Some(NotOwned::Infer(ty.to_token_stream())),
        Type::Array(array) => not_owned(&array.elem),
        Type::Slice(slice) => not_owned(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(not_owned),
        Type::Path(path) => path.path.segments.iter().find_map(not_owned_in),
        _ => None,
    }
}

fn not_owned_in(segment: &PathSegment) -> Option<NotOwned> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => {
            Some(NotOwned::Borrow(lifetime.to_token_stream()))
        }
        GenericArgument::Type(ty) => not_owned(ty),
        _ => None,
    })
}
