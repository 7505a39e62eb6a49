//! Catching panics: with their place and backtrace, and without the ones that end a seeded order.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

use crate::rehearsal::turns::OrderEnded;

/// A panic that was caught.
#[derive(Clone, Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    /// Where it happened, as `file:line:column`.
    pub(crate) place: Option<String>,
    pub(crate) backtrace: Option<String>,
}

impl std::fmt::Display for Panic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "panicked: {}", self.message)?;
        self.place.as_ref().map_or(Ok(()), |place| write!(f, "\n    at {place}"))
    }
}

thread_local! {
    /// Whether panics of this thread are caught and reported, so that the hook keeps quiet about them.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static SEEN: RefCell<Option<(String, Option<String>)>> = const { RefCell::new(None) };
}

/// Runs `f`; a panic in it is returned, with where it happened, and not printed.
///
/// The unwinding that ends a seeded order goes on.
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
    install_hook();
    let outer = WATCHED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(f));
    WATCHED.set(outer);
    result.map_err(|payload| {
        if payload.is::<OrderEnded>() {
            resume_unwind(payload);
        }
        let (place, backtrace) = SEEN.take().map_or((None, None), |(place, trace)| (Some(place), trace));
        Panic { message: message(&*payload), place, backtrace }
    })
}

/// Runs `f` and swallows any unwinding: only at the very end of a thread.
pub(crate) fn catch_all<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(f))
}

/// The text of a panic's payload.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a text".to_owned())
}

/// Wraps the program's panic hook, once: on threads that are watched it notes place and backtrace and prints nothing,
/// elsewhere it calls the hook that was there.
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if WATCHED.get() {
                let place = info.location().map(ToString::to_string).unwrap_or_default();
                SEEN.set(Some((place, captured())));
            } else {
                before(info);
            }
        }));
    });
}

/// The backtrace, if the environment asks for one as usual (`RUST_BACKTRACE`): all of it for `full`, otherwise the frames
/// between the panic and where it is caught.
fn captured() -> Option<String> {
    let trace = Backtrace::capture();
    let full = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value == "full");
    (trace.status() == BacktraceStatus::Captured).then(|| match trace.to_string() {
        trace if full => trace,
        trace => between_panic_and_catch(&trace),
    })
}

/// The frames in between, with their own numbers; all of them, if it is not clear which these are.
fn between_panic_and_catch(trace: &str) -> String {
    let lines: Vec<&str> = trace.lines().collect();
    // A frame is a line with its number and name, mostly followed by one with its place.
    let is_frame = |line: &&str| line.trim_start().split_once(": ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
    let frames: Vec<usize> = (0..lines.len()).filter(|&at| is_frame(&lines[at])).collect();
    let is_one_of = |at: &usize, names: [&str; 2]| names.iter().any(|name| lines[*at].contains(name));
    let panicking = frames.iter().rposition(|at| is_one_of(at, ["core::panicking::", "rust_begin_unwind"]));
    let begin = panicking.map_or(0, |last| last + 1);
    let end = frames[begin..].iter().position(|at| is_one_of(at, ["catch_unwind", "do_call"]));
    let from = frames.get(begin).copied().unwrap_or(0);
    let to = end.map_or(lines.len(), |end| frames[begin + end]);
    lines[from..to].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backtrace_begins_at_the_panic_and_ends_where_it_is_caught() {
        let trace = "\
   0: colmena_core::wait::panic::captured
   1: __rustc::rust_begin_unwind
             at /rustc/library/std/src/panicking.rs:689:5
   2: core::panicking::panic_fmt
             at /rustc/library/core/src/panicking.rs:80:14
   3: store
             at ./src/main.rs:32:51
   4: {closure#0}<Steering>
   5: do_call<AssertUnwindSafe<{closure_env#0}>>
             at /rustc/library/std/src/panicking.rs:581:40
   6: clone3";
        let shorter = "   3: store\n             at ./src/main.rs:32:51\n   4: {closure#0}<Steering>";
        assert_eq!(between_panic_and_catch(trace), shorter);
        assert_eq!(between_panic_and_catch("another form"), "another form");
    }
}
