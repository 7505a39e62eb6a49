//! Who holds which slots, and who gets the next ones: pure accounting.
//!
//! Slots lie in pools, each free or held. What cannot be had at once waits in the pool's line, first come, first served.
//! Nothing here blocks, locks, starts a thread, reads a clock or runs anybody's code: the counter around it does.
//!
//! Invariants, after every operation (`check`, in the tests, asserts each):
//! - the allocations of all pools add up to the total; in each, `free + held == allocated`, and the holders' shares add up to
//!   `held`, those of granted requests that nobody has taken yet included;
//! - a request that waits holds nothing;
//! - in each line, whoever could be granted has been: going from the front, requests that are passed over ([`Standing`]) are
//!   skipped, and the first other one does not fit in `free`;
//! - every ticket is settled at most once between entering and leaving, and each settling is told once by [`Ledger::drain_settled`].

use self::pool::Pool;
use self::request::{Request, Settled};

mod pool;
mod request;
mod settling;
#[cfg(test)]
mod tests;

pub(crate) use self::request::{Cancelled, Refusal, Standing, State, Ticket, Want};

/// A pool's number: 0 is [`UNALLOCATED`], the named ones follow.
pub(crate) type PoolIndex = usize;

/// Who holds slots: an agent's number, or [`OUTSIDE`].
pub(crate) type Holder = usize;

/// The pool of the slots that no named pool has.
pub(crate) const UNALLOCATED: PoolIndex = 0;

/// The holder for whatever runs outside any agent.
pub(crate) const OUTSIDE: Holder = 0;

/// All that a report says about slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) total: u32,
    /// By [`PoolIndex`].
    pub(crate) pools: Vec<PoolSnapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PoolSnapshot {
    pub(crate) allocated: u32,
    pub(crate) free: u32,
    /// Part of the held ones: those in manual accounting.
    pub(crate) kept: u32,
    /// Who holds how many, by holder; nobody with 0.
    pub(crate) held_by: Vec<(Holder, u32)>,
    /// From the front of the line to its back.
    pub(crate) waiting: Vec<Waiting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) ticket: Ticket,
    pub(crate) want: Want,
    pub(crate) standing: Standing,
}

/// The books. See the head of this file.
#[derive(Debug)]
pub(crate) struct Ledger {
    total: u32,
    pools: Vec<Pool>,
    /// Granted or refused, and not yet taken or cancelled.
    settled: Vec<Settled>,
    /// Settled and not yet drained.
    news: Vec<Ticket>,
    /// The next ticket or place in line.
    next: u64,
    generation: u64,
}

/// What there is.
impl Ledger {
    /// All `total` slots are unallocated and free.
    pub(crate) fn new(named_pools: usize, total: u32) -> Self {
        let mut pools: Vec<Pool> = (0..=named_pools).map(|_| Pool::default()).collect();
        pools[UNALLOCATED].grow(total);
        Self { total, pools, settled: Vec::new(), news: Vec::new(), next: 0, generation: 0 }
    }

    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    pub(crate) fn allocated(&self, pool: PoolIndex) -> u32 {
        self.pools[pool].allocated
    }

    pub(crate) fn free(&self, pool: PoolIndex) -> u32 {
        self.pools[pool].free
    }

    /// Slots of the pool that lie free while a submitter has no item for them.
    pub(crate) fn without_item(&self, pool: PoolIndex) -> u32 {
        let pool = &self.pools[pool];
        if pool.line.iter().any(lacks_an_item) { pool.free } else { 0 }
    }

    /// Whether a submitter has no item, in the line of any pool.
    pub(crate) fn lacks_items(&self) -> bool {
        self.pools.iter().flat_map(|pool| &pool.line).any(lacks_an_item)
    }

    /// Changes whenever the allocation of any pool does.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// `None`: taken or cancelled already.
    pub(crate) fn state(&self, ticket: Ticket) -> Option<State> {
        let waiting = || self.waiting(ticket).map(|request| State::Waiting(self.standing(request)));
        self.settled(ticket).map(|settled| settled.state()).or_else(waiting)
    }

    /// How many a standing order has moved so far; `None` for any other request.
    #[cfg(test)]
    pub(crate) fn moved(&self, order: Ticket) -> Option<u32> {
        self.waiting(order)?.want.moved()
    }

    /// Allocates.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let pools = self.pools.iter().map(|pool| self.snapshot_of(pool)).collect();
        Snapshot { total: self.total, pools }
    }

    /// Whether [`Self::drain_settled`] has anybody to name.
    #[inline]
    pub(crate) fn has_settled(&self) -> bool {
        !self.news.is_empty()
    }

    /// Who was granted or refused since the last call, in that order: each is to be woken.
    /// Standing orders are not among them. A ticket may have been cancelled since.
    pub(crate) fn drain_settled(&mut self) -> impl ExactSizeIterator<Item = Ticket> {
        self.news.drain(..)
    }
}

/// Asking for slots.
impl Ledger {
    /// Takes `n` slots if they are free and nobody waits for them; passed over ones do not count.
    #[inline]
    pub(crate) fn try_acquire(&mut self, pool: PoolIndex, n: u32, holder: Holder) -> Result<bool, Refusal> {
        self.admit(n)?;
        let granted = n <= self.pools[pool].free && !self.is_waited_for(pool);
        if granted {
            self.pools[pool].hold(n, holder);
        }
        Ok(granted)
    }

    pub(crate) fn acquire(&mut self, pool: PoolIndex, n: u32, holder: Holder) -> Result<Ticket, Refusal> {
        self.admit(n)?;
        Ok(self.enter(pool, Want::Acquire { n, holder }))
    }

    /// Enters a submitter that has an item to look for.
    pub(crate) fn offer(&mut self, pool: PoolIndex, n: u32, holder: Holder) -> Result<Ticket, Refusal> {
        self.admit(n)?;
        Ok(self.enter(pool, Want::Offer { n, holder, dry: false }))
    }

    pub(crate) fn reallocate(&mut self, from: PoolIndex, to: PoolIndex, n: u32) -> Result<Ticket, Refusal> {
        self.admit(n)?;
        differ(from, to)?;
        Ok(self.enter(from, Want::Move { n, to }))
    }

    /// Of an empty pool this moves 0, at once.
    pub(crate) fn reallocate_all(&mut self, from: PoolIndex, to: PoolIndex) -> Result<Ticket, Refusal> {
        differ(from, to)?;
        Ok(self.enter(from, Want::MoveAll { to }))
    }

    /// Gives a standing order, in force until it is cancelled. It is never settled: `moved` and `cancel` say what it did.
    ///
    /// A `step`, or an `up_to`, of 0 is refused; so is one whose first step could never be made, for want of slots in total.
    /// If the total shrinks later, it sleeps.
    pub(crate) fn gather(
        &mut self,
        from: PoolIndex,
        to: PoolIndex,
        step: u32,
        up_to: Option<u32>,
    ) -> Result<Ticket, Refusal> {
        self.admit(up_to.map_or(step, |limit| limit.min(step)))?;
        differ(from, to)?;
        let ticket = self.join(from, Want::Gather { to, step, up_to, moved: 0, ring: false });
        self.find_rings();
        self.settle(from);
        Ok(ticket)
    }

    /// Queues like a reallocation, to nowhere.
    pub(crate) fn remove(&mut self, pool: PoolIndex, n: u32) -> Result<Ticket, Refusal> {
        self.admit(n)?;
        Ok(self.enter(pool, Want::Remove { n }))
    }

    /// Adds free slots to [`UNALLOCATED`].
    pub(crate) fn add(&mut self, n: u32) -> Result<(), Refusal> {
        nonzero(n)?;
        self.total = self.total.checked_add(n).ok_or(Refusal::Overflow)?;
        self.pools[UNALLOCATED].grow(n);
        self.generation += 1;
        self.settle_all();
        Ok(())
    }
}

/// Following a ticket up.
impl Ledger {
    /// The outcome, if there is one; then the ticket is forgotten, and granted slots are the caller's to release.
    pub(crate) fn take(&mut self, ticket: Ticket) -> Option<Result<u32, Refusal>> {
        self.forget(ticket).map(|settled| settled.outcome)
    }

    /// Ends a request, whatever its state. `None`: taken or cancelled already.
    pub(crate) fn cancel(&mut self, ticket: Ticket) -> Option<Cancelled> {
        match self.forget(ticket) {
            Some(settled) => Some(self.undo(settled)),
            None => self.withdraw(ticket),
        }
    }

    /// Gives back the slots of a granted offer, which waits again at its old place, dry.
    /// False, and nothing done, if the ticket is no granted offer.
    ///
    /// Look for an item once more afterwards: a [`freshen`](Self::freshen) before this call has not been noted.
    pub(crate) fn decline(&mut self, ticket: Ticket) -> bool {
        let Some(Settled { request, outcome: Ok(granted) }) = self.settled(ticket).copied() else {
            return false;
        };
        let Want::Offer { n, holder, .. } = request.want else {
            return false;
        };
        self.forget(ticket);
        self.pools[request.pool].stand(Request { want: Want::Offer { n, holder, dry: true }, ..request });
        self.release(request.pool, granted, holder);
        true
    }

    /// Changes what a waiting offer wants; its place and its mark stay. False if it is no waiting offer.
    pub(crate) fn resize_offer(&mut self, ticket: Ticket, n: u32) -> Result<bool, Refusal> {
        self.admit(n)?;
        let pool = self.alter_offer(ticket, |wanted, _| *wanted = n);
        Ok(self.settle_altered(pool))
    }

    /// Clears the mark of a waiting offer. False if it is no waiting offer.
    pub(crate) fn freshen(&mut self, ticket: Ticket) -> bool {
        let pool = self.alter_offer(ticket, |_, dry| *dry = false);
        self.refuse_hopeless();
        self.settle_altered(pool)
    }
}

/// Slots in somebody's hands. To name more than the holder has is a mistake of the program, and panics; 0 changes nothing.
impl Ledger {
    #[inline]
    pub(crate) fn release(&mut self, pool: PoolIndex, n: u32, holder: Holder) {
        self.pools[pool].let_go(n, holder);
        self.pools[pool].free += n;
        self.settle(pool);
    }

    pub(crate) fn transfer(&mut self, pool: PoolIndex, from: Holder, to: Holder, n: u32) {
        self.pools[pool].let_go(n, from);
        *self.pools[pool].share(to) += n;
    }

    /// Moves held slots with their allocation to another pool, where they stay held.
    pub(crate) fn move_held(&mut self, pool: PoolIndex, to: PoolIndex, n: u32, holder: Holder) {
        self.pools[pool].let_go(n, holder);
        self.pools[pool].allocated -= n;
        self.pools[to].allocated += n;
        *self.pools[to].share(holder) += n;
        self.generation += u64::from(n > 0);
        self.settle_all();
    }

    /// Puts held slots into manual accounting: any [`release_kept`](Self::release_kept) may free them.
    pub(crate) fn keep(&mut self, pool: PoolIndex, n: u32, holder: Holder) {
        self.pools[pool].let_go(n, holder);
        if n > 0 {
            self.pools[pool].kept.push_back((holder, n));
        }
    }

    /// Frees kept slots, those first that have been kept longest.
    pub(crate) fn release_kept(&mut self, pool: PoolIndex, n: u32) -> Result<(), Refusal> {
        nonzero(n)?;
        self.pools[pool].unkeep(n)?;
        self.pools[pool].free += n;
        self.settle(pool);
        Ok(())
    }
}

/// Entering, leaving and looking up.
impl Ledger {
    #[inline]
    fn admit(&self, n: u32) -> Result<(), Refusal> {
        nonzero(n)?;
        if n <= self.total { Ok(()) } else { Err(Refusal::BeyondTotal { total: self.total }) }
    }

    fn enter(&mut self, pool: PoolIndex, want: Want) -> Ticket {
        let ticket = self.join(pool, want);
        self.settle(pool);
        ticket
    }

    fn join(&mut self, pool: PoolIndex, want: Want) -> Ticket {
        let place = self.number();
        self.pools[pool].stand(Request { ticket: Ticket(place), pool, place, want });
        Ticket(place)
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn waiting(&self, ticket: Ticket) -> Option<&Request> {
        self.pools.iter().flat_map(|pool| &pool.line).find(|request| request.ticket == ticket)
    }

    fn settled(&self, ticket: Ticket) -> Option<&Settled> {
        self.settled.iter().find(|settled| settled.request.ticket == ticket)
    }

    fn forget(&mut self, ticket: Ticket) -> Option<Settled> {
        let at = self.settled.iter().position(|settled| settled.request.ticket == ticket)?;
        Some(self.settled.swap_remove(at))
    }

    fn undo(&mut self, Settled { request, outcome }: Settled) -> Cancelled {
        match (outcome, request.want) {
            (Err(refusal), _) => Cancelled::Refused(refusal),
            (Ok(n), Want::Acquire { holder, .. } | Want::Offer { holder, .. }) => {
                self.release(request.pool, n, holder);
                Cancelled::GivenBack(n)
            }
            (Ok(n), _) => Cancelled::Done(n),
        }
    }

    fn withdraw(&mut self, ticket: Ticket) -> Option<Cancelled> {
        let &Request { pool, want, .. } = self.waiting(ticket)?;
        self.pools[pool].line.retain(|request| request.ticket != ticket);
        self.find_rings();
        self.settle_all();
        Some(want.moved().map_or(Cancelled::Withdrawn, |moved| Cancelled::Stopped { moved }))
    }

    /// The pool in whose line the offer waits.
    fn alter_offer(&mut self, ticket: Ticket, alter: impl FnOnce(&mut u32, &mut bool)) -> Option<PoolIndex> {
        let mut lines = self.pools.iter_mut().flat_map(|pool| &mut pool.line);
        let request = lines.find(|request| request.ticket == ticket)?;
        let Want::Offer { n, dry, .. } = &mut request.want else {
            return None;
        };
        alter(n, dry);
        Some(request.pool)
    }

    fn settle_altered(&mut self, pool: Option<PoolIndex>) -> bool {
        pool.map(|pool| self.settle(pool)).is_some()
    }

    fn snapshot_of(&self, pool: &Pool) -> PoolSnapshot {
        PoolSnapshot {
            allocated: pool.allocated,
            free: pool.free,
            kept: pool.kept_count(),
            held_by: pool.held_by(),
            waiting: pool.line.iter().map(|request| self.describe(request)).collect(),
        }
    }

    fn describe(&self, request: &Request) -> Waiting {
        Waiting { ticket: request.ticket, want: request.want, standing: self.standing(request) }
    }
}

fn lacks_an_item(request: &Request) -> bool {
    matches!(request.want, Want::Offer { dry: true, .. })
}

fn nonzero(n: u32) -> Result<(), Refusal> {
    if n == 0 { Err(Refusal::Zero) } else { Ok(()) }
}

fn differ(from: PoolIndex, to: PoolIndex) -> Result<(), Refusal> {
    if from == to { Err(Refusal::SamePool) } else { Ok(()) }
}
