//! ResourceCounter: slots in pools, as users see them.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::counter::{Ask, Counter, Patience};
use super::error::SlotsError;
use super::ledger::OUTSIDE;
use super::pool::{IntoPool, ResourcePool, place};
use super::slots::{HeldSlots, KeptError, Slots};
use crate::event::Event;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, WaitingFor, with_current};

/// Counts slots in pools. Cheap to clone; clones are the same counter.
///
/// Each slot is allocated to a pool, or unallocated (the pool `None`), and there free or held. Whatever is called in
/// whatever order, free plus held over all pools equals the total. Within a pool, first come, first served: a large
/// request is not overtaken by small ones that came later, and holds nothing while it waits. A request for more than
/// its pool has now keeps its place but holds up nobody until the pool has grown.
///
/// Inside an agent every wait here ends with [`SlotsError::Stopped`] when the campaign is done.
///
/// ```
/// use colmena_core::{All, ResourceCounter};
///
/// let rec = ResourceCounter::<()>::new([], 4);
/// let mut slots = rec.acquire(None, 3)?;
/// assert_eq!(rec.available_slots(None), 1);
/// drop(slots.split(2)?);
/// assert_eq!(rec.available_slots(None), 3);
/// # Ok::<(), colmena_core::BoxError>(())
/// ```
pub struct ResourceCounter<P: ResourcePool> {
    counter: Arc<Counter>,
    pools: PhantomData<fn() -> P>,
}

/// All slots that the pool has at the moment when the request is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct All;

/// How many slots to move: a number, or [`All`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Exactly(usize),
    /// All of the pool's.
    All,
}

impl From<usize> for Amount {
    fn from(n: usize) -> Self {
        Self::Exactly(n)
    }
}

impl From<All> for Amount {
    fn from(_: All) -> Self {
        Self::All
    }
}

/// A pool at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolState {
    /// Its name; "unallocated" for `None`.
    pub name: &'static str,
    /// Slots allocated to it.
    pub allocated: usize,
    /// Those of them that are free.
    pub available: usize,
    /// Requests waiting in its line.
    pub waiting: usize,
}

/// Beyond this many, counts are taken for this many: no machine has more.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl<P: ResourcePool> ResourceCounter<P> {
    /// A counter with these slots in its pools, and `unallocated` ones. A pool named twice gets the sum.
    #[must_use]
    pub fn new(pools: impl IntoIterator<Item = (P, usize)>, unallocated: usize) -> Self {
        let mut allotment = vec![0_u32; P::NAMES.len()];
        for (pool, n) in pools {
            if let Some(slots) = allotment.get_mut(pool.index()) {
                *slots = slots.saturating_add(count(n));
            }
        }
        Self { counter: Counter::new(P::NAMES, &allotment, count(unallocated)), pools: PhantomData }
    }

    pub(crate) fn slots(&self) -> &Arc<Counter> {
        &self.counter
    }

    /// The requests made through the result wait for at most `timeout`; 0 is "now or never".
    pub fn timeout(&self, timeout: Duration) -> Within<'_, P> {
        self.patiently().timeout(timeout)
    }

    /// The requests made through the result end when `event` is set; they take nothing then.
    pub fn cancel_if<'a>(&'a self, event: &'a Event) -> Within<'a, P> {
        self.patiently().cancel_if(event)
    }

    fn patiently(&self) -> Within<'_, P> {
        Within { rec: self, patience: Patience::default() }
    }

    /// Waits for `n` slots of `pool`.
    ///
    /// # Errors
    /// [`SlotsError`]: at `done`, and if the request could never be granted.
    #[inline]
    #[track_caller]
    pub fn acquire(&self, pool: impl IntoPool<P>, n: usize) -> Result<Slots<P>, SlotsError> {
        self.counter.acquire(place(pool.into_pool()), count(n)).map(HeldSlots::of)
    }

    /// Takes `n` slots of `pool`, if they are free and nobody waits for them.
    ///
    /// # Errors
    /// [`SlotsError`]: if the request could never be granted.
    pub fn try_acquire(&self, pool: impl IntoPool<P>, n: usize) -> Result<Option<Slots<P>>, SlotsError> {
        let granted = self.counter.try_acquire(place(pool.into_pool()), count(n))?;
        Ok(granted.map(HeldSlots::of))
    }

    /// Moves slots from one pool to another; waits in line until they are free. How many were moved.
    ///
    /// [`All`] of an empty pool moves 0 at once.
    ///
    /// # Errors
    /// [`SlotsError`]: at `done`, and if the request could never be granted. Then nothing has moved.
    #[track_caller]
    pub fn reallocate(
        &self,
        from: impl IntoPool<P>,
        to: impl IntoPool<P>,
        amount: impl Into<Amount>,
    ) -> Result<usize, SlotsError> {
        self.patiently().reallocate(from, to, amount)
    }

    /// Like [`Self::reallocate`], on a thread of its own, which then calls `finished` with the outcome. Ends at `done`
    /// like the agent that asks for it.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn reallocate_in_background(
        &self,
        from: impl IntoPool<P>,
        to: impl IntoPool<P>,
        amount: impl Into<Amount>,
        finished: impl FnOnce(Result<usize, SlotsError>) + Send + 'static,
    ) -> io::Result<Background> {
        let (counter, from, to, amount) = (self.clone(), place(from.into_pool()), place(to.into_pool()), amount.into());
        let (realm, asker) = with_current(|me| (me.realm().cloned(), me.name().clone()));
        let over = if realm.is_some() { Over::Done } else { Over::Never };
        let spawn = Spawn { name: format!("reallocation for {asker}").into(), realm, over, holder: OUTSIDE };
        let thread = spawn.start(move || finished(counter.move_slots(from, to, amount, Patience::default())))?;
        Ok(Background { thread })
    }

    /// Moves `n` unallocated slots to `pool`; waits until they are free.
    ///
    /// # Errors
    /// As for [`Self::reallocate`].
    #[track_caller]
    pub fn allocate(&self, pool: P, n: usize) -> Result<usize, SlotsError> {
        self.reallocate(None, pool, n)
    }

    /// Makes `n` slots of `pool` unallocated; waits until they are free.
    ///
    /// # Errors
    /// As for [`Self::reallocate`].
    #[track_caller]
    pub fn deallocate(&self, pool: P, n: usize) -> Result<usize, SlotsError> {
        self.reallocate(pool, None, n)
    }

    #[track_caller]
    fn move_slots(&self, from: usize, to: usize, amount: Amount, patience: Patience<'_>) -> Result<usize, SlotsError> {
        let what = WaitingFor::Reallocation { from: self.counter.name(from), to: self.counter.name(to) };
        let ask = match amount {
            Amount::Exactly(n) => Ask::Move { n: count(n), to },
            Amount::All => Ask::MoveAll { to },
        };
        self.counter.request(from, ask, patience, what).map(|n| n as usize)
    }

    /// Frees `n` slots of `pool` that [`Slots::keep`] has put into manual accounting.
    ///
    /// # Errors
    /// More than are kept; nothing is freed then.
    pub fn release(&self, pool: impl IntoPool<P>, n: usize) -> Result<(), KeptError> {
        let place = place(pool.into_pool());
        let error = |kept| KeptError { pool: self.counter.name(place), asked: n, kept };
        if place >= self.counter.names().len() {
            return Err(error(0));
        }
        self.counter.release_kept(place, count(n)).map_err(|kept| error(kept as usize))
    }

    /// Adds `n` slots, unallocated.
    ///
    /// # Errors
    /// [`SlotsError::Zero`], or [`SlotsError::TooManyToCount`]: more than `u32::MAX` in all.
    pub fn add_slots(&self, n: usize) -> Result<(), SlotsError> {
        self.counter.add(count(n))
    }

    /// Takes `n` slots of `pool` out of existence; waits in line until they are free.
    ///
    /// # Errors
    /// [`SlotsError`]: at `done`, and if the request could never be granted.
    #[track_caller]
    pub fn remove_slots(&self, pool: impl IntoPool<P>, n: usize) -> Result<(), SlotsError> {
        self.patiently().remove_slots(pool, n)
    }

    /// Slots allocated to `pool`, free or held.
    #[must_use]
    pub fn allocated_slots(&self, pool: impl IntoPool<P>) -> usize {
        self.counter.allocated(place(pool.into_pool())) as usize
    }

    /// Free slots of `pool`.
    #[must_use]
    pub fn available_slots(&self, pool: impl IntoPool<P>) -> usize {
        self.counter.free(place(pool.into_pool())) as usize
    }

    /// Slots that are allocated to no pool, free or held.
    #[must_use]
    pub fn unallocated_slots(&self) -> usize {
        self.allocated_slots(None)
    }

    /// All slots there are.
    #[must_use]
    pub fn total_slots(&self) -> usize {
        self.counter.total() as usize
    }

    /// All pools at one moment, the unallocated one first.
    #[must_use]
    pub fn snapshot(&self) -> Vec<PoolState> {
        let pools = self.counter.snapshot().pools.into_iter().enumerate();
        let state = |(place, pool): (usize, super::ledger::PoolSnapshot)| PoolState {
            name: self.counter.name(place),
            allocated: pool.allocated as usize,
            available: pool.free as usize,
            waiting: pool.waiting.len(),
        };
        pools.map(state).collect()
    }
}

impl<P: ResourcePool> Clone for ResourceCounter<P> {
    fn clone(&self) -> Self {
        Self { counter: Arc::clone(&self.counter), pools: PhantomData }
    }
}

impl<P: ResourcePool> fmt::Debug for ResourceCounter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.snapshot()).finish()
    }
}

/// Requests for slots that do not wait for ever; see [`ResourceCounter::timeout`].
#[must_use = "this only says how long to wait: call `acquire` or `reallocate` on it"]
pub struct Within<'a, P: ResourcePool> {
    rec: &'a ResourceCounter<P>,
    patience: Patience<'a>,
}

impl<'a, P: ResourcePool> Within<'a, P> {
    /// Waits for at most `timeout`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.timeout = Some(timeout);
        self
    }

    /// Ends when `event` is set.
    pub fn cancel_if(mut self, event: &'a Event) -> Self {
        self.patience.cancel_if = Some(event);
        self
    }

    /// As [`ResourceCounter::acquire`].
    ///
    /// # Errors
    /// And [`SlotsError::TimedOut`] or [`SlotsError::Cancelled`]; nothing has been taken then.
    #[track_caller]
    pub fn acquire(self, pool: impl IntoPool<P>, n: usize) -> Result<Slots<P>, SlotsError> {
        let held = self.rec.counter.acquire_within(place(pool.into_pool()), count(n), self.patience)?;
        Ok(held.of())
    }

    /// As [`ResourceCounter::reallocate`].
    ///
    /// # Errors
    /// And [`SlotsError::TimedOut`] or [`SlotsError::Cancelled`]; nothing has moved then.
    #[track_caller]
    pub fn reallocate(
        self,
        from: impl IntoPool<P>,
        to: impl IntoPool<P>,
        amount: impl Into<Amount>,
    ) -> Result<usize, SlotsError> {
        self.rec.move_slots(place(from.into_pool()), place(to.into_pool()), amount.into(), self.patience)
    }

    /// As [`ResourceCounter::remove_slots`].
    ///
    /// # Errors
    /// And [`SlotsError::TimedOut`] or [`SlotsError::Cancelled`]; nothing has been removed then.
    #[track_caller]
    pub fn remove_slots(self, pool: impl IntoPool<P>, n: usize) -> Result<(), SlotsError> {
        let (place, n) = (place(pool.into_pool()), count(n));
        let what = WaitingFor::Slots { n, pool: self.rec.counter.name(place) };
        self.rec.counter.request(place, Ask::Remove { n }, self.patience, what).map(drop)
    }
}

impl<P: ResourcePool> fmt::Debug for Within<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.patience.fmt(f)
    }
}

/// A reallocation that goes on in the background. Dropping it lets it go on.
#[derive(Debug)]
pub struct Background {
    thread: Thread,
}

impl Background {
    /// Blocks until the reallocation has ended and its callback has returned.
    pub fn join(self) {
        self.thread.join(None);
    }
}
