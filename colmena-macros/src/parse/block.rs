//! An `impl` block whose methods carry our attributes. Bodies stay opaque: a syntax error inside one is rustc's to report.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, Ident, Path, Signature, Token, Type, Visibility, braced, token};

use crate::table::{self, INNER};

/// An `impl` block.
pub(crate) struct Block {
    /// All that stands before the braces, as written.
    pub(crate) header: TokenStream,
    /// `impl<E: Energy>`, with the where-clause.
    pub(crate) generics: Generics,
    /// `Steering<E>`.
    pub(crate) self_ty: Type,
    /// The trait, if it is the implementation of one.
    pub(crate) of_trait: Option<Path>,
    /// The braces.
    pub(crate) braces: Span,
    /// What is in the braces, in its order.
    pub(crate) items: Vec<Item>,
}

/// An item of the block.
pub(crate) enum Item {
    /// A function or method.
    Method(Box<Method>),
    /// Anything else, as written.
    Other(TokenStream),
}

/// A function or method of the block.
pub(crate) struct Method {
    /// Our attributes on it, with what the table says of them.
    pub(crate) roles: Vec<(Attribute, &'static table::Attribute)>,
    /// The other attributes.
    pub(crate) attributes: Vec<Attribute>,
    /// `pub`, and `default`, if it stands there.
    pub(crate) qualifiers: TokenStream,
    /// The signature.
    pub(crate) signature: Signature,
    /// The braces of the body, or a semicolon.
    pub(crate) body: TokenTree,
}

/// Parses an `impl` block; says what is there if it is none.
pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Block> {
    Block::parse.parse2(tokens)
}

impl Block {
    /// The methods.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.items.iter().filter_map(|item| match item {
            Item::Method(method) => Some(&**method),
            Item::Other(_) => None,
        })
    }
}

impl Parse for Block {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let ahead = input.fork();
        let _ = ahead.call(Attribute::parse_outer)?;
        let _: Option<Token![default]> = ahead.parse()?;
        let _: Option<Token![unsafe]> = ahead.parse()?;
        let _: Token![impl] = ahead.parse()?;
        // `impl<T>`, but not `impl <T as Trait>::Type`.
        let mut generics = match ahead.peek(Token![<]) && !begins_qualified(&ahead) {
            true => ahead.parse()?,
            false => Generics::default(),
        };
        let _: Option<Token![!]> = ahead.parse()?;
        let mut self_ty: Type = ahead.parse()?;
        let mut of_trait = None;
        if ahead.peek(Token![for]) {
            let _: Token![for] = ahead.parse()?;
            of_trait = Some(syn::parse2(self_ty.to_token_stream())?);
            self_ty = ahead.parse()?;
        }
        generics.where_clause = ahead.parse()?;
        let mut header = TokenStream::new();
        while input.cursor() < ahead.cursor() {
            header.extend([input.parse::<TokenTree>()?]);
        }
        let content;
        let braces = braced!(content in input).span.join();
        let items = parse_items(&content)?;
        Ok(Block { header, generics, self_ty, of_trait, braces, items })
    }
}

fn begins_qualified(input: ParseStream) -> bool {
    let ahead = input.fork();
    let _ = ahead.parse::<Token![<]>();
    ahead.parse::<Type>().is_ok() && ahead.peek(Token![as])
}

fn parse_items(input: ParseStream) -> syn::Result<Vec<Item>> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items: Vec<Item> = Vec::new();
    if !inner.is_empty() {
        items.push(Item::Other(inner.iter().map(ToTokens::to_token_stream).collect()));
    }
    while !input.is_empty() {
        items.push(parse_item(input)?);
    }
    Ok(items)
}

fn parse_item(input: ParseStream) -> syn::Result<Item> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let default: Option<Token![default]> = match input.peek2(Token![!]) {
        true => None,
        false => input.parse()?,
    };
    let mut qualifiers = visibility.into_token_stream();
    default.to_tokens(&mut qualifiers);
    if !begins_function(input) {
        let mut tokens: TokenStream = attributes.iter().map(ToTokens::to_token_stream).collect();
        tokens.extend(qualifiers);
        tokens.extend(parse_other(input)?);
        return Ok(Item::Other(tokens));
    }
    let signature = input.parse()?;
    let body = parse_body(input)?;
    let (roles, attributes) = attributes.into_iter().partition::<Vec<_>, _>(|attribute| role(attribute).is_some());
    let roles = roles.into_iter().filter_map(|attribute| role(&attribute).map(|known| (attribute, known))).collect();
    Ok(Item::Method(Box::new(Method { roles, attributes, qualifiers, signature, body })))
}

/// Which of our attributes this is: `#[agent]`, or `#[agent]` by any path.
fn role(attribute: &Attribute) -> Option<&'static table::Attribute> {
    let last = attribute.path().segments.last()?;
    INNER.into_iter().find(|known| last.ident == known.name)
}

/// Whether a function follows: `fn`, after `const`, `async`, `unsafe`, `extern "C"`.
fn begins_function(input: ParseStream) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let qualifier = ["const", "async", "unsafe", "safe", "extern"];
        if ahead.peek(syn::LitStr) {
            let _ = ahead.parse::<TokenTree>();
        } else if !ahead.call(Ident::parse_any).is_ok_and(|ident| qualifier.contains(&ident.to_string().as_str())) {
            return false;
        }
    }
}

/// The braces of a body, or a semicolon.
pub(crate) fn parse_body(input: ParseStream) -> syn::Result<TokenTree> {
    match input.peek(token::Brace) || input.peek(Token![;]) {
        true => input.parse(),
        false => Err(input.error("expected a body")),
    }
}

/// An item that is no function: up to its semicolon, or the braces of a macro.
fn parse_other(input: ParseStream) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut after_bang = false;
    loop {
        let token: TokenTree = input.parse()?;
        let punct = match &token {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        let braces = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        tokens.extend([token]);
        if punct == Some(';') || (after_bang && braces) {
            return Ok(tokens);
        }
        after_bang = punct == Some('!');
    }
}

/// Removes our attributes from the items of a block that could not be parsed.
pub(crate) fn stripped(tokens: TokenStream) -> TokenStream {
    let groups = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let mut inner = Group::new(Delimiter::Brace, without_roles(group.stream()));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    groups.collect()
}

fn without_roles(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_pound = matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        match &token {
            TokenTree::Group(group) if after_pound && names_role(group) => {
                kept.pop();
            }
            _ => kept.push(token),
        }
    }
    kept.into_iter().collect()
}

fn names_role(group: &Group) -> bool {
    let name = group.stream().into_iter().take_while(|token| !matches!(token, TokenTree::Group(_)));
    let last = name.filter_map(|token| if let TokenTree::Ident(ident) = token { Some(ident) } else { None }).last();
    last.is_some_and(|ident| INNER.into_iter().any(|known| ident == known.name))
}
