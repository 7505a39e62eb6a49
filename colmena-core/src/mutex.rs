//! Mutex: the runtime's own, which besides knows who holds it.
//!
//! The guards that a thread holds are counted, with the place where the latest one was taken: a wait with one of them held is
//! warned about.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use crate::sync;

/// A mutual exclusion lock: the methods and guards of [`parking_lot::Mutex`], known to the runtime.
///
/// Not poisoned by a panic. Do not hold a guard across a wait (`agent.call(..)`, `acquire(..)`, `event.wait()`, ..):
/// the agent that would end the wait may need the lock. An agent that does is warned about, once for each pair of
/// places; in a seeded order ([`explore`](crate::rehearsal::explore)) it is an error.
///
/// ```
/// use colmena_core::Mutex;
///
/// let best = Mutex::new(f64::MIN);
/// *best.lock() = 3.0;
/// assert_eq!(best.into_inner(), 3.0);
/// ```
#[derive(Default)]
pub struct Mutex<T: ?Sized>(sync::Mutex<T>);

/// Access to what a [`Mutex`] protects; unlocks when it is dropped.
#[must_use = "if it is not bound to a name, the mutex is unlocked at once"]
pub struct MutexGuard<'a, T: ?Sized> {
    guard: sync::MutexGuard<'a, T>,
    _held: Held,
}

/// A place in the source.
pub(crate) type Place = &'static Location<'static>;

thread_local! {
    static HELD: Cell<HeldHere> = const { Cell::new(HeldHere { guards: 0, latest: None }) };
}

/// The guards that a thread holds.
#[derive(Clone, Copy)]
struct HeldHere {
    guards: u32,
    /// Where the latest of them was taken.
    latest: Option<Place>,
}

/// Counts one guard while it lives; like the guard, it stays on its thread.
struct Held {
    /// Where the latest guard before it was taken.
    before: Option<Place>,
    on_one_thread: PhantomData<*const ()>,
}

impl Held {
    #[inline]
    #[track_caller]
    fn new() -> Self {
        let HeldHere { guards, latest } = HELD.get();
        HELD.set(HeldHere { guards: guards + 1, latest: Some(Location::caller()) });
        Self { before: latest, on_one_thread: PhantomData }
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        let HeldHere { guards, latest } = HELD.get();
        // Guards may be dropped in any order. The first one, dropped before others, leaves their place.
        HELD.set(HeldHere { guards: guards - 1, latest: self.before.or(latest) });
    }
}

/// Where the current thread has locked a mutex that it still holds.
#[inline]
pub(crate) fn held_here() -> Option<Place> {
    let HeldHere { guards, latest } = HELD.get();
    latest.filter(|_| guards > 0)
}

impl<T> Mutex<T> {
    /// A new, unlocked mutex.
    pub const fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    /// The value, without locking.
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Takes the lock; blocks until it is free. Taking it twice in one thread deadlocks.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard { guard: self.0.lock(), _held: Held::new() }
    }

    /// Takes the lock, if it is free.
    #[inline]
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().map(|guard| MutexGuard { guard, _held: Held::new() })
    }

    /// The value; the exclusive borrow proves that nobody holds the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}
