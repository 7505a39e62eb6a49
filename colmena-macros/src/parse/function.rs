//! A free function, with or without a body. The body stays opaque.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Signature, Visibility};

use super::block;

/// A function, as written.
pub(crate) struct Function {
    /// Its attributes, the documentation among them.
    pub(crate) attributes: Vec<Attribute>,
    /// `pub`, or not.
    pub(crate) visibility: Visibility,
    /// Its signature.
    pub(crate) signature: Signature,
    /// The braces of its body; none if a semicolon stands there.
    pub(crate) body: Option<TokenTree>,
}

/// Parses a function.
pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Function> {
    Function::parse.parse2(tokens)
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = match block::parse_body(input)? {
            TokenTree::Group(group) => Some(TokenTree::Group(group)),
            _ => None,
        };
        Ok(Function { attributes, visibility, signature, body })
    }
}
