//! The warning for a wait with a locked mutex: whoever would end the wait may need the lock.

use super::{WaitingFor, with_current};
use crate::mutex::Place;
use crate::rehearsal::turns::{fail_order, in_order};

/// An agent is about to wait (or would, if what it wants were not there), while it holds a guard. Said
/// once in a campaign for each pair of places; in a seeded order it is the end of the order.
#[cold]
pub(super) fn warn(what: WaitingFor, waits_at: Place, locked_at: Place) {
    let Some((name, realm)) =
        with_current(|me| Some((me.name().clone(), me.realm()?.clone())).filter(|_| me.holder() > 0))
    else {
        return;
    };
    if in_order() {
        return fail_order(&format!("`{name}` {what}, at {waits_at}, with the `Mutex` that it locked at {locked_at}"));
    }
    if realm.first_wait_with_a_lock(waits_at, locked_at) {
        tracing::warn!(
            wait = %waits_at,
            lock = %locked_at,
            "`{name}` {what} with a locked `Mutex`: whoever would end the wait may need it; let go of the guard first",
        );
    }
}
