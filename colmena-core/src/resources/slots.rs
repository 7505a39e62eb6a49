//! Slots: a guard. Dropping it frees what it holds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::counter::Counter;
use super::error::SlotsError;
use super::pool::{IntoPool, ResourcePool, place};

/// Slots that are held. Dropping it frees them, which wakes whoever waits for them.
///
/// A task takes them along with `.holding(slots)` and frees them when it settles.
#[must_use = "dropping slots frees them at once: keep them while the work runs, or send them with a task"]
pub struct Slots<P = ()> {
    held: HeldSlots,
    pool: PhantomData<fn() -> P>,
}

/// Slots that are held, of whatever pool type; [`HeldSlots::of`] names it again.
#[must_use = "dropping slots frees them at once: keep them while the work runs, or send them with a task"]
pub struct HeldSlots {
    counter: Option<Arc<Counter>>,
    share: Share,
}

/// How many, of which pool, in whose hands: one word, so that slots travel in two registers. (In four fields, copying them
/// right after they were granted took a fifth of the time of granting them.)
#[derive(Clone, Copy)]
struct Share(u64);

impl Share {
    /// Pools and holders are numbered below 2^16: [`Counter::new`] and [`crate::wait::thread`] see to it.
    #[inline]
    fn new(pool: usize, holder: usize, n: u32) -> Self {
        Self(u64::from(n) << 32 | u64::from(holder as u16) << 16 | u64::from(pool as u16))
    }

    #[inline]
    fn pool(self) -> usize {
        usize::from(self.0 as u16)
    }

    #[inline]
    fn holder(self) -> usize {
        usize::from((self.0 >> 16) as u16)
    }

    #[inline]
    fn n(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn with(self, n: u32) -> Self {
        Self::new(self.pool(), self.holder(), n)
    }
}

/// More slots were to be split off than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked} slots cannot be split off {held}")]
pub struct SplitError {
    /// How many were asked for.
    pub asked: usize,
    /// How many there are.
    pub held: usize,
}

/// More slots were to be released than have been kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked} slots of `{pool}` were to be released, but {kept} are kept: only what `Slots::keep` has kept can be")]
pub struct KeptError {
    /// The pool.
    pub pool: &'static str,
    /// How many were to be released.
    pub asked: usize,
    /// How many are kept.
    pub kept: usize,
}

impl<P: ResourcePool> Slots<P> {
    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.held.count() as usize
    }

    /// Their pool; `None` if they are unallocated (or none at all).
    #[must_use]
    pub fn pool(&self) -> Option<P> {
        self.held.share.pool().checked_sub(1).and_then(P::from_index)
    }

    /// Splits off `n` of them, which are then held by the result.
    ///
    /// # Errors
    /// There are fewer than `n`.
    pub fn split(&mut self, n: usize) -> Result<Self, SplitError> {
        let HeldSlots { counter, share } = &mut self.held;
        let held = share.n();
        let refused = SplitError { asked: n, held: held as usize };
        let split = u32::try_from(n).ok().filter(|n| *n <= held).ok_or(refused)?;
        *share = share.with(held - split);
        Ok(HeldSlots { counter: counter.clone(), share: share.with(split) }.of())
    }

    /// All of them, and leaves none.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(&mut self.held, HeldSlots::none()).of()
    }

    /// Takes over the slots of `other`.
    ///
    /// # Errors
    /// `other` comes back if it is of another pool.
    pub fn merge(&mut self, other: Self) -> Result<(), Self> {
        self.held.merge(other.held).map_err(HeldSlots::of)
    }

    /// Moves them, with their allocation, to another pool, where they stay held.
    ///
    /// # Errors
    /// There is no such pool.
    pub fn move_to(&mut self, pool: impl IntoPool<P>) -> Result<(), SlotsError> {
        self.held.move_to(place(pool.into_pool()))
    }

    /// From here on they are accounted for by hand: nothing frees them but `rec.release(pool, n)`.
    pub fn keep(mut self) {
        let HeldSlots { counter, share } = &mut self.held;
        if let Some(counter) = counter.take() {
            counter.keep(share.pool(), share.n(), share.holder());
        }
    }

    pub(crate) fn into_held(self) -> HeldSlots {
        self.held
    }
}

impl HeldSlots {
    /// The place of their pool, and how many there are.
    pub(crate) fn share(&self) -> Option<(usize, u32)> {
        self.counter.as_ref().map(|_| (self.share.pool(), self.share.n()))
    }

    #[inline]
    pub(crate) fn new(counter: Arc<Counter>, pool: usize, holder: usize, n: u32) -> Self {
        Self { counter: Some(counter), share: Share::new(pool, holder, n) }
    }

    /// No slots.
    pub fn none() -> Self {
        Self { counter: None, share: Share(0) }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.share.n()
    }

    /// The same slots, with the type of their pool. `P` is that of the counter that granted them.
    #[inline]
    pub fn of<P: ResourcePool>(self) -> Slots<P> {
        Slots { held: self, pool: PhantomData }
    }

    /// `None` of no slots.
    pub(crate) fn pool_name(&self) -> Option<&'static str> {
        self.counter.as_ref().map(|counter| counter.name(self.share.pool()))
    }

    /// A task with them waited for its server, and ran.
    pub(crate) fn note_use(&self, waiting: Duration, running: Duration) {
        if let Some(counter) = &self.counter {
            counter.note_use(self.share.pool(), self.share.n(), waiting, running);
        }
    }

    /// Both, if they are of one pool; otherwise `other` alone.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.merge(other).map_or_else(|other| other, |()| self)
    }

    fn merge(&mut self, mut other: Self) -> Result<(), Self> {
        match (&self.counter, &other.counter) {
            (_, None) => {}
            (None, Some(_)) => std::mem::swap(self, &mut other),
            (Some(mine), Some(theirs)) if Arc::ptr_eq(mine, theirs) && self.share.pool() == other.share.pool() => {
                let (share, more) = (self.share, other.share);
                mine.transfer(share.pool(), more.holder(), share.holder(), more.n());
                self.share = share.with(share.n() + more.n());
                other.counter = None;
            }
            (Some(_), Some(_)) => return Err(other),
        }
        Ok(())
    }

    fn move_to(&mut self, to: usize) -> Result<(), SlotsError> {
        if let Some(counter) = &self.counter {
            let share = self.share;
            counter.move_held(share.pool(), to, share.n(), share.holder())?;
            self.share = Share::new(to, share.holder(), share.n());
        }
        Ok(())
    }
}

impl Drop for HeldSlots {
    #[inline]
    fn drop(&mut self) {
        if let Some(counter) = self.counter.take() {
            counter.release(self.share.pool(), self.share.n(), self.share.holder());
        }
    }
}

impl fmt::Debug for HeldSlots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.counter {
            Some(counter) => write!(f, "Slots({} of `{}`)", self.share.n(), counter.name(self.share.pool())),
            None => f.write_str("Slots(none)"),
        }
    }
}

impl<P> fmt::Debug for Slots<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.held.fmt(f)
    }
}
