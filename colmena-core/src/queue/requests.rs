//! Requests: the server half of the queues in process.
//!
//! A channel carries the tasks, a wait list the workers that have none. A request that is pushed while the queue is
//! being closed is given back, or run: `push` publishes the request and then looks whether the queue is closed; `close`
//! sets the flag and then wakes the workers, who end only when they find the channel empty after that.

#[cfg(all(test, feature = "redis"))]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::SeqCst, fence};
use std::sync::{Arc, OnceLock, Weak};
#[cfg(feature = "redis")]
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::record::Record;
use crate::rehearsal::turns::point;
use crate::task::TaskId;
use crate::task::flight::AnyFlight;
use crate::wait::{Left, Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};

pub(crate) type Request = Arc<dyn AnyFlight>;

pub(crate) struct Requests {
    send: Sender<Request>,
    receive: Receiver<Request>,
    waiting: WaitList,
    closed: AtomicBool,
    room: Option<Room>,
    /// If requests are sent only as workers ask for them.
    demand: Option<Demand>,
    /// A place is not free when its request is taken, but when that is said.
    keeps_places: AtomicBool,
    minder: OnceLock<Weak<dyn Minder>>,
    record: OnceLock<Arc<Record>>,
}

/// Told when a task that a worker may be at settles without it.
pub(crate) trait Minder: Send + Sync {
    fn settled_without_worker(&self, id: TaskId);
}

/// Places for requests, if they are bounded. A place is reserved before the request is sent, and free when a worker
/// has taken the request; of a server elsewhere, when it is known to have. Less than none are free if more requests than
/// that were taken up again.
struct Room {
    free: AtomicIsize,
    waiting: WaitList,
}

/// What workers have asked for and nobody has sent yet. Each asks once for each request that it takes, and each request that is
/// sent answers one of them, whoever takes it: so taking one changes nothing here, and at no moment of it does a worker count
/// that has one already.
#[derive(Default)]
struct Demand {
    /// Below zero if more have been sent than were asked for.
    open: AtomicIsize,
    waiting: WaitList,
}

impl Requests {
    pub(crate) fn new(limit: Option<usize>) -> Self {
        let (send, receive) = unbounded();
        let room = limit.map(|limit| Room { free: AtomicIsize::new(places(limit)), waiting: WaitList::default() });
        Self {
            send,
            receive,
            waiting: WaitList::default(),
            closed: AtomicBool::new(false),
            room,
            demand: None,
            keeps_places: AtomicBool::new(false),
            minder: OnceLock::new(),
            record: OnceLock::new(),
        }
    }

    /// Unbounded, for one who sends them as [`Self::wanted`] says.
    #[cfg(feature = "redis")]
    pub(crate) fn on_demand() -> Self {
        Self { demand: Some(Demand::default()), ..Self::new(None) }
    }

    /// Waits until requests are wanted, or the queue is closed (then what is pushed is given back), at most so long. Whether
    /// they are.
    #[cfg(feature = "redis")]
    pub(crate) fn wait_until_wanted(&self, ahead: usize, patience: Duration) -> bool {
        let limits = Limits::NONE.within(Some(patience));
        wait(&mut Wanted { requests: self, ahead }, limits, WaitingFor::Requests).is_ok()
    }

    /// How many fewer have been sent than workers have asked for, and `ahead` more.
    #[cfg(feature = "redis")]
    pub(crate) fn wanted(&self, ahead: usize) -> usize {
        let open = self.demand.as_ref().map_or(0, |demand| demand.open.load(SeqCst));
        usize::try_from(open.saturating_add_unsigned(ahead)).unwrap_or(0)
    }

    /// Whoever takes requests says when their places are free; at the start of the server.
    #[cfg(feature = "redis")]
    pub(crate) fn keep_places(&self) {
        self.keeps_places.store(true, SeqCst);
    }

    /// Names who is told; at the start of the server, if it cares.
    pub(crate) fn mind(&self, minder: Weak<dyn Minder>) {
        let _ = self.minder.set(minder);
    }

    pub(crate) fn settled_without_worker(&self, id: TaskId) {
        if let Some(minder) = self.minder.get().and_then(Weak::upgrade) {
            minder.settled_without_worker(id);
        }
    }

    /// Records what is taken from here on.
    pub(crate) fn record_in(&self, record: &Arc<Record>) {
        let _ = self.record.set(Arc::clone(record));
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Waits for a place, if requests are bounded; must come before [`Self::push`].
    #[track_caller]
    pub(crate) fn reserve(&self, limits: Limits) -> Result<(), Left> {
        match &self.room {
            Some(room) => wait(&mut Place { room, closed: &self.closed }, limits, WaitingFor::Room),
            None => Ok(()),
        }
    }

    /// Takes a place, also if there is none.
    pub(crate) fn take_place_anyway(&self) {
        if let Some(room) = &self.room {
            room.free.fetch_sub(1, SeqCst);
        }
    }

    /// Gives back a reserved place that is not needed.
    pub(crate) fn give_back_place(&self) {
        if let Some(room) = &self.room {
            room.free.fetch_add(1, SeqCst);
            room.waiting.notify_one();
        }
    }

    /// Somebody wants one, or has taken one without having asked for it.
    fn ask(&self) {
        if let Some(demand) = &self.demand {
            demand.open.fetch_add(1, SeqCst);
            demand.waiting.notify_one();
        }
    }

    /// Sends a request. Gives one back (this one, or another one that nobody will take) if the queue is closed.
    pub(crate) fn push(&self, request: Request) -> Result<(), Request> {
        if let Some(demand) = &self.demand {
            demand.open.fetch_sub(1, SeqCst);
        }
        self.send.try_send(request).map_err(|refused| refused.into_inner())?;
        self.waiting.notify_one();
        if self.closed.load(SeqCst) {
            return self.receive.try_recv().map_or(Ok(()), Err);
        }
        Ok(())
    }

    /// Lets the workers end when they have taken all requests.
    pub(crate) fn close(&self) {
        point();
        self.closed.store(true, SeqCst);
        self.waiting.notify_all();
        if let Some(room) = &self.room {
            room.waiting.notify_all();
        }
        if let Some(demand) = &self.demand {
            demand.waiting.notify_all();
        }
    }

    /// The next request; `None` when the queue is closed and empty.
    pub(crate) fn next(&self) -> Option<Request> {
        self.ask();
        wait(&mut &*self, Limits::NONE, WaitingFor::Requests).ok().flatten()
    }

    /// The next request, if there is one.
    pub(crate) fn try_next(&self) -> Option<Request> {
        self.take().inspect(|_| self.ask())
    }

    fn take(&self) -> Option<Request> {
        let request = self.receive.try_recv().ok()?;
        if !self.keeps_places.load(SeqCst) {
            self.give_back_place();
        }
        if let Some(record) = self.record.get() {
            record.taken(&request);
        }
        Some(request)
    }
}

impl Waitable for &Requests {
    type Output = Option<Request>;

    fn try_take(&mut self) -> Option<Option<Request>> {
        match self.take() {
            None if self.closed.load(SeqCst) => {
                fence(SeqCst); // pairs with the one of `push`: what was sent before the closing is seen now
                Some(self.take())
            }
            request => request.map(Some),
        }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.waiting.leave_and_pass_on(me, took, || !self.receive.is_empty());
    }
}

/// Requests that are wanted. No wake-up is lost: a worker counts what it asks for before it says so, and who waits here registers
/// before it looks again.
#[cfg(feature = "redis")]
struct Wanted<'a> {
    requests: &'a Requests,
    ahead: usize,
}

#[cfg(feature = "redis")]
impl Waitable for Wanted<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        (self.requests.wanted(self.ahead) > 0 || self.requests.is_closed()).then_some(())
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.requests.demand.iter().for_each(|demand| demand.waiting.register(me));
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.requests.demand.iter().for_each(|demand| _ = demand.waiting.leave(me));
    }
}

fn places(limit: usize) -> isize {
    isize::try_from(limit).unwrap_or(isize::MAX).max(1)
}

/// A place for one request; when the queue is closed nobody waits for it: `push` gives the request back.
struct Place<'a> {
    room: &'a Room,
    closed: &'a AtomicBool,
}

impl Waitable for Place<'_> {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        let taken = self.room.free.fetch_update(SeqCst, SeqCst, |free| (free > 0).then(|| free - 1)).ok().map(drop);
        taken.or_else(|| self.closed.load(SeqCst).then_some(()))
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.room.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.room.waiting.leave_and_pass_on(me, took, || self.room.free.load(SeqCst) > 0);
    }
}
