//! Inputs and value of a message, as they stand in it.

use std::borrow::Cow;

use super::tree::Text;

/// Inputs and value of a message, whatever stands for each.
#[derive(Debug, Default)]
pub(super) struct Contents<T> {
    pub(super) args: Vec<T>,
    pub(super) kwargs: Vec<(String, T)>,
    pub(super) value: Option<T>,
}

impl<T: Copy> Contents<T> {
    pub(super) fn inputs(&self) -> impl Iterator<Item = T> {
        self.args.iter().copied().chain(self.kwargs.iter().map(|(_, input)| *input))
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = T> {
        self.inputs().chain(self.value)
    }

    pub(super) fn map<U>(&self, mut map: impl FnMut(T) -> U) -> Contents<U> {
        Contents {
            args: self.args.iter().map(|arg| map(*arg)).collect(),
            kwargs: self.kwargs.iter().map(|(name, input)| (name.clone(), map(*input))).collect(),
            value: self.value.map(map),
        }
    }
}

/// An input or a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A string, which is its text.
    Text(Text<'a>),
    /// The JSON that it is.
    Bare(&'a str),
}

impl<'a> Source<'a> {
    /// Its text.
    pub(super) fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.read(),
            Self::Bare(json) => Cow::Borrowed(json),
        }
    }

    /// Whether this may be in its text, without reading that: ASCII, which may be hidden by escapes.
    #[cfg(feature = "redis")]
    pub(super) fn may_have(self, word: &str) -> bool {
        match self {
            Self::Text(text) => text.raw().contains(word) || text.raw().contains("\\u00"),
            Self::Bare(json) => json.contains(word),
        }
    }

    /// How many bytes that has.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bare(json) => json.len(),
        }
    }
}
