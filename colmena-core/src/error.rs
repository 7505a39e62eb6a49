//! The errors that every part shares: `Stopped`, and boxed ones.

use std::error::Error;
use std::fmt;

/// Any error: what agents and methods may return, and what `?` turns others into.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// `Result` with [`BoxError`] unless another error is named.
pub type Result<T, E = BoxError> = std::result::Result<T, E>;

/// A wait, or a request, was ended because the campaign is done.
///
/// An agent that returns it (or an error caused by it) after `done` has ended cleanly: write `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// The cause of every [`Stopped`]. It survives where a wrapper hides the type of the outermost error.
#[derive(Debug)]
struct DoneIsSet;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped: the campaign is done")
    }
}

impl Error for Stopped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&DoneIsSet)
    }
}

impl fmt::Display for DoneIsSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`done` is set")
    }
}

impl Error for DoneIsSet {}

/// Whether `error` is, or was caused by, [`Stopped`].
pub(crate) fn is_stop(error: &(dyn Error + 'static)) -> bool {
    error.is::<Stopped>() || error.is::<DoneIsSet>() || error.source().is_some_and(is_stop)
}

/// An error with all its causes, on one line.
pub(crate) fn in_full(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not go on")]
    struct Wrapped(#[source] Stopped);

    #[test]
    fn a_stop_is_known_by_its_cause() {
        assert!(is_stop(&Stopped));
        assert!(is_stop(&Wrapped(Stopped)));
        assert!(is_stop(Stopped.source().expect("has a cause")));
        assert!(!is_stop(&fmt::Error));
    }

    #[test]
    fn causes_are_told_once_each() {
        assert_eq!(in_full(&Wrapped(Stopped)), "could not go on: stopped: the campaign is done: `done` is set");
    }
}
