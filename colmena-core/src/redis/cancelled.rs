//! Cancelling: a thinker says on a channel which of its tasks nobody wants any more, and the servers of this library hear it.
//! What is here is of servers.
//!
//! A channel keeps nothing, so the last of what was said is in a list of that name, too, which a server reads when it begins to
//! hear. A task may be cancelled before its request has come here, so the last of those that are not known are kept in mind.

use std::collections::{BTreeMap, VecDeque};

use redis::{Connection, RedisError, cmd};

use super::broker::Broker;
use crate::queue::Queues;
use crate::sync::Mutex;
use crate::task::TaskId;

/// How many that are not known are kept in mind.
const EARLY: usize = 10_000;
/// How many are in the list, and how many seconds it stays after the last has come.
const LISTED: isize = 1000;
const LIFE: usize = 3600;

/// The tasks here, by their ids on the wire, until their results are pushed; `None`: on its way to the server.
#[derive(Default)]
pub(super) struct Unsettled(Mutex<State>);

#[derive(Default)]
struct State {
    tasks: BTreeMap<String, Option<TaskId>>,
    /// Cancelled, and not known (yet).
    early: VecDeque<String>,
}

impl Unsettled {
    /// All that are here.
    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().tasks.keys().cloned().collect()
    }

    /// Call before the task is given to the server: it may settle at once.
    pub(super) fn note(&self, wire_id: &str) {
        self.0.lock().tasks.insert(wire_id.to_owned(), None);
    }

    /// The server has it. True if it has been cancelled before.
    pub(super) fn is_cancelled(&self, wire_id: &str, id: TaskId) -> bool {
        let state = &mut *self.0.lock();
        if let Some(known) = state.tasks.get_mut(wire_id) {
            *known = Some(id);
        }
        let early = state.early.iter().position(|early| early == wire_id);
        early.is_some_and(|at| state.early.remove(at).is_some())
    }

    /// Its result has been pushed.
    pub(super) fn forget(&self, wire_id: &str) {
        self.0.lock().tasks.remove(wire_id);
    }

    /// Nobody wants it any more: the task to be cancelled, if the server has it.
    fn cancel(&self, wire_id: &str) -> Option<TaskId> {
        let state = &mut *self.0.lock();
        if let Some(id) = state.tasks.get(wire_id).copied().flatten() {
            return Some(id);
        }
        if state.early.len() == EARLY {
            state.early.pop_front();
        }
        state.early.push_back(wire_id.to_owned());
        None
    }

    /// Hears what is cancelled until the server ends: an I/O thread's life.
    pub(super) fn hear(&self, queues: &Queues, broker: &Broker) {
        let mut connection = broker.reconnect();
        while let Some(mut open) = connection {
            let Err(error) = self.hear_on(&mut open, queues, broker) else { return };
            tracing::debug!("hearing what is cancelled: {error}");
            connection = match broker.recover(&error) {
                Ok(fresh) => fresh,
                Err(refused) => return tracing::warn!("what thinkers cancel is not heard: {refused}"),
            };
        }
    }

    fn hear_on(&self, connection: &mut Connection, queues: &Queues, broker: &Broker) -> Result<(), RedisError> {
        connection.set_read_timeout(None)?;
        let mut channel = connection.as_pubsub();
        channel.subscribe(broker.cancelled())?;
        let mut said = listed(broker)?;
        while !broker.has_ended() {
            for id in said.split_ascii_whitespace().filter_map(|wire_id| self.cancel(wire_id)) {
                queues.cancel(id, "by its thinker");
            }
            said = channel.get_message()?.get_payload()?;
        }
        Ok(())
    }
}

/// What was said before.
fn listed(broker: &Broker) -> Result<String, RedisError> {
    let mut connection = broker.connection().map_err(|error| RedisError::from(std::io::Error::other(error)))?;
    let said: Vec<String> = cmd("LRANGE").arg(broker.cancelled()).arg(0).arg(-1).query(&mut connection)?;
    Ok(said.join(" "))
}

/// Tells the servers. If this user may not, tasks are run in vain.
pub(super) fn tell(wire_ids: &[String], broker: &Broker, connection: &mut Connection) -> Result<(), RedisError> {
    let name = broker.cancelled();
    let mut all = redis::pipe();
    if !wire_ids.is_empty() {
        all.cmd("LPUSH").arg(&name).arg(wire_ids).cmd("LTRIM").arg(&name).arg(0).arg(LISTED - 1);
        all.cmd("EXPIRE").arg(&name).arg(LIFE);
    }
    let told = all.cmd("PUBLISH").arg(&name).arg(wire_ids.join(" ")).query::<()>(connection);
    told.or_else(|error| if Broker::is_passing(&error) { Err(error) } else { Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_cancelled_before_it_comes_while_it_is_here_and_not_afterwards() {
        let unsettled = Unsettled::default();
        assert_eq!(unsettled.cancel("early"), None);
        unsettled.note("early");
        assert!(unsettled.is_cancelled("early", TaskId(1)));
        unsettled.note("here");
        assert_eq!(unsettled.cancel("here"), None, "it is on its way");
        assert!(unsettled.is_cancelled("here", TaskId(2)));
        assert_eq!(unsettled.cancel("here"), Some(TaskId(2)));
        unsettled.forget("here");
        assert_eq!(unsettled.cancel("here"), None);
    }

    #[test]
    fn what_is_not_known_is_kept_in_mind_within_bounds() {
        let unsettled = Unsettled::default();
        (0..=EARLY).for_each(|n| _ = unsettled.cancel(&n.to_string()));
        assert!(!unsettled.is_cancelled("0", TaskId(1)));
        assert!(unsettled.is_cancelled("1", TaskId(1)));
    }
}
