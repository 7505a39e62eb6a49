//! One order: a program on fresh threads that take turns, and a watchdog in real time beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::turns::Turns;
use crate::wait::panic::message;

/// How long a thread may hold the turn, in real time, before it is taken for blocked on something unknown; unless said.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `program` in the order of `turns`, on a thread of its own: what a thread remembers of itself (its seat, what it
/// waits for) is of one order only. Blocks until all threads that take part have ended.
///
/// # Errors
/// Why the order failed, with a table of its threads. Of one in which a thread blocks on something unknown, the threads
/// are left behind.
pub(crate) fn run<R: Send + 'static>(
    turns: &Arc<Turns>,
    patience: Duration,
    program: impl FnOnce() -> R + Send + 'static,
) -> Result<R, String> {
    let (report, outcome) = channel();
    let theirs = Arc::clone(turns);
    start(move || {
        let _ = report.send(play(&theirs, program));
    });
    watch(patience, &outcome, turns)
}

#[expect(clippy::disallowed_methods, reason = "whoever runs an order stands outside it")]
fn start(body: impl FnOnce() + Send + 'static) {
    std::thread::spawn(body);
}

fn play<R>(turns: &Arc<Turns>, program: impl FnOnce() -> R) -> Result<R, String> {
    let seat = turns.root();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let value = program();
        seat.join_all();
        value
    }));
    let outcome = outcome.map_err(|payload| turns.fail(message(&*payload)));
    turns.wait_until_all_left();
    seat.stand_up();
    match (turns.failure(), outcome) {
        (None, Ok(value)) => Ok(value),
        (failure, _) => Err(failure.unwrap_or_default()),
    }
}

/// Real time, since it looks for what virtual time cannot see.
#[expect(clippy::disallowed_methods, reason = "a watchdog in real time, outside the program that it watches")]
fn watch<R>(patience: Duration, outcome: &Receiver<Result<R, String>>, turns: &Turns) -> Result<R, String> {
    let mut last = None;
    loop {
        match outcome.recv_timeout(patience) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => return Err("whoever runs the order ended early".to_owned()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let steps = Some(turns.steps());
        if last == steps {
            return Err(blocked(&turns.holder(), patience));
        }
        last = steps;
    }
}

fn blocked(who: &str, patience: Duration) -> String {
    format!(
        "`{who}` has held the turn for {patience:?}: it blocks on something that the runtime does not know\n    help: wait \
         by `agent.sleep(..)`, an `Event`, a `WorkQueue`, and lock the `Mutex` of the prelude, instead of those of `std` or \
         another crate; if it computes for so long, have more patience"
    )
}
