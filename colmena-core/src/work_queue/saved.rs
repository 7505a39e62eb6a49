//! A queue in a checkpoint: its items in their order, with their tickets, which say how long each has been in it.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Entry, WorkQueue};
use crate::checkpoint::{Checkpoint, CheckpointError, Saved};

/// The rule and the bound are the program's to give again.
impl<T: Clone + Serialize + DeserializeOwned> Checkpoint for WorkQueue<T> {
    fn save(&self) -> Result<Saved, CheckpointError> {
        let (seen, next_ticket, closed, dropped) = {
            let mut state = self.state.lock();
            state.clone = Some(T::clone);
            (state.snapshot(), state.next_ticket, state.closed, state.dropped)
        };
        let items: Vec<(u64, &T)> = seen.tickets.iter().copied().zip(seen.iter()).collect();
        Saved::of(&(items, next_ticket, closed, dropped))
    }

    fn restore(&self, saved: &Saved) -> Result<(), CheckpointError> {
        let (items, next_ticket, closed, dropped): (Vec<(u64, T)>, u64, bool, u64) = saved.read()?;
        let entry = |(ticket, item)| Entry { ticket, key: self.key(&item), item: Arc::new(item) };
        let items = items.into_iter().map(entry).collect();
        let before = {
            let mut state = self.state.lock();
            (state.next_ticket, state.closed, state.dropped) = (next_ticket, closed, dropped);
            std::mem::replace(&mut state.items, items)
        };
        drop(before);
        self.changed.notify_all();
        Ok(())
    }
}
