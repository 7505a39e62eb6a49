//! The arguments of an agent's method, told apart by their names and by how they are taken.

use quote::ToTokens;
use syn::{FnArg, PathArguments, Type};

use crate::parse::types::{bare, is_named, type_arguments};

/// An argument: its type as written, and what it is.
pub(crate) struct Argument {
    /// `&Agent<Self>`, as written.
    pub(crate) ty: Type,
    /// What it is taken for.
    pub(crate) role: Role,
}

/// What an argument is.
pub(crate) enum Role {
    /// `&Agent<T>`, with the `T`.
    Agent(Option<Type>),
    /// `&mut L`: the local details.
    Local(Type),
    /// `TaskResult<m>`, with the `m`.
    Result(Type),
    /// `TaskUpdate<m>`, with the `m`.
    Update(Type),
    /// `Slots<P>`.
    Slots,
    /// Anything else by value: the item of a queue.
    Item,
    /// No agent takes this so; with the cure.
    Misfit(String),
    /// `TaskResult` without its method: rustc says so.
    Unnamed,
}

/// The arguments after the receiver.
pub(crate) fn of<'a>(inputs: impl IntoIterator<Item = &'a FnArg>) -> Vec<Argument> {
    let typed = inputs.into_iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    });
    typed.map(|ty| Argument { ty: ty.clone(), role: role(ty) }).collect()
}

fn role(ty: &Type) -> Role {
    match bare(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => by_mut(&reference.elem),
        Type::Reference(reference) => by_ref(&reference.elem),
        other => by_value(other),
    }
}

fn by_ref(ty: &Type) -> Role {
    if is_named(ty, "Agent") {
        return Role::Agent(type_arguments(ty).first().map(|&of| of.clone()));
    }
    Role::Misfit(match given_by_value(ty) {
        true => format!("take it by value: write `{}`", spelled(ty)),
        false => {
            "by shared reference an agent takes `&Agent<Self>` alone; everything else is a field of the thinker: use \
                  `self`"
                .into()
        }
    })
}

fn by_mut(ty: &Type) -> Role {
    if is_named(ty, "Agent") {
        return Role::Misfit("write `&Agent<Self>`: nothing about it needs `mut`".into());
    }
    match given_by_value(ty) {
        true => Role::Misfit(format!("take it by value: write `{}`", spelled(ty))),
        false => Role::Local(ty.clone()),
    }
}

fn by_value(ty: &Type) -> Role {
    let method = || match type_arguments(ty)[..] {
        [method] => Some(method.clone()),
        _ => None,
    };
    if is_named(ty, "Agent") {
        Role::Misfit("take it by shared reference: write `&Agent<Self>`".into())
    } else if is_named(ty, "Slots") {
        Role::Slots
    } else if is_named(ty, "TaskResult") {
        method().map_or(Role::Unnamed, Role::Result)
    } else if is_named(ty, "TaskUpdate") {
        method().map_or(Role::Unnamed, Role::Update)
    } else {
        Role::Item
    }
}

fn given_by_value(ty: &Type) -> bool {
    ["TaskResult", "TaskUpdate", "Slots"].into_iter().any(|name| is_named(ty, name))
}

/// Makes `&Agent<Self>` of any `&Agent<..>`: an agent takes no other.
pub(crate) fn name_own_thinker(input: &mut FnArg) {
    let FnArg::Typed(typed) = input else { return };
    let Type::Reference(reference) = &mut *typed.ty else { return };
    let Type::Path(path) = &mut *reference.elem else { return };
    if let Some(last) = path.path.segments.last_mut().filter(|last| last.ident == "Agent") {
        let span = last.ident.span();
        last.arguments = PathArguments::AngleBracketed(syn::parse_quote_spanned!(span=> <Self>));
    }
}

/// A type as a user writes it, without the spaces between tokens.
pub(crate) fn spelled(ty: &impl ToTokens) -> String {
    let text = ty.to_token_stream().to_string();
    let tight =
        [(" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::"), ("& ", "&"), (":: ", "::"), (" ::", "::")];
    tight.into_iter().fold(text, |text, (loose, tight)| text.replace(loose, tight))
}
