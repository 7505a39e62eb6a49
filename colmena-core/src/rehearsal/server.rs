//! The task server of a rehearsal: tasks end when their time has come.
//!
//! Where nobody is interrupted it is no thread: whoever moves the clock takes the requests, and ends the tasks that are due
//! (see [`Clockwork`]). So a task costs the turns of those who send it and handle its result, and no other. Where
//! any order may come about, it is a thread like the others, so that it may come between any two of their steps.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::mem;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Rehearsal;
use super::model::{After, AnyModel, Attempt, Emission};
use super::state::Clockwork;
use super::turns;
use crate::campaign::LaunchProblem;
use crate::queue::requests::{Minder, Request};
use crate::server::sealed::Sealed;
use crate::server::{Known, Late, Link, Running, TaskServer};
use crate::sync::Mutex;
use crate::task::failure::Cause;
use crate::task::{FailureKind, Retry, TaskId};
use crate::wait::panic;
use crate::wait::random::AgentRng;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Either, Left, Limits, Over, ThreadCell, WaitList, Waitable, WaitingFor, Which, aside, now, wait};

/// Stands in for the task servers of a campaign.
pub(crate) struct Understudy {
    rehearsal: Rehearsal,
    /// What those serve.
    served: Vec<Known>,
}

impl Understudy {
    pub(crate) fn new(rehearsal: Rehearsal, served: Vec<Known>) -> Self {
        Self { rehearsal, served }
    }

    fn without_model(&self) -> impl Iterator<Item = &Known> {
        let modelled: BTreeSet<TypeId> = self.rehearsal.models.iter().map(|model| model.known().method).collect();
        self.served.iter().filter(move |known| !modelled.contains(&known.method))
    }
}

impl TaskServer for Understudy {}

impl Sealed for Understudy {
    fn name(&self) -> &'static str {
        "Rehearsal"
    }

    /// With those that have no model: of them, that is what is wrong. Those that go step by step have a server of their own.
    fn methods(&self) -> Vec<Known> {
        let models = self.rehearsal.models.iter().filter(|model| !model.is_paced());
        models.map(|model| model.known()).chain(self.without_model().copied()).collect()
    }

    fn check(&self) -> Vec<LaunchProblem> {
        let problem = |known: &Known| {
            let name = known.name;
            let problem = LaunchProblem::new(format!("the rehearsal has no model of the method `{name}`"));
            let model = format!("`.method(Model::<{name}>::running().lasting(..))`");
            problem.at(known.place).help(format!("say how long it takes: {model}"))
        };
        self.without_model().map(problem).collect()
    }

    fn start(self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        let (realm, requests) = (Arc::clone(&link.realm), Arc::clone(&link.requests));
        let policies = self.served.iter().map(|known| (known.method, known.retry)).collect();
        let stage = Stage::new(self.rehearsal, link, policies);
        requests.mind(Arc::downgrade(&stage.gone) as Weak<dyn Minder>);
        let mut stage = match turns::install(stage) {
            Ok(()) => return Ok(Box::new(Installed)),
            Err(stage) => stage,
        };
        let spawn = Spawn { name: "rehearsed tasks".into(), realm: Some(realm), over: Over::Never, holder: 0 };
        let thread = spawn.start(move || stage.go_on());
        thread.inspect_err(|_| requests.close()).map(|thread| Box::new(thread) as Box<dyn Running>)
    }
}

/// The stage is part of the order's clock.
struct Installed;

impl Running for Installed {
    fn join(&self, _: Option<Instant>) -> Vec<Late> {
        turns::uninstall();
        Vec::new()
    }
}

impl Clockwork for Stage {
    fn next(&mut self) -> Option<Instant> {
        aside(|| {
            self.leave_gone();
            while let Some(request) = self.link.requests.try_next() {
                self.accept(request);
            }
        });
        self.next_end()
    }

    fn strike(&mut self) {
        aside(|| self.end_due());
    }
}

impl Running for Thread {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        let ended = Thread::join(self, deadline);
        let late = || Late { thread: Arc::clone(self.name()), task: None };
        (!ended).then(late).into_iter().collect()
    }
}

/// What runs, and what waits for a worker.
struct Stage {
    plan: Rehearsal,
    link: Link,
    /// What the servers of the campaign say of failed attempts.
    policies: BTreeMap<TypeId, Retry>,
    rng: AgentRng,
    /// By when they emit next or end; then in the order in which they have begun.
    running: BTreeMap<(Instant, u64), Task>,
    /// Those that have a worker, also without an end.
    at_work: BTreeSet<TaskId>,
    waiting: VecDeque<Request>,
    gone: Arc<Gone>,
    begun: u64,
    /// Workers that have had a task.
    started: usize,
}

/// Tasks that have settled without their worker, which is free then, or replaced; not looked at yet.
#[derive(Default)]
struct Gone {
    tasks: Mutex<Vec<TaskId>>,
    news: WaitList,
}

impl Minder for Gone {
    fn settled_without_worker(&self, id: TaskId) {
        self.tasks.lock().push(id);
        self.news.notify_all();
    }
}

impl Waitable for &Gone {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        (!self.tasks.lock().is_empty()).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.news.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.news.leave(me);
    }
}

struct Task {
    request: Request,
    model: usize,
    attempt: Attempt,
    ends: Instant,
    number: u64,
}

impl Task {
    /// After `moment`: when it emits again, or ends.
    fn goes_on(&self, moment: Instant) -> Instant {
        self.attempt.pause().and_then(|pause| moment.checked_add(pause)).unwrap_or(self.ends)
    }

    /// What is due before its end. A method that emits looks whether anybody still wants to know.
    fn next_emission(&mut self) -> Option<Emission> {
        self.attempt.emissions().filter(|_| !self.request.head().is_cancelled())?.next()
    }
}

impl Stage {
    fn new(plan: Rehearsal, link: Link, policies: BTreeMap<TypeId, Retry>) -> Self {
        let rng = AgentRng::new(plan.seed, "the models of a rehearsal");
        let (running, at_work, waiting) = (BTreeMap::new(), BTreeSet::new(), VecDeque::new());
        let gone = Arc::default();
        Self { plan, link, policies, rng, running, at_work, waiting, gone, begun: 0, started: 0 }
    }

    /// Until the campaign stops its servers; what has not ended then has been settled without it.
    fn go_on(&mut self) {
        let (requests, gone) = (Arc::clone(&self.link.requests), Arc::clone(&self.gone));
        loop {
            let limits = Limits { spin: false, ..Limits::NONE.until(self.next_end()) };
            match wait(&mut Either(&*gone, &*requests), limits, WaitingFor::Requests) {
                Ok(Which::First(())) => self.leave_gone(),
                Ok(Which::Second(Some(request))) => self.accept(request),
                Ok(Which::Second(None)) => return,
                Err(Left::TimedOut | Left::Stopped) => self.end_due(),
            }
        }
    }

    fn next_end(&self) -> Option<Instant> {
        self.running.first_key_value().map(|(&(at, _), _)| at)
    }

    fn accept(&mut self, request: Request) {
        self.waiting.push_back(request);
        self.begin_waiting();
    }

    /// As many as there are workers for.
    fn begin_waiting(&mut self) {
        while self.plan.workers.is_none_or(|workers| self.at_work.len() < workers) {
            let Some(next) = self.waiting.pop_front() else { return };
            self.begin(next, Duration::ZERO);
        }
    }

    fn leave_gone(&mut self) {
        for id in mem::take(&mut *self.gone.tasks.lock()) {
            self.at_work.remove(&id);
        }
        self.begin_waiting();
    }

    /// Begins an attempt; after a pause, which is taken for part of it.
    fn begin(&mut self, request: Request, pause: Duration) {
        if request.head().is_cancelled() {
            return;
        }
        let method = request.method_type();
        let Some(model) = self.plan.models.iter().position(|model| model.known().method == method) else {
            request.fail(&self.link.queues, Cause::new(FailureKind::UnknownMethod, "the rehearsal has no model of it"));
            return;
        };
        let begun = panic::catch(|| self.plan.models[model].begin(&request, &self.link.queues, &mut self.rng));
        let attempt = match begun {
            Ok(attempt) => attempt,
            Err(panic) => {
                request.fail(&self.link.queues, Cause::panic(panic));
                return;
            }
        };
        self.begun += 1;
        let first_of_worker = self.at_work.len() >= self.started;
        self.started += usize::from(first_of_worker);
        let start_up = if first_of_worker { self.plan.start_up } else { Duration::ZERO };
        self.enter(request, model, attempt, pause + start_up);
    }

    fn enter(&mut self, request: Request, model: usize, attempt: Attempt, pause: Duration) {
        self.at_work.insert(request.head().id);
        let start = now().checked_add(pause);
        let end = start.and_then(|start| Some((start, start.checked_add(attempt.lasts?)?)));
        if let Some((start, ends)) = end {
            self.go_on_with(Task { request, model, attempt, ends, number: self.begun }, start);
        }
    }

    fn go_on_with(&mut self, task: Task, moment: Instant) {
        self.running.insert((task.goes_on(moment), task.number), task);
    }

    fn end_due(&mut self) {
        let now = now();
        while let Some(first) = self.running.first_entry().filter(|first| first.key().0 <= now) {
            let ((at, _), mut task) = first.remove_entry();
            match task.next_emission() {
                Some(emit) => {
                    emit();
                    self.go_on_with(task, at);
                }
                None => self.end(task),
            }
        }
    }

    fn end(&mut self, task: Task) {
        let Task { request, model, attempt, .. } = task;
        let again = Arc::clone(&request);
        self.at_work.remove(&again.head().id);
        let model: Arc<dyn AnyModel> = Arc::clone(&self.plan.models[model]);
        let policy = self.policies.get(&again.method_type()).copied().unwrap_or_default();
        if let After::TriesAgain(pause) = model.end(request, attempt, policy, &self.link.queues, &mut self.rng) {
            self.begin(again, pause);
        }
        self.begin_waiting();
    }
}
