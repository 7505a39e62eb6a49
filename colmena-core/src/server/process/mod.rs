//! ProcessTaskServer: runs methods in worker processes.
//!
//! Each thread of the server (see `server/workers/`) has a seat with a worker, a process that it talks to over a socket
//! (`message.rs`, in the frames of `frame.rs`). Threads of their own read what the worker says and prints, and hand it
//! over; so the server's thread can look at the task's flag all the time, whatever the worker does. `serve.rs` is the
//! other side.
//!
//! Who ends a worker: itself, when its socket ends, and that is the case whenever its server is gone; its seat, when it does
//! not do what it should; and the watchdog (`server/executable/watchdog.rs`), if this process is killed and the worker cannot
//! run, as one that was stopped. A signal at the parent's death would come when the *thread* that started it ends.

mod frame;
mod inbox;
mod language;
mod log;
mod message;
mod outbox;
mod plan;
mod seat;
pub(crate) mod serve;
mod worker;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::executable::watchdog::Watchdog;
use super::sealed::Sealed;
use super::workers::{Methods, Terms, Workers};
use super::{Known, Late, Link, Running, TaskServer, until_killed};
use crate::campaign::LaunchProblem;
use crate::record::Record;
use crate::rehearsal::turns::in_order;
use crate::sync::Mutex;
use crate::task::{Method, Portable, Retry};
use crate::wait::Flag;
use plan::{Plan, Wanted};
use seat::{InAnotherProcess, Seat};
use serve::codec;
use worker::{NoWorker, Worker};

/// The variable that asks a process to be a worker. Its value is the memory limit, 0 for none; or `json`, without one.
const ASKED: &str = "COLMENA_WORKER";
const GRACE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs tasks in worker processes, by default as many as the campaign has slots: a segmentation fault, an abort, `exit()` or
/// the out-of-memory killer costs one attempt of one task, which fails as
/// [`WorkerLost`](crate::FailureKind::WorkerLost) with the signal or status and the last lines of standard error. The worker is
/// replaced, and the task tried again if it may be ([`retries`](crate::TaskOptions::retries)).
///
/// A worker is this program, started once more; [`serve_if_asked`](crate::serve_if_asked), at the beginning of `main`, takes over
/// there. Or it is another program that does that ([`Self::program`]). Inputs and values are written by serde, at most 1 GiB
/// of each; a [`Shared`](crate::Shared) input is sent once to each worker. What methods print goes into the log, line by line,
/// with the worker and its task. Their standard input is empty.
///
/// When a task is cancelled or exceeds its time limit, it settles at once, and its slots are free. Its method is told
/// through [`TaskContext::is_cancelled`](crate::TaskContext::is_cancelled); if it has not returned after a grace
/// ([`Self::grace`]), the worker's process group is killed, and the worker replaced. Workers end with this process, in whatever
/// way that ends.
///
/// A method that panics fails its task with the panic's message and place, and the worker lives on.
#[must_use = "a task server does nothing before a campaign has it: `.task_server(server)`"]
pub struct ProcessTaskServer {
    methods: Methods<Seat>,
    wanted: Vec<Wanted>,
    workers: Option<usize>,
    program: Option<PathBuf>,
    args: Vec<OsString>,
    memory: Option<u64>,
    grace: Duration,
    patience: Duration,
}

impl Default for ProcessTaskServer {
    fn default() -> Self {
        let (methods, wanted, args) = (Methods::default(), Vec::new(), Vec::new());
        let (workers, program, memory) = (None, None, None);
        Self { methods, wanted, workers, program, args, memory, grace: GRACE, patience: PATIENCE }
    }
}

impl ProcessTaskServer {
    /// A server of no methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves the method `M` as well. The launch fails if the workers do not.
    #[track_caller]
    pub fn serve<M: Portable>(mut self) -> Self {
        self.methods.add::<M>(InAnotherProcess(const { codec::<M>() }));
        self.wanted.push(Wanted { name: <M as Method>::NAME, parameters: M::PARAMETERS });
        self
    }

    /// What is done about failed attempts of tasks of the method `M`, unless a task says it for itself: as
    /// [`LocalTaskServer::retry`](crate::LocalTaskServer::retry). How many workers may be lost over the whole campaign is
    /// [`Campaign::crash_limit`](crate::Campaign::crash_limit).
    #[track_caller]
    pub fn retry<M: Method>(mut self, policy: Retry) -> Self {
        self.methods.retry::<M>(policy);
        self
    }

    /// Uses `n` workers (at least 1) instead of one for each slot of the campaign.
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(n.max(1));
        self
    }

    /// Workers are this program, which must call [`serve_if_asked`](crate::serve_if_asked) with the methods. Absent: the
    /// program that is running, as it was when it was started.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Workers are started with these arguments. Absent: none, also if this program has some. In a test, the worker can be
    /// the program of the tests, and these the name of a test that calls [`serve_if_asked`](crate::serve_if_asked), `--exact`
    /// and `--nocapture`.
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args = args.into_iter().map(Into::into).collect();
        self
    }

    /// A worker may use so many bytes of address space (`RLIMIT_AS`; more than it uses of memory: what is mapped and not
    /// touched counts, and the program itself). Where an allocation fails for that, Rust programs abort: the task fails as
    /// [`WorkerLost`](crate::FailureKind::WorkerLost). Absent: no limit but the system's.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes.max(1));
        self
    }

    /// How long a method may go on when its task has been cancelled or has exceeded its time limit; then its worker is
    /// killed. Absent: 5 s.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How long a worker may take to start and to say which methods it serves; then the launch fails, or the attempt that it
    /// was started for after two more tries. Absent: 30 s.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.patience = timeout;
        self
    }

    fn plan(&mut self, record: Option<&Arc<Record>>) -> io::Result<Plan> {
        let is_this_program = self.program.is_none();
        let (program, shown_as) = match self.program.take() {
            Some(program) => (program, None),
            // The same file, also if another one has its name by now.
            None if cfg!(target_os = "linux") => ("/proc/self/exe".into(), Some(std::env::current_exe()?.into())),
            None => (std::env::current_exe()?, None),
        };
        let (wanted, args, memory) = (std::mem::take(&mut self.wanted), std::mem::take(&mut self.args), self.memory);
        let (grace, patience, watchdog) = (self.grace, self.patience, Watchdog::start());
        let (hurry, record) = (Flag::default(), record.cloned());
        Ok(Plan { program, shown_as, args, wanted, memory, grace, patience, is_this_program, watchdog, hurry, record })
    }
}

impl std::fmt::Debug for ProcessTaskServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("ProcessTaskServer");
        text.field("methods", &self.wanted).field("workers", &self.workers).field("program", &self.program);
        text.finish_non_exhaustive()
    }
}

impl TaskServer for ProcessTaskServer {}

impl Sealed for ProcessTaskServer {
    fn name(&self) -> &'static str {
        "ProcessTaskServer"
    }

    fn methods(&self) -> Vec<Known> {
        self.methods.known().collect()
    }

    fn check(&self) -> Vec<LaunchProblem> {
        let mut problems = self.methods.check();
        if in_order() {
            let wrong = "worker processes cannot run in a seeded order";
            problems.push(LaunchProblem::new(wrong).help("rehearse with models of the methods"));
        }
        problems
    }

    fn start(mut self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        let n = self.workers.unwrap_or(link.slots).max(1);
        let plan = Arc::new(self.plan(link.queues.record())?);
        let started = start_all(&plan, n).map_err(io::Error::other)?;
        let started: Vec<_> = started.into_iter().map(|worker| Mutex::new(Some(worker))).collect();
        let theirs = Arc::clone(&plan);
        let seat = move |place: usize| {
            let worker = started.get(place).and_then(|worker| worker.lock().take());
            Seat::new(Arc::clone(&theirs), place, worker)
        };
        let terms = Terms { server: "ProcessTaskServer", workers: Some(n), stuck_limit: None };
        let workers = Workers::start(self.methods, terms, link, seat)?;
        Ok(Box::new(RunningProcesses { workers, plan }))
    }
}

/// All come up at the same time.
fn start_all(plan: &Arc<Plan>, n: usize) -> Result<Vec<Worker>, LaunchProblem> {
    let starting: Result<Vec<_>, _> = (0..n).map(|place| Worker::start(plan, place)).collect();
    let mut workers = starting.map_err(|wrong| unfit(plan, NoWorker::Lost(wrong)))?;
    for worker in &mut workers {
        worker.greet(None).map_err(|wrong| unfit(plan, wrong))?;
    }
    Ok(workers)
}

fn unfit(plan: &Plan, wrong: NoWorker) -> LaunchProblem {
    let problem = |text: String| LaunchProblem::new(format!("`ProcessTaskServer` cannot start: {text}"));
    match wrong {
        NoWorker::Unfit(text) => problem(text).help(plan.advice()),
        NoWorker::Lost(text) => problem(text),
        NoWorker::Unwanted => problem("it is not wanted any more".to_owned()),
    }
}

struct RunningProcesses {
    workers: Workers<Seat>,
    plan: Arc<Plan>,
}

impl Running for RunningProcesses {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        self.plan.hurry.set();
        self.workers.join(until_killed(deadline))
    }
}
