//! The clock. In a seeded order time is virtual: it stands still while anybody can run.

use std::time::Instant;

use crate::rehearsal::turns;

/// The present moment, real or virtual.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
#[inline]
pub(crate) fn now() -> Instant {
    turns::virtual_now().unwrap_or_else(Instant::now)
}
