//! `command = ".."`: words with parameters of the method in braces.
//!
//! Words are separated by spaces; `'..'` and `".."` keep them together. `{{` and `}}` are braces. No shell is involved: what
//! a parameter is replaced with stays in its word.

use proc_macro2::TokenStream;
use syn::LitStr;

use crate::parse::options::Given;

/// A command, read.
pub(crate) struct Command {
    /// The option's key.
    pub(crate) key: TokenStream,
    /// As written.
    pub(crate) literal: LitStr,
    /// Its words; the first is the program.
    pub(crate) words: Vec<Word>,
    /// What keeps it from being read, and the cure.
    pub(crate) broken: Option<(String, &'static str)>,
}

/// A word: what its pieces give together.
pub(crate) type Word = Vec<Piece>;

/// A piece of a word.
pub(crate) enum Piece {
    /// As it is.
    Text(String),
    /// `{x}`, `{x:.3}`.
    Field {
        /// The parameter.
        name: String,
        /// What stands after the colon: how it is formatted.
        format: String,
    },
}

impl Command {
    /// Reads the option.
    pub(crate) fn read(given: Given<LitStr>) -> Self {
        let mut words = Vec::new();
        let broken = split(&given.value.value(), &mut words).err();
        Command { key: given.key, literal: given.value, words, broken }
    }

    /// The program, if it is a plain word.
    pub(crate) fn program(&self) -> Option<&str> {
        match self.words.first().map(Vec::as_slice) {
            Some([Piece::Text(program)]) => Some(program),
            _ => None,
        }
    }

    /// The names of all fields, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.words.iter().flatten().filter_map(|piece| match piece {
            Piece::Field { name, .. } => Some(&**name),
            Piece::Text(_) => None,
        })
    }
}

fn split(text: &str, words: &mut Vec<Word>) -> Result<(), (String, &'static str)> {
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            '{' if rest.next_if_eq(&'{').is_none() => word.get_or_insert_default().push(field(&mut rest)?),
            '}' if rest.next_if_eq(&'}').is_none() => {
                return Err(("there is a `}` without a `{` in the command".into(), "a brace itself is written `}}`"));
            }
            c => match word.get_or_insert_default().last_mut() {
                Some(Piece::Text(text)) => text.push(c),
                _ => word.get_or_insert_default().push(Piece::Text(c.into())),
            },
        }
    }
    if let Some(quote) = quote {
        return Err((
            format!("a `{quote}` of the command is not closed"),
            "quotes keep a word together, and come in pairs",
        ));
    }
    words.extend(word);
    Ok(())
}

/// The rest of a field, after its `{`.
fn field(rest: &mut impl Iterator<Item = char>) -> Result<Piece, (String, &'static str)> {
    let mut inside = String::new();
    for c in rest {
        if c == '}' {
            let (name, format) = inside.split_once(':').unwrap_or((&inside, ""));
            return Ok(Piece::Field { name: name.trim().to_owned(), format: format.to_owned() });
        }
        inside.push(c);
    }
    Err((format!("the field `{{{inside}` of the command is not closed"), "a brace itself is written `{{`"))
}
