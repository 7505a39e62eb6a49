//! The ledger's laws ([`Ledger::check`]) and each of its rules as an example.

use super::*;

mod acquiring;
mod gathering;
mod histories;
mod holding;
mod leaving;
mod moving;
mod offers;
mod total;

/// Pools and agents of the examples.
const SIM: PoolIndex = 1;
const ML: PoolIndex = 2;
const ANNA: Holder = 1;
const BERT: Holder = 2;

impl Ledger {
    /// Asserts every invariant at the head of `ledger.rs`, by its own reckoning.
    pub(crate) fn check(&self) {
        let allocated: u32 = self.pools.iter().map(|pool| pool.allocated).sum();
        assert_eq!(allocated, self.total, "the allocations add up to the total");
        (0..self.pools.len()).for_each(|pool| self.check_pool(pool));
        self.check_tickets();
        self.check_rings();
    }

    fn check_pool(&self, index: PoolIndex) {
        let pool = &self.pools[index];
        let seen = &self.snapshot().pools[index];
        assert!(pool.free <= pool.allocated, "no more free than there are");
        let held = pool.allocated - pool.free;
        assert_eq!(seen.held_by.iter().map(|&(_, n)| n).sum::<u32>(), held, "the shares add up to the held ones");
        assert_eq!(pool.in_hand.iter().sum::<u32>() + seen.kept, held, "each held slot is in hand or kept");
        assert!(seen.kept <= held, "kept ones are held");
        assert!(pool.kept.iter().all(|&(_, n)| n > 0), "nobody keeps 0");
        assert!(seen.held_by.iter().all(|&(_, n)| n > 0), "nobody holds 0");
        assert!(pool.line.iter().all(|request| request.pool == index), "each waits in its own pool's line");
        assert!(pool.line.is_sorted_by(|a, b| a.place < b.place), "the line is in order");
        let first = pool.line.iter().find_map(|request| self.needs(request));
        assert!(first.is_none_or(|n| n > pool.free), "whoever can be granted has been");
        for request in pool.line.iter().filter(|request| !matches!(request.want, Want::Gather { .. })) {
            assert!(size(&request.want).is_none_or(|n| n <= self.total), "the hopeless have been refused");
        }
    }

    /// How many slots a waiting request needs; `None` if it is passed over.
    fn needs(&self, request: &Request) -> Option<u32> {
        let allocated = self.pools[request.pool].allocated;
        let n = match request.want {
            Want::Gather { ring: true, .. } => None,
            Want::Gather { to, step, up_to, .. } => {
                let room = up_to.unwrap_or(u32::MAX).saturating_sub(self.pools[to].allocated);
                Some(step.min(room)).filter(|&n| n > 0)
            }
            Want::MoveAll { .. } => Some(allocated),
            ref want => size(want),
        };
        n.filter(|&n| n <= allocated)
    }

    fn check_tickets(&self) {
        let waiting = self.pools.iter().flat_map(|pool| &pool.line).map(|request| request.ticket);
        let mut tickets: Vec<Ticket> = waiting.chain(self.settled.iter().map(|s| s.request.ticket)).collect();
        let all = tickets.len();
        tickets.sort();
        tickets.dedup();
        assert_eq!(tickets.len(), all, "each ticket is in one place");
        let granted: u32 = self.settled.iter().filter_map(size_held).sum();
        let held: u32 = self.pools.iter().map(|pool| pool.allocated - pool.free).sum();
        assert!(granted <= held, "granted slots are held");
    }

    /// The standing orders that are awake form no ring, and each that sleeps would close one with older ones.
    fn check_rings(&self) {
        let mut orders: Vec<&Request> = self.pools.iter().flat_map(|pool| &pool.line).collect();
        orders.retain(|request| matches!(request.want, Want::Gather { .. }));
        orders.sort_by_key(|order| order.ticket);
        let mut reach = vec![vec![false; self.pools.len()]; self.pools.len()];
        (0..self.pools.len()).for_each(|pool| reach[pool][pool] = true);
        for order in orders {
            let Want::Gather { to, ring, .. } = order.want else { unreachable!() };
            assert_eq!(ring, reach[to][order.pool], "exactly those sleep that would close a ring");
            if !ring {
                connect(&mut reach, order.pool, to);
            }
        }
    }

    /// The named pools have these; the rest is unallocated.
    fn with<const N: usize>(unallocated: u32, named: [u32; N]) -> Self {
        let mut ledger = Self::new(N, unallocated + named.iter().sum::<u32>());
        for (i, n) in named.into_iter().enumerate().filter(|&(_, n)| n > 0) {
            let ticket = ledger.reallocate(UNALLOCATED, i + 1, n).unwrap();
            assert_eq!(ledger.take(ticket), Some(Ok(n)));
        }
        ledger.news();
        ledger
    }

    fn news(&mut self) -> Vec<Ticket> {
        self.check();
        self.drain_settled().collect()
    }

    /// Takes slots that must be there.
    fn hold(&mut self, pool: PoolIndex, n: u32, holder: Holder) {
        assert_eq!(self.try_acquire(pool, n, holder), Ok(true));
        self.check();
    }

    /// Allocated and free.
    fn level(&self, pool: PoolIndex) -> (u32, u32) {
        (self.allocated(pool), self.free(pool))
    }

    fn held_by(&self, pool: PoolIndex) -> Vec<(Holder, u32)> {
        self.snapshot().pools.swap_remove(pool).held_by
    }

    fn line(&self, pool: PoolIndex) -> Vec<(Ticket, Standing)> {
        let seen = self.snapshot().pools.swap_remove(pool);
        seen.waiting.iter().map(|waiting| (waiting.ticket, waiting.standing)).collect()
    }

    fn waits(&self, ticket: Ticket) -> bool {
        self.state(ticket) == Some(State::Waiting(Standing::InLine))
    }

    fn passed_over(&self, ticket: Ticket) -> Option<Standing> {
        match self.state(ticket) {
            Some(State::Waiting(standing)) if standing != Standing::InLine => Some(standing),
            _ => None,
        }
    }
}

/// How many a one-time request of a fixed size wants, unless it is dry.
fn size(want: &Want) -> Option<u32> {
    match *want {
        Want::Acquire { n, .. } | Want::Offer { n, dry: false, .. } | Want::Move { n, .. } | Want::Remove { n } => {
            Some(n)
        }
        _ => None,
    }
}

fn size_held(settled: &Settled) -> Option<u32> {
    let holds = matches!(settled.request.want, Want::Acquire { .. } | Want::Offer { .. });
    settled.outcome.ok().filter(|_| holds)
}

fn connect(reach: &mut [Vec<bool>], from: PoolIndex, to: PoolIndex) {
    let pools = reach.len();
    for a in 0..pools {
        for b in 0..pools {
            reach[a][b] |= reach[a][from] && reach[to][b];
        }
    }
}
