//! The values of options.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, ExprClosure, ExprLit, ExprUnary, Index, Lit, LitInt, LitStr, Member, Path, Type, UnOp};

use crate::model::pool::snake_case;
use crate::table::{Kind, Opt};

/// The value of an option, of the kind that the table asks for.
#[derive(Clone)]
pub(crate) enum Value {
    /// For [`Kind::Flag`].
    Flag(bool),
    /// For [`Kind::Text`].
    Text(LitStr),
    /// For [`Kind::Pool`].
    Pool(Pool),
    /// For [`Kind::Field`].
    Field(Member),
    /// For [`Kind::Count`] and [`Kind::CountOfItem`].
    Count(Count),
    /// For [`Kind::Type`].
    Type(Box<Type>),
    /// For [`Kind::Path`].
    Path(Path),
}

/// A pool, as written.
#[derive(Clone)]
pub(crate) enum Pool {
    /// `None`: the unallocated slots.
    Unallocated(Span),
    /// `Sim`, a variant of the thinker's enum.
    Variant(Ident),
    /// `Pool::Sim`, any longer path.
    Path(Path),
    /// `"sim"`, the name of a variant.
    Named(LitStr),
}

/// How many, as written.
#[derive(Clone)]
pub(crate) enum Count {
    /// `4`.
    Literal(LitInt),
    /// `WIDTH`: a path, which may be a constant.
    Path(Path),
    /// `self.width`: evaluated once, at launch.
    Expression(Box<Expr>),
    /// `|item| self.width(item)`: evaluated for each item.
    Closure(Box<ExprClosure>),
}

impl Pool {
    /// Whether both are spelled as the same pool. A variant is taken to have its own name, not that of another.
    pub(crate) fn same(&self, other: &Pool) -> bool {
        match (self, other) {
            (Pool::Unallocated(_), Pool::Unallocated(_)) => true,
            (Pool::Named(a), Pool::Named(b)) => a.value() == b.value(),
            (Pool::Named(name), other) | (other, Pool::Named(name)) => {
                other.variant().is_some_and(|variant| snake_case(&variant.to_string()) == name.value())
            }
            (a, b) => matches!((a.variant(), b.variant()), (Some(a), Some(b)) if a == b),
        }
    }

    fn variant(&self) -> Option<&Ident> {
        match self {
            Pool::Variant(ident) => Some(ident),
            Pool::Path(path) => path.segments.last().map(|last| &last.ident),
            Pool::Unallocated(_) | Pool::Named(_) => None,
        }
    }
}

impl ToTokens for Pool {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Pool::Unallocated(span) => Ident::new("None", *span).to_tokens(tokens),
            Pool::Variant(ident) => ident.to_tokens(tokens),
            Pool::Path(path) => path.to_tokens(tokens),
            Pool::Named(name) => name.to_tokens(tokens),
        }
    }
}

impl ToTokens for Count {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Count::Literal(literal) => literal.to_tokens(tokens),
            Count::Path(path) => path.to_tokens(tokens),
            Count::Expression(expression) => expression.to_tokens(tokens),
            Count::Closure(closure) => closure.to_tokens(tokens),
        }
    }
}

/// Why a value was not taken, and what to write.
pub(crate) struct Unfit {
    pub(crate) at: TokenStream,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Parses the value of `option`, after its `=`. What ends too early is underlined at its `key`.
pub(crate) fn parse(option: &Opt, key: &TokenStream, input: ParseStream) -> Result<Value, Unfit> {
    let wanted = format!("`{}` takes {}", option.name, option.kind.wanted());
    let unfit = |error: syn::Error, message: String| Unfit {
        at: match error.to_string().starts_with("unexpected end of input") {
            true => key.clone(),
            false => error.to_compile_error(),
        },
        message,
        help: Some(format!("write `{}`", option.example)),
    };
    match option.kind {
        // What a type or a path may begin with, is no news to who wrote a string.
        Kind::Type => input.parse().map(Value::Type).map_err(|error| unfit(error, wanted)),
        Kind::Path => {
            let path = input.call(Path::parse_mod_style).and_then(of_a_crate);
            path.map(Value::Path).map_err(|error| unfit(error, wanted))
        }
        _ => {
            let expression = input.parse().map_err(|error| {
                let message = format!("{wanted}: {error}");
                unfit(error, message)
            });
            read(option, ungrouped(expression?))
        }
    }
}

/// Reads an expression as the value of `option`.
fn read(option: &Opt, expression: Expr) -> Result<Value, Unfit> {
    let at = expression.to_token_stream();
    let value = match option.kind {
        Kind::Flag => flag(expression).map(Value::Flag),
        Kind::Text => text(expression).map(Value::Text),
        Kind::Pool => pool(expression).map(Value::Pool),
        Kind::Field => field(expression).map(Value::Field),
        Kind::Count | Kind::CountOfItem => count(option.kind, expression).map(Value::Count),
        Kind::Type | Kind::Path => Err(None),
    };
    value.map_err(|cure| Unfit {
        at,
        message: format!("`{}` takes {}", option.name, option.kind.wanted()),
        help: Some(cure.unwrap_or_else(|| format!("write `{}`", option.example)).replace("{}", option.name)),
    })
}

/// A cure that fits better than the example of the table; `{}` stands for the option.
type Cure = Option<String>;

fn flag(expression: Expr) -> Result<bool, Cure> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Ok(value.value),
        _ => Err(None),
    }
}

fn text(expression: Expr) -> Result<LitStr, Cure> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(value), .. }) if !value.value().is_empty() => Ok(value),
        Expr::Path(path) => match path.path.get_ident() {
            Some(ident) => Err(Some(format!("write `{{}} = \"{ident}\"`"))),
            None => Err(None),
        },
        _ => Err(None),
    }
}

fn pool(expression: Expr) -> Result<Pool, Cure> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => Ok(Pool::Named(name)),
        Expr::Path(path) if path.qself.is_none() && !is_keyword(&path.path) => Ok(match path.path.get_ident() {
            Some(ident) if ident == "None" => Pool::Unallocated(ident.span()),
            Some(ident) => Pool::Variant(ident.clone()),
            None => Pool::Path(path.path),
        }),
        _ => Err(None),
    }
}

fn field(expression: Expr) -> Result<Member, Cure> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => match name.parse::<Ident>() {
            Ok(ident) => Ok(Member::Named(ident)),
            Err(_) => Err(None),
        },
        Expr::Lit(ExprLit { lit: Lit::Int(index), .. }) => match index.base10_parse() {
            Ok(number) => Ok(Member::Unnamed(Index { index: number, span: index.span() })),
            Err(_) => Err(None),
        },
        Expr::Path(path) if !is_keyword(&path.path) => path.path.get_ident().cloned().map(Member::Named).ok_or(None),
        Expr::Field(field) if field.base.to_token_stream().to_string() == "self" => {
            Err(Some(format!("write `{{}} = {}`", field.member.to_token_stream())))
        }
        _ => Err(None),
    }
}

fn count(kind: Kind, expression: Expr) -> Result<Count, Cure> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => match number.base10_parse::<usize>() {
            Ok(_) => Ok(Count::Literal(number)),
            Err(_) => Err(None),
        },
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => match syn::parse_str::<Ident>(&name.value()) {
            Ok(ident) => Err(Some(format!("a field is named by an expression: write `{{}} = self.{ident}`"))),
            Err(_) => Err(None),
        },
        Expr::Lit(_) => Err(None),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) if matches!(*expr, Expr::Lit(_)) => Err(None),
        Expr::Closure(closure) if kind == Kind::CountOfItem => match closure.inputs.len() {
            1 => Ok(Count::Closure(Box::new(closure))),
            _ => Err(Some("the closure takes the item: write `{} = |item| self.width(item)`".into())),
        },
        Expr::Closure(_) => Err(Some("it is evaluated once, at launch: write `{} = self.width`".into())),
        Expr::Path(path) if path.qself.is_none() => Ok(Count::Path(path.path)),
        other => Ok(Count::Expression(Box::new(other))),
    }
}

/// `Self` is a type: nothing can be imported from it.
fn of_a_crate(path: Path) -> syn::Result<Path> {
    match path.segments.first().filter(|first| first.ident == "Self") {
        Some(first) => Err(syn::Error::new(first.ident.span(), "a type is no crate")),
        None => Ok(path),
    }
}

/// Whether the path is `self`, `Self`, `super` or `crate`, which name no field and no variant.
fn is_keyword(path: &Path) -> bool {
    ["self", "Self", "super", "crate"].into_iter().any(|word| path.is_ident(word))
}

/// The expression inside the invisible groups of `macro_rules!`.
fn ungrouped(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}
