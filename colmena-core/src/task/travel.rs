//! How [`Shared`](super::Shared) values travel to a worker process: each once.
//!
//! A value that leaves gets a number, its ticket. While inputs are written for a holder (a worker process) a thread-local says
//! for which; a value that it has is written as its number, another one as its number and itself. While inputs are read
//! there, a thread-local has what has arrived, by number. In a record it is a hash and a size. Outside of these, `Shared` is
//! written as the value that it is. The ticket goes with the last handle of its value, and tells every holder to forget it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};

use crate::sync::Mutex;

/// Something that keeps shared values elsewhere. Its name is its address.
pub(crate) trait Holder: Send + Sync {
    /// The last handle here is gone. Must not block.
    fn forget(self: Arc<Self>, number: u64);
}

/// The number of a value that has left the process, and who has it.
pub(crate) struct Ticket {
    number: u64,
    holders: Mutex<Vec<Weak<dyn Holder>>>,
}

impl Default for Ticket {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self { number: NEXT.fetch_add(1, Relaxed), holders: Mutex::default() }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticket").field(&self.number).finish()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let holders = std::mem::take(&mut *self.holders.lock());
        for holder in holders.iter().filter_map(Weak::upgrade) {
            holder.forget(self.number);
        }
    }
}

impl Ticket {
    #[cfg(feature = "redis")]
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn is_held_by(&self, holder: &Arc<dyn Holder>) -> bool {
        self.holders.lock().iter().any(|known| std::ptr::addr_eq(known.as_ptr(), Arc::as_ptr(holder)))
    }

    pub(crate) fn add(&self, holder: &Arc<dyn Holder>) {
        let mut holders = self.holders.lock();
        holders.retain(|known| known.strong_count() > 0);
        holders.push(Arc::downgrade(holder));
    }
}

thread_local! {
    static LEAVING: RefCell<Option<Leaving>> = const { RefCell::new(None) };
    static ARRIVING: RefCell<Option<Arrived>> = const { RefCell::new(None) };
    static RECORDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `write` with shared values written as their hash and size.
pub(crate) fn recorded<R>(write: impl FnOnce() -> R) -> R {
    struct End(bool);
    impl Drop for End {
        fn drop(&mut self) {
            RECORDED.set(self.0);
        }
    }
    let _end = End(RECORDED.replace(true));
    write()
}

pub(super) fn is_recorded() -> bool {
    RECORDED.get()
}

/// What is being written, and for whom.
struct Leaving {
    holder: Arc<dyn Holder>,
    fresh: Vec<Arc<Ticket>>,
}

/// Tickets of values that a message has in full.
pub(crate) struct Fresh(Vec<Arc<Ticket>>);

impl Fresh {
    /// The message has been sent: from now on the holder has them.
    pub(crate) fn sent_to(self, holder: &Arc<dyn Holder>) {
        self.0.iter().for_each(|ticket| ticket.add(holder));
    }
}

/// Runs `write` with shared values written for `holder`; also those that it has not had yet.
pub(crate) fn leaving<R>(holder: &Arc<dyn Holder>, write: impl FnOnce() -> R) -> (R, Fresh) {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            LEAVING.set(None);
        }
    }
    LEAVING.set(Some(Leaving { holder: Arc::clone(holder), fresh: Vec::new() }));
    let _end = End;
    let written = write();
    let fresh = LEAVING.take().map(|leaving| leaving.fresh);
    (written, Fresh(fresh.unwrap_or_default()))
}

/// While inputs are written for a holder: the number of a value, and whether the holder has it.
pub(super) fn passage<'a>(ticket: impl FnOnce() -> &'a Arc<Ticket>) -> Option<(u64, bool)> {
    LEAVING.with_borrow_mut(|leaving| {
        let leaving = leaving.as_mut()?;
        let ticket = ticket();
        let is_fresh = leaving.fresh.iter().any(|fresh| Arc::ptr_eq(fresh, ticket));
        let is_known = is_fresh || ticket.is_held_by(&leaving.holder);
        if !is_known {
            leaving.fresh.push(Arc::clone(ticket));
        }
        Some((ticket.number, is_known))
    })
}

/// The values that have arrived in this process.
#[derive(Default)]
pub(crate) struct Arrived(BTreeMap<u64, Arc<dyn Any + Send + Sync>>);

impl Arrived {
    /// Runs `read`, which finds what has arrived and adds to it.
    pub(crate) fn during<R>(&mut self, read: impl FnOnce() -> R) -> R {
        struct End<'a>(&'a mut Arrived);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                *self.0 = ARRIVING.take().unwrap_or_default();
            }
        }
        ARRIVING.set(Some(std::mem::take(self)));
        let _end = End(self);
        read()
    }

    /// Drops a value, unless a task still has it.
    pub(crate) fn forget(&mut self, number: u64) {
        self.0.remove(&number);
    }
}

pub(super) fn is_arriving() -> bool {
    ARRIVING.with_borrow(Option::is_some)
}

/// Keeps what has arrived.
pub(super) fn arrived<T: Send + Sync + 'static>(number: u64, value: Arc<T>) -> Option<Arc<T>> {
    ARRIVING.with_borrow_mut(|arriving| arriving.as_mut()?.0.insert(number, value.clone()));
    Some(value)
}

/// What has arrived under this number.
pub(super) fn known<T: Send + Sync + 'static>(number: u64) -> Option<Arc<T>> {
    ARRIVING.with_borrow(|arriving| arriving.as_ref()?.0.get(&number).cloned())?.downcast().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shared;

    #[derive(Default)]
    struct Elsewhere(Mutex<Vec<u64>>);

    impl Holder for Elsewhere {
        fn forget(self: Arc<Self>, number: u64) {
            self.0.lock().push(number);
        }
    }

    type Pair = (Shared<String>, Shared<String>);

    #[test]
    fn a_shared_value_travels_once_and_is_forgotten_with_its_last_handle() {
        let elsewhere = Arc::new(Elsewhere::default());
        let holder: Arc<dyn Holder> = elsewhere.clone();
        let model = Shared::new("a long text".repeat(100));
        let pair: Pair = (model.clone(), model.clone());
        let write = || postcard::to_allocvec(&pair).expect("texts can be written");

        let (unsent, _) = leaving(&holder, write);
        let (first, fresh) = leaving(&holder, write);
        assert_eq!(unsent, first, "what has not been sent is not known there");
        fresh.sent_to(&holder);
        let (second, _) = leaving(&holder, write);
        assert!(first.len() < 1200 && second.len() < 10, "{} and {} bytes", first.len(), second.len());
        assert_eq!(write().len(), 2 * (1100 + 2), "outside, it is the value");

        let mut arrived = Arrived::default();
        let mut read = |bytes: &[u8]| -> postcard::Result<Pair> { arrived.during(|| postcard::from_bytes(bytes)) };
        let (one, other) = read(&first).expect("what was written");
        let (again, _) = read(&second).expect("what was written");
        assert!(Shared::is_same(&one, &other) && Shared::is_same(&one, &again) && *one == *model);

        drop(pair);
        assert_eq!(elsewhere.0.lock().len(), 0);
        drop(model);
        let forgotten = std::mem::take(&mut *elsewhere.0.lock());
        assert_eq!(forgotten.len(), 1);
        arrived.forget(forgotten[0]);
        assert!(arrived.during(|| postcard::from_bytes::<Pair>(&second)).is_err(), "it is gone");
    }
}
