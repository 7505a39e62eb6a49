//! Mutex: a newtype over `parking_lot`'s, for the runtime itself.
//!
//! Taking it is a scheduling point of seeded orders. It is held for some instructions, never across a wait or a user's code.
//! What users get is [`crate::Mutex`], made of it.
#![expect(clippy::disallowed_types, reason = "wrapped here")]

use std::fmt;

use crate::rehearsal::turns::{in_order, lock_is_taken, order_has_failed, point};

pub(crate) use parking_lot::MutexGuard;

/// A mutual exclusion lock; not poisoned by a panic.
#[derive(Default)]
pub(crate) struct Mutex<T: ?Sized>(parking_lot::Mutex<T>);

/// How long to keep away from a lock that is taken.
const PAUSES: u32 = 50;

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(parking_lot::Mutex::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Blocks until it is free.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        if in_order() { self.lock_in_order() } else { self.0.try_lock().unwrap_or_else(|| self.lock_contended()) }
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        point();
        self.0.try_lock()
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// Keeps away for a moment, so that whoever has the lock can go on: at most a microsecond or two, and then as
    /// `parking_lot` does. Locks here are held for some nanoseconds, and to pass one from core to core takes longer: four
    /// threads on one counter get through 30 million locks a second without this, and 50 million with it.
    #[cold]
    fn lock_contended(&self) -> MutexGuard<'_, T> {
        for _ in 0..PAUSES {
            std::hint::spin_loop();
        }
        self.0.lock()
    }

    #[cold]
    fn lock_in_order(&self) -> MutexGuard<'_, T> {
        point();
        loop {
            if let Some(guard) = self.0.try_lock() {
                return guard;
            }
            if order_has_failed() && std::thread::panicking() {
                return self.0.lock();
            }
            lock_is_taken();
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.try_lock() {
            Some(value) => f.debug_tuple("Mutex").field(&&*value).finish(),
            None => f.write_str("Mutex(<locked>)"),
        }
    }
}
