//! Diagnostics: collected while an attribute is read and checked, shown together.
//!
//! A diagnostic is a message at the user's tokens, with help and notes as lines of the same text (stable Rust lets a
//! macro emit errors only). Dropping a collection unread is a mistake of this crate and panics in debug builds.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong with the input of one attribute, in the order found.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    found: Vec<Diagnostic>,
    read: bool,
}

/// One error, and what to do about it.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    at: TokenStream,
    text: String,
}

impl Diagnostics {
    /// Adds an error that underlines `at`.
    pub(crate) fn error(&mut self, at: &impl ToTokens, message: impl Display) -> &mut Diagnostic {
        self.add(at.to_token_stream(), message)
    }

    /// Adds an error at one span.
    pub(crate) fn error_at(&mut self, span: Span, message: impl Display) -> &mut Diagnostic {
        self.add(syn::Error::new(span, "").to_compile_error(), message)
    }

    /// Adds what syn found.
    pub(crate) fn syntax(&mut self, error: &syn::Error) -> &mut Diagnostic {
        // A rendered error carries its range: its first token has the start, its last the end.
        self.add(error.to_compile_error(), error)
    }

    /// How many errors there are: what was checked in between is sound if the number has not changed.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// The errors, and after them the tokens that are emitted in any case.
    pub(crate) fn beside(mut self, emitted: TokenStream) -> TokenStream {
        self.read = true;
        let errors = self.found.iter().map(|one| syn::Error::new_spanned(&one.at, &one.text).into_compile_error());
        errors.chain([emitted]).collect()
    }

    /// The texts, for tests.
    #[cfg(test)]
    pub(crate) fn texts(mut self) -> Vec<String> {
        self.read = true;
        self.found.iter().map(|one| one.text.clone()).collect()
    }

    fn add(&mut self, at: TokenStream, message: impl Display) -> &mut Diagnostic {
        let text = message.to_string();
        self.found.push(Diagnostic { at, text });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        if cfg!(debug_assertions) && !self.read && !std::thread::panicking() {
            panic!("diagnostics were dropped unread");
        }
    }
}

impl Diagnostic {
    /// Says what to write instead.
    pub(crate) fn help(&mut self, text: impl Display) -> &mut Self {
        self.text += &format!("\n= help: {text}");
        self
    }

    /// Says why.
    pub(crate) fn note(&mut self, text: impl Display) -> &mut Self {
        self.text += &format!("\n= note: {text}");
        self
    }
}

/// The known name that was probably meant.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (given.chars().count() / 3).max(1);
    let distances = known.into_iter().map(|name| (distance(given, name), name));
    let (found, name) = distances.min_by_key(|&(found, _)| found)?;
    let begins = given.len() >= 3 && name.starts_with(given);
    (found <= limit || begins).then_some(name)
}

/// How many letters to change, insert, remove or swap with their neighbour (the restricted Damerau-Levenshtein distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// `a`, `b` and `c`, each in backticks.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn errors_are_shown_together_and_beside_the_item() {
        let mut diag = Diagnostics::default();
        diag.error(&quote!(a b), "first").help("do this").note("because");
        diag.error_at(Span::call_site(), "second");
        let tokens = diag
            .beside(quote!(
                struct Kept;
            ))
            .to_string();
        assert!(tokens.contains(r#""first\n= help: do this\n= note: because""#), "{tokens}");
        assert!(tokens.contains("second") && tokens.ends_with("struct Kept ;"), "{tokens}");
    }

    #[test]
    #[should_panic(expected = "dropped unread")]
    #[cfg(debug_assertions)]
    fn dropping_unread_panics() {
        drop(Diagnostics::default());
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["task_type", "n_slots", "queue"];
        assert_eq!(nearest("task_typ", known), Some("task_type"));
        assert_eq!(nearest("n_slot", known), Some("n_slots"));
        assert_eq!(nearest("qeueu", known), None);
        assert_eq!(nearest("queeu", known), Some("queue"));
        assert_eq!(nearest("task", known), Some("task_type"));
        assert_eq!(nearest("pool", known), None);
    }

    #[test]
    fn names_are_listed() {
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed([]), "");
    }
}
