//! What the examples do in place of real work: they let time pass.

use std::time::Duration;

/// Takes so long.
#[cfg(not(test))]
pub(crate) fn take(time: Duration) {
    std::thread::sleep(time);
}

/// Takes so long: in a rehearsal, where a test runs the example, the time is virtual.
#[cfg(test)]
pub(crate) fn take(time: Duration) {
    let never = colmena::Event::new();
    let _ = never.wait_timeout(time);
}
