//! Status: what a running campaign is doing at this moment, as numbers and words.
//!
//! Everything is read from what the runtime keeps anyway: the tallies of methods, the table of tasks in flight, the books
//! of the counter, and what each thread waits for. Nobody is stopped; so the parts may be microseconds apart.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use crate::checkpoint::CheckpointStatus;
use crate::queue::Queues;
use crate::queue::census::Counted;
use crate::queue::route::AnyRoute;
use crate::resources::counter::Counter;
use crate::resources::ledger::{PoolSnapshot, Waiting, Want};
use crate::resources::used::SlotSeconds;
use crate::sync::Mutex;
use crate::thinker::launch::thread_names;
use crate::thinker::runtime::Runtime;
use crate::thinker::shutdown::Shutdown;
use crate::thinker::{AgentKind, Agents, Thinker};
use crate::wait::spawn::Thread;
use crate::wait::{Flag, Realm, ThreadCell, WaitingFor, now};

/// What a campaign is doing at this moment: [`RunningCampaign::status`](crate::RunningCampaign::status). Its JSON, which
/// the page gives at `/api/status`, has these fields by these names; times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The thinker.
    pub thinker: &'static str,
    /// Seconds since the launch.
    pub elapsed: f64,
    /// Whether `done` is set.
    pub done: bool,
    /// Whether submitters are paused.
    pub paused: bool,
    /// Tasks that have settled.
    pub settled: u64,
    /// Tasks that have been sent and have not settled.
    pub in_flight: u64,
    /// Tasks that failed or exceeded their time limit.
    pub failed: u64,
    /// Of those that have settled: the results that come from the record of an earlier run.
    pub taken_over: u64,
    /// How many tasks the campaign is to settle, if [said](crate::Campaign::budget).
    pub budget: Option<u64>,
    /// Of those that have settled: the ones that count for the budget.
    pub spent: u64,
    /// Tasks settled per second since the launch, those taken over not counted.
    pub rate: f64,
    /// Seconds until the budget is used up, at this rate.
    pub left: Option<f64>,
    /// By name.
    pub methods: Vec<MethodStatus>,
    /// The unallocated pool first.
    pub pools: Vec<PoolStatus>,
    /// Every thread of every agent, in the order of the thinker's description.
    pub agents: Vec<AgentStatus>,
    /// Of a campaign [with checkpoints](crate::Campaign::checkpoint_every): when the last one was, and who is in the way of the
    /// next.
    pub checkpoints: Option<CheckpointStatus>,
    /// The last failures, a few of each method, with the name of the method: the newest first within a method.
    pub failures: Vec<(&'static str, String)>,
    /// The last results, the newest first, at most 20 of each second: of a campaign with a page.
    pub results: Vec<LastResult>,
}

/// A task that has settled a short while ago.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LastResult {
    /// The number in the task's id.
    pub task: u64,
    /// Its method.
    pub method: &'static str,
    /// When it settled, in seconds from the campaign's start.
    pub at: f64,
    /// How long its last attempt ran, in seconds.
    pub ran: f64,
    /// What it was asked: the beginning of the JSON text, as it would be recorded. Nothing of a local method.
    pub inputs: Option<String>,
    /// What it gave, in the same form.
    pub value: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// The tasks of one method.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MethodStatus {
    /// The method.
    pub name: &'static str,
    /// All that were sent.
    pub sent: u64,
    /// Those that have not been begun: they wait for their server.
    pub waiting: u64,
    /// Those that a server has begun.
    pub running: u64,
    /// Those that gave a value.
    pub ok: u64,
    /// Those that failed or exceeded their time limit.
    pub failed: u64,
    /// Those that were cancelled.
    pub cancelled: u64,
    /// Settled per second since the launch.
    pub rate: f64,
    /// The median of the time that they ran, in seconds.
    pub run_p50: f64,
    /// The median of the time that they waited for a worker, in seconds.
    pub wait_p50: f64,
}

/// The slots of one pool, and why some of them are idle.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Its name; "unallocated" for the pool of those that belong to none.
    pub name: &'static str,
    /// Slots that belong to it.
    pub allocated: u32,
    /// Slots that nobody holds.
    pub free: u32,
    /// Slots on which tasks run.
    pub busy: u32,
    /// Slots that do nothing at this moment, by why.
    pub idle: Idle,
    /// Slot-seconds in which slots did nothing since the launch, by why.
    pub idle_time: IdleTime,
    /// Slot-seconds in which tasks ran, over slot-seconds allocated, since the launch: 0 to 1.
    pub utilisation: f64,
    /// Who holds how many.
    pub held_by: Vec<(String, u32)>,
    /// How many requests wait for slots of this pool, offers of submitters without an item not counted.
    pub line: usize,
}

/// Slots on which no task runs, by what they wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Idle {
    /// Free, and a submitter waits for an item of its queue.
    pub no_candidate: u32,
    /// Free or in an agent's hands, and no task has been sent with them yet.
    pub no_decision: u32,
    /// Sent with a task that no worker has begun.
    pub waiting_for_server: u32,
}

/// Slot-seconds in which no task ran, by what the slots waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IdleTime {
    /// Free, while a submitter waited for an item of its queue.
    pub no_candidate: f64,
    /// Free otherwise or in an agent's hands, with no task sent yet.
    pub no_decision: f64,
    /// Sent with a task that no worker had begun.
    pub waiting_for_server: f64,
}

impl IdleTime {
    /// What is left of the allocated time when the rest is known.
    pub(in crate::campaign) fn of(pool: &SlotSeconds) -> Self {
        let SlotSeconds { allocated, running, waiting, without_item } = *pool;
        let undecided = allocated - running - waiting - without_item;
        Self { no_candidate: without_item, no_decision: undecided.max(0.0), waiting_for_server: waiting }
    }
}

/// Slot-seconds in which tasks ran, over those allocated.
pub(in crate::campaign) fn utilisation(pool: &SlotSeconds) -> f64 {
    if pool.allocated > 0.0 { (pool.running / pool.allocated).min(1.0) } else { 0.0 }
}

/// One thread of an agent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AgentStatus {
    /// The agent, with a number if it has several threads.
    pub name: String,
    /// Its kind, in words.
    pub kind: String,
    /// How often its method has been called.
    pub calls: u64,
    /// What it waits for, in words; absent while it runs, and when it has ended.
    pub waits_for: Option<String>,
    /// For how many seconds.
    pub waits_since: Option<f64>,
    /// The pool whose slots it waits for, if it does. Who holds them is said there.
    pub pool: Option<&'static str>,
    /// How many seconds it has waited for what, this wait included; the longest first.
    pub waited: Vec<(String, f64)>,
    /// Whether it has ended.
    pub ended: bool,
}

/// How many tasks are to settle: of all methods, or of one.
#[derive(Clone, Copy)]
pub(in crate::campaign) struct Budget {
    pub(in crate::campaign) tasks: u64,
    pub(in crate::campaign) method: Option<&'static str>,
}

impl Budget {
    fn counts(self, method: &str) -> bool {
        self.method.is_none_or(|counts| counts == method)
    }
}

/// Where the status of a campaign is read.
pub(in crate::campaign) struct Watcher {
    pub(in crate::campaign) thinker: &'static str,
    pub(in crate::campaign) budget: Option<Budget>,
    pub(in crate::campaign) realm: Arc<Realm>,
    pub(in crate::campaign) queues: Arc<Queues>,
    pub(in crate::campaign) counter: Arc<Counter>,
    pub(in crate::campaign) shutdown: Arc<Shutdown>,
    pub(in crate::campaign) checkpoints: Option<Arc<Mutex<CheckpointStatus>>>,
    pub(in crate::campaign) agents: Vec<(AgentKind, Arc<ThreadCell>, Arc<Flag>)>,
}

/// What is in flight: by method those that wait and run, by pool the slots of those.
#[derive(Default)]
struct Flights {
    methods: BTreeMap<&'static str, (u64, u64)>,
    pools: BTreeMap<usize, Flying>,
}

/// Of a pool, the slots of tasks that wait for their server and of those that run, and their slot-seconds so far.
#[derive(Clone, Copy, Default)]
struct Flying {
    waiting: u32,
    running: u32,
    waited: f64,
    ran: f64,
}

impl Watcher {
    /// `threads` are those of the agents, in the order of their description.
    pub(in crate::campaign) fn new<T: Thinker>(
        runtime: &Runtime<T>,
        threads: &[Thread],
        budget: Option<Budget>,
    ) -> Self {
        let kinds = thread_names(&Agents::<T>::of_thinker(), &runtime.thinker);
        let agents = kinds.into_iter().zip(threads).map(|((info, _), thread)| {
            let (cell, ended) = thread.seen();
            (info.kind, cell, ended)
        });
        Self {
            thinker: T::NAME,
            budget,
            realm: Arc::clone(&runtime.realm),
            queues: Arc::clone(&runtime.queues),
            counter: Arc::clone(runtime.rec.slots()),
            shutdown: Arc::clone(&runtime.shutdown),
            checkpoints: runtime.checkpoints.as_ref().map(|checkpoints| Arc::clone(checkpoints.story())),
            agents: agents.collect(),
        }
    }

    pub(in crate::campaign) fn status(&self) -> Status {
        let (now, elapsed) = (now(), self.queues.since_launch().as_secs_f64());
        let flights = self.flights();
        let methods = self.methods(&flights, elapsed);
        let sum = |of: fn(&MethodStatus) -> u64| methods.iter().map(of).sum::<u64>();
        let settled = sum(|method| method.ok + method.failed + method.cancelled);
        let (in_flight, failed) = (sum(|method| method.waiting + method.running), sum(|method| method.failed));
        let taken_over = self.queues.taken_over();
        let rate = per_second(settled.saturating_sub(taken_over), elapsed);
        let spent = methods.iter().filter(|method| self.budget.is_none_or(|budget| budget.counts(method.name)));
        let spent = spent.map(|method| method.ok + method.failed + method.cancelled).sum();
        let spending = rate * spent as f64 / settled.max(1) as f64;
        let left = self.budget.filter(|_| spending > 0.0);
        let left = left.map(|budget| budget.tasks.saturating_sub(spent) as f64 / spending);
        Status {
            thinker: self.thinker,
            elapsed,
            done: self.realm.is_done(),
            paused: self.realm.is_paused(),
            settled,
            in_flight,
            failed,
            taken_over,
            budget: self.budget.map(|budget| budget.tasks),
            spent,
            rate,
            left,
            methods,
            pools: self.pools(&flights),
            agents: self.agents.iter().map(|agent| agent_status(agent, now)).collect(),
            checkpoints: self.checkpoints.as_ref().map(|story| story.lock().clone()),
            failures: self.failures(),
            results: self.queues.last_results(),
        }
    }

    /// What agents wait for, and since when.
    pub(super) fn waits(&self) -> impl Iterator<Item = (Arc<str>, WaitingFor, Instant)> {
        let alive = self.agents.iter().filter(|(_, _, ended)| !ended.is_set());
        alive.filter_map(|(_, thread, _)| {
            let (what, since) = thread.parked_since()?;
            Some((Arc::clone(thread.name()), what, since?))
        })
    }

    /// Who holds how many slots of a pool, in words.
    pub(super) fn holders(&self, pool: Option<&str>) -> Vec<String> {
        let holdings = self.shutdown.holdings().into_iter().filter(|(_, of, _)| Some(*of) == pool);
        holdings.map(|(who, _, n)| format!("`{who}` ({n})")).collect()
    }

    fn flights(&self) -> Flights {
        let mut flights = Flights::default();
        for Counted { method, runs, slots, so_far: (waited, ran) } in self.queues.census() {
            let of_method = flights.methods.entry(method).or_default();
            *(if runs { &mut of_method.1 } else { &mut of_method.0 }) += 1;
            if let Some((pool, n)) = slots {
                let of_pool = flights.pools.entry(pool).or_default();
                *(if runs { &mut of_pool.running } else { &mut of_pool.waiting }) += n;
                of_pool.waited += f64::from(n) * waited.as_secs_f64();
                of_pool.ran += f64::from(n) * ran.as_secs_f64();
            }
        }
        flights
    }

    fn methods(&self, flights: &Flights, elapsed: f64) -> Vec<MethodStatus> {
        let status = |route: &Arc<dyn AnyRoute>| {
            let report = route.report();
            let (waiting, running) = flights.methods.get(report.name).copied().unwrap_or_default();
            MethodStatus {
                name: report.name,
                sent: report.settled() + waiting + running,
                waiting,
                running,
                ok: report.succeeded,
                failed: report.failed + report.timed_out,
                cancelled: report.cancelled,
                rate: per_second(report.settled(), elapsed),
                run_p50: report.running.p50.as_secs_f64(),
                wait_p50: report.waiting.p50.as_secs_f64(),
            }
        };
        let mut methods: Vec<_> = self.queues.routes().iter().map(status).collect();
        methods.sort_by_key(|method| method.name);
        methods
    }

    fn failures(&self) -> Vec<(&'static str, String)> {
        let routes = self.queues.routes();
        let mut failures: Vec<_> = routes.iter().flat_map(|route| route.last_failures()).collect();
        failures.sort_by_key(|&(method, _)| method);
        failures
    }

    fn pools(&self, flights: &Flights) -> Vec<PoolStatus> {
        let holdings = self.shutdown.holdings();
        let seconds = self.counter.slot_seconds();
        let pools = self.counter.snapshot().pools.into_iter().zip(seconds).enumerate();
        pools
            .map(|(place, (pool, mut seconds))| {
                let name = self.counter.name(place);
                let flying = flights.pools.get(&place).copied().unwrap_or_default();
                seconds.running += flying.ran;
                seconds.waiting += flying.waited;
                let held_by = holdings.iter().filter(|(_, of, _)| *of == name);
                PoolStatus {
                    name,
                    allocated: pool.allocated,
                    free: pool.free,
                    busy: flying.running,
                    idle: idle(&pool, flying),
                    idle_time: IdleTime::of(&seconds),
                    utilisation: utilisation(&seconds),
                    held_by: held_by
                        .map(|(who, _, n)| (who.to_string(), u32::try_from(*n).unwrap_or(u32::MAX)))
                        .collect(),
                    line: pool.waiting.iter().filter(|waiting| is_request(waiting)).count(),
                }
            })
            .collect()
    }
}

fn is_request(waiting: &Waiting) -> bool {
    !matches!(waiting.want, Want::Gather { .. } | Want::Offer { .. })
}

fn per_second(n: u64, elapsed: f64) -> f64 {
    if elapsed > 0.0 { n as f64 / elapsed } else { 0.0 }
}

fn idle(pool: &PoolSnapshot, Flying { waiting, running, .. }: Flying) -> Idle {
    let in_hand = pool.allocated.saturating_sub(pool.free).saturating_sub(waiting + running);
    let lacks_items = pool.waiting.iter().any(|waiting| matches!(waiting.want, Want::Offer { dry: true, .. }));
    let (no_candidate, undecided) = if lacks_items { (pool.free, 0) } else { (0, pool.free) };
    Idle { no_candidate, no_decision: undecided + in_hand, waiting_for_server: waiting }
}

fn agent_status((kind, thread, ended): &(AgentKind, Arc<ThreadCell>, Arc<Flag>), now: Instant) -> AgentStatus {
    let ended = ended.is_set();
    let waits = thread.parked_since().filter(|_| !ended);
    let since = waits.and_then(|(what, since)| Some((what, now.saturating_duration_since(since?))));
    AgentStatus {
        name: thread.name().to_string(),
        kind: kind.to_string(),
        calls: thread.calls(),
        waits_for: waits.map(|(what, _)| what.to_string()),
        waits_since: since.map(|(_, time)| time.as_secs_f64()),
        pool: waits.and_then(|(what, _)| what.pool()),
        waited: thread.waited_by(now).into_iter().map(|(what, time)| (what.to_string(), time.as_secs_f64())).collect(),
        ended,
    }
}
