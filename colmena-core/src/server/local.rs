//! LocalTaskServer: runs tasks on threads of this process.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::executable::{Executable, ExecutableMethod, Program, Programs};
use super::sealed::Sealed;
use super::workers::{Fault, Methods, Runner, Terms, Workers};
use super::{Known, Late, Link, Running, TaskServer, until_killed};
use crate::campaign::LaunchProblem;
use crate::task::{Body, Method, Retry, TaskContext};

/// Runs tasks on threads of this process, by default as many as the campaign has slots.
///
/// A method that panics fails its task, and the worker lives on. Retries happen here. A method cannot be stopped from
/// outside: when its task is cancelled or exceeds its time limit, the task settles at once and the method is told
/// through [`TaskContext::is_cancelled`]. Its thread is written off, and another one started in its place, so that as many
/// workers work as before; it ends when the method returns. There is a limit to that: [`Self::stuck_limit`]. A method that
/// has not returned a second after everything else has ended is left behind, and named in the report
/// ([`Report::left_behind`](crate::Report::left_behind)); if its task had to be cancelled for the campaign to end, in
/// `Problem::Unresponsive`.
#[derive(Default)]
#[must_use = "a task server does nothing before a campaign has it: `.task_server(server)`"]
pub struct LocalTaskServer {
    methods: Methods<Arc<Programs>>,
    workers: Option<usize>,
    stuck_limit: Option<usize>,
    has_programs: bool,
}

impl LocalTaskServer {
    /// A server of no methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves the method `M` as well.
    #[track_caller]
    pub fn serve<M: Body>(mut self) -> Self {
        self.methods.add::<M>(InProcess);
        self
    }

    /// Serves the method `M` as well, in another way than by calling its body.
    pub(crate) fn serve_by<M: Method>(mut self, known: Known, runner: impl Runner<M, Arc<Programs>>) -> Self {
        self.methods.add_known(known, runner);
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
        self.methods.add::<M>(Executable::new(program));
        self.has_programs = true;
        self
    }

    /// What is done about failed attempts of tasks of the method `M`, unless a task says it for itself
    /// ([`TaskOptions::retry`](crate::TaskOptions::retry), [`retries`](crate::TaskOptions::retries)): then that alone
    /// counts. Of a method that is not served here it is an error at launch.
    #[track_caller]
    pub fn retry<M: Method>(mut self, policy: Retry) -> Self {
        self.methods.retry::<M>(policy);
        self
    }

    /// At most `n` threads may be stuck at one time: written off, since their tasks have settled without them, and their
    /// methods not returned. At the next one the campaign ends with [`Problem::Stuck`](crate::Problem::Stuck), which names
    /// them, and what has not been begun fails as [`ServerEnded`](crate::FailureKind::ServerEnded). Unless said, twice as
    /// many as there are workers, and at least 16. A program never counts: it is ended.
    pub fn stuck_limit(mut self, n: usize) -> Self {
        self.stuck_limit = Some(n);
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
        let methods: Vec<_> = self.methods.known().map(|known| known.name).collect();
        f.debug_struct("LocalTaskServer").field("methods", &methods).field("workers", &self.workers).finish()
    }
}

impl TaskServer for LocalTaskServer {}

impl Sealed for LocalTaskServer {
    fn name(&self) -> &'static str {
        "LocalTaskServer"
    }

    fn methods(&self) -> Vec<Known> {
        self.methods.known().collect()
    }

    fn check(&self) -> Vec<LaunchProblem> {
        self.methods.check()
    }

    fn start(self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        let programs = Arc::new(if self.has_programs { Programs::start() } else { Programs::default() });
        let theirs = Arc::clone(&programs);
        let terms = Terms { server: "LocalTaskServer", workers: self.workers, stuck_limit: self.stuck_limit };
        let workers = Workers::start(self.methods, terms, link, move |_| Arc::clone(&theirs))?;
        Ok(Box::new(RunningLocal { workers, programs, has_programs: self.has_programs }))
    }
}

struct RunningLocal {
    workers: Workers<Arc<Programs>>,
    programs: Arc<Programs>,
    has_programs: bool,
}

impl Running for RunningLocal {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        self.programs.hurry();
        self.workers.join(if self.has_programs { until_killed(deadline) } else { deadline })
    }
}

/// Runs a method by calling its body.
struct InProcess;

impl<M: Body, L> Runner<M, L> for InProcess {
    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, _: &mut L) -> Result<M::Value, Fault> {
        Ok(inputs.run(context)?)
    }
}
