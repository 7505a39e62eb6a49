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

/// The backtrace, if the environment asks for one as usual (`RUST_BACKTRACE`).
fn captured() -> Option<String> {
    let trace = Backtrace::capture();
    (trace.status() == BacktraceStatus::Captured).then(|| trace.to_string())
}
