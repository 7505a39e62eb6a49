//! The description of a thinker's agents: the builder below the attributes.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use super::plain::Plain;
use super::processor::{Handle, Processor};
use super::responder::{Borrowing, Response};
use super::runtime::{Description, Role};
use super::setting::Setting;
use super::submitter::{FromQueue, Need, Submitter};
use super::{Agent, AgentInfo, AgentKind, AgentReturn, Thinker};
use crate::event::Event;
use crate::resources::pool::place;
use crate::resources::{IntoPool, Slots};
use crate::task::{Method, TaskResult, TaskUpdate};
use crate::work_queue::{Lookahead, Source};

/// The name of an agent, and where its description begins.
type Begun = (&'static str, &'static Location<'static>);

/// Collects the agents of a thinker; see [`Thinker::describe`].
///
/// Each method begins the description of an agent, which ends with one of the `run` methods; an agent without is none.
/// The functions given capture nothing that is not `Send + Sync`.
pub struct Agents<T: Thinker> {
    descriptions: Vec<Description<T>>,
}

impl<T: Thinker> Agents<T> {
    /// All agents that `T` describes.
    pub(crate) fn of_thinker() -> Vec<Description<T>> {
        let mut agents = Self { descriptions: Vec::new() };
        T::describe(&mut agents);
        agents.descriptions
    }

    fn add(&mut self, (name, place): Begun, kind: AgentKind, startup: bool, role: impl Role<T> + 'static) {
        let info = AgentInfo { name, kind, startup };
        self.descriptions.push(Description { info, role: Arc::new(role), place });
    }

    /// A plain agent: runs once, for as long as it likes.
    #[track_caller]
    pub fn agent(&mut self, name: &'static str) -> PlainAgent<'_, T> {
        PlainAgent { agents: self, begun: (name, Location::caller()), startup: false }
    }

    /// A result processor: runs for each result of the method `M`.
    #[track_caller]
    pub fn result_processor<M>(&mut self, name: &'static str) -> ResultProcessor<'_, T, M> {
        ResultProcessor {
            agents: self,
            begun: (name, Location::caller()),
            threads: Setting::constant(1),
            method: PhantomData,
        }
    }

    /// A task submitter: runs each time slots are granted.
    #[track_caller]
    pub fn task_submitter(&mut self, name: &'static str) -> TaskSubmitter<'_, T> {
        TaskSubmitter { agents: self, begun: (name, Location::caller()), pool: 0, n_slots: Setting::constant(1) }
    }

    /// An event responder: runs each time the event is set.
    #[track_caller]
    pub fn event_responder(&mut self, name: &'static str, event: fn(&T) -> &Event) -> EventResponder<'_, T> {
        EventResponder { agents: self, begun: (name, Location::caller()), event, reallocation: None }
    }
}

impl<T: Thinker> std::fmt::Debug for Agents<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.descriptions.iter().map(|description| description.info)).finish()
    }
}

/// A plain agent, being described.
#[must_use = "the description ends with `run`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct PlainAgent<'a, T: Thinker> {
    agents: &'a mut Agents<T>,
    begun: Begun,
    startup: bool,
}

impl<T: Thinker> PlainAgent<'_, T> {
    /// Its normal end leaves the campaign running.
    pub fn startup(mut self) -> Self {
        self.startup = true;
        self
    }

    /// What it does.
    pub fn run<F, R>(self, run: F)
    where
        F: Fn(&T, &Agent<T>, &mut T::Local) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        let run = Arc::new(move |thinker: &T, agent: &Agent<T>, local: &mut T::Local| {
            run(thinker, agent, local).into_result()
        });
        self.agents.add(self.begun, AgentKind::Agent, self.startup, Plain(run));
    }
}

/// A result processor, being described.
#[must_use = "the description ends with `run`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct ResultProcessor<'a, T: Thinker, M> {
    agents: &'a mut Agents<T>,
    begun: Begun,
    threads: Setting<T>,
    method: PhantomData<fn() -> M>,
}

impl<T: Thinker, M> ResultProcessor<'_, T, M> {
    /// Handles results in so many threads; they start in the order of completion.
    pub fn threads(mut self, threads: impl Fn(&T) -> usize + Send + Sync + 'static) -> Self {
        self.threads = Setting::new(threads);
        self
    }

    /// What it does with each result. The slots that the task held are free before it runs.
    pub fn run<F, R>(self, run: F)
    where
        M: Method,
        F: Fn(&T, &Agent<T>, &mut T::Local, TaskResult<M>) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        self.handle(false, move |thinker: &T, agent: &Agent<T>, local: &mut T::Local, update| match update {
            TaskUpdate::Finished(result, _) => run(thinker, agent, local, result).into_result(),
            TaskUpdate::Emitted(_) => Ok(()),
        });
    }

    /// What it does with each result, and with the slots that the task held.
    pub fn run_with_slots<F, R>(self, run: F)
    where
        M: Method,
        F: Fn(&T, &Agent<T>, &mut T::Local, TaskResult<M>, Slots<T::Pools>) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        self.handle(true, move |thinker: &T, agent: &Agent<T>, local: &mut T::Local, update| match update {
            TaskUpdate::Finished(result, slots) => run(thinker, agent, local, result, slots.of()).into_result(),
            TaskUpdate::Emitted(_) => Ok(()),
        });
    }

    /// What it does with each emission and each result of a method that emits.
    pub fn run_on_updates<F, R>(self, run: F)
    where
        M: Method,
        F: Fn(&T, &Agent<T>, &mut T::Local, TaskUpdate<M>) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        self.handle(true, move |thinker: &T, agent: &Agent<T>, local: &mut T::Local, update| {
            run(thinker, agent, local, update).into_result()
        });
    }

    fn handle<F>(self, takes_slots: bool, handle: F)
    where
        M: Method,
        F: Fn(&T, &Agent<T>, &mut T::Local, TaskUpdate<M>) -> crate::Result<()> + Send + Sync + 'static,
    {
        let handle: Arc<Handle<T, M>> = Arc::new(handle);
        let processor = Processor { threads: self.threads, takes_slots, handle };
        self.agents.add(self.begun, AgentKind::ResultProcessor, false, processor);
    }
}

/// A task submitter, being described.
#[must_use = "the description ends with `run`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct TaskSubmitter<'a, T: Thinker> {
    agents: &'a mut Agents<T>,
    begun: Begun,
    pool: usize,
    n_slots: Setting<T>,
}

impl<'a, T: Thinker> TaskSubmitter<'a, T> {
    /// The pool that it draws from; unless said, the unallocated slots.
    pub fn task_type(mut self, pool: impl IntoPool<T::Pools>) -> Self {
        self.pool = place(pool.into_pool());
        self
    }

    /// How many slots each call gets; read once, at launch; unless said, 1.
    pub fn n_slots(mut self, n_slots: impl Fn(&T) -> usize + Send + Sync + 'static) -> Self {
        self.n_slots = Setting::new(n_slots);
        self
    }

    /// Runs only when this source has an item, too, which it then gets.
    pub fn queue<S: Source + 'static>(self, source: fn(&T) -> &S) -> QueueSubmitter<'a, T, S> {
        let n_slots = self.n_slots;
        let of = Arc::new(move |thinker: &T, _: &S, _: Option<&S::Item>| Some(n_slots.of(thinker)));
        let need = Need { of, by_item: false, put_back: |_, _| {} };
        QueueSubmitter { agents: self.agents, begun: self.begun, pool: self.pool, source, need }
    }

    /// What it does with the slots.
    pub fn run<F, R>(self, run: F)
    where
        F: Fn(&T, &Agent<T>, &mut T::Local, Slots<T::Pools>) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        let run = Arc::new(move |thinker: &T, agent: &Agent<T>, local: &mut T::Local, slots| {
            run(thinker, agent, local, slots).into_result()
        });
        let submitter = Submitter { pool: self.pool, n_slots: self.n_slots, run };
        self.agents.add(self.begun, AgentKind::TaskSubmitter, false, submitter);
    }
}

/// A task submitter that draws items from a source, being described.
#[must_use = "the description ends with `run`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct QueueSubmitter<'a, T: Thinker, S: Source> {
    agents: &'a mut Agents<T>,
    begun: Begun,
    pool: usize,
    source: fn(&T) -> &S,
    need: Need<T, S>,
}

impl<T: Thinker, S: Source + 'static> QueueSubmitter<'_, T, S> {
    /// How many slots it gets, by the item. Called outside every lock; 0 counts as 1.
    pub fn n_slots_for(mut self, n_slots: impl Fn(&T, &S::Item) -> usize + Send + Sync + 'static) -> Self
    where
        S: Lookahead,
    {
        let of = Arc::new(move |thinker: &T, source: &S, item: Option<&S::Item>| match item {
            Some(item) => Some(n_slots(thinker, item).max(1)),
            None => source.peek().map(|item| n_slots(thinker, &item).max(1)),
        });
        self.need = Need { of, by_item: true, put_back: S::put_back };
        self
    }

    /// What it does with the slots and the item.
    pub fn run<F, R>(self, run: F)
    where
        F: Fn(&T, &Agent<T>, &mut T::Local, Slots<T::Pools>, S::Item) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        let run = Arc::new(move |thinker: &T, agent: &Agent<T>, local: &mut T::Local, slots, item| {
            run(thinker, agent, local, slots, item).into_result()
        });
        let submitter = FromQueue { pool: self.pool, need: self.need, source: self.source, run };
        self.agents.add(self.begun, AgentKind::TaskSubmitter, false, submitter);
    }
}

/// An event responder, being described.
#[must_use = "the description ends with `run`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct EventResponder<'a, T: Thinker> {
    agents: &'a mut Agents<T>,
    begun: Begun,
    event: fn(&T) -> &Event,
    reallocation: Option<Borrowing<T>>,
}

impl<T: Thinker> EventResponder<'_, T> {
    /// While it runs, slots move to where it wants them.
    pub fn reallocate(mut self, reallocation: Reallocation<T>) -> Self {
        self.reallocation = Some(reallocation.borrowing);
        self
    }

    /// What it does in each round.
    pub fn run<F, R>(self, run: F)
    where
        F: Fn(&T, &Agent<T>, &mut T::Local) -> R + Send + Sync + 'static,
        R: AgentReturn,
    {
        let run = Arc::new(move |thinker: &T, agent: &Agent<T>, local: &mut T::Local| {
            run(thinker, agent, local).into_result()
        });
        let response = Response { event: self.event, reallocation: self.reallocation, run };
        self.agents.add(self.begun, AgentKind::EventResponder, false, response);
    }
}

/// Which slots an event responder borrows while it runs.
#[must_use = "give it to `reallocate`"]
#[expect(missing_debug_implementations, reason = "a step of a builder")]
pub struct Reallocation<T: Thinker> {
    borrowing: Borrowing<T>,
}

impl<T: Thinker> Reallocation<T> {
    /// Moves slots from one pool to another, one at a time, as they come free; when the responder ends, as many become
    /// unallocated.
    pub fn new(from: impl IntoPool<T::Pools>, to: impl IntoPool<T::Pools>) -> Self {
        let (from, to) = (place(from.into_pool()), place(to.into_pool()));
        Self { borrowing: Borrowing { from, to, disperse_to: 0, max_slots: None, step: None } }
    }

    /// Where as many slots go as were moved, when the responder ends; unless said, they become unallocated.
    pub fn disperse_to(mut self, pool: impl IntoPool<T::Pools>) -> Self {
        self.borrowing.disperse_to = place(pool.into_pool());
        self
    }

    /// How many slots the receiving pool is to have at most; unless said, there is no limit.
    pub fn max_slots(mut self, max: impl Fn(&T) -> usize + Send + Sync + 'static) -> Self {
        self.borrowing.max_slots = Some(Setting::new(max));
        self
    }

    /// How many slots move at a time; unless said, 1.
    pub fn slot_step(mut self, step: impl Fn(&T) -> usize + Send + Sync + 'static) -> Self {
        self.borrowing.step = Some(Setting::new(step));
        self
    }
}
