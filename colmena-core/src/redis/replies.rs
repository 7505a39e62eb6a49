//! Replies on their way from the workers of a server to the thread that pushes them.
//!
//! A reply is due some time after its request was taken (`hold_back` in `serve.rs`), so one that is made later may be due
//! before. The thread waits until the first is; whoever adds one wakes it, and it looks again which is the first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Instant;

use redis::Connection;

use super::broker::{Broker, BrokerError};
use super::push::push;
use crate::sync::Mutex;
use crate::wait::{Limits, ThreadCell, WaitList, Waitable, WaitingFor, now, wait};

/// How many are pushed at once, after the first.
const BATCH: usize = 15;

/// What is to be pushed.
pub(super) struct Due {
    pub(super) list: String,
    pub(super) body: String,
    /// The task that is settled by it.
    pub(super) settles: Option<String>,
}

/// Replies on their way to the thread that pushes them, by when they are due, and in the order in which they were made.
#[derive(Default)]
struct Line {
    due: BTreeMap<(Instant, u64), Due>,
    made: u64,
}

impl Line {
    fn add(&mut self, at: Instant, due: Due) {
        self.made += 1;
        self.due.insert((at, self.made), due);
    }

    fn first(&self) -> Option<Instant> {
        self.due.first_key_value().map(|(&(at, _), _)| at)
    }

    /// The next that is due.
    fn next(&mut self, now: Instant) -> Option<Due> {
        self.first().filter(|&at| at <= now)?;
        self.due.pop_first().map(|(_, due)| due)
    }
}

/// Where workers leave replies.
#[derive(Default)]
pub(super) struct Replies {
    line: Mutex<Line>,
    waiting: WaitList,
    closed: AtomicBool,
}

impl Replies {
    /// Has it pushed at that time, or as soon as it can be.
    pub(super) fn add(&self, at: Instant, due: Due) {
        self.line.lock().add(at, due);
        self.waiting.notify_one();
    }

    /// No more come.
    pub(super) fn close(&self) {
        self.closed.store(true, SeqCst);
        self.waiting.notify_all();
    }

    /// The life of the thread that pushes: until they are closed, and all is pushed or the broker is given up. Says of each that
    /// it is pushed.
    ///
    /// # Errors
    /// The broker refuses for good.
    pub(super) fn push_all(
        &self,
        broker: &Broker,
        connection: Connection,
        pushed: impl Fn(&Due),
    ) -> Result<(), BrokerError> {
        let mut connection = Some(connection);
        while let Some(first) = self.next() {
            let mut batch = vec![first];
            let ready = now();
            while batch.len() <= BATCH {
                let next = self.line.lock().next(ready);
                let Some(next) = next else { break };
                batch.push(next);
            }
            for group in batch.chunk_by(|one, next| one.list == next.list) {
                push_group(group, broker, &mut connection)?;
                group.iter().for_each(&pushed);
            }
        }
        Ok(())
    }

    /// Waits for the next that is due. `None`: closed, and nothing is left.
    fn next(&self) -> Option<Due> {
        let mut known = None;
        loop {
            let found = wait(&mut Next { replies: self, known }, Limits::NONE.until(known), WaitingFor::Requests);
            match found {
                Ok(Found::Due(due)) => return Some(due),
                Ok(Found::Nothing) => return None,
                Ok(Found::Sooner(at)) => known = Some(at),
                Err(_) => known = None, // it is due
            }
        }
    }
}

/// Pushes what is for one list until it is pushed, or is over.
fn push_group(group: &[Due], broker: &Broker, connection: &mut Option<Connection>) -> Result<(), BrokerError> {
    while let Some(open) = connection {
        let Err(error) = push(&group[0].list, group.iter().map(|due| &*due.body), open) else { break };
        tracing::debug!("pushing results: {error}");
        *connection = broker.recover(&error)?;
    }
    Ok(())
}

/// Waits for a reply that is due, or one that will be before what is known.
struct Next<'a> {
    replies: &'a Replies,
    known: Option<Instant>,
}

enum Found {
    Due(Due),
    Sooner(Instant),
    Nothing,
}

impl Waitable for Next<'_> {
    type Output = Found;

    fn try_take(&mut self) -> Option<Found> {
        // In this order: what was added before the closing is seen.
        let closed = self.replies.closed.load(SeqCst);
        let mut line = self.replies.line.lock();
        match line.first() {
            None => closed.then_some(Found::Nothing),
            first if first == self.known => line.next(now()).map(Found::Due),
            Some(first) => Some(line.next(now()).map_or(Found::Sooner(first), Found::Due)),
        }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.replies.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.replies.waiting.leave(me);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rehearsal::{explore, orders};
    use crate::wait::spawn::Spawn;
    use crate::wait::{Over, Realm};

    fn due(body: &str) -> Due {
        Due { list: "results".to_owned(), body: body.to_owned(), settles: None }
    }

    #[test]
    fn the_first_that_is_due_is_next_whenever_it_was_made() {
        let (mut line, start) = (Line::default(), now());
        let after = |seconds| start + Duration::from_secs(seconds);
        for (seconds, body) in [(2, "emitted"), (3, "late"), (2, "value"), (1, "early")] {
            line.add(after(seconds), due(body));
        }
        let mut until = |seconds| {
            let next = std::iter::from_fn(|| line.next(after(seconds)));
            next.map(|due| due.body).collect::<Vec<_>>()
        };
        assert_eq!(until(0), [""; 0]);
        assert_eq!(until(2), ["early", "emitted", "value"]);
        assert_eq!(until(3), ["late"]);
    }

    /// In seeded orders and virtual time.
    #[test]
    fn one_that_is_due_sooner_does_not_wait_for_another() {
        let explored = explore(orders(200), |_| {
            let (realm, replies) = (Arc::new(Realm::default()), Arc::new(Replies::default()));
            let (adding, start) = (Arc::clone(&replies), now());
            let after = move |seconds| start + Duration::from_secs(seconds);
            let spawn = Spawn { name: "worker".into(), realm: Some(realm), over: Over::Never, holder: 0 };
            let worker = spawn.start(move || {
                adding.add(after(30), due("late"));
                adding.add(after(20), due("early"));
                adding.add(after(10), due("earlier"));
                adding.close();
            });
            let worker = worker.expect("a thread can be started");
            let next = std::iter::from_fn(|| replies.next().map(|due| (due.body, now() - start)));
            let pushed: Vec<_> = next.map(|(body, after)| (body, after.as_secs())).collect();
            let wanted = [("earlier", 10), ("early", 20), ("late", 30)];
            assert_eq!(pushed, wanted.map(|(body, after)| (body.to_owned(), after)));
            worker.join(None);
        });
        explored.unwrap_or_else(|failed| panic!("{failed}"));
    }
}
