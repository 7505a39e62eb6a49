//! A task submitter: runs each time slots are granted, and an item waits.
//!
//! With a queue, it holds neither slots nor item while it waits for the other. It stands in the pool's line with an
//! *offer*: the counter grants it slots when it is its turn, and it takes the item in its own thread, under no lock. If
//! there is none, it declines: the slots go back, and the offer stands at its old place, *dry* (passed over).
//! Why no item is missed: it is registered with its source before it looks; a change after that wakes it, and then it
//! makes the offer count again before it looks anew.

use std::sync::Arc;

use super::runtime::{Duty, Role, Runtime};
use super::setting::Setting;
use super::{Agent, Thinker};
use crate::campaign::LaunchProblem;
use crate::checkpoint::gate::next;
use crate::error::BoxError;
use crate::resources::counter::{Counter, OfferState, Patience};
use crate::resources::ledger::Ticket;
use crate::resources::slots::HeldSlots;
use crate::resources::{ResourceCounter, Slots, SlotsError};
use crate::wait::{Limits, Realm, ThreadCell, Waitable, WaitingFor, slots};
use crate::work_queue::{Source, Watch};

pub(crate) type Submit<T> = dyn Fn(&T, &Agent<T>, &mut <T as Thinker>::Local, Slots<<T as Thinker>::Pools>) -> Result<(), BoxError>
    + Send
    + Sync;
pub(crate) type SubmitItem<T, I> = dyn Fn(&T, &Agent<T>, &mut <T as Thinker>::Local, Slots<<T as Thinker>::Pools>, I) -> Result<(), BoxError>
    + Send
    + Sync;

/// Without a queue.
pub(crate) struct Submitter<T: Thinker> {
    pub(crate) pool: usize,
    pub(crate) n_slots: Setting<T>,
    pub(crate) run: Arc<Submit<T>>,
}

/// With a queue.
pub(crate) struct FromQueue<T: Thinker, S: Source> {
    pub(crate) pool: usize,
    pub(crate) need: Need<T, S>,
    pub(crate) source: fn(&T) -> &S,
    pub(crate) run: Arc<SubmitItem<T, S::Item>>,
}

/// How many slots an item needs, or (without one) the next item of the source. `None`: it depends on the item, and there
/// is none. A number that does not depend on the item has been evaluated at launch, by [`Role::check`].
pub(crate) struct Need<T, S: Source> {
    pub(crate) of: Arc<NeedOf<T, S>>,
    /// It depends on the item.
    pub(crate) by_item: bool,
    /// Called only if it does.
    pub(crate) put_back: fn(&S, S::Item),
}

pub(crate) type NeedOf<T, S> = dyn Fn(&T, &S, Option<&<S as Source>::Item>) -> Option<usize> + Send + Sync;

impl<T, S: Source> Clone for Need<T, S> {
    fn clone(&self) -> Self {
        Self { of: Arc::clone(&self.of), by_item: self.by_item, put_back: self.put_back }
    }
}

/// `whose` is added to the number: whose need it is.
fn check_need(n: usize, whose: &str, counter: &Counter) -> Option<LaunchProblem> {
    let total = counter.total() as usize;
    if n == 0 {
        let problem = LaunchProblem::new(format!("`n_slots` is 0{whose}"));
        return Some(problem.help("a task submitter needs at least 1 slot"));
    }
    if n > total {
        let problem = LaunchProblem::new(format!(
            "`n_slots` is {n}{whose}, but the campaign has {total} {}",
            slots(count(total))
        ));
        return Some(problem.help(format!("give the campaign at least {n} by `.slots(..)`, or ask for fewer")));
    }
    None
}

impl<T: Thinker> Role<T> for Submitter<T> {
    fn draws_from(&self) -> Option<usize> {
        Some(self.pool)
    }

    fn check(&self, thinker: &T, rec: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        check_need(self.n_slots.of(thinker), "", rec.slots()).into_iter().collect()
    }

    fn enlist(&self, _: &'static str, runtime: &Arc<Runtime<T>>) -> Box<dyn Duty<T>> {
        let n = count(self.n_slots.of(&runtime.thinker));
        Box::new(Submitting { pool: self.pool, n, run: Arc::clone(&self.run) })
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

struct Submitting<T: Thinker> {
    pool: usize,
    n: u32,
    run: Arc<Submit<T>>,
}

impl<T: Thinker> Duty<T> for Submitting<T> {
    fn perform(&mut self, agent: &Agent<T>, local: &mut T::Local) -> Result<(), BoxError> {
        let realm = &agent.runtime().realm;
        loop {
            if agent.safe_point(|| realm.pass_gate(Limits::AGENT)).is_err() {
                return Ok(());
            }
            let (counter, gate) = (agent.rec().slots(), agent.gate());
            let slots = match gate {
                None => counter.acquire(self.pool, self.n)?,
                Some(_) => counter.acquire_within(self.pool, self.n, Patience { gate, ..Patience::default() })?,
            };
            if realm.is_paused() {
                continue; // the slots go back
            }
            let _call = agent.begin_call();
            (self.run)(agent.thinker(), agent, local, slots.of())?;
        }
    }
}

impl<T: Thinker, S: Source + 'static> Role<T> for FromQueue<T, S> {
    fn draws_from(&self) -> Option<usize> {
        Some(self.pool)
    }

    fn check(&self, thinker: &T, rec: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        let need = (self.need.of)(thinker, (self.source)(thinker), None);
        let whose = if self.need.by_item { " for the first item" } else { "" };
        need.and_then(|n| check_need(n, whose, rec.slots())).into_iter().collect()
    }

    fn enlist(&self, _: &'static str, _: &Arc<Runtime<T>>) -> Box<dyn Duty<T>> {
        let (pool, need, source, run) = (self.pool, self.need.clone(), self.source, Arc::clone(&self.run));
        Box::new(Drawing { pool, need, source, run })
    }
}

struct Drawing<T: Thinker, S: Source> {
    pool: usize,
    need: Need<T, S>,
    source: fn(&T) -> &S,
    run: Arc<SubmitItem<T, S::Item>>,
}

impl<T: Thinker, S: Source + 'static> Duty<T> for Drawing<T, S> {
    fn perform(&mut self, agent: &Agent<T>, local: &mut T::Local) -> Result<(), BoxError> {
        let thinker = agent.thinker();
        let source = (self.source)(thinker);
        let need = |item: Option<&S::Item>| (self.need.of)(thinker, source, item).map(count);
        let realm = &*agent.runtime().realm;
        loop {
            if agent.safe_point(|| realm.pass_gate(Limits::AGENT)).is_err() {
                return Ok(());
            }
            let mut offer = Offer::new((agent.rec().slots(), realm), self.pool, source, &need, self.need.put_back);
            let what = WaitingFor::SlotsAndItem { n: offer.n, pool: agent.rec().slots().name(self.pool) };
            let drawn = match next(agent.gate(), &mut offer, Limits { spin: false, ..Limits::AGENT }, what) {
                Ok(drawn) => drawn?,
                Err(_) => return Ok(()),
            };
            let (slots, item) = match drawn {
                Some(drawn) => drawn,
                None if source.is_finished() => return Ok(()),
                None => continue, // paused
            };
            let _call = agent.begin_call();
            (self.run)(thinker, agent, local, slots.of(), item)?;
        }
    }
}

/// A place in line for slots and an item. Gives `None` when the source is finished, or the campaign paused.
struct Offer<'a, S: Source> {
    counter: &'a Arc<Counter>,
    realm: &'a Realm,
    pool: usize,
    source: &'a S,
    watch: Watch<'a>,
    need: &'a dyn Fn(Option<&S::Item>) -> Option<u32>,
    put_back: fn(&S, S::Item),
    n: u32,
    ticket: Option<Ticket>,
}

type Drawn<I> = Result<Option<(HeldSlots, I)>, SlotsError>;

impl<'a, S: Source> Offer<'a, S> {
    fn new(
        (counter, realm): (&'a Arc<Counter>, &'a Realm),
        pool: usize,
        source: &'a S,
        need: &'a dyn Fn(Option<&S::Item>) -> Option<u32>,
        put_back: fn(&S, S::Item),
    ) -> Self {
        let mut watch = Watch::default();
        source.watch(&mut watch);
        let n = need(None).unwrap_or(1);
        Self { counter, realm, pool, source, watch, need, put_back, n, ticket: None }
    }

    /// In line, and counting: grants may come from here on.
    fn stand(&mut self) -> Result<OfferState, SlotsError> {
        let ticket = match self.ticket {
            Some(ticket) => ticket,
            None => *self.ticket.insert(self.counter.offer(self.pool, self.n)?),
        };
        Ok(self.counter.look_at_offer(ticket))
    }

    /// The slots are there: with an item that needs as many they are taken, otherwise they go back.
    fn draw(&mut self, ticket: Ticket, granted: u32) -> Option<Drawn<S::Item>> {
        match (self.need)(None) {
            Some(needed) if needed != granted => return self.ask_for(ticket, needed),
            _ => {}
        }
        let Some(item) = self.source.take() else {
            self.counter.decline_offer(ticket);
            return None;
        };
        let needed = (self.need)(Some(&item)).unwrap_or(granted);
        if needed != granted {
            // Somebody else has taken the one that was looked at. This one waits in its source, not here.
            (self.put_back)(self.source, item);
            return self.ask_for(ticket, needed);
        }
        self.ticket = None;
        self.counter.unregister(ticket);
        self.counter.take_offer(self.pool, ticket).map(|slots| Ok(Some((slots, item))))
    }

    /// Another number of slots, at the old place.
    fn ask_for(&mut self, ticket: Ticket, needed: u32) -> Option<Drawn<S::Item>> {
        self.n = needed;
        self.counter.decline_offer(ticket);
        match self.counter.resize_offer(ticket, needed) {
            Ok(_) => self.try_take(),
            Err(refusal) => Some(Err(self.counter.refusal(refusal, self.pool, needed))),
        }
    }
}

impl<S: Source> Waitable for Offer<'_, S> {
    type Output = Drawn<S::Item>;

    fn try_take(&mut self) -> Option<Drawn<S::Item>> {
        if self.source.is_finished() || self.realm.is_paused() {
            return Some(Ok(None));
        }
        match (self.stand(), self.ticket) {
            (Err(error), _) => Some(Err(error)),
            (Ok(OfferState::Granted(n)), Some(ticket)) => self.draw(ticket, n),
            (Ok(OfferState::Refused(refusal)), _) => Some(Err(self.counter.refusal(refusal, self.pool, self.n))),
            (Ok(_), _) => None,
        }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        if let Some(ticket) = self.ticket {
            self.counter.register(ticket, me);
        }
        self.realm.register_at_gate(me);
        self.watch.lists().for_each(|list| list.register(me));
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.realm.leave_gate(me);
        self.watch.lists().for_each(|list| {
            list.leave(me);
        });
    }
}

/// Leaves the line, however the wait has ended; what had been granted goes back.
impl<S: Source> Drop for Offer<'_, S> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.counter.cancel(ticket);
            self.counter.unregister(ticket);
        }
    }
}
