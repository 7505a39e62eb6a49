//! Shutdown: who sets `done`, what ends when, and what is reported.
//!
//! 1. `done` is set once, by whoever is first; all waits of agents end.
//! 2. Result processors go on. When all other agents have ended and nothing is outstanding, the campaign is *drained*, and
//!    their waits end, too.
//! 3. When all agents have ended and nothing is outstanding, the campaign stops its servers.
//!
//! Three things must hold for 2: `done`, no other agent lives, nothing outstanding. Each is changed with a sequentially
//! consistent operation, and whoever changes one looks at all three afterwards: the last change sees the other two.
//! None of them is undone later: once `done` is set, only agents that live, and handlers whose result is still
//! outstanding, could send anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

use crate::campaign::{AgentReport, Ending, Problem, Stalled, Wait};
use crate::error::{BoxError, in_full, is_stop};
use crate::queue::{OnIdle, Queues};
use crate::resources::counter::Counter;
use crate::server::Alarm;
use crate::sync::Mutex;
use crate::task::Failure;
use crate::wait::panic::Panic;
use crate::wait::realm::{Overseer, Parked};
use crate::wait::{Flag, Left, Limits, Realm, WaitingFor, wait, with_current};

/// The flag that ends a campaign. Cheap to clone.
#[derive(Clone)]
pub struct Done(Arc<Shutdown>);

impl Done {
    pub(crate) fn new(shutdown: &Arc<Shutdown>) -> Self {
        Self(Arc::clone(shutdown))
    }

    /// Ends the campaign: all waits of agents end; results that are out are still handled. True if it was not set.
    pub fn set(&self) -> bool {
        let by = with_current(|me| Arc::clone(me.name()));
        self.0.end(Ending::SetBy(by))
    }

    /// Whether the campaign is done.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.realm.is_done()
    }

    /// Blocks until the campaign is done.
    #[track_caller]
    pub fn wait(&self) {
        // An agent's wait ends at `done` anyway; so this has no other end.
        let _ = wait(&mut &self.0.done, Limits::AGENT, WaitingFor::Event);
    }
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_set() { "Done(set)" } else { "Done(clear)" })
    }
}

pub(crate) struct Shutdown {
    realm: Arc<Realm>,
    queues: Arc<Queues>,
    counter: Arc<Counter>,
    watches_standstill: bool,
    /// Threads of agents that are not result processors, and of result processors.
    others: AtomicUsize,
    processors: AtomicUsize,
    /// Names by the number under which the counter books slots; 0 is outside.
    holders: Vec<Arc<str>>,
    /// Mirrors the realm's `done`, for threads that are not the campaign's.
    done: Flag,
    all_ended: Flag,
    all_settled: Flag,
    /// Worker processes that have been lost, and how many may be.
    crashes: AtomicU32,
    crash_limit: Option<u32>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    ending: Option<Ending>,
    problems: Vec<Problem>,
    agents: Vec<AgentReport>,
}

/// What a campaign came to.
pub(crate) struct Outcome {
    pub(crate) ending: Ending,
    pub(crate) problems: Vec<Problem>,
    pub(crate) agents: Vec<AgentReport>,
}

impl Shutdown {
    pub(crate) fn new(
        (realm, queues, counter): (Arc<Realm>, Arc<Queues>, Arc<Counter>),
        watches_standstill: bool,
        holders: Vec<Arc<str>>,
        (others, processors): (usize, usize),
        crash_limit: Option<u32>,
    ) -> Arc<Self> {
        let (others, processors) = (AtomicUsize::new(others), AtomicUsize::new(processors));
        let (done, all_ended, all_settled) = (Flag::default(), Flag::default(), Flag::default());
        Arc::new(Self {
            realm,
            queues,
            counter,
            watches_standstill,
            others,
            processors,
            holders,
            done,
            all_ended,
            all_settled,
            crashes: AtomicU32::new(0),
            crash_limit,
            notes: Mutex::default(),
        })
    }

    /// Set when all agents have ended.
    pub(crate) fn all_ended(&self) -> &Flag {
        &self.all_ended
    }

    /// Set when, besides, nothing is outstanding: tasks that nobody will collect are waited for, too.
    pub(crate) fn all_settled(&self) -> &Flag {
        &self.all_settled
    }

    pub(crate) fn done(&self) -> &Flag {
        &self.done
    }

    /// Sets `done`; the first reason is the one that is reported.
    pub(crate) fn end(&self, ending: Ending) -> bool {
        if self.realm.is_done() {
            return false;
        }
        self.notes.lock().ending.get_or_insert(ending);
        self.realm.set_done()
    }

    pub(crate) fn note(&self, problem: Problem) {
        self.notes.lock().problems.push(problem);
    }

    /// An agent's method has returned an error. After `done`, an error caused by that is none, and this is false.
    pub(crate) fn note_error(&self, agent: &'static str, error: BoxError) -> bool {
        if self.realm.is_done() && is_stop(&*error) {
            return false;
        }
        let text = in_full(&*error);
        tracing::error!("the agent `{agent}` failed: {text}");
        self.note(Problem::AgentFailed { agent, error: text });
        self.end(Ending::AgentFailed(agent));
        true
    }

    pub(crate) fn note_panic(&self, agent: &'static str, panic: Panic) {
        let Panic { message, place, backtrace } = panic;
        tracing::error!(place, "the agent `{agent}` panicked: {message}");
        self.note(Problem::AgentPanicked { agent, message, place, backtrace });
        self.end(Ending::AgentFailed(agent));
    }

    /// One thread of an agent has ended, its tear-down included.
    pub(crate) fn agent_ended(&self, report: AgentReport, processor: bool) {
        self.notes.lock().agents.push(report);
        let ended = if processor { &self.processors } else { &self.others };
        ended.fetch_sub(1, SeqCst);
        self.look_whether_drained();
        if self.others.load(SeqCst) == 0 && self.processors.load(SeqCst) == 0 {
            self.queues.close_topics();
            self.all_ended.set();
            self.look_whether_settled();
        }
    }

    /// By whoever changes one of the two, afterwards: the last one sees the other.
    fn look_whether_settled(&self) {
        if self.all_ended.is_set() && self.queues.outstanding() == 0 {
            self.all_settled.set();
        }
    }

    fn look_whether_drained(&self) {
        if !self.realm.is_done() || self.others.load(SeqCst) > 0 {
            return;
        }
        // No agent that could read a plain queue will.
        self.queues.close_topics();
        if self.queues.outstanding() == 0 {
            self.realm.set_drained();
        }
    }

    /// Waits until all agents have ended, at most until `deadline`.
    pub(crate) fn wait_until_all_ended(&self, limits: Limits) -> Result<(), Left> {
        wait(&mut &self.all_ended, limits, WaitingFor::Thread)
    }

    /// Whether nothing but the thinker has ended it, and nothing went wrong.
    pub(crate) fn has_ended_by_itself(&self) -> bool {
        let notes = self.notes.lock();
        let by_itself =
            matches!(&notes.ending, None | Some(Ending::SetBy(_) | Ending::AgentEnded(_) | Ending::AllEnded));
        by_itself && notes.problems.is_empty()
    }

    /// What it all came to. Called once, at the end.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut notes = self.notes.lock();
        let Notes { ending, problems, agents } = std::mem::take(&mut *notes);
        Outcome { ending: ending.unwrap_or(Ending::AllEnded), problems, agents }
    }

    /// Who holds how many slots of which pool.
    pub(crate) fn holdings(&self) -> Vec<(Arc<str>, &'static str, usize)> {
        let pools = self.counter.snapshot().pools.into_iter().enumerate();
        let holdings =
            pools.flat_map(|(place, pool)| pool.held_by.into_iter().map(move |(holder, n)| (place, holder, n)));
        holdings
            .map(|(place, holder, n)| {
                let name = self.holders.get(holder).cloned().unwrap_or_else(|| "somebody outside".into());
                (name, self.counter.name(place), n as usize)
            })
            .collect()
    }
}

impl Overseer for Shutdown {
    fn at_done(&self) {
        self.done.set();
        self.counter.stop_all_gathering();
        self.queues.cancel_at_done();
        self.look_whether_drained();
    }

    fn at_standstill(&self, waits: Vec<Parked>) {
        // Once all agents have ended, only workers wait, to be told that there is nothing more to do.
        if self.realm.is_done() || self.all_ended.is_set() || !self.watches_standstill || self.realm.is_paused() {
            return;
        }
        // A task that has not settled can still wake somebody: its method may itself be waiting, for code outside.
        if !self.queues.all_settled() {
            return;
        }
        // Whoever sleeps goes on by itself: if all agents that are left do, nobody waits in vain.
        let in_vain = |(who, what): &Parked| *what != WaitingFor::Time && self.holders[1..].contains(who);
        if !waits.iter().any(in_vain) {
            return;
        }
        let waits = waits.into_iter().map(|(who, what)| Wait { who, what: what.to_string() }).collect();
        let stalled = Stalled { waits, holdings: self.holdings(), outstanding: self.queues.outstanding() };
        self.note(Problem::Stalled(stalled));
        self.end(Ending::Stalled);
    }
}

impl Alarm for Shutdown {
    fn server_failed(&self, server: &'static str, problem: Problem) {
        self.note(problem);
        self.end(Ending::ServerFailed(server));
    }

    fn worker_lost(&self, failure: &Failure) -> Option<Problem> {
        let lost = self.crashes.fetch_add(1, SeqCst) + 1;
        let limit = self.crash_limit.filter(|&limit| lost > limit)?;
        Some(Problem::Crashes { limit, last: failure.clone() })
    }
}

impl OnIdle for Shutdown {
    fn nothing_outstanding(&self) {
        self.look_whether_drained();
        self.look_whether_settled();
    }
}
