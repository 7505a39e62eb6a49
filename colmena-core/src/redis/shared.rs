//! Shared values on the broker: each is a value of Redis under its hash, set before the first request that refers to it, and
//! deleted when its last handle is gone. In a message stands a reference to it, a map of one entry: [`MARK`] and the key. It
//! expires an hour after it was set, and so if its thinker is killed; a thinker that lives renews that.
//!
//! The first half is of thinkers, the second of servers. A key also has the number of the value's ticket, so no value that
//! is deleted late is another one that has become the same.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Connection, RedisError, cmd};
use serde::Serialize;

use super::broker::Broker;
use crate::sync::Mutex;
use crate::task::travel::{Arrived, Holder, Ticket};
use crate::wire::received::Received;
use crate::wire::{Kept, MARK, SIZE_LIMIT, Serialization, WireError};

/// How many values a server keeps for later tasks.
const KEPT: usize = 16;
/// How long a value stays that is not renewed.
pub(super) const LIFE: Duration = Duration::from_secs(3600);
/// The time between two renewals: some may fail.
const RENEWED: Duration = Duration::from_secs(600);

/// What stands in a message for a value.
pub(crate) struct Reference(String);

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(MARK, &self.0)])
    }
}

/// The values that a thinker has on the broker.
pub(super) struct Deposits {
    prefix: String,
    serialization: Serialization,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the numbers of tickets.
    keys: BTreeMap<u64, String>,
    /// To be deleted.
    gone: Vec<String>,
    /// When all that were there were renewed last.
    renewed: Option<Instant>,
}

/// A value that is to be on the broker before the message that refers to it. As long as there is this, it has a handle.
pub(super) struct Deposit {
    pub(super) key: String,
    pub(super) text: String,
    ticket: Arc<Ticket>,
}

impl Holder for Deposits {
    fn forget(self: Arc<Self>, number: u64) {
        let state = &mut *self.state.lock();
        state.gone.extend(state.keys.remove(&number));
    }
}

thread_local! {
    static WRITING: RefCell<Option<Writing>> = const { RefCell::new(None) };
}

struct Writing {
    deposits: Arc<Deposits>,
    fresh: Vec<Deposit>,
}

/// While inputs are written for the broker: what stands in them for a value. Within a value, others are written as they are.
pub(crate) fn reference<'a, T: Serialize>(
    ticket: impl FnOnce() -> &'a Arc<Ticket>,
    value: &T,
) -> Option<Result<Reference, WireError>> {
    let mut writing = WRITING.take()?;
    let reference = writing.reference(ticket(), value);
    WRITING.set(Some(writing));
    Some(reference)
}

impl Writing {
    fn reference<T: Serialize>(&mut self, ticket: &Arc<Ticket>, value: &T) -> Result<Reference, WireError> {
        if let Some(key) = self.deposits.state.lock().keys.get(&ticket.number()) {
            return Ok(Reference(key.clone()));
        }
        let text = self.deposits.serialization.encode(value)?;
        if text.len() > SIZE_LIMIT {
            return Err(WireError::TooLarge { size: text.len() });
        }
        let key = self.deposits.note(ticket, &text);
        self.fresh.push(Deposit { key: key.clone(), text, ticket: Arc::clone(ticket) });
        Ok(Reference(key))
    }
}

impl Deposits {
    pub(super) fn new(prefix: &str, serialization: Serialization) -> Arc<Self> {
        Arc::new(Self { prefix: prefix.to_owned(), serialization, state: Mutex::default() })
    }

    /// Runs `write` with references written for shared values; also those that are to be on the broker first.
    pub(super) fn during<R>(self: &Arc<Self>, write: impl FnOnce() -> R) -> (R, Vec<Deposit>) {
        WRITING.set(Some(Writing { deposits: Arc::clone(self), fresh: Vec::new() }));
        let written = write();
        (written, WRITING.take().map(|writing| writing.fresh).unwrap_or_default())
    }

    fn note(self: &Arc<Self>, ticket: &Arc<Ticket>, text: &str) -> String {
        let half = |half: u8| {
            let mut hasher = DefaultHasher::new();
            (half, text).hash(&mut hasher);
            hasher.finish()
        };
        let way = if self.serialization == Serialization::Json { "json" } else { "pickle" };
        let key = format!("{}_shared_{:016x}{:016x}_{}.{way}", self.prefix, half(0), half(1), ticket.number());
        self.state.lock().keys.insert(ticket.number(), key.clone());
        let holder: Arc<dyn Holder> = self.clone();
        if !ticket.is_held_by(&holder) {
            ticket.add(&holder);
        }
        key
    }

    /// These have not come to the broker.
    pub(super) fn not_sent(&self, deposits: &[Deposit]) {
        let state = &mut *self.state.lock();
        deposits.iter().for_each(|deposit| _ = state.keys.remove(&deposit.ticket.number()));
    }

    /// The broker has come back without its data: all are to be set again.
    pub(super) fn lose_all(&self) {
        self.state.lock().keys.clear();
    }

    /// Has the values live on, if it is time. What has expired nevertheless is set again for the next task that has it.
    pub(super) fn renew(&self, now: Instant, connection: &mut Connection) -> Result<(), RedisError> {
        let keys: Vec<_> = {
            let state = &mut *self.state.lock();
            let is_due = now.saturating_duration_since(*state.renewed.get_or_insert(now)) >= RENEWED;
            let keys = state.keys.iter().filter(|_| is_due);
            keys.map(|(number, key)| (*number, key.clone())).collect()
        };
        if keys.is_empty() {
            return Ok(());
        }
        let mut all = redis::pipe();
        keys.iter().for_each(|(_, key)| _ = all.cmd("EXPIRE").arg(key).arg(LIFE.as_secs()));
        let are_there: Vec<bool> = all.query(connection)?;
        let state = &mut *self.state.lock();
        state.renewed = Some(now);
        let gone = keys.iter().zip(are_there).filter(|(_, is_there)| !is_there);
        gone.for_each(|((number, _), _)| _ = state.keys.remove(number));
        Ok(())
    }

    /// Deletes what has no handle any more; at the end, everything.
    pub(super) fn delete_gone(&self, all: bool, connection: &mut Connection) -> Result<(), RedisError> {
        let gone = {
            let state = &mut *self.state.lock();
            let rest = if all { std::mem::take(&mut state.keys) } else { BTreeMap::new() };
            state.gone.extend(rest.into_values());
            std::mem::take(&mut state.gone)
        };
        if gone.is_empty() {
            return Ok(());
        }
        let deleted = cmd("UNLINK").arg(&gone).query::<()>(connection);
        deleted.inspect_err(|_| self.state.lock().gone.extend(gone))
    }
}

/// The values that a server has fetched, under numbers of its own, the oldest first.
#[derive(Default)]
pub(super) struct Fetched {
    keys: Vec<(u64, String)>,
    next: u64,
    pub(super) arrived: Arrived,
}

impl Fetched {
    /// What a message refers to: fetched, unless it is here.
    ///
    /// # Errors
    /// What is wrong: a reference to nothing, for one.
    pub(super) fn fetch(&mut self, received: &Received, broker: &Broker) -> Result<Vec<Kept>, String> {
        let keys = received.references().map_err(|error| error.to_string())?;
        keys.into_iter().map(|key| self.kept(key, broker)).collect()
    }

    fn kept(&mut self, key: String, broker: &Broker) -> Result<Kept, String> {
        if let Some(&(number, _)) = self.keys.iter().find(|(_, known)| *known == key) {
            return Ok(Kept { key, number, text: None });
        }
        let text = get(&key, broker)?;
        if self.keys.len() == KEPT {
            self.arrived.forget(self.keys.remove(0).0);
        }
        self.next += 1;
        self.keys.push((self.next, key.clone()));
        Ok(Kept { key, number: self.next, text: Some(text) })
    }
}

/// Blocks until the broker can be reached.
fn get(key: &str, broker: &Broker) -> Result<String, String> {
    let mut connection = broker.reconnect();
    while let Some(open) = &mut connection {
        match cmd("GET").arg(key).query::<Option<String>>(open) {
            Ok(text) => return text.ok_or_else(|| format!("the shared value `{key}` is not on Redis any more")),
            Err(error) => connection = broker.recover(&error).map_err(|refused| refused.to_string())?,
        }
    }
    Err("the server has ended".to_owned())
}
