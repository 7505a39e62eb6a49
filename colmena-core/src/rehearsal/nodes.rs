//! Nodes that come and go in a rehearsal: slots that are added and removed at given moments.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::Rehearsal;
use crate::resources::SlotsError;
use crate::resources::counter::{Ask, Counter, Patience};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, Realm, WaitingFor, sleep};

/// Slots that come or go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) at: Duration,
    /// In the ledger.
    pub(super) pool: usize,
    pub(super) n: usize,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Add,
    Remove,
}

/// Has a thread make the changes that the rehearsal has, in their order; it ends with them, or at `done`.
///
/// # Errors
/// Those of the operating system.
pub(crate) fn start(rehearsal: &Rehearsal, counter: Arc<Counter>, realm: Arc<Realm>) -> io::Result<Thread> {
    let mut changes = rehearsal.changes.clone();
    changes.sort_by_key(|change| change.at);
    let spawn = Spawn { name: "nodes".into(), realm: Some(realm), over: Over::Done, holder: 0 };
    spawn.start(move || {
        let mut now = Duration::ZERO;
        for change in changes {
            if sleep(change.at.saturating_sub(now)).is_err() {
                return;
            }
            now = change.at;
            match change.make(&counter) {
                Ok(()) => {}
                Err(SlotsError::Stopped { .. }) => return,
                Err(error) => tracing::warn!("the rehearsal cannot change slots at {now:?}: {error}"),
            }
        }
    })
}

impl Change {
    fn make(self, counter: &Counter) -> Result<(), SlotsError> {
        let Self { pool, n, what, .. } = self;
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let (unallocated, to) = (0, counter.name(pool));
        match what {
            What::Add => {
                counter.add(n)?;
                if pool == unallocated {
                    return Ok(());
                }
                let what = WaitingFor::Reallocation { from: counter.name(unallocated), to };
                counter.request(unallocated, Ask::Move { n, to: pool }, Patience::default(), what).map(drop)
            }
            What::Remove => {
                let what = WaitingFor::Slots { n, pool: to };
                counter.request(pool, Ask::Remove { n }, Patience::default(), what).map(drop)
            }
        }
    }
}
