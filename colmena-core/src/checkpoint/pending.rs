//! The tasks whose results have not been handled: what of the queues is in a checkpoint. Kept only if there are any.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::gate::Gate;
use crate::resources::slots::HeldSlots;
use crate::sync::Mutex;
use crate::task::TaskId;
use crate::task::flight::AnyFlight;

/// Tasks for result processors, from before they are sent until their handler has returned.
pub(crate) struct Pending {
    gate: Arc<Gate>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<TaskId, Sent>,
    handled: u64,
}

/// A task, and the slots that it was sent with: their pool's place, if any, and number.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) flight: Arc<dyn AnyFlight>,
    pub(crate) slots: Option<(usize, u32)>,
}

impl Pending {
    /// `handled` results have been before.
    pub(crate) fn new(gate: &Arc<Gate>, handled: u64) -> Self {
        Self { gate: Arc::clone(gate), state: Mutex::new(State { handled, ..State::default() }) }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn add(&self, flight: Arc<dyn AnyFlight>, slots: &HeldSlots) {
        let sent = Sent { slots: slots.share(), flight };
        self.state.lock().tasks.insert(sent.flight.head().id, sent);
    }

    /// Its handler has returned.
    #[cold]
    #[inline(never)]
    pub(crate) fn handled(&self, id: TaskId) {
        let removed = {
            let mut state = self.state.lock();
            state.handled += 1;
            state.tasks.remove(&id)
        };
        drop(removed);
        self.gate.note_handled();
    }

    /// How many results have been handled, and the tasks whose results have not, in the order of their ids.
    pub(crate) fn all(&self) -> (u64, Vec<Sent>) {
        let state = self.state.lock();
        (state.handled, state.tasks.values().cloned().collect())
    }
}
