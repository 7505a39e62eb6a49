//! The blocking shell around the ledger: a lock, the threads that wait, and slot-seconds.
//!
//! Types are erased here: a pool is its place in the ledger. `ResourceCounter<P>` is the typed face of it.
//! A thread that waits has a ticket in the ledger; whoever settles the ticket finds the thread beside it and wakes it after
//! unlocking. A waiter that leaves cancels its ticket under the same lock: it has either left the line, or gives back
//! what it had been granted.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::dearth::Dearth;
use super::error::SlotsError;
use super::ledger::{Cancelled, Ledger, Refusal, Snapshot, Standing, State as TicketState, Ticket, Waiting, Want};
use super::pool::UNALLOCATED;
use super::slots::HeldSlots;
use super::used::Used;
use crate::checkpoint::gate::{Attendant, next};
use crate::error::Stopped;
use crate::event::Event;
use crate::mutex::held_here;
use crate::record::Record;
use crate::rehearsal::turns::point;
use crate::sync::Mutex;
use crate::wait::thread::note_progress;
use crate::wait::{Left, Limits, ThreadCell, Waitable, WaitingFor, current_holder, now, with_current, with_known};

#[derive(Debug)]
pub(crate) struct Counter {
    /// By place; the first is the unallocated pool.
    names: Vec<&'static str>,
    books: Mutex<Books>,
    /// Slot-time of tasks that have settled, by place.
    pub(super) used: Vec<Used>,
    record: OnceLock<Arc<Record>>,
}

#[derive(Debug)]
struct Books {
    ledger: Ledger,
    waiters: Vec<(Ticket, Arc<ThreadCell>)>,
    /// Standing orders in force, and those that `done` has ended, with what they had moved.
    gathering: Vec<(Ticket, Option<u32>)>,
    /// Set at `done`: rounds that are owed then are answered without borrowing.
    gathering_is_over: bool,
    area: Area,
    dearth: Dearth,
    /// Pools of which it has been said that a request wants more than they have.
    warned: Vec<usize>,
}

/// Slot-time allocated, by place. Read from the clock only when an allocation changes.
#[derive(Debug)]
struct Area {
    allocated: Vec<u32>,
    slot_seconds: Vec<f64>,
    since: Instant,
    generation: u64,
}

impl Area {
    fn catch_up(&mut self, ledger: &Ledger) {
        let now = now();
        let elapsed = now.saturating_duration_since(self.since).as_secs_f64();
        for place in 0..self.allocated.len() {
            self.slot_seconds[place] += elapsed * f64::from(self.allocated[place]);
            self.allocated[place] = ledger.allocated(place);
        }
        self.since = now;
        self.generation = ledger.generation();
    }
}

/// What a waiting request wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Acquire { n: u32 },
    Move { n: u32, to: usize },
    MoveAll { to: usize },
    Remove { n: u32 },
}

/// How long a request may wait.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Patience<'a> {
    pub(crate) timeout: Option<Duration>,
    pub(crate) cancel_if: Option<&'a Event>,
    /// It waits outside of this gate.
    pub(crate) gate: Option<&'a Attendant>,
}

impl Counter {
    pub(crate) fn new(names: &'static [&'static str], allotment: &[u32], unallocated: u32) -> Arc<Self> {
        assert!(names.len() < usize::from(u16::MAX), "a thinker has at most 65,534 pools");
        let total = allotment.iter().fold(unallocated, |sum, n| sum.saturating_add(*n));
        let mut ledger = Ledger::new(names.len(), total);
        for (place, &n) in (1..).zip(allotment) {
            if let Ok(ticket) = ledger.reallocate(0, place, n) {
                let _ = ledger.take(ticket);
            }
        }
        let _ = ledger.drain_settled();
        let places = names.len() + 1;
        let allocated = (0..places).map(|place| ledger.allocated(place)).collect();
        let area = Area { allocated, slot_seconds: vec![0.0; places], since: now(), generation: ledger.generation() };
        let books = Books {
            ledger,
            waiters: Vec::new(),
            gathering: Vec::new(),
            gathering_is_over: false,
            dearth: Dearth::new(places, area.since),
            area,
            warned: Vec::new(),
        };
        let names = std::iter::once(UNALLOCATED).chain(names.iter().copied()).collect();
        let used = std::iter::repeat_with(Used::default).take(places).collect();
        Arc::new(Self { names, books: Mutex::new(books), used, record: OnceLock::new() })
    }

    /// The slots of each pool, by name.
    pub(crate) fn allocations(&self) -> Vec<(&'static str, u32)> {
        self.names.iter().copied().zip(self.books.lock().area.allocated.iter().copied()).collect()
    }

    /// The slots of each pool, by place, and those of them in manual accounting.
    pub(crate) fn allocated_and_kept(&self) -> (Vec<u32>, Vec<u32>) {
        self.snapshot().pools.iter().map(|pool| (pool.allocated, pool.kept)).unzip()
    }

    /// Records the allocation, and each change of it from here on.
    pub(crate) fn record_in(&self, record: &Arc<Record>) {
        let _ = self.record.set(Arc::clone(record));
        record.allocated(&self.names, &self.books.lock().area.allocated);
        record.ring_if_needed();
    }

    pub(crate) fn name(&self, place: usize) -> &'static str {
        self.names.get(place).copied().unwrap_or("unknown")
    }

    pub(crate) fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Changes the books; wakes, after unlocking, whoever that settles.
    #[inline]
    fn change<R>(&self, change: impl FnOnce(&mut Books) -> R) -> R {
        let mut books = self.books.lock();
        let result = change(&mut books);
        if books.are_closed() {
            return result;
        }
        let recorded = self.record.get().filter(|_| books.ledger.generation() != books.area.generation);
        let woken = books.close();
        if let Some(record) = recorded {
            record.allocated(&self.names, &books.area.allocated); // under the lock, so that the order is right
        }
        drop(books);
        if let Some(record) = recorded {
            record.ring_if_needed();
        }
        woken.into_iter().for_each(|thread| thread.wake());
        result
    }

    fn known(&self, place: usize) -> Result<(), SlotsError> {
        if place < self.names.len() {
            return Ok(());
        }
        Err(SlotsError::UnknownPool { known: self.names.clone() })
    }

    fn refused(&self, refusal: Refusal, pool: usize, asked: u32) -> SlotsError {
        let pool = self.name(pool);
        match refusal {
            Refusal::Zero => SlotsError::Zero { pool },
            Refusal::SamePool => SlotsError::SamePool { pool },
            Refusal::BeyondTotal { total } => {
                SlotsError::TooMany { pool, asked: asked as usize, total: total as usize }
            }
            Refusal::BeyondKept { kept: total } => {
                SlotsError::TooMany { pool, asked: asked as usize, total: total as usize }
            }
            Refusal::Overflow => SlotsError::TooManyToCount { asked: asked as usize },
        }
    }

    pub(crate) fn try_acquire(self: &Arc<Self>, pool: usize, n: u32) -> Result<Option<HeldSlots>, SlotsError> {
        self.known(pool)?;
        let holder = current_holder();
        let granted = self.books.lock().try_acquire(pool, n, holder);
        let granted = granted.map_err(|refusal| self.refused(refusal, pool, n))?;
        Ok(granted.then(|| HeldSlots::new(Arc::clone(self), pool, holder, n)))
    }

    /// Waits until `n` slots are granted.
    #[inline]
    #[track_caller]
    pub(crate) fn acquire(self: &Arc<Self>, pool: usize, n: u32) -> Result<HeldSlots, SlotsError> {
        // Who holds a mutex is warned, also if there is nothing to wait for this time.
        match held_here() {
            None if let Some(held) = self.acquire_at_once(pool, n) => Ok(held),
            _ => self.acquire_within(pool, n, Patience::default()),
        }
    }

    /// Waits with patience.
    #[track_caller]
    pub(crate) fn acquire_within(
        self: &Arc<Self>,
        pool: usize,
        n: u32,
        patience: Patience<'_>,
    ) -> Result<HeldSlots, SlotsError> {
        let waiting = WaitingFor::Slots { n, pool: self.name(pool) };
        let n = self.request(pool, Ask::Acquire { n }, patience, waiting)?;
        Ok(HeldSlots::new(Arc::clone(self), pool, current_holder(), n))
    }

    /// What that comes to if it need not wait; quicker, and silent about why not otherwise.
    #[inline]
    fn acquire_at_once(self: &Arc<Self>, pool: usize, n: u32) -> Option<HeldSlots> {
        point();
        let holder = with_known(|me| if me.is_over(None) { None } else { Some(me.holder()) })?;
        if pool >= self.names.len() {
            return None;
        }
        let granted = self.books.lock().try_acquire(pool, n, holder);
        matches!(granted, Ok(true)).then(|| HeldSlots::new(Arc::clone(self), pool, holder, n))
    }

    /// Waits until the request is granted; how many slots it got or moved.
    #[track_caller]
    pub(crate) fn request(
        &self,
        pool: usize,
        ask: Ask,
        patience: Patience<'_>,
        what: WaitingFor,
    ) -> Result<u32, SlotsError> {
        self.known(pool)?;
        if let Ask::Move { to, .. } | Ask::MoveAll { to } = ask {
            self.known(to)?;
        }
        let (ticket, holder) = (None, current_holder());
        let mut request =
            Request { counter: self, pool, ask, holder, ticket, cancel_if: patience.cancel_if, done: None };
        let limits = Limits::AGENT.within(patience.timeout);
        match (next(patience.gate, &mut request, limits, what), request.done) {
            (Ok(outcome), _) => outcome,
            (Err(_), Some(done_after_all)) => Ok(done_after_all),
            (Err(Left::TimedOut), None) => Err(SlotsError::TimedOut { pool: self.name(pool) }),
            (Err(Left::Stopped), None) => Err(SlotsError::Stopped { pool: self.name(pool), cause: Stopped }),
        }
    }

    /// Moves what is asked for if that can be done at once; how many slots were moved.
    pub(crate) fn try_move(&self, from: usize, to: usize, n: u32) -> u32 {
        self.change(|books| {
            let Ok(ticket) = books.ledger.reallocate(from, to, n) else { return 0 };
            match books.ledger.take(ticket) {
                Some(outcome) => outcome.unwrap_or(0),
                None => {
                    books.ledger.cancel(ticket);
                    0
                }
            }
        })
    }

    #[inline]
    pub(crate) fn release(&self, pool: usize, n: u32, holder: usize) {
        note_progress();
        self.change(|books| books.ledger.release(pool, n, holder));
    }

    pub(crate) fn transfer(&self, pool: usize, from: usize, to: usize, n: u32) {
        if from != to {
            self.books.lock().ledger.transfer(pool, from, to, n);
        }
    }

    pub(crate) fn move_held(&self, pool: usize, to: usize, n: u32, holder: usize) -> Result<(), SlotsError> {
        self.known(to)?;
        if pool != to {
            self.change(|books| books.ledger.move_held(pool, to, n, holder));
        }
        Ok(())
    }

    pub(crate) fn keep(&self, pool: usize, n: u32, holder: usize) {
        self.books.lock().ledger.keep(pool, n, holder);
    }

    /// Frees kept slots; otherwise how many are kept.
    pub(crate) fn release_kept(&self, pool: usize, n: u32) -> Result<(), u32> {
        note_progress();
        self.change(|books| books.ledger.release_kept(pool, n)).map_err(|refusal| match refusal {
            Refusal::BeyondKept { kept } => kept,
            _ => 0,
        })
    }

    pub(crate) fn add(&self, n: u32) -> Result<(), SlotsError> {
        self.change(|books| books.ledger.add(n)).map_err(|refusal| self.refused(refusal, 0, n))
    }

    pub(crate) fn total(&self) -> u32 {
        self.books.lock().ledger.total()
    }

    pub(crate) fn allocated(&self, pool: usize) -> u32 {
        if pool < self.names.len() { self.books.lock().ledger.allocated(pool) } else { 0 }
    }

    pub(crate) fn free(&self, pool: usize) -> u32 {
        if pool < self.names.len() { self.books.lock().ledger.free(pool) } else { 0 }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.books.lock().ledger.snapshot()
    }

    /// Gives a standing order to move slots to `to`.
    pub(crate) fn gather(&self, from: usize, to: usize, step: u32, up_to: Option<u32>) -> Option<Ticket> {
        self.change(|books| {
            if books.gathering_is_over {
                return None;
            }
            let order = books.ledger.gather(from, to, step, up_to).ok()?;
            books.gathering.push((order, None));
            Some(order)
        })
    }

    /// Ends a standing order; how many slots it has moved.
    pub(crate) fn stop_gathering(&self, order: Ticket) -> u32 {
        self.change(|books| {
            let place = books.gathering.iter().position(|(other, _)| *other == order);
            let ended = place.and_then(|place| books.gathering.swap_remove(place).1);
            ended.unwrap_or_else(|| books.ledger.stop(order))
        })
    }

    /// The campaign is done: standing orders move no more.
    pub(crate) fn stop_all_gathering(&self) {
        self.change(|books| {
            books.gathering_is_over = true;
            let Books { ledger, gathering, .. } = books;
            for (order, moved) in gathering {
                moved.get_or_insert_with(|| ledger.stop(*order));
            }
        });
    }

    /// By place: slot-seconds that were allocated until now, and those that lay free because a submitter had no item.
    pub(super) fn allotted(&self) -> (Vec<f64>, Vec<f64>) {
        let mut books = self.books.lock();
        let Books { ledger, area, dearth, .. } = &mut *books;
        area.catch_up(ledger);
        (area.slot_seconds.clone(), dearth.slot_seconds())
    }

    pub(crate) fn offer(&self, pool: usize, n: u32) -> Result<Ticket, SlotsError> {
        self.known(pool)?;
        let holder = current_holder();
        self.change(|books| books.ledger.offer(pool, n, holder)).map_err(|refusal| self.refused(refusal, pool, n))
    }

    /// Makes a dry offer count again; whether it has been granted.
    pub(crate) fn look_at_offer(&self, ticket: Ticket) -> OfferState {
        self.change(|books| {
            books.ledger.freshen(ticket);
            match books.ledger.state(ticket) {
                Some(TicketState::Granted(n)) => OfferState::Granted(n),
                Some(TicketState::Refused(refusal)) => OfferState::Refused(refusal),
                Some(TicketState::Waiting(_)) | None => OfferState::Waiting,
            }
        })
    }

    pub(crate) fn resize_offer(&self, ticket: Ticket, n: u32) -> Result<bool, Refusal> {
        self.change(|books| books.ledger.resize_offer(ticket, n))
    }

    pub(crate) fn decline_offer(&self, ticket: Ticket) {
        self.change(|books| {
            books.ledger.decline(ticket);
            books.dearth.begin(&books.ledger);
        });
    }

    /// Takes what an offer has been granted.
    pub(crate) fn take_offer(self: &Arc<Self>, pool: usize, ticket: Ticket) -> Option<HeldSlots> {
        let taken = self.change(|books| books.ledger.take(ticket));
        taken?.ok().map(|n| HeldSlots::new(Arc::clone(self), pool, current_holder(), n))
    }

    pub(crate) fn cancel(&self, ticket: Ticket) -> Option<Cancelled> {
        self.change(|books| books.ledger.cancel(ticket))
    }

    pub(crate) fn refusal(&self, refusal: Refusal, pool: usize, n: u32) -> SlotsError {
        self.refused(refusal, pool, n)
    }

    pub(crate) fn register(&self, ticket: Ticket, me: &Arc<ThreadCell>) {
        let mut books = self.books.lock();
        if !books.waiters.iter().any(|(other, _)| *other == ticket) {
            books.waiters.push((ticket, Arc::clone(me)));
        }
    }

    pub(crate) fn unregister(&self, ticket: Ticket) {
        self.books.lock().waiters.retain(|(other, _)| *other != ticket);
    }
}

/// What has become of an offer.
pub(crate) enum OfferState {
    Waiting,
    Granted(u32),
    Refused(Refusal),
}

impl Books {
    #[inline]
    fn try_acquire(&mut self, pool: usize, n: u32, holder: usize) -> Result<bool, Refusal> {
        let granted = self.ledger.try_acquire(pool, n, holder);
        self.note_dearth();
        granted
    }

    #[inline]
    fn note_dearth(&mut self) {
        self.dearth.note(&self.ledger);
    }

    /// Whether a request has just entered that its pool is too small for, with nothing on its way there: worth a warning,
    /// once for each pool.
    fn first_hopeless(&mut self, ticket: Ticket, pool: usize) -> bool {
        let too_large = self.ledger.state(ticket) == Some(TicketState::Waiting(Standing::TooLarge));
        if !too_large || self.warned.contains(&pool) {
            return false;
        }
        let fills = |waiting: &Waiting| matches!(waiting.want, Want::Move { to, .. } | Want::MoveAll { to } | Want::Gather { to, .. } if to == pool);
        let hopeless = !self.ledger.snapshot().pools.iter().flat_map(|pool| &pool.waiting).any(fills);
        if hopeless {
            self.warned.push(pool);
        }
        hopeless
    }

    /// Whether a change needs nothing further.
    #[inline]
    fn are_closed(&self) -> bool {
        self.ledger.generation() == self.area.generation && !self.ledger.has_settled() && !self.dearth.is_noted()
    }

    /// After a change: who is to be woken; and the area, if an allocation has changed.
    #[cold]
    fn close(&mut self) -> Vec<Arc<ThreadCell>> {
        self.note_dearth();
        if self.ledger.generation() != self.area.generation {
            note_progress(); // also if nobody waits for the slots yet
            self.area.catch_up(&self.ledger);
        }
        let waiters = &self.waiters;
        // Not the current thread: what it settles for itself (an offer that it looks at), it sees at once. Unless it is
        // parked, and moves the clock of a rehearsal.
        let thread = |ticket| {
            let (_, thread) = waiters.iter().find(|(other, _)| *other == ticket)?;
            with_current(|me| !Arc::ptr_eq(me, thread) || me.parked_for().is_some()).then(|| Arc::clone(thread))
        };
        self.ledger.drain_settled().filter_map(thread).collect()
    }
}

impl Ledger {
    fn stop(&mut self, order: Ticket) -> u32 {
        match self.cancel(order) {
            Some(Cancelled::Stopped { moved }) => moved,
            _ => 0,
        }
    }

    fn ask(&mut self, pool: usize, ask: Ask, holder: usize) -> Result<Ticket, Refusal> {
        match ask {
            Ask::Acquire { n } => self.acquire(pool, n, holder),
            Ask::Move { n, to } => self.reallocate(pool, to, n),
            Ask::MoveAll { to } => self.reallocate_all(pool, to),
            Ask::Remove { n } => self.remove(pool, n),
        }
    }
}

/// A request that waits in line.
struct Request<'a> {
    counter: &'a Counter,
    pool: usize,
    ask: Ask,
    holder: usize,
    ticket: Option<Ticket>,
    cancel_if: Option<&'a Event>,
    /// How many slots had moved or gone when it left the line. That stays done, so it was granted.
    done: Option<u32>,
}

impl Request<'_> {
    fn asked(&self) -> u32 {
        match self.ask {
            Ask::Acquire { n } | Ask::Move { n, .. } | Ask::Remove { n } => n,
            Ask::MoveAll { .. } => 0,
        }
    }

    /// The first look: takes slots that are free, otherwise joins the line.
    fn enter(&mut self) -> Option<Result<u32, Refusal>> {
        let (pool, ask, holder) = (self.pool, self.ask, self.holder);
        if let Ask::Acquire { n } = ask {
            match self.counter.books.lock().try_acquire(pool, n, holder) {
                Ok(true) => return Some(Ok(n)),
                Ok(false) => {}
                Err(refusal) => return Some(Err(refusal)),
            }
        }
        let (entered, hopeless) = self.counter.change(|books| {
            let entered = books.ledger.ask(pool, ask, holder);
            (entered, entered.is_ok_and(|ticket| books.first_hopeless(ticket, pool)))
        });
        if hopeless {
            let (pool, n) = (self.counter.name(pool), self.asked());
            let slots = crate::wait::slots(n);
            tracing::warn!("a request for {n} {slots} of `{pool}` waits until the pool has grown: it has fewer now");
        }
        match entered {
            Ok(ticket) => {
                self.ticket = Some(ticket);
                self.settled()
            }
            Err(refusal) => Some(Err(refusal)),
        }
    }

    fn settled(&mut self) -> Option<Result<u32, Refusal>> {
        let ticket = self.ticket?;
        let settled = self.counter.books.lock().ledger.take(ticket);
        settled.inspect(|_| {
            self.ticket = None;
            self.counter.unregister(ticket);
        })
    }

    /// Leaves the line; slots that had been granted go back, a move that has been made is noted.
    fn withdraw(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            if let Some(Cancelled::Done(n)) = self.counter.cancel(ticket) {
                self.done = Some(n);
            }
            self.counter.unregister(ticket);
        }
    }
}

impl Waitable for Request<'_> {
    type Output = Result<u32, SlotsError>;

    fn try_take(&mut self) -> Option<Self::Output> {
        if self.cancel_if.is_some_and(Event::is_set) {
            self.withdraw();
            let cancelled = SlotsError::Cancelled { pool: self.counter.name(self.pool) };
            return Some(self.done.ok_or(cancelled));
        }
        let settled = if self.ticket.is_none() { self.enter() } else { self.settled() };
        Some(settled?.map_err(|refusal| self.counter.refused(refusal, self.pool, self.asked())))
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        if let Some(ticket) = self.ticket {
            self.counter.register(ticket, me);
        }
        if let Some(event) = self.cancel_if {
            event.waiting().register(me);
        }
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.withdraw();
        if let Some(event) = self.cancel_if {
            event.waiting().leave(me);
        }
    }
}
