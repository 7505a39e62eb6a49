//! Campaign: wires a thinker, a counter, queues and servers; runs; reports.

mod background;
mod check;
mod checkpoints;
mod interrupt;
mod launch_error;
mod problem;
mod rehearse;
mod report;
mod run;
mod table;
mod watching;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use background::RunningCampaign;
pub use launch_error::{LaunchError, LaunchProblem};
pub use problem::{CampaignError, Failed, Problem, Stalled, Wait};
pub use report::{AgentEnd, AgentReport, Ending, PoolReport, Report};

pub use watching::{AgentStatus, Idle, IdleTime, LastResult, MethodStatus, PoolStatus, Status};

use serde::Serialize;

use crate::checkpoint;
use crate::record::{Durability, Plan};
use crate::rehearsal::Rehearsal;
use crate::resources::{ResourceCounter, ResourcePool};
use crate::server::{Boxed, TaskServer};
use crate::task::{Method, OnDone};
use crate::thinker::{Agents, Thinker};
use crate::wire::Serialization;
use run::Run;

/// A run of a thinker: how many slots, which task servers, and what ends it.
///
/// ```no_run
/// # use colmena_core::*;
/// # fn run<T: Thinker<Pools = ()>>(thinker: T, server: LocalTaskServer) -> Result<()> {
/// let report = Campaign::new(thinker).unallocated_slots(8).task_server(server).seed(42).run()?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[must_use = "a campaign does nothing before it is run: `.run()`, or `.start()` in the background"]
pub struct Campaign<T: Thinker> {
    thinker: Arc<T>,
    slots: Vec<(usize, usize)>,
    unallocated: usize,
    servers: Vec<Boxed>,
    seed: u64,
    on_done: OnDone,
    time_limit: Option<Duration>,
    crash_limit: Option<u32>,
    request_limit: Option<usize>,
    emission_limit: usize,
    interruptible: bool,
    woken_from_outside: bool,
    has_run: bool,
    record: Plan,
    budget: Option<watching::Budget>,
    progress: bool,
    long_wait: Duration,
    #[cfg(feature = "live")]
    page: Option<watching::Address>,
    checkpoints: Option<checkpoint::taking::Plan<T>>,
    /// In a rehearsal: how long agents take to decide.
    decisions: Option<Rehearsal>,
}

/// How many unread emissions of a method are kept, unless said.
const EMISSION_LIMIT: usize = 1024;
/// From here on a wait of an agent is told in the log, if not said otherwise.
const LONG_WAIT: Duration = Duration::from_secs(60);

impl<T: Thinker> Campaign<T> {
    /// A campaign of this thinker, without slots or servers.
    pub fn new(thinker: T) -> Self {
        Self {
            thinker: Arc::new(thinker),
            slots: Vec::new(),
            unallocated: 0,
            servers: Vec::new(),
            seed: 0,
            on_done: OnDone::Drain,
            time_limit: None,
            crash_limit: None,
            request_limit: None,
            emission_limit: EMISSION_LIMIT,
            interruptible: true,
            woken_from_outside: false,
            has_run: false,
            record: Plan::default(),
            budget: None,
            progress: false,
            long_wait: LONG_WAIT,
            #[cfg(feature = "live")]
            page: None,
            checkpoints: None,
            decisions: None,
        }
    }

    /// Gives pools their slots. Slots of a pool named twice add up.
    pub fn slots(mut self, pools: impl IntoIterator<Item = (T::Pools, usize)>) -> Self {
        self.slots.extend(pools.into_iter().map(|(pool, n)| (pool.index(), n)));
        self
    }

    /// Slots that belong to no pool (yet).
    pub fn unallocated_slots(mut self, n: usize) -> Self {
        self.unallocated = n;
        self
    }

    /// Adds a task server. A campaign may have several, each with its own methods.
    pub fn task_server(mut self, server: impl TaskServer) -> Self {
        self.servers.push(Box::new(server));
        self
    }

    /// Sends what no task server of this campaign serves to servers elsewhere, over Redis: the same as
    /// [`Self::task_server`].
    #[cfg(feature = "redis")]
    pub fn queues(self, queues: crate::RedisQueues) -> Self {
        self.task_server(queues)
    }

    /// The seed of all randomness that agents draw from `agent.rng()`; unless said, 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What becomes of tasks that are out when the campaign is done; unless said, they are waited for. A task may say it
    /// for itself: [`TaskOptions::on_done`](crate::TaskOptions::on_done).
    pub fn on_done(mut self, on_done: OnDone) -> Self {
        self.on_done = on_done;
        self
    }

    /// Sets `done` after this time.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// At most `n` worker processes may be lost (killed, aborted, gone by `exit`) over the whole campaign, whatever is retried;
    /// at the next one it ends, with [`Problem::Crashes`]. Unless said, there is no limit.
    pub fn crash_limit(mut self, n: u32) -> Self {
        self.crash_limit = Some(n);
        self
    }

    /// Lets at most `n` requests wait for each server (at least 1); `submit` and `call` then wait for room.
    pub fn request_limit(mut self, n: usize) -> Self {
        self.request_limit = Some(n);
        self
    }

    /// Keeps at most `n` unread emissions of each method (at least 1; unless said, 1024): beyond that the oldest is
    /// dropped, and counted.
    pub fn emission_limit(mut self, n: usize) -> Self {
        self.emission_limit = n;
        self
    }

    /// Leaves Ctrl-C to the program. Otherwise it sets `done`, and pressed again leaves behind what still runs.
    pub fn ignore_ctrl_c(mut self) -> Self {
        self.interruptible = false;
        self
    }

    /// Events, queues or slots of the thinker are changed by code outside its agents, too: that all agents wait is then
    /// no standstill.
    pub fn woken_from_outside(mut self) -> Self {
        self.woken_from_outside = true;
        self
    }

    /// Records the run in this directory, which is made if it is not there: `run.json`, what was started;
    /// `results/<topic>.jsonl`, a line for each task that has settled, in the form of the original's `Result`;
    /// `started.jsonl`, the tasks that a server has taken, unless they settled at once; `notes.jsonl`, what agents
    /// [noted](crate::TaskResult::note) of results; `allocation.jsonl`, the slots of each pool whenever they change;
    /// `agents.jsonl`, start, end and each call of every agent, and now and then what it is at: how long its present call has
    /// lasted, and how long it has waited for what (each time that lines are written, if a hundredth of the time so far has passed
    /// since the last; so much of it may be lost when the process is killed);
    /// `log.jsonl`, the `tracing` events of the threads of agents, of workers, of what watches over them and of the campaign itself,
    /// and what worker processes print, from the level `INFO` up.
    ///
    /// What may be lost when the process is killed is said by [`Self::durability`]. Results wait for the disk, if it does not
    /// keep up: up to 64 MiB are kept, then whoever settles a task waits. A disk that fails (it is full, or the directory has
    /// vanished) ends the campaign in order, with [`Problem::Record`], which names the file. Each file then has whole lines, and the
    /// last checkpoint is whole: [`resume`](Self::resume) goes on from there.
    ///
    /// Inputs and values of `local` methods are not recorded; of a [`Shared`](crate::Shared) input, its hash and size. The notes
    /// in the line of a task (`task_info`) are those made before it settled.
    /// In a rehearsal ids and times come from the seed and the virtual clock.
    ///
    /// That another campaign records in the directory, has recorded there, or that it cannot be written, is an error at launch.
    pub fn record_in(mut self, dir: impl Into<PathBuf>) -> Self {
        self.record.dir = Some(dir.into());
        self.record.resumes = false;
        self
    }

    /// Takes up the run that is recorded in this directory, and goes on recording there; without a `run.json` there, the same
    /// as [`Self::record_in`].
    ///
    /// The thinker starts from the beginning: nothing of its state is in the record. What it sends is looked for there. A task
    /// that equals a recorded one (the same method, and inputs that serde writes alike) takes that record over, each record
    /// once, those that were sent first before the others:
    /// - if it had settled, its result comes back at once, with its old id, times and number of attempts, and its method does
    ///   not run. Failures that are the method's (an error, a panic, a time limit) and cancellations by the thinker count as
    ///   settled, too. (What it noted, emitted, and how a program ended is not brought back.)
    /// - if a server had begun it, or it had failed with its worker, its server or the end of the campaign, it is sent again
    ///   under its old id; [`attempts`](crate::TaskResult::attempts) counts on.
    ///
    /// So, however the process ended: no task of a recordable method runs again whose result had been written
    /// ([`Self::durability`] says when), as long as the thinker asks for it again; and what it asks for and is not in the
    /// record is run. Records that nobody claims stay, and are in the [report](Report::unclaimed). Methods that are `local`
    /// are run again.
    ///
    /// Results that are taken over come in the order of asking, which need not be the one in which they once came. A thinker
    /// whose decisions depend on that order, on a clock, or on random numbers other than those of `agent.rng()`, may ask for
    /// other tasks than the first time: nothing is wrong then, but less is saved. Maps among the inputs are to be
    /// `BTreeMap`s, whose order is the same each time. The seed is the recorded one, and [`elapsed`](crate::Agent::elapsed)
    /// counts from the first start.
    ///
    /// A campaign [with checkpoints](Self::checkpoint_every) does not start from the beginning, but from the last of them.
    ///
    /// A line that was cut short at the end of a file is cut off. That another campaign records in the directory, that it is
    /// of another thinker, or cannot be read or written, is an error at launch.
    pub fn resume(mut self, dir: impl Into<PathBuf>) -> Self {
        self.record.dir = Some(dir.into());
        self.record.resumes = true;
        self
    }

    /// How soon the record is on the disk; unless said, within 1 second.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.record.durability = durability;
        self
    }

    /// What this run was started with, for the record. If serde cannot write it as JSON, that is an error at launch.
    pub fn parameters(mut self, parameters: &impl Serialize) -> Self {
        let json = Serialization::Json.encode(parameters);
        self.record.parameters = Some(json.map_err(|error| error.to_string()));
        self
    }

    /// How many tasks the campaign is to settle, as far as is known: what is done is shown as a part of it. It ends nothing.
    pub fn budget(mut self, tasks: u64) -> Self {
        self.budget = Some(watching::Budget { tasks, method: None });
        self
    }

    /// The same of the tasks of one method; others do not count.
    pub fn budget_of<M: Method>(mut self, tasks: u64) -> Self {
        self.budget = Some(watching::Budget { tasks, method: Some(M::NAME) });
        self
    }

    /// Shows a line of progress on the terminal: what is done of the [budget](Self::budget), the rate, the time left, the
    /// slots of each pool, tasks in flight, failures. It is written to the standard error, a few times a second, and taken
    /// away at the end; nothing is written if that is no terminal.
    pub fn progress_line(mut self) -> Self {
        self.progress = true;
        self
    }

    /// From when on a wait of an agent is long, a minute if not said: then the log says what it waits for, and who holds
    /// the slots that it needs; and again when it has lasted twice as long, and so on.
    pub fn long_wait(mut self, time: Duration) -> Self {
        self.long_wait = time.max(Duration::from_millis(1));
        self
    }

    /// Serves a page that shows the campaign while it runs, at an address such as `127.0.0.1:8080` (port 0: one that is free,
    /// see [`RunningCampaign::page`]): pools and their slots, agents and what each waits for, failures; with buttons that
    /// pause submitting, resume, and finish. `/events` are the same figures as server-sent events, `/api/status` as JSON
    /// ([`Status`]), `/metrics` for Prometheus; `/healthz` says that the campaign is there.
    ///
    /// The address must be one that only this machine reaches. The buttons refuse requests of other sites.
    ///
    /// A rehearsal has no page. An address that cannot be served, or that others reach, is an error at launch.
    #[cfg(feature = "live")]
    pub fn serve_page(mut self, address: impl std::fmt::Display) -> Self {
        self.page = Some(watching::Address { address: address.to_string(), token: None });
        self
    }

    /// The same at any address, to those who show the token: `http://node7:8080/?token=..`, or `Authorization: Bearer ..`.
    /// `/healthz` needs none. Nothing is encrypted: whoever reads the network along the way learns the token.
    ///
    /// A token of less than 16 characters, or with others than letters, digits, `-` and `_`, is an error at launch, too.
    #[cfg(feature = "live")]
    pub fn serve_page_to_others(mut self, address: impl std::fmt::Display, token: impl Into<String>) -> Self {
        self.page = Some(watching::Address { address: address.to_string(), token: Some(token.into()) });
        self
    }

    /// The thinker: its state, before and after the run.
    pub fn thinker(&self) -> &T {
        &self.thinker
    }

    /// The thinker, by value; `None` while threads that were left behind still use it.
    pub fn into_thinker(self) -> Option<T> {
        Arc::into_inner(self.thinker)
    }

    /// Runs the campaign; blocks until all its threads have ended. Once only.
    ///
    /// # Errors
    /// [`CampaignError::Launch`] before any thread has started, with everything that is wrong;
    /// [`CampaignError::Failed`] afterwards, with everything that failed and the report.
    pub fn run(&mut self) -> Result<Report, CampaignError> {
        self.launch()?.finish()
    }

    /// Starts the campaign and returns; its threads run in the background. Once only.
    ///
    /// ```
    /// # use colmena_core::*;
    /// # struct Idle;
    /// # impl Thinker for Idle {
    /// #     type Pools = ();
    /// #     type Local = ();
    /// #     const NAME: &'static str = "Idle";
    /// #     const AGENTS: &'static [AgentInfo] =
    /// #         &[AgentInfo { name: "wait", kind: AgentKind::Agent, startup: false }];
    /// #     fn describe(agents: &mut Agents<Self>) {
    /// #         agents.agent("wait").run(|_, agent: &Agent<Self>, _| agent.done().wait());
    /// #     }
    /// #     fn prepare_agent(&self, _: &Agent<Self>) -> Result<()> {
    /// #         Ok(())
    /// #     }
    /// # }
    /// # let thinker = Idle;
    /// let mut campaign = Campaign::new(thinker).woken_from_outside();
    /// let running = campaign.start()?;
    /// // .. do something else, look at `campaign.thinker()` ..
    /// running.done().set();
    /// println!("{}", running.join()?);
    /// # Ok::<(), BoxError>(())
    /// ```
    ///
    /// # Errors
    /// [`CampaignError::Launch`], with everything that is wrong.
    pub fn start(&mut self) -> Result<RunningCampaign, CampaignError> {
        RunningCampaign::supervise(self.launch()?)
    }

    fn launch(&mut self) -> Result<Run<T>, CampaignError> {
        let descriptions = Agents::<T>::of_thinker();
        let rec = self.counter();
        self.check(&descriptions, &rec)?;
        self.has_run = true;
        Run::start(self, &descriptions, rec)
    }

    fn counter(&self) -> ResourceCounter<T::Pools> {
        let pools = self.slots.iter().filter_map(|&(index, n)| T::Pools::from_index(index).map(|pool| (pool, n)));
        ResourceCounter::new(pools, self.unallocated)
    }
}

impl<T: Thinker> std::fmt::Debug for Campaign<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Campaign").field("thinker", &T::NAME).field("seed", &self.seed).finish_non_exhaustive()
    }
}
