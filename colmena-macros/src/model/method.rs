//! A method: a function that can be sent as a task.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, LitStr, Pat, PatType, Type, Visibility};

use super::command::Command;
use super::runtime::Runtime;
use crate::parse::function::Function;
use crate::parse::options::Options;
use crate::parse::types::{bare, is_named, is_unit, returned, type_arguments};

/// A function marked `#[method]`.
pub(crate) struct Method {
    /// Where the runtime is.
    pub(crate) runtime: Runtime,
    /// Its name in Rust.
    pub(crate) ident: Ident,
    /// Its visibility, and that of the struct and its fields.
    pub(crate) visibility: Visibility,
    /// Its documentation.
    pub(crate) docs: Vec<Attribute>,
    /// The option `name`.
    pub(crate) name: Option<LitStr>,
    /// The option `topic`.
    pub(crate) topic: Option<LitStr>,
    /// The option `kwargs`.
    pub(crate) kwargs: bool,
    /// The option `local`.
    pub(crate) local: Option<TokenStream>,
    /// The option `command`.
    pub(crate) command: Option<Command>,
    /// Whether it has a body.
    pub(crate) has_body: bool,
    /// Its parameters, without the context.
    pub(crate) parameters: Vec<Parameter>,
    /// `task: &TaskContext<Y>`, if it stands last.
    pub(crate) context: Option<Context>,
    /// What it returns.
    pub(crate) returns: Returns,
}

/// A parameter, which is a field of the struct.
pub(crate) struct Parameter {
    /// Its name; none if it is a pattern or a receiver.
    pub(crate) ident: Option<Ident>,
    /// The parameter, as written.
    pub(crate) written: FnArg,
    /// Its documentation, which goes to the field.
    pub(crate) docs: Vec<Attribute>,
    /// How it is passed, and the type of the field.
    pub(crate) passing: Passing,
}

/// How a parameter gets from the field to the function.
pub(crate) enum Passing {
    /// `x: T`: cloned for each attempt.
    ByValue(Type),
    /// `x: &T`: lent from a field of this type.
    Borrowed { referent: Type, owned: TokenStream },
}

impl Passing {
    /// The type of the field.
    pub(crate) fn field(&self) -> TokenStream {
        match self {
            Passing::ByValue(ty) => ty.to_token_stream(),
            Passing::Borrowed { owned, .. } => owned.clone(),
        }
    }

    /// What must be owned data: the type without its `&`.
    pub(crate) fn inner(&self) -> &Type {
        match self {
            Passing::ByValue(ty) => ty,
            Passing::Borrowed { referent, .. } => referent,
        }
    }
}

/// The context of a task.
pub(crate) struct Context {
    /// What it emits: the `Y` of `TaskContext<Y>`, unless that is `()`.
    pub(crate) emission: Option<Type>,
}

/// What a method returns.
pub(crate) enum Returns {
    /// Nothing, or `()`.
    Nothing,
    /// A value.
    Value(Type),
    /// A `Result`, whose error is a failure of the task.
    Fallible { ty: Type, value: Option<Box<Type>> },
}

/// Makes the model of a method.
pub(crate) fn build(options: &Options, function: &Function) -> Method {
    let signature = &function.signature;
    let mut parameters: Vec<Parameter> = signature.inputs.iter().map(parameter).collect();
    let context = parameters.pop_if(|last| is_context(last)).map(|last| context(&last));
    Method {
        runtime: Runtime::at(options.path("crate").map(|given| given.value).as_ref()),
        ident: signature.ident.clone(),
        visibility: function.visibility.clone(),
        docs: docs(&function.attributes),
        name: options.text("name").map(|given| given.value),
        topic: options.text("topic").map(|given| given.value),
        kwargs: options.flag("kwargs").is_some(),
        local: options.flag("local"),
        command: options.text("command").map(Command::read),
        has_body: function.body.is_some(),
        parameters,
        context,
        returns: match returned(&signature.output) {
            None => Returns::Nothing,
            Some(ty) => returns(ty),
        },
    }
}

impl Method {
    /// Its name in Rust, for messages and documentation.
    pub(crate) fn rust_name(&self) -> String {
        self.ident.to_string()
    }

    /// The names of its parameters, without the context, for messages.
    pub(crate) fn parameter_names(&self) -> Vec<String> {
        let idents = self.parameters.iter().filter_map(|parameter| parameter.ident.as_ref());
        idents.map(|ident| ident.to_string().trim_start_matches("r#").to_owned()).collect()
    }
}

fn parameter(written: &FnArg) -> Parameter {
    let FnArg::Typed(typed) = written else {
        let passing = Passing::ByValue(Type::Verbatim(quote!(Self)));
        return Parameter { ident: None, written: written.clone(), docs: Vec::new(), passing };
    };
    Parameter { ident: ident(typed), written: written.clone(), docs: docs(&typed.attrs), passing: passing(&typed.ty) }
}

/// The name of a parameter: `x` and `mut x`, not `_` and not `(a, b)`.
fn ident(typed: &PatType) -> Option<Ident> {
    match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        _ => None,
    }
}

fn passing(ty: &Type) -> Passing {
    match bare(ty) {
        Type::Reference(reference) => {
            let referent = bare(&reference.elem).clone();
            Passing::Borrowed { owned: owned(&referent), referent }
        }
        _ => Passing::ByValue(ty.clone()),
    }
}

/// The owned form of what a parameter borrows. A sized type is its own, and need not be `Clone` for it.
fn owned(referent: &Type) -> TokenStream {
    let span = referent.span();
    match referent {
        Type::Slice(slice) => {
            let element = &slice.elem;
            quote_spanned!(span=> ::std::vec::Vec<#element>)
        }
        ty if is_named(ty, "str") => quote_spanned!(span=> ::std::string::String),
        // A `PathBuf`; or the type itself, if it is another `Path`.
        ty if ["Path", "OsStr", "CStr"].into_iter().any(|name| is_named(ty, name)) => {
            quote_spanned!(span=> <#ty as ::std::borrow::ToOwned>::Owned)
        }
        ty => ty.to_token_stream(),
    }
}

/// Whether the type is `TaskContext<..>`.
pub(crate) fn names_context(ty: &Type) -> bool {
    is_named(ty, "TaskContext")
}

fn is_context(parameter: &Parameter) -> bool {
    let FnArg::Typed(typed) = &parameter.written else { return false };
    matches!(bare(&typed.ty), Type::Reference(taken) if taken.mutability.is_none() && names_context(&taken.elem))
}

fn context(parameter: &Parameter) -> Context {
    let emission = type_arguments(parameter.passing.inner()).first().map(|&ty| ty.clone());
    Context { emission: emission.filter(|ty| !is_unit(ty)) }
}

fn returns(ty: &Type) -> Returns {
    if !is_named(ty, "Result") {
        return Returns::Value(ty.clone());
    }
    let value = type_arguments(ty).first().map(|&value| value.clone()).filter(|value| !is_unit(value));
    Returns::Fallible { ty: ty.clone(), value: value.map(Box::new) }
}

/// The documentation among some attributes.
pub(crate) fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}
