//! Settling: granting what can be granted, until nothing can.
//!
//! It ends, because a request is granted once, and standing orders, which are granted again and again, never form a ring of
//! pools: the younger ones that would close it sleep.

use super::pool::Pool;
use super::request::{Refusal, Request, Settled, Standing, Want};
use super::{Ledger, PoolIndex};

impl Ledger {
    /// Call when the free slots or the line of one pool have changed.
    #[inline]
    pub(super) fn settle(&mut self, pool: PoolIndex) {
        if self.pools[pool].line.is_empty() {
            return;
        }
        let before = self.generation;
        self.examine(pool);
        if self.generation != before {
            self.settle_all();
        }
    }

    /// Call when an allocation has changed: that can let any pool's requests in, or have them passed over.
    pub(super) fn settle_all(&mut self) {
        loop {
            let before = self.generation;
            (0..self.pools.len()).for_each(|pool| self.examine(pool));
            if self.generation == before {
                return;
            }
        }
    }

    /// Goes along the line once. Where a grant has changed an allocation, the caller comes back for what that has changed here.
    fn examine(&mut self, pool: PoolIndex) {
        let mut at = 0;
        while let Some(&request) = self.pools[pool].line.get(at) {
            match self.demand(&request) {
                Err(_passed_over) => at += 1,
                Ok(n) if n <= self.pools[pool].free => self.grant(at, request, n),
                Ok(_) => return,
            }
        }
    }

    /// How many slots the request needs now, or why it is passed over.
    fn demand(&self, request: &Request) -> Result<u32, Standing> {
        let allocated = self.allocated(request.pool);
        let n = match request.want {
            Want::Offer { dry: true, .. } => return Err(Standing::Dry),
            Want::Gather { ring: true, .. } => return Err(Standing::Ring),
            Want::Gather { to, step, up_to: Some(limit), .. } => match limit.saturating_sub(self.allocated(to)) {
                0 => return Err(Standing::AtLimit),
                room => step.min(room),
            },
            Want::Gather { step, up_to: None, .. } => step,
            Want::MoveAll { .. } => allocated,
            Want::Acquire { n, .. } | Want::Offer { n, .. } | Want::Move { n, .. } | Want::Remove { n } => n,
        };
        if n <= allocated { Ok(n) } else { Err(Standing::TooLarge) }
    }

    pub(super) fn standing(&self, request: &Request) -> Standing {
        self.demand(request).err().unwrap_or(Standing::InLine)
    }

    #[inline]
    pub(super) fn is_waited_for(&self, pool: PoolIndex) -> bool {
        self.pools[pool].line.iter().any(|request| self.demand(request).is_ok())
    }

    fn grant(&mut self, at: usize, request: Request, n: u32) {
        self.pools[request.pool].line.remove(at);
        match request.want {
            Want::Acquire { holder, .. } | Want::Offer { holder, .. } => self.pools[request.pool].hold(n, holder),
            Want::Move { to, .. } | Want::MoveAll { to } => self.shift(request.pool, to, n),
            Want::Remove { .. } => self.destroy(request.pool, n),
            Want::Gather { to, .. } => {
                self.shift(request.pool, to, n);
                return self.requeue(request, n);
            }
        }
        self.tell(Settled { request, outcome: Ok(n) });
    }

    fn shift(&mut self, from: PoolIndex, to: PoolIndex, n: u32) {
        self.pools[from].shrink(n);
        self.pools[to].grow(n);
        self.generation += u64::from(n > 0);
    }

    fn destroy(&mut self, pool: PoolIndex, n: u32) {
        self.pools[pool].shrink(n);
        self.total -= n;
        self.generation += 1;
        self.refuse_hopeless();
    }

    /// Sends a standing order that has moved `n` to the back of its line.
    fn requeue(&mut self, mut request: Request, n: u32) {
        if let Want::Gather { moved, .. } = &mut request.want {
            *moved = moved.saturating_add(n);
        }
        request.place = self.number();
        self.pools[request.pool].stand(request);
    }

    pub(super) fn refuse_hopeless(&mut self) {
        let total = self.total;
        for pool in 0..self.pools.len() {
            while let Some(at) = self.pools[pool].line.iter().position(|request| request.want.claim() > total) {
                let request = self.pools[pool].line.remove(at);
                self.tell(Settled { request, outcome: Err(Refusal::BeyondTotal { total }) });
            }
        }
    }

    fn tell(&mut self, settled: Settled) {
        self.news.push(settled.request.ticket);
        self.settled.push(settled);
    }

    /// Looks at the standing orders from the oldest on, and puts to sleep those that would close a ring with the ones awake.
    pub(super) fn find_rings(&mut self) {
        let mut orders: Vec<&mut Request> = self.pools.iter_mut().flat_map(Pool::standing_orders).collect();
        orders.sort_unstable_by_key(|order| order.ticket);
        let mut edges = Vec::new();
        for order in orders {
            let Want::Gather { to, ring, .. } = &mut order.want else {
                continue;
            };
            *ring = leads(&edges, *to, order.pool);
            if !*ring {
                edges.push((order.pool, *to));
            }
        }
    }
}

/// Whether one can get from `start` to `goal` along `edges`, which have no ring.
fn leads(edges: &[(PoolIndex, PoolIndex)], start: PoolIndex, goal: PoolIndex) -> bool {
    start == goal || edges.iter().any(|&(from, to)| from == start && leads(edges, to, goal))
}
