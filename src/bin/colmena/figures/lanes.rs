//! Which task ran in which slot: records say how many slots a task held, not which.
//!
//! Tasks are placed in the order of their ends, each where the last task ended latest before it started; a new lane is
//! opened when there is none. That takes as few lanes as possible: as many as slots were in use at once.

use std::collections::BTreeSet;

use crate::run::{Id, Nanos, Run, Task};

/// Lanes past this number are not told apart.
pub(crate) const MOST_LANES: u32 = 4096;

/// A task in one of its slots.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) task: &'a Task,
    pub(crate) from: Nanos,
    pub(crate) to: Nanos,
    pub(crate) lane: u32,
    /// The task before it in this lane.
    pub(crate) before: Option<Before>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Before {
    pub(crate) ended: Nanos,
    pub(crate) received: Nanos,
}

#[derive(Default)]
struct Lanes {
    /// When the last task of each ended.
    free: BTreeSet<(Nanos, u32)>,
    last: Vec<Before>,
}

/// Calls `visit` for each task of a pool that ran, once for each of its slots.
pub(crate) fn walk<'a>(run: &'a Run, pool: Id, mut visit: impl FnMut(Placed<'a>)) {
    let mut lanes = Lanes::default();
    for task in run.tasks.iter().filter(|task| task.pool == pool) {
        let Some((from, to)) = task.ran() else { continue };
        let before = Before { ended: to, received: task.received.unwrap_or(to).max(to) };
        let taken: Vec<u32> = (0..task.slots.max(1)).map_while(|_| lanes.take(from)).collect();
        for lane in taken {
            visit(Placed { task, from, to, lane, before: lanes.put(lane, before) });
        }
    }
}

impl Lanes {
    fn take(&mut self, from: Nanos) -> Option<u32> {
        match self.free.range(..=(from, u32::MAX)).next_back().copied() {
            Some(found) => {
                self.free.remove(&found);
                Some(found.1)
            }
            None => {
                let lane = self.last.len() as u32;
                let is_room = lane < MOST_LANES;
                if is_room {
                    self.last.push(Before { ended: Nanos::MIN, received: Nanos::MIN });
                }
                is_room.then_some(lane)
            }
        }
    }

    /// Gives what was there before.
    fn put(&mut self, lane: u32, task: Before) -> Option<Before> {
        self.free.insert((task.ended, lane));
        let before = std::mem::replace(&mut self.last[lane as usize], task);
        (before.ended != Nanos::MIN).then_some(before)
    }
}
