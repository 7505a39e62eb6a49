//! LocalTaskServer: runs tasks on threads of this process.

use std::any::Any;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::deadlines::Deadlines;
use super::executable::{Executable, ExecutableMethod, Program, Programs};
use super::sealed::Sealed;
use super::{Known, Late, Link, Running, TaskServer};
use crate::campaign::LaunchProblem;
use crate::error::{BoxError, is_stop};
use crate::queue::Queues;
use crate::queue::requests::{Request, Requests};
use crate::queue::route::Route;
use crate::task::context::Emit;
use crate::task::failure::Cause;
use crate::task::flight::{Destination, Flight};
use crate::task::{Body, FailureKind, Method, TaskContext, TaskId};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, panic};

/// Runs tasks on threads of this process, by default as many as the campaign has slots.
///
/// A method that panics fails its task, and the worker lives on. Retries happen here. A method cannot be stopped from
/// outside: when its task is cancelled or exceeds its time limit, the task settles at once and the method is told
/// through [`TaskContext::is_cancelled`]; its worker is busy until it returns. One that has not
/// returned a second after everything else has ended is left behind, and named in the report
/// ([`Report::left_behind`](crate::Report::left_behind)); if its task had to be cancelled for the campaign to end, in
/// `Problem::Unresponsive`.
#[derive(Default)]
#[must_use = "a task server does nothing before a campaign has it: `.task_server(server)`"]
pub struct LocalTaskServer {
    methods: Vec<Box<dyn AnyServed>>,
    workers: Option<usize>,
}

impl LocalTaskServer {
    /// A server of no methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves the method `M` as well.
    #[track_caller]
    pub fn serve<M: Body>(mut self) -> Self {
        self.methods.push(served::<M>(InProcess));
        self
    }

    /// Serves the method `M`, whose tasks are runs of `program`, as well. A worker waits for each program while it runs.
    ///
    /// A program has a process group of its own. When its task is cancelled or exceeds its time limit, the group is sent
    /// SIGTERM, and SIGKILL after a grace ([`Program::grace`]); what is left of the group when the program ends is killed,
    /// too. Programs end with this process, also if it is killed.
    ///
    /// A run fails if the program cannot be started, exits with another status than 0 or is killed by a signal, or if its
    /// output cannot be read; the failure has the command line, how it ended, and the last lines of its standard error.
    #[track_caller]
    pub fn serve_executable<M: ExecutableMethod>(mut self, program: Program) -> Self {
        self.methods.push(served::<M>(Executable::new(program)));
        self
    }

    /// Uses `n` worker threads (at least 1) instead of one for each slot of the campaign.
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(n.max(1));
        self
    }
}

impl std::fmt::Debug for LocalTaskServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(|method| method.known().name).collect();
        f.debug_struct("LocalTaskServer").field("methods", &methods).field("workers", &self.workers).finish()
    }
}

impl TaskServer for LocalTaskServer {}

impl Sealed for LocalTaskServer {
    fn name(&self) -> &'static str {
        "LocalTaskServer"
    }

    fn methods(&self) -> Vec<Known> {
        self.methods.iter().map(|method| method.known()).collect()
    }

    fn check(&self) -> Vec<LaunchProblem> {
        self.methods.iter().flat_map(|method| method.check()).collect()
    }

    fn start(mut self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        for method in &mut self.methods {
            method.prepare().map_err(|problems| io::Error::other(wrong(&problems)))?;
        }
        let has_programs = self.methods.iter().any(|method| method.is_program());
        let programs = if has_programs { Programs::start() } else { Programs::default() };
        let Link { requests, queues, realm, slots } = link;
        let workers = self.workers.unwrap_or(slots).max(1);
        let deadlines = Deadlines::new(Arc::clone(&queues), Arc::clone(&realm));
        let desks = (0..workers).map(|_| Desk::default()).collect();
        let work = Arc::new(Work { methods: self.methods, requests, queues, deadlines, programs, desks });
        let mut running = RunningLocal { work: Arc::clone(&work), threads: Vec::with_capacity(workers) };
        for desk in 0..workers {
            let (name, realm) = (format!("worker {}", desk + 1).into(), Some(Arc::clone(&realm)));
            let spawn = Spawn { name, realm, over: Over::Never, holder: 0 };
            let work = Arc::clone(&work);
            running.threads.push(spawn.start(move || work.go_on(&work.desks[desk]))?);
        }
        Ok(Box::new(running))
    }
}

fn wrong(problems: &[LaunchProblem]) -> String {
    let texts: Vec<_> = problems.iter().map(|problem| problem.wrong.as_str()).collect();
    texts.join("; ")
}

struct RunningLocal {
    work: Arc<Work>,
    threads: Vec<Thread>,
}

impl Running for RunningLocal {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        self.work.programs.hurry();
        let late = self.threads.iter().zip(&self.work.desks).filter(|(thread, _)| !thread.join(deadline));
        late.map(|(thread, desk)| Late { thread: Arc::clone(thread.name()), task: self.work.at(desk) }).collect()
    }
}

/// When it goes (also if not all threads could be started), its workers end.
impl Drop for RunningLocal {
    fn drop(&mut self) {
        self.work.requests.close();
        self.work.deadlines.close();
    }
}

/// What the workers share.
struct Work {
    methods: Vec<Box<dyn AnyServed>>,
    requests: Arc<Requests>,
    queues: Arc<Queues>,
    deadlines: Deadlines,
    programs: Programs,
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

impl Work {
    fn at(&self, desk: &Desk) -> Option<(TaskId, &'static str)> {
        let task = desk.task.load(Relaxed);
        let method = self.methods.get(desk.method.load(Relaxed))?;
        (task > 0).then(|| (TaskId(task), method.known().name))
    }

    /// The life of a worker.
    fn go_on(&self, desk: &Desk) {
        while let Some(request) = self.requests.next() {
            let id = request.head().id;
            // The method's own panics are caught further in; this is for what a user's `Drop` does.
            if let Err(panic) = panic::catch(|| self.run(request, desk)) {
                tracing::error!("a worker panicked outside a method, with {id}: {}", panic.message);
                self.queues.fail(id, Cause::panic(panic));
            }
        }
    }

    fn run(&self, request: Request, desk: &Desk) {
        if request.head().is_cancelled() {
            return;
        }
        let wanted = request.method_type();
        match self.methods.iter().position(|method| method.known().method == wanted) {
            Some(place) => {
                desk.method.store(place, Relaxed);
                desk.task.store(request.head().id.get(), Relaxed);
                self.methods[place].run(request, self);
                desk.task.store(0, Relaxed);
            }
            None => {
                let known: Vec<_> = self.methods.iter().map(|method| method.known().name).collect();
                let message = format!("it serves {}", known.join(", "));
                request.fail(&self.queues, Cause::new(FailureKind::UnknownMethod, message));
            }
        }
    }
}

/// How a method is run here.
pub(super) trait Runner<M: Method>: Send + Sync + 'static {
    /// What can be known to be wrong at launch.
    fn check(&self) -> Vec<LaunchProblem> {
        Vec::new()
    }

    /// Makes ready, at launch.
    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>> {
        Ok(())
    }

    /// Whether it starts programs.
    fn is_program(&self) -> bool {
        false
    }

    /// Runs the method once.
    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, programs: &Programs) -> Result<M::Value, BoxError>;
}

/// By calling its body.
struct InProcess;

impl<M: Body> Runner<M> for InProcess {
    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, _: &Programs) -> Result<M::Value, BoxError> {
        inputs.run(context)
    }
}

/// A method that is served here.
trait AnyServed: Send + Sync {
    fn known(&self) -> Known;
    fn check(&self) -> Vec<LaunchProblem>;
    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>>;
    fn is_program(&self) -> bool;
    fn run(&self, request: Request, work: &Work);
}

struct ServedMethod<M: Method, R> {
    known: Known,
    way: OnceLock<Way<M>>,
    runner: R,
}

/// Where results and emissions of the method go; looked up once.
struct Way<M: Method> {
    route: Arc<Route<M>>,
    emit: Option<Arc<Emit<M::Emission>>>,
}

#[track_caller]
fn served<M: Method>(runner: impl Runner<M>) -> Box<dyn AnyServed> {
    Box::new(ServedMethod::<M, _> { known: Known::of::<M>(), way: OnceLock::new(), runner })
}

impl<M: Method, R> ServedMethod<M, R> {
    /// Looked up by whoever is first; several may be. (`get_or_init` would make the others wait where the runtime does
    /// not see it.)
    fn way(&self, work: &Work) -> &Way<M> {
        self.way.get().unwrap_or_else(|| {
            let route = work.queues.route::<M>();
            let way = Way { emit: route.emitter(), route };
            self.way.get_or_init(|| way)
        })
    }
}

impl<M: Method, R: Runner<M>> AnyServed for ServedMethod<M, R> {
    fn known(&self) -> Known {
        self.known
    }

    fn check(&self) -> Vec<LaunchProblem> {
        self.runner.check().into_iter().map(|problem| problem.at(self.known.place)).collect()
    }

    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>> {
        self.runner.prepare()
    }

    fn is_program(&self) -> bool {
        self.runner.is_program()
    }

    fn run(&self, request: Request, work: &Work) {
        let way = self.way(work);
        let any: Arc<dyn Any + Send + Sync> = request.clone();
        let Ok(flight) = any.downcast::<Flight<M>>() else { return };
        let outcome = attempts(&self.runner, &flight, request, way, work);
        if let Err(late) = work.queues.settle(&way.route, flight, outcome) {
            if late.is_ok() {
                work.queues.count_late(M::NAME);
            }
            drop(late); // a panic in there changes nothing any more
        }
    }
}

/// Runs the method until it succeeds, is cancelled, or has no attempts left.
fn attempts<M: Method>(
    runner: &impl Runner<M>,
    flight: &Arc<Flight<M>>,
    request: Request,
    way: &Way<M>,
    work: &Work,
) -> Result<M::Value, Cause> {
    let for_processor = matches!(flight.destination, Destination::Processor);
    let emit = way.emit.as_ref().filter(|_| for_processor).cloned();
    let mut context = TaskContext { flight: Some(request), attempt: 0, emit, rehearsed: false };
    loop {
        context.attempt = flight.head.start_attempt(work.queues.stamp());
        let outcome = attempt(runner, flight, &context, work);
        let may_retry = flight.head.attempts() <= flight.head.options.retries && !flight.head.is_cancelled();
        match outcome {
            Err(cause) if may_retry => {
                tracing::debug!(task = flight.head.id.get(), method = M::NAME, ?cause, "trying again");
            }
            outcome => return outcome,
        }
    }
}

fn attempt<M: Method>(
    runner: &impl Runner<M>,
    flight: &Flight<M>,
    context: &TaskContext<M::Emission>,
    work: &Work,
) -> Result<M::Value, Cause> {
    let limit = flight.head.options.time_limit.map(|limit| work.deadlines.watch(flight.head.id, limit));
    let _watched = limit.transpose().map_err(|error| Cause::error(&error))?;
    match panic::catch(|| runner.run(&flight.inputs, context, &work.programs)) {
        // What `context.check()?` gives is no failure of the method.
        Ok(Err(error)) if context.is_cancelled() && is_stop(&*error) => Err(flight.head.cancellation()),
        Ok(outcome) => outcome.map_err(|error| Cause::error(&*error)),
        Err(panic) => Err(Cause::panic(panic)),
    }
}
