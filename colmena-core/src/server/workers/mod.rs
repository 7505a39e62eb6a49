//! Worker threads: what every server does that runs its tasks from threads of this process.
//!
//! A worker takes requests until there are none, and runs each as its method's [`Runner`] says, attempt by attempt. What a
//! worker has for itself, `L`, is made by the worker when it begins and dropped by it when it ends.
//!
//! A thread cannot be stopped. When the task of a running method settles without it, or its attempt is given up, its desk
//! is written off and another worker started in its place, at once: the number of those that work stays. A method that
//! returns after all finds its desk written off, and its thread ends. How many may be written off is bounded; past that the
//! campaign ends.

mod attempts;
mod deadlines;
mod desks;
mod served;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{Alarm, Known, Late, Link, Running};
use crate::campaign::Problem;
use crate::queue::Queues;
use crate::queue::requests::{Minder, Request, Requests};
use crate::record::Record;
use crate::task::failure::Cause;
use crate::task::flight::AnyFlight;
use crate::task::{Failure, FailureKind, Retry, TaskId};
use crate::wait::spawn::Spawn;
use crate::wait::{Over, Realm, panic};
use deadlines::{Deadlines, Overdue};
use desks::{Desk, Desks};
pub(super) use served::Methods;
pub(crate) use served::{Fault, Runner};

/// What a server says of its workers.
pub(super) struct Terms {
    /// What the server is called in messages.
    pub(super) server: &'static str,
    /// How many work; `None`: one for each slot of the campaign.
    pub(super) workers: Option<usize>,
    /// How many may be written off; `None`: twice as many as work, and at least 16.
    pub(super) stuck_limit: Option<usize>,
}

/// Worker threads that have been started. When it goes (also if not all could be), they end once no request is left.
pub(super) struct Workers<L: 'static>(Arc<Work<L>>);

/// What the workers share.
struct Work<L> {
    me: Weak<Self>,
    server: &'static str,
    methods: Methods<L>,
    requests: Arc<Requests>,
    queues: Arc<Queues>,
    realm: Arc<Realm>,
    alarm: Weak<dyn Alarm>,
    seed: u64,
    deadlines: Deadlines,
    desks: Desks,
    stuck_limit: usize,
    /// It cannot go on: nothing is begun any more.
    failed: AtomicBool,
    /// Makes what a worker has for itself, of its place from 0.
    local: Box<dyn Fn(usize) -> L + Send + Sync>,
}

impl<L: 'static> Workers<L> {
    /// Starts the workers, at least one.
    ///
    /// # Errors
    /// What of the methods cannot be made ready, or that not all threads could be started.
    pub(super) fn start(
        mut methods: Methods<L>,
        terms: Terms,
        link: Link,
        local: impl Fn(usize) -> L + Send + Sync + 'static,
    ) -> io::Result<Self> {
        methods.prepare()?;
        let Link { requests, queues, realm, slots, seed, alarm } = link;
        let n = terms.workers.unwrap_or(slots).max(1);
        let stuck_limit = terms.stuck_limit.unwrap_or_else(|| n.saturating_mul(2).max(16));
        let work = Arc::new_cyclic(|me: &Weak<Work<L>>| {
            let deadlines = Deadlines::new(Weak::clone(me) as Weak<dyn Overdue>, Arc::clone(&realm), queues.record());
            let (desks, failed, local) = (Desks::default(), AtomicBool::new(false), Box::new(local));
            let (me, server) = (Weak::clone(me), terms.server);
            Work {
                me,
                server,
                methods,
                requests,
                queues,
                realm,
                alarm,
                seed,
                deadlines,
                desks,
                stuck_limit,
                failed,
                local,
            }
        });
        work.requests.mind(Weak::clone(&work.me) as Weak<dyn Minder>);
        let workers = Self(work);
        for _ in 0..n {
            workers.0.hire(None)?;
        }
        Ok(workers)
    }
}

impl<L> Running for Workers<L> {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        let desks = self.0.desks.all();
        let threads = desks.iter().filter_map(|desk| Some((desk, desk.thread()?)));
        let late = threads.filter(|(_, thread)| !thread.join(deadline));
        late.map(|(desk, thread)| Late { thread: Arc::clone(thread.name()), task: self.0.at(desk) }).collect()
    }
}

impl<L> Drop for Workers<L> {
    fn drop(&mut self) {
        self.0.requests.close();
        self.0.deadlines.close();
    }
}

impl<L: 'static> Work<L> {
    /// Starts one more worker, perhaps with a task to begin with.
    fn hire(&self, first: Option<Request>) -> io::Result<()> {
        let Some(me) = self.me.upgrade() else { return Ok(()) };
        let desk = self.desks.add();
        let name = format!("worker {}", desk.place + 1).into();
        let spawn = Spawn { name, realm: Some(Arc::clone(&self.realm)), over: Over::Never, holder: 0 };
        let theirs = Arc::clone(&desk);
        match spawn.start(move || me.go_on(&theirs, first)) {
            Ok(thread) => desk.is_started_as(thread),
            Err(error) => {
                self.desks.remove(&desk);
                return Err(error);
            }
        }
        Ok(())
    }

    /// The life of a worker.
    fn go_on(&self, desk: &Arc<Desk>, mut first: Option<Request>) {
        let _listening = self.queues.record().map(Record::listen_here);
        let mut local = (self.local)(desk.place);
        while let Some(request) = first.take().or_else(|| self.requests.next()) {
            let id = request.head().id;
            // The method's own panics are caught further in; this is for what a user's `Drop` does.
            if let Err(panic) = panic::catch(|| self.run(request, desk, &mut local)) {
                tracing::error!("a worker panicked outside a method, with {id}: {}", panic.message);
                if !desk.is_written_off() {
                    self.queues.fail(id, Cause::panic(panic));
                }
            }
            if desk.is_written_off() {
                return self.desks.remove(desk);
            }
        }
    }

    fn run(&self, request: Request, desk: &Desk, local: &mut L) {
        // One that has been tried before may have to be settled yet.
        if request.head().is_cancelled() && request.head().attempts() == 0 {
            return;
        }
        match self.methods.find(request.method_type()) {
            Some((place, method)) => {
                desk.report(request.head().id.get(), place);
                method.run(request, self, desk, local);
                desk.report(0, place);
            }
            None => {
                let known: Vec<_> = self.methods.known().map(|known| known.name).collect();
                let message = format!("it serves {}", known.join(", "));
                request.fail(&self.queues, Cause::new(FailureKind::UnknownMethod, message));
            }
        }
    }

    /// A desk has been written off: another worker takes its place, and the task, if that goes on.
    fn replace(&self, written_off: &[Arc<Desk>], task: Option<Request>) {
        if self.requests.is_closed() && task.is_none() {
            return; // nothing is left to be done
        }
        let failure = if written_off.len() > self.stuck_limit {
            let tasks = written_off.iter().filter_map(|desk| self.at(desk)).collect();
            Some(Problem::Stuck { server: self.server, limit: self.stuck_limit, tasks })
        } else {
            let hired = self.hire(task.clone());
            hired.err().map(|error| Problem::NoThread { server: self.server, error: error.to_string() })
        };
        let Some(problem) = failure else { return };
        if let Some(task) = task {
            let limit = task.head().options.time_limit.unwrap_or_default();
            task.fail(&self.queues, Cause::time_limit(limit));
        }
        self.fail(problem);
    }

    /// Ends the campaign. What has not been begun fails: nobody may be left to do it.
    fn fail(&self, problem: Problem) {
        if self.failed.swap(true, SeqCst) {
            return;
        }
        tracing::error!("{problem}");
        if let Some(alarm) = self.alarm.upgrade() {
            alarm.server_failed(self.server, problem);
        }
        self.requests.close();
        while let Some(request) = self.requests.try_next() {
            request.fail(&self.queues, Cause::new(FailureKind::ServerEnded, ""));
        }
    }

    fn worker_lost(&self, failure: &Failure) {
        let too_many = self.alarm.upgrade().and_then(|alarm| alarm.worker_lost(failure));
        if let Some(problem) = too_many {
            self.fail(problem);
        }
    }

    fn policy(&self, flight: &dyn AnyFlight) -> Retry {
        flight.head().options.retry.unwrap_or_else(|| self.methods.policy(flight.method_type()))
    }

    /// Whether a task goes on after an attempt that has failed so.
    fn may_retry(&self, flight: &dyn AnyFlight, kind: FailureKind) -> bool {
        let head = flight.head();
        self.policy(flight).allows(kind, head.attempts()) && !head.is_cancelled() && !self.failed.load(SeqCst)
    }
}

impl<L: 'static> Minder for Work<L> {
    fn settled_without_worker(&self, id: TaskId) {
        if let Some(written_off) = self.desks.write_off(id, None) {
            self.replace(&written_off, None);
        }
    }
}

impl<L: 'static> Overdue for Work<L> {
    fn overdue(&self, id: TaskId, attempt: u32, limit: Duration) {
        let Some(flight) = self.queues.flight(id).filter(|flight| flight.head().attempts() == attempt) else { return };
        if !self.may_retry(&*flight, FailureKind::TimedOut) {
            flight.fail(&self.queues, Cause::time_limit(limit));
            return;
        }
        flight.head().give_up_attempt(attempt);
        // Otherwise its worker has it still, and goes on with it.
        if let Some(written_off) = self.desks.write_off(id, Some(attempt)) {
            flight.head().note_failure(Cause::time_limit(limit).of(id, flight.method(), attempt));
            self.replace(&written_off, Some(flight));
        }
    }
}

impl<L> Work<L> {
    fn at(&self, desk: &Desk) -> Option<(TaskId, &'static str)> {
        let (task, method) = desk.reported()?;
        let Known { name, .. } = self.methods.known().nth(method)?;
        Some((task, name))
    }
}
