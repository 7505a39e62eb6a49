//! Worker threads: what every server does that runs its tasks from threads of this process.
//!
//! A worker takes requests until there are none, and runs each as its method's [`Runner`] says, attempt by attempt. What a
//! worker has for itself, `L`, is made by the worker when it begins and dropped by it when it ends.

mod attempts;
mod deadlines;
mod served;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use super::{Known, Late, Link, Running};
use crate::queue::Queues;
use crate::queue::requests::{Request, Requests};
use crate::task::failure::Cause;
use crate::task::{FailureKind, TaskId};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, panic};
use deadlines::Deadlines;
pub(super) use served::{Fault, Methods, Runner};

/// Worker threads that have been started. When it goes (also if not all could be), they end once no request is left.
pub(super) struct Workers<L: 'static> {
    work: Arc<Work<L>>,
    threads: Vec<Thread>,
}

/// What the workers share.
struct Work<L> {
    methods: Methods<L>,
    requests: Arc<Requests>,
    queues: Arc<Queues>,
    deadlines: Deadlines,
    /// Makes what a worker has for itself, of its place from 0.
    local: Box<dyn Fn(usize) -> L + Send + Sync>,
    /// One for each worker.
    desks: Box<[Desk]>,
}

/// What a worker is at, for the report of one that does not end: a task's number, 0 for none, and the place of its method.
/// Written by the worker alone.
#[derive(Default)]
struct Desk {
    task: AtomicU64,
    method: AtomicUsize,
}

impl<L: 'static> Workers<L> {
    /// Starts `n` workers, or else one for each slot of the campaign; at least one.
    ///
    /// # Errors
    /// What of the methods cannot be made ready, or that not all threads could be started.
    pub(super) fn start(
        mut methods: Methods<L>,
        n: Option<usize>,
        link: Link,
        local: impl Fn(usize) -> L + Send + Sync + 'static,
    ) -> io::Result<Self> {
        methods.prepare()?;
        let Link { requests, queues, realm, slots } = link;
        let n = n.unwrap_or(slots).max(1);
        let deadlines = Deadlines::new(Arc::clone(&queues), Arc::clone(&realm));
        let desks = (0..n).map(|_| Desk::default()).collect();
        let work = Arc::new(Work { methods, requests, queues, deadlines, local: Box::new(local), desks });
        let mut workers = Self { work: Arc::clone(&work), threads: Vec::with_capacity(n) };
        for place in 0..n {
            let (name, realm) = (format!("worker {}", place + 1).into(), Some(Arc::clone(&realm)));
            let spawn = Spawn { name, realm, over: Over::Never, holder: 0 };
            let work = Arc::clone(&work);
            workers.threads.push(spawn.start(move || work.go_on(place))?);
        }
        Ok(workers)
    }
}

impl<L> Running for Workers<L> {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        let late = self.threads.iter().zip(&self.work.desks).filter(|(thread, _)| !thread.join(deadline));
        late.map(|(thread, desk)| Late { thread: Arc::clone(thread.name()), task: self.work.at(desk) }).collect()
    }
}

impl<L> Drop for Workers<L> {
    fn drop(&mut self) {
        self.work.requests.close();
        self.work.deadlines.close();
    }
}

impl<L: 'static> Work<L> {
    /// The life of a worker.
    fn go_on(&self, place: usize) {
        let mut local = (self.local)(place);
        while let Some(request) = self.requests.next() {
            let id = request.head().id;
            // The method's own panics are caught further in; this is for what a user's `Drop` does.
            if let Err(panic) = panic::catch(|| self.run(request, &self.desks[place], &mut local)) {
                tracing::error!("a worker panicked outside a method, with {id}: {}", panic.message);
                self.queues.fail(id, Cause::panic(panic));
            }
        }
    }

    fn run(&self, request: Request, desk: &Desk, local: &mut L) {
        if request.head().is_cancelled() {
            return;
        }
        match self.methods.find(request.method_type()) {
            Some((place, method)) => {
                desk.method.store(place, Relaxed);
                desk.task.store(request.head().id.get(), Relaxed);
                method.run(request, self, local);
                desk.task.store(0, Relaxed);
            }
            None => {
                let known: Vec<_> = self.methods.known().map(|known| known.name).collect();
                let message = format!("it serves {}", known.join(", "));
                request.fail(&self.queues, Cause::new(FailureKind::UnknownMethod, message));
            }
        }
    }
}

impl<L> Work<L> {
    fn at(&self, desk: &Desk) -> Option<(TaskId, &'static str)> {
        let task = desk.task.load(Relaxed);
        let Known { name, .. } = self.methods.known().nth(desk.method.load(Relaxed))?;
        (task > 0).then_some((TaskId(task), name))
    }
}
