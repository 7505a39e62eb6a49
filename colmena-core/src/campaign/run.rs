//! A campaign under way: start, supervision, end.
//!
//! The thread that called `run` supervises: it waits for the end of all agents, the time limit, Ctrl-C, and, once the
//! campaign is done, for the end of its grace.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::interrupt::Interrupts;
#[cfg(feature = "live")]
use super::watching::Live;
use super::watching::{Budget, LongWaits, Progress, Watcher};
use super::{Campaign, CampaignError, Ending, Failed, LaunchError, Problem, Report};
use crate::checkpoint::restoring::Restoring;
use crate::checkpoint::taking::Checkpoints;
use crate::queue::plain::PlainQueues;
use crate::queue::requests::Requests;
use crate::queue::{OnIdle, Queues, Served, Unsettled};
use crate::record::{Recording, Started as RunStarted, is_heard};
#[cfg(feature = "live")]
use crate::rehearsal::turns::in_order;
use crate::resources::ResourceCounter;
use crate::resources::counter::Counter;
use crate::server::{Alarm, Boxed, Late, Link, Running};
use crate::task::failure::Cause;
use crate::task::{OnDone, TaskId};
use crate::thinker::launch::{enlist, thread_names};
use crate::thinker::runtime::{Description, Runtime};
use crate::thinker::shutdown::Shutdown;
use crate::thinker::{AgentKind, Done, Thinker};
use crate::wait::realm::Overseer;
use crate::wait::spawn::Thread;
use crate::wait::{Flag, Limits, Realm, ThreadCell, Waitable, WaitingFor, now, wait};

/// How long threads get to end when nothing is waited for any more: workers whose task has settled without them, and
/// everything after the grace period or a second Ctrl-C.
const PARTING: Duration = Duration::from_secs(1);

pub(super) struct Run<T: Thinker> {
    runtime: Arc<Runtime<T>>,
    time_limit: Option<Instant>,
    interrupts: Interrupts,
    servers: Vec<Started>,
    agents: Vec<Thread>,
    on_done: OnDone,
    record: Option<Recording>,
    watcher: Option<Arc<Watcher>>,
    budget: Option<Budget>,
    long_wait: Duration,
    progress: Option<Progress>,
    #[cfg(feature = "live")]
    page: Option<Live>,
    /// Tasks that had to be cancelled at the end.
    unsettled: Vec<(TaskId, &'static str)>,
}

struct Started {
    name: &'static str,
    requests: Arc<Requests>,
    running: Box<dyn Running>,
}

/// A server that is to be started, and its requests.
type ToStart = (Boxed, Arc<Requests>);

impl<T: Thinker> Campaign<T> {
    /// Everything that agents share, wired up.
    fn runtime(
        &self,
        descriptions: &[Description<T>],
        rec: ResourceCounter<T::Pools>,
        anchor: Instant,
        checkpoints: Option<Arc<Checkpoints<T>>>,
    ) -> Arc<Runtime<T>> {
        let realm = Arc::new(Realm::default());
        let queues = Queues::new(Arc::clone(&realm), anchor, self.emission_limit, self.on_done);
        #[cfg(feature = "live")]
        let queues = if self.page.is_some() { queues.that_keep_the_latest() } else { queues };
        let queues = Arc::new(queues);
        let threads = thread_names(descriptions, &self.thinker);
        let processors = threads.iter().filter(|(info, _)| info.kind == AgentKind::ResultProcessor).count();
        let counts = (threads.len() - processors, processors);
        let holders = std::iter::once("code outside agents".into()).chain(threads.into_iter().map(|(_, name)| name));
        let parts = (Arc::clone(&realm), Arc::clone(&queues), Arc::clone(rec.slots()));
        let shutdown = Shutdown::new(parts, !self.woken_from_outside, holders.collect(), counts, self.crash_limit);
        let overseer: Weak<dyn Overseer> = Arc::<Shutdown>::downgrade(&shutdown);
        realm.oversee(overseer);
        let (thinker, decisions) = (Arc::clone(&self.thinker), self.decisions.clone());
        Arc::new(Runtime { thinker, rec, queues, realm, shutdown, seed: self.seed, checkpoints, decisions })
    }

    /// Opens the directory that the run is to be recorded in, if any.
    fn open_record(
        &self,
        descriptions: &[Description<T>],
        rec: &ResourceCounter<T::Pools>,
    ) -> Result<Option<Recording>, LaunchError> {
        let Some(dir) = &self.record.dir else { return Ok(None) };
        let started = RunStarted {
            format: 1,
            thinker: T::NAME,
            agents: descriptions.iter().map(|description| description.info.into()).collect(),
            pools: rec.slots().allocations(),
            methods: self.servers.iter().flat_map(|server| server.methods()).map(|known| known.name).collect(),
            seed: self.seed,
            colmena: env!("CARGO_PKG_VERSION"),
        };
        let opened = Recording::open(&self.record, dir, &started);
        opened.map(Some).map_err(|refused| LaunchError::of(T::NAME, refused.to_string()))
    }

    /// Gives each server its requests, and tells the queues.
    fn connect(&mut self, queues: &Queues, on_idle: Weak<dyn OnIdle>) -> Vec<ToStart> {
        let servers = std::mem::take(&mut self.servers).into_iter();
        let to_start: Vec<ToStart> =
            servers.map(|server| (server, Arc::new(Requests::new(self.request_limit)))).collect();
        let served = to_start.iter().map(|(server, requests)| Served {
            methods: (!server.serves_the_rest()).then(|| server.methods()),
            requests: Arc::clone(requests),
        });
        queues.connect(served.collect(), on_idle);
        to_start
    }
}

impl<T: Thinker> Run<T> {
    pub(super) fn start(
        campaign: &mut Campaign<T>,
        descriptions: &[Description<T>],
        rec: ResourceCounter<T::Pools>,
    ) -> Result<Self, CampaignError> {
        let interrupts = Interrupts::listen(campaign.interruptible)
            .map_err(|error| LaunchError::of(T::NAME, format!("Ctrl-C cannot be handled: {error}")))?;
        let mut record = campaign.open_record(descriptions, &rec)?;
        let (restoring, checkpoints) = campaign.take_up_state(&mut record, &rec)?;
        // What is taken up again goes on by its own clock and its own seed.
        let anchor = record.as_ref().map_or_else(now, |recording| recording.record.anchor());
        campaign.seed = record.as_ref().map_or(campaign.seed, |recording| recording.seed);
        let runtime = campaign.runtime(descriptions, rec, anchor, checkpoints);
        let on_idle: Weak<dyn OnIdle> = Arc::<Shutdown>::downgrade(&runtime.shutdown);
        let servers = campaign.connect(&runtime.queues, on_idle);
        let time_limit = campaign.time_limit.and_then(|limit| now().checked_add(limit));
        let (on_done, servers_yet, agents, unsettled) = (campaign.on_done, Vec::new(), Vec::new(), Vec::new());
        let mut run = Self {
            runtime,
            time_limit,
            interrupts,
            servers: servers_yet,
            agents,
            on_done,
            record,
            watcher: None,
            budget: campaign.budget,
            long_wait: campaign.long_wait,
            progress: None,
            #[cfg(feature = "live")]
            page: None,
            unsettled,
        };
        match run.start_all(servers, descriptions, restoring).and_then(|()| run.show(campaign)) {
            Ok(()) => Ok(run),
            Err(error) => {
                run.runtime.shutdown.end(Ending::LaunchFailed);
                let _ = run.finish();
                Err(error.into())
            }
        }
    }

    /// Nobody is taken to stand still before everybody has been started.
    fn start_all(
        &mut self,
        servers: Vec<ToStart>,
        descriptions: &[Description<T>],
        restoring: Option<Restoring>,
    ) -> Result<(), LaunchError> {
        let realm = Arc::clone(&self.runtime.realm);
        realm.one_more();
        let outcome = self.start_record();
        let outcome = outcome.and_then(|()| self.start_servers(servers));
        if outcome.is_err() {
            // Agents are started all the same, and end in order; what they sent nobody would take.
            self.runtime.shutdown.end(Ending::LaunchFailed);
        }
        let outcome = outcome.and(self.start_agents(descriptions, restoring));
        realm.one_less();
        outcome
    }

    /// From here on everything is recorded.
    fn start_record(&mut self) -> Result<(), LaunchError> {
        let Some(recording) = &mut self.record else { return Ok(()) };
        if let Some(replay) = &recording.replay {
            self.runtime.queues.resume(replay);
        }
        if let Some(checkpoints) = &self.runtime.checkpoints {
            self.runtime.queues.keep_pending(checkpoints.pending());
        }
        self.runtime.queues.record_in(&recording.record);
        self.runtime.rec.slots().record_in(&recording.record);
        let started = recording.start(&self.runtime.realm, &self.runtime.shutdown);
        started.map_err(|error| LaunchError::of(T::NAME, format!("the record's thread cannot start: {error}")))
    }

    /// If one cannot be started, nothing can be sent to it or to those after it.
    fn start_servers(&mut self, servers: Vec<ToStart>) -> Result<(), LaunchError> {
        let mut servers = servers.into_iter();
        let started = servers.try_for_each(|server| self.start_server(server));
        servers.for_each(|(_, requests)| requests.close());
        started
    }

    fn start_server(&mut self, (server, requests): ToStart) -> Result<(), LaunchError> {
        let (queues, realm) = (Arc::clone(&self.runtime.queues), Arc::clone(&self.runtime.realm));
        let (name, slots, seed) = (server.name(), self.runtime.rec.total_slots(), self.runtime.seed);
        let alarm: Weak<dyn Alarm> = Arc::<Shutdown>::downgrade(&self.runtime.shutdown);
        let link = Link { requests: Arc::clone(&requests), queues, realm, slots, seed, alarm };
        let running = server.start(link).inspect_err(|_| requests.close()).map_err(|error| match error.downcast() {
            Ok(problem) => LaunchError { thinker: T::NAME, problems: vec![problem] },
            Err(error) => LaunchError::of(T::NAME, format!("`{name}` cannot start: {error}")),
        })?;
        self.servers.push(Started { name, requests, running });
        Ok(())
    }

    /// All are enlisted before the first one runs, and what a checkpoint has is theirs by then. If one cannot be started,
    /// the others are told to end by the caller.
    fn start_agents(
        &mut self,
        descriptions: &[Description<T>],
        restoring: Option<Restoring>,
    ) -> Result<(), LaunchError> {
        let enlisted = enlist(descriptions, &self.runtime);
        let mut outcome = self.go_on(descriptions, restoring);
        for (holder, agent) in (1..).zip(enlisted) {
            match agent.start(holder, Arc::clone(&self.runtime)) {
                Ok(thread) => self.agents.push(thread),
                Err(error) => {
                    outcome = Err(LaunchError::of(T::NAME, format!("an agent's thread cannot start: {error}")));
                }
            }
        }
        outcome
    }

    /// Starts what shows the campaign while it runs.
    fn show(&mut self, campaign: &Campaign<T>) -> Result<(), LaunchError> {
        if campaign.progress {
            let progress = Progress::start(self.watcher());
            self.progress = progress.map_err(|error| LaunchError::of(T::NAME, format!("no progress line: {error}")))?;
        }
        #[cfg(feature = "live")]
        if let Some(address) = campaign.page.as_ref().filter(|_| !in_order()) {
            let live = Live::start(address, self.watcher());
            self.page =
                Some(live.map_err(|error| LaunchError::of(T::NAME, format!("the page cannot be served: {error}")))?);
        }
        Ok(())
    }

    /// Where its status is read: made when it is first asked for.
    pub(super) fn watcher(&mut self) -> Arc<Watcher> {
        let Self { runtime, agents, budget, .. } = self;
        let made = self.watcher.get_or_insert_with(|| Arc::new(Watcher::new(runtime, agents, *budget)));
        Arc::clone(made)
    }

    /// Where the page is served, if it is.
    #[cfg(feature = "live")]
    pub(super) fn page(&self) -> Option<std::net::SocketAddr> {
        self.page.as_ref().map(|live| live.address)
    }

    /// Goes on from a checkpoint, if there is one, and takes those to come.
    fn go_on(&self, descriptions: &[Description<T>], restoring: Option<Restoring>) -> Result<(), LaunchError> {
        let Some(checkpoints) = &self.runtime.checkpoints else { return Ok(()) };
        let refused = |problem| LaunchError { thinker: T::NAME, problems: vec![problem] };
        let restored = restoring.map_or(Ok(()), |restoring| restoring.finish(descriptions, &self.runtime));
        if restored.is_err() || checkpoints.had_ended() {
            // Nothing is to run, nor to change what is there.
            let ending = if restored.is_err() { Ending::LaunchFailed } else { Ending::EndedBefore };
            self.runtime.shutdown.end(ending);
            return restored.map_err(refused);
        }
        let started = checkpoints.start(&self.runtime);
        started.map_err(|error| LaunchError::of(T::NAME, format!("the checkpoints' thread cannot start: {error}")))
    }

    pub(super) fn done(&self) -> Done {
        Done::new(&self.runtime.shutdown)
    }

    pub(super) fn counter(&self) -> Arc<Counter> {
        Arc::clone(self.runtime.rec.slots())
    }

    pub(super) fn realm(&self) -> Arc<Realm> {
        Arc::clone(&self.runtime.realm)
    }

    pub(super) fn queues(&self) -> PlainQueues {
        PlainQueues::new(Arc::clone(&self.runtime.queues))
    }

    pub(super) fn finish(mut self) -> Result<Report, CampaignError> {
        let _listening = self.record.as_ref().map(|recording| recording.record.listen_as(&"campaign".into()));
        self.supervise_until_done();
        let deadline = self.supervise_the_drain();
        let left_behind = self.stop(deadline);
        drop(self.progress.take());
        #[cfg(feature = "live")]
        drop(self.page.take());
        if !left_behind.is_empty() {
            tracing::warn!(thinker = T::NAME, "left behind, its task being over: {}", left_behind.join("; "));
        }
        self.take_the_end();
        if let Some(record) = &self.record {
            record.close();
        }
        let outcome = self.runtime.shutdown.outcome();
        let report = Report::new(&self.runtime, outcome.ending, outcome.agents, left_behind);
        if outcome.problems.is_empty() {
            return Ok(report);
        }
        Err(Box::new(Failed { thinker: T::NAME, problems: outcome.problems, report }).into())
    }

    /// A run that has come to its end by itself says so to whoever takes it up.
    fn take_the_end(&self) {
        let Some(checkpoints) = &self.runtime.checkpoints else { return };
        checkpoints.close();
        if self.runtime.shutdown.has_ended_by_itself() {
            checkpoints.take_at_the_end(&self.runtime);
        }
    }

    /// Until `done` is set, or all agents have ended without.
    fn supervise_until_done(&mut self) {
        let shutdown = Arc::clone(&self.runtime.shutdown);
        let mut waits = LongWaits::from(self.long_wait);
        while !shutdown.done().is_set() {
            let flags = [shutdown.all_ended(), shutdown.done()];
            let look = waits.next().filter(|&look| self.time_limit.is_none_or(|limit| look < limit));
            match self.next_news(flags, look.or(self.time_limit)) {
                Some(News::Flag) => return,
                None if look.is_some() => {
                    waits.look(&self.watcher());
                    continue;
                }
                Some(News::Interrupt) => {
                    self.say_that_it_was_interrupted();
                    self.end_from_outside(Ending::Interrupted);
                }
                None => self.end_from_outside(Ending::TimeLimit),
            };
        }
    }

    /// What agents do from here on, and are kept from doing, is not in the last checkpoint.
    fn end_from_outside(&self, ending: Ending) {
        if let Some(checkpoints) = &self.runtime.checkpoints {
            checkpoints.take_the_last();
        }
        self.runtime.shutdown.end(ending);
    }

    /// Until all agents have ended and all tasks have settled, or their time is over: then until when the rest may take.
    fn supervise_the_drain(&mut self) -> Option<Instant> {
        let shutdown = Arc::clone(&self.runtime.shutdown);
        let flags = [shutdown.all_settled(), shutdown.all_settled()];
        self.say_what_is_waited_for();
        let deadline = self.on_done.grace().and_then(|grace| now().checked_add(grace));
        let mut graces = self.graces();
        loop {
            let next = graces.last().map(|&(over, _)| over).filter(|&over| deadline.is_none_or(|last| over < last));
            match self.next_news(flags, next.or(deadline)) {
                Some(News::Flag) => return now().checked_add(PARTING),
                Some(News::Interrupt) if self.interrupts.seen() > 1 => return self.abandon(),
                Some(News::Interrupt) => self.say_what_is_waited_for(),
                None if next.is_none() => return self.abandon(),
                None => graces.pop().into_iter().for_each(|(_, task)| self.cancel(task)),
            }
        }
    }

    /// The tasks in flight that have a grace of their own, and its end: the last first.
    fn graces(&self) -> Vec<(Instant, Unsettled)> {
        let now = now();
        let end = |task: Unsettled| Some((now.checked_add(task.grace()?)?, task));
        let mut graces: Vec<_> = self.runtime.queues.in_flight().into_iter().filter_map(end).collect();
        graces.sort_by_key(|&(over, task)| std::cmp::Reverse((over, task.id)));
        graces
    }

    /// Settles all tasks as cancelled, so that their results can be handled: then until when the rest may take. Nothing is
    /// begun any more, so that no worker need be replaced.
    fn abandon(&mut self) -> Option<Instant> {
        self.servers.iter().for_each(|server| server.requests.close());
        self.runtime.queues.in_flight().into_iter().for_each(|task| self.cancel(task));
        let deadline = now().checked_add(PARTING);
        let _ = self.runtime.shutdown.wait_until_all_ended(Limits::NONE.until(deadline));
        deadline
    }

    fn cancel(&mut self, task: Unsettled) {
        if self.runtime.queues.fail(task.id, Cause::end_of_campaign("it had not ended when the campaign had to")) {
            self.unsettled.push((task.id, task.method));
        }
    }

    fn say_what_is_waited_for(&self) {
        let mut tasks = std::collections::BTreeMap::<_, usize>::new();
        for task in self.runtime.queues.in_flight() {
            *tasks.entry(task.method).or_default() += 1;
        }
        let tasks: Vec<_> = tasks.into_iter().map(|(method, n)| format!("{n} of `{method}`")).collect();
        if !tasks.is_empty() {
            tracing::info!(thinker = T::NAME, "done; waiting for tasks that are out: {}", tasks.join(", "));
        }
    }

    /// What Ctrl-C has come to, and what it would come to next.
    fn say_that_it_was_interrupted(&self) {
        let text = "Ctrl-C: ending in order; what is out is waited for, unless Ctrl-C is pressed again";
        if is_heard() {
            tracing::warn!(thinker = T::NAME, "{text}");
        } else {
            // Whoever pressed it sits there, and would see nothing happen.
            eprintln!("{}: {text}", T::NAME);
        }
    }

    /// The next thing that happens; `None` at the deadline.
    fn next_news(&mut self, flags: [&Flag; 2], deadline: Option<Instant>) -> Option<News> {
        let mut next = Next { flags, interrupts: &mut self.interrupts };
        wait(&mut next, Limits { spin: false, ..Limits::NONE.until(deadline) }, WaitingFor::Thread).ok()
    }

    /// Ends the servers and waits for all threads, at most until `deadline`. Who has not ended then is left behind: the
    /// workers that are given back have tasks that had settled before the end (they are past their time limit, say),
    /// which is no failure of the campaign; anybody else is.
    fn stop(&mut self, deadline: Option<Instant>) -> Vec<String> {
        self.servers.iter().for_each(|server| server.requests.close());
        let mut workers: Vec<String> = Vec::new();
        for Started { name, running, .. } in &self.servers {
            workers.extend(running.join(deadline).into_iter().map(|Late { thread, task }| match task {
                Some((id, method)) => format!("`{thread}` of `{name}`, which runs {id} of `{method}`"),
                None => format!("`{thread}` of `{name}`"),
            }));
        }
        let late = self.agents.iter().filter(|agent| !agent.join(deadline));
        let agents: Vec<String> = late.map(|agent| format!("the agent `{}`", agent.name())).collect();
        let tasks = std::mem::take(&mut self.unsettled);
        if agents.is_empty() && (tasks.is_empty() || workers.is_empty()) {
            return workers;
        }
        let threads = workers.into_iter().chain(agents).collect();
        self.runtime.shutdown.note(Problem::Unresponsive { threads, tasks });
        Vec::new()
    }
}

/// What the supervisor waits for.
enum News {
    Flag,
    Interrupt,
}

struct Next<'a> {
    flags: [&'a Flag; 2],
    interrupts: &'a mut Interrupts,
}

impl Waitable for Next<'_> {
    type Output = News;

    fn try_take(&mut self) -> Option<News> {
        if self.flags.iter().any(|flag| flag.is_set()) {
            return Some(News::Flag);
        }
        self.interrupts.take().then_some(News::Interrupt)
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.flags.iter_mut().for_each(|flag| flag.register(me));
        self.interrupts.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.flags.iter_mut().for_each(|flag| flag.leave(me, took));
        self.interrupts.leave(me);
    }
}
