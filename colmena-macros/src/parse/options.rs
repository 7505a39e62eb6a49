//! The options of an attribute: `key`, `key = value`, `"value"`, separated by commas.
//!
//! A mistake in one option does not hide the others: the parser skips to the next comma.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit, LitStr, Member, Meta, Path, Token, Type, parenthesized, token};

use super::value::{self, Count, Pool, Value};
use crate::diag::{Diagnostics, listed, nearest};
use crate::table::{Attribute, INNER, Kind, METHOD, Opt, THINKER};

/// What an attribute was given.
pub(crate) struct Options {
    /// The attribute.
    pub(crate) attribute: &'static Attribute,
    /// Whether something in it could not be read: what is missing may then be what was meant.
    pub(crate) broken: bool,
    given: Vec<(&'static Opt, Given<Value>)>,
}

/// A value, and the tokens of its key: messages point at either.
#[derive(Clone)]
pub(crate) struct Given<T> {
    /// The key; the value itself, where it stands alone.
    pub(crate) key: TokenStream,
    /// The value.
    pub(crate) value: T,
}

/// Reads the options of `attribute`. `whole` is underlined where something is missing.
pub(crate) fn parse(
    attribute: &'static Attribute,
    tokens: TokenStream,
    whole: &impl ToTokens,
    diag: &mut Diagnostics,
) -> Options {
    let mut options = Options { attribute, broken: false, given: Vec::new() };
    // In parentheses of our own, with the span of the last word: what ends too early is underlined there.
    let last = tokens.clone().into_iter().last().map(|token| token.span());
    let mut parentheses = Group::new(Delimiter::Parenthesis, tokens);
    parentheses.set_span(last.unwrap_or_else(Span::call_site));
    let read = |input: ParseStream| {
        let content;
        parenthesized!(content in input);
        options.parse_all(&content, diag);
        Ok(())
    };
    let outcome = read.parse2(TokenTree::from(parentheses).into());
    if let (Err(error), false) = (outcome, options.broken) {
        options.broken = true;
        diag.syntax(&error);
    }
    options.require(whole, diag);
    options
}

/// Reads the options of an attribute that stands on a method or a variant.
pub(crate) fn of(attribute: &syn::Attribute, known: &'static Attribute, diag: &mut Diagnostics) -> Options {
    match &attribute.meta {
        Meta::Path(path) => parse(known, TokenStream::new(), path, diag),
        Meta::List(list) => parse(known, list.tokens.clone(), &list.path, diag),
        Meta::NameValue(pair) => {
            let error = diag.error(pair, format!("`#[{}]` takes its options in parentheses", known.name));
            if let Some(first) = known.options.first() {
                error.help(format!("write `#[{}({})]`", known.name, first.example));
            }
            Options { attribute: known, broken: true, given: Vec::new() }
        }
    }
}

impl Options {
    fn parse_all(&mut self, input: ParseStream, diag: &mut Diagnostics) {
        while !input.is_empty() {
            self.parse_one(input, diag);
            if !input.is_empty() && !input.peek(Token![,]) {
                if !self.broken {
                    diag.syntax(&input.error("expected `,` before the next option"));
                }
                self.broken = true;
                skip_to_comma(input);
            }
            let _ = input.parse::<Option<Token![,]>>();
        }
    }

    /// Reads one option, and reports what is wrong with it.
    fn parse_one(&mut self, input: ParseStream, diag: &mut Diagnostics) {
        if input.peek(Lit) {
            return self.parse_positional(input, diag);
        }
        let Ok(key) = input.call(Ident::parse_any) else {
            diag.syntax(&input.error("expected an option")).help(self.known());
            return self.give_up(input);
        };
        match self.attribute.option(&key.to_string()) {
            Some(option) => self.parse_value(option, key.to_token_stream(), input, diag),
            None => self.unknown(&key, input, diag),
        }
    }

    /// Reads `= value` after a key, or nothing for a flag.
    fn parse_value(&mut self, option: &'static Opt, key: TokenStream, input: ParseStream, diag: &mut Diagnostics) {
        if self.given.iter().any(|(given, _)| given.name == option.name) {
            diag.error(&key, format!("the option `{}` is given twice", option.name)).help("remove one of the two");
            return self.give_up(input);
        }
        let value = if input.peek(Token![=]) {
            let _ = input.parse::<Token![=]>();
            value::parse(option, &key, input)
        } else if option.kind == Kind::Flag && !input.peek(token::Paren) {
            Ok(Value::Flag(true))
        } else {
            Err(value::Unfit {
                at: key.clone(),
                message: format!("`{}` takes {}", option.name, option.kind.wanted()),
                help: Some(format!("write `{}`", option.example)),
            })
        };
        match value {
            Ok(value) => self.given.push((option, Given { key, value })),
            Err(unfit) => {
                let error = diag.error(&unfit.at, unfit.message);
                unfit.help.into_iter().for_each(|help| {
                    error.help(help);
                });
                self.give_up(input);
            }
        }
    }

    /// Reads a value without a key.
    fn parse_positional(&mut self, input: ParseStream, diag: &mut Diagnostics) {
        let positional = self.attribute.options.iter().find(|option| option.positional);
        let Some(option) = positional else {
            let message = format!("`#[{}]` takes no value without a name", self.attribute.name);
            diag.syntax(&input.error(message)).help(self.known());
            return self.give_up(input);
        };
        let key = input.fork().parse::<TokenTree>().map(TokenTree::into_token_stream).unwrap_or_default();
        if self.given.iter().any(|(given, _)| given.name == option.name) {
            diag.error(&key, format!("the option `{}` is given twice", option.name)).help("remove one of the two");
            return self.give_up(input);
        }
        match value::parse(option, &key, input) {
            Ok(value) => self.given.push((option, Given { key, value })),
            Err(unfit) => {
                diag.error(&unfit.at, unfit.message).help(unfit.help.unwrap_or_default());
                self.give_up(input);
            }
        }
    }

    /// Reports an unknown key. If it is nearly one that is known, its value is taken for that one.
    fn unknown(&mut self, key: &Ident, input: ParseStream, diag: &mut Diagnostics) {
        let name = key.to_string();
        let names = self
            .attribute
            .options
            .iter()
            .flat_map(|option| [option.name].into_iter().chain(option.aliases.iter().copied()));
        let meant = nearest(&name, names);
        let error = match meant {
            Some(meant) => diag.error(key, format!("unknown option `{name}`; did you mean `{meant}`?")),
            None => diag.error(key, format!("unknown option `{name}` of `#[{}]`", self.attribute.name)),
        };
        if let (None, Some(other)) = (meant, elsewhere(&name)) {
            error.note(format!("`{name}` is an option of `#[{other}]`"));
        }
        if meant.is_none() {
            error.help(match self.value_of(&name).filter(|_| !input.peek(Token![=])) {
                Some(option) => format!("write `{} = {name}`", option.name),
                None => self.known(),
            });
        }
        self.broken = true;
        let option = meant.and_then(|meant| self.attribute.option(meant));
        match option.filter(|option| self.get(option.name).is_none()) {
            Some(option) if input.peek(Token![=]) || option.kind == Kind::Flag => {
                self.parse_value(option, key.to_token_stream(), input, diag);
            }
            _ => self.give_up(input),
        }
    }

    /// The option that a name without a key may be the value of: a pool, by its capital letter, or a field.
    fn value_of(&self, name: &str) -> Option<&'static Opt> {
        let kind = if name.starts_with(char::is_uppercase) { Kind::Pool } else { Kind::Field };
        let mut of_kind = self.attribute.options.iter().filter(|option| option.kind == kind);
        of_kind.next().filter(|_| of_kind.next().is_none())
    }

    /// Skips what cannot be read.
    fn give_up(&mut self, input: ParseStream) {
        self.broken = true;
        if input.peek(Token![=]) {
            let _ = input.parse::<Token![=]>();
            let ahead = input.fork();
            if ahead.parse::<Expr>().is_ok() {
                let _ = input.parse::<Expr>();
            }
        }
        skip_to_comma(input);
    }

    /// Reports the options without which the attribute says nothing.
    fn require(&mut self, whole: &impl ToTokens, diag: &mut Diagnostics) {
        if self.broken {
            return;
        }
        for option in self.attribute.options.iter().filter(|option| option.required) {
            if self.get(option.name).is_none() {
                let message = format!("`#[{}]` needs the option `{}`", self.attribute.name, option.name);
                diag.error(whole, message).help(format!("write `{}`", option.example));
                self.broken = true;
            }
        }
    }

    /// The known options, for a message.
    fn known(&self) -> String {
        match self.attribute.options {
            [] => format!("`#[{}]` has no options", self.attribute.name),
            [only] => format!("its option is `{}`", only.name),
            options => format!("its options are {}", listed(options.iter().map(|option| option.name))),
        }
    }

    fn get(&self, name: &str) -> Option<&Given<Value>> {
        self.given.iter().find(|(option, _)| option.name == name).map(|(_, given)| given)
    }

    fn take<T>(&self, name: &str, of: impl FnOnce(Value) -> Option<T>) -> Option<Given<T>> {
        debug_assert!(self.attribute.option(name).is_some(), "the table has no option `{name}`");
        let Given { key, value } = self.get(name)?.clone();
        of(value).map(|value| Given { key, value })
    }

    /// A flag: its key, if it is given and not `false`.
    pub(crate) fn flag(&self, name: &str) -> Option<TokenStream> {
        let given = self.take(name, |value| if let Value::Flag(flag) = value { Some(flag) } else { None })?;
        given.value.then_some(given.key)
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Option<Given<LitStr>> {
        self.take(name, |value| if let Value::Text(text) = value { Some(text) } else { None })
    }

    /// A pool.
    pub(crate) fn pool(&self, name: &str) -> Option<Given<Pool>> {
        self.take(name, |value| if let Value::Pool(pool) = value { Some(pool) } else { None })
    }

    /// A field of the thinker.
    pub(crate) fn field(&self, name: &str) -> Option<Given<Member>> {
        self.take(name, |value| if let Value::Field(field) = value { Some(field) } else { None })
    }

    /// A count.
    pub(crate) fn count(&self, name: &str) -> Option<Given<Count>> {
        self.take(name, |value| if let Value::Count(count) = value { Some(count) } else { None })
    }

    /// A type.
    pub(crate) fn ty(&self, name: &str) -> Option<Given<Type>> {
        self.take(name, |value| if let Value::Type(ty) = value { Some(*ty) } else { None })
    }

    /// A path.
    pub(crate) fn path(&self, name: &str) -> Option<Given<Path>> {
        self.take(name, |value| if let Value::Path(path) = value { Some(path) } else { None })
    }
}

/// The attribute that has an option of that name.
fn elsewhere(name: &str) -> Option<&'static str> {
    let all = INNER.into_iter().chain([&THINKER, &METHOD]);
    all.into_iter().find(|attribute| attribute.option(name).is_some()).map(|attribute| attribute.name)
}

fn skip_to_comma(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _ = input.parse::<TokenTree>();
    }
}
