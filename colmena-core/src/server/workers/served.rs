//! The methods of a server: how each is run, and where its results go.

use std::any::{Any, TypeId};
use std::io;
use std::sync::{Arc, OnceLock};

use super::attempts::Attempts;
use super::desks::Desk;
use super::{Known, Work};
use crate::campaign::LaunchProblem;
use crate::error::BoxError;
use crate::queue::requests::Request;
use crate::queue::route::Route;
use crate::task::context::Emit;
use crate::task::failure::Cause;
use crate::task::flight::Flight;
use crate::task::{FailureKind, Method, Retry, TaskContext};
use crate::wait::panic::Panic;

/// How a method is run: by a call, as a program, in another process. `L` is what each worker has for itself.
pub(crate) trait Runner<M: Method, L>: Send + Sync + 'static {
    /// What can be known to be wrong at launch.
    fn check(&self) -> Vec<LaunchProblem> {
        Vec::new()
    }

    /// Makes ready, at launch.
    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>> {
        Ok(())
    }

    /// Whether an attempt ends soon after its flag has been raised, whatever the method does: if not, its thread is written
    /// off then, and replaced.
    fn ends_when_told(&self) -> bool {
        false
    }

    /// Runs the method once; a panic fails the attempt. What is known of the task, its flag and its options, is
    /// [`TaskContext::head`].
    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, local: &mut L) -> Result<M::Value, Fault>;

    /// The task has settled: for what nobody has to wait for.
    fn tidy_up(&self, local: &mut L) {
        let _ = local;
    }
}

/// Why an attempt has no value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The method's own error; one that was caused by [`Stopped`](crate::Stopped) is none, if the task's flag is raised.
    Error(BoxError),
    /// Anything else.
    Known(Cause),
}

impl Fault {
    /// The process that ran it is gone.
    pub(crate) fn lost(text: impl Into<String>) -> Self {
        Self::Known(Cause::new(FailureKind::WorkerLost, text))
    }

    /// The method panicked, elsewhere.
    pub(crate) fn panicked(panic: Panic) -> Self {
        Self::Known(Cause::panic(panic))
    }
}

impl From<BoxError> for Fault {
    fn from(error: BoxError) -> Self {
        Self::Error(error)
    }
}

/// The methods that a server serves.
pub(crate) struct Methods<L> {
    served: Vec<Box<dyn AnyServed<L>>>,
    /// Of some methods: what is done about failed attempts.
    policies: Vec<(Known, Retry)>,
}

impl<L> Default for Methods<L> {
    fn default() -> Self {
        Self { served: Vec::new(), policies: Vec::new() }
    }
}

impl<L: 'static> Methods<L> {
    /// Serves `M` as well.
    #[track_caller]
    pub(crate) fn add<M: Method>(&mut self, runner: impl Runner<M, L>) {
        self.add_known(Known::of::<M>(), runner);
    }

    /// Serves `M`, which is named elsewhere, as well.
    pub(crate) fn add_known<M: Method>(&mut self, known: Known, runner: impl Runner<M, L>) {
        self.served.push(Box::new(ServedMethod::<M, _> { known, way: OnceLock::new(), runner }));
    }

    /// What is done about failed attempts of `M`; the last word counts.
    #[track_caller]
    pub(crate) fn retry<M: Method>(&mut self, policy: Retry) {
        self.policies.push((Known::of::<M>(), policy));
    }
}

impl<L> Methods<L> {
    pub(crate) fn known(&self) -> impl Iterator<Item = Known> {
        let policies = |known: Known| Known { retry: self.policy(known.method), ..known };
        self.served.iter().map(move |method| policies(method.known()))
    }

    pub(super) fn policy(&self, method: TypeId) -> Retry {
        let said = self.policies.iter().rfind(|(known, _)| known.method == method);
        said.map_or_else(Retry::default, |(_, policy)| *policy)
    }

    pub(crate) fn check(&self) -> Vec<LaunchProblem> {
        let methods = self.served.iter().flat_map(|method| method.check());
        let unserved = self.policies.iter().filter(|(known, _)| self.find(known.method).is_none());
        let unserved = unserved.map(|(known, _)| {
            let name = known.name;
            let problem = LaunchProblem::new(format!("a server retries the method `{name}`, but does not serve it"));
            problem.at(known.place).help(format!("serve it: `.serve::<{name}>()`, or say it of the server that does"))
        });
        methods.chain(unserved).collect()
    }

    pub(super) fn prepare(&mut self) -> io::Result<()> {
        let prepared = self.served.iter_mut().try_for_each(|method| method.prepare());
        prepared.map_err(|problems| {
            let texts: Vec<_> = problems.into_iter().map(|problem| problem.wrong).collect();
            io::Error::other(texts.join("; "))
        })
    }

    /// A method, and its place.
    pub(super) fn find(&self, method: TypeId) -> Option<(usize, &dyn AnyServed<L>)> {
        let found = self.served.iter().enumerate().find(|(_, served)| served.known().method == method);
        found.map(|(place, served)| (place, &**served))
    }
}

/// A method that is served here.
pub(super) trait AnyServed<L>: Send + Sync {
    fn known(&self) -> Known;
    fn check(&self) -> Vec<LaunchProblem>;
    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>>;
    fn run(&self, request: Request, work: &Work<L>, desk: &Desk, local: &mut L);
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

impl<M: Method, R> ServedMethod<M, R> {
    /// Looked up by whoever is first; several may be. (`get_or_init` would make the others wait where the runtime does
    /// not see it.)
    fn way<L>(&self, work: &Work<L>) -> &Way<M> {
        self.way.get().unwrap_or_else(|| {
            let route = work.queues.route::<M>();
            let way = Way { emit: route.emitter(), route };
            self.way.get_or_init(|| way)
        })
    }
}

impl<M: Method, L: 'static, R: Runner<M, L>> AnyServed<L> for ServedMethod<M, R> {
    fn known(&self) -> Known {
        self.known
    }

    fn check(&self) -> Vec<LaunchProblem> {
        self.runner.check().into_iter().map(|problem| problem.at(self.known.place)).collect()
    }

    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>> {
        self.runner.prepare()
    }

    fn run(&self, request: Request, work: &Work<L>, desk: &Desk, local: &mut L) {
        let way = self.way(work);
        let any: Arc<dyn Any + Send + Sync> = request.clone();
        let Ok(flight) = any.downcast::<Flight<M>>() else { return };
        let attempts = Attempts { runner: &self.runner, flight: &flight, work, desk };
        let Some(outcome) = attempts.go(request, way.emit.as_ref(), local) else { return };
        if let Err(late) = work.queues.settle(&way.route, flight, outcome) {
            if late.is_ok() {
                work.queues.count_late(M::NAME);
            }
            drop(late); // a panic in there changes nothing any more
        }
        self.runner.tidy_up(local);
    }
}
