//! The ledger's laws ([`Ledger::check`]) and each of its rules as an example.

use super::*;

mod histories;

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

mod acquiring {
    use super::*;

    #[test]
    fn all_slots_start_unallocated_and_free() {
        let ledger = Ledger::new(2, 8);
        ledger.check();
        assert_eq!(ledger.total(), 8);
        assert_eq!([ledger.level(UNALLOCATED), ledger.level(SIM), ledger.level(ML)], [(8, 8), (0, 0), (0, 0)]);
        assert_eq!(ledger.snapshot().pools.len(), 3);
    }

    #[test]
    fn acquiring_takes_free_slots_and_not_the_allocation() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        assert_eq!(ledger.level(SIM), (4, 1));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3)]);
    }

    #[test]
    fn trying_takes_all_or_nothing() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        assert_eq!(ledger.try_acquire(SIM, 2, BERT), Ok(false));
        assert_eq!(ledger.level(SIM), (4, 1));
        ledger.hold(SIM, 1, BERT);
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3), (BERT, 1)]);
    }

    #[test]
    fn releasing_frees_the_slots() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        ledger.release(SIM, 2, ANNA);
        ledger.check();
        assert_eq!(ledger.level(SIM), (4, 3));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 1)]);
    }

    #[test]
    fn a_request_that_fits_is_granted_at_once_and_holds_until_taken() {
        let mut ledger = Ledger::with(0, [4]);
        let ticket = ledger.acquire(SIM, 3, ANNA).unwrap();
        assert_eq!(ledger.news(), [ticket]);
        assert_eq!(ledger.state(ticket), Some(State::Granted(3)));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3)]);
        assert_eq!(ledger.take(ticket), Some(Ok(3)));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3)]);
        assert_eq!(ledger.state(ticket), None);
        assert_eq!(ledger.take(ticket), None);
        assert_eq!(ledger.cancel(ticket), None);
        assert!(ledger.news().is_empty());
    }

    #[test]
    fn a_request_holds_nothing_while_it_waits() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        let ticket = ledger.acquire(SIM, 2, BERT).unwrap();
        assert!(ledger.news().is_empty());
        assert!(ledger.waits(ticket));
        assert_eq!(ledger.take(ticket), None);
        assert_eq!(ledger.level(SIM), (4, 1));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3)]);
    }

    #[test]
    fn a_release_settles_exactly_the_requests_that_it_satisfies() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 4, ANNA);
        let [first, second, third] = [1, 2, 1].map(|n| ledger.acquire(SIM, n, BERT).unwrap());
        ledger.release(SIM, 3, ANNA);
        assert_eq!(ledger.news(), [first, second]);
        assert!(ledger.waits(third));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 1), (BERT, 3)]);
    }

    #[test]
    fn a_large_request_is_not_overtaken_by_small_ones() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 2, ANNA);
        let large = ledger.acquire(SIM, 4, BERT).unwrap();
        let small = ledger.acquire(SIM, 1, BERT).unwrap();
        assert_eq!(ledger.try_acquire(SIM, 1, ANNA), Ok(false));
        ledger.release(SIM, 1, ANNA);
        assert!(ledger.news().is_empty());
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.news(), [large]);
        assert!(ledger.waits(small));
    }

    #[test]
    fn one_larger_than_the_pool_holds_up_nobody_and_keeps_its_place() {
        let mut ledger = Ledger::with(2, [2]);
        let large = ledger.acquire(SIM, 3, ANNA).unwrap();
        assert_eq!(ledger.passed_over(large), Some(Standing::TooLarge));
        ledger.hold(SIM, 1, BERT);
        let small = ledger.acquire(SIM, 1, BERT).unwrap();
        assert_eq!(ledger.news(), [small]);
        let later = ledger.acquire(SIM, 1, BERT).unwrap();
        ledger.reallocate(UNALLOCATED, SIM, 1).unwrap();
        assert!(ledger.waits(large), "now it fits the pool, and has its place before `later`");
        assert!(ledger.waits(later));
        ledger.release(SIM, 1, BERT);
        assert_eq!(ledger.cancel(small), Some(Cancelled::GivenBack(1)));
        assert!(ledger.news().contains(&large));
        assert!(ledger.waits(later));
    }

    #[test]
    fn one_that_wants_the_whole_pool_is_in_line() {
        let mut ledger = Ledger::with(0, [2]);
        ledger.hold(SIM, 1, ANNA);
        let ticket = ledger.acquire(SIM, 2, BERT).unwrap();
        assert!(ledger.waits(ticket));
    }

    #[test]
    fn pools_do_not_wait_for_each_other() {
        let mut ledger = Ledger::with(0, [2, 2]);
        ledger.hold(SIM, 2, ANNA);
        let sim = ledger.acquire(SIM, 1, ANNA).unwrap();
        let ml = ledger.acquire(ML, 1, ANNA).unwrap();
        assert_eq!(ledger.news(), [ml]);
        assert!(ledger.waits(sim));
    }

    #[test]
    fn nothing_larger_than_the_total_and_no_zero_is_admitted() {
        let mut ledger = Ledger::with(2, [2, 0]);
        let beyond = Refusal::BeyondTotal { total: 4 };
        for (n, refusal) in [(0, Refusal::Zero), (5, beyond)] {
            assert_eq!(ledger.try_acquire(SIM, n, ANNA), Err(refusal));
            assert_eq!(ledger.acquire(SIM, n, ANNA), Err(refusal));
            assert_eq!(ledger.offer(SIM, n, ANNA), Err(refusal));
            assert_eq!(ledger.reallocate(SIM, ML, n), Err(refusal));
            assert_eq!(ledger.remove(SIM, n), Err(refusal));
            assert_eq!(ledger.gather(SIM, ML, n, None), Err(refusal));
        }
        assert_eq!(ledger.gather(SIM, ML, 1, Some(0)), Err(Refusal::Zero));
        assert_eq!(ledger.gather(SIM, ML, 5, Some(5)), Err(beyond));
        assert_eq!(ledger.add(0), Err(Refusal::Zero));
        assert_eq!(ledger.release_kept(SIM, 0), Err(Refusal::Zero));
        assert!(ledger.news().is_empty());
        assert!(ledger.line(SIM).is_empty());
        assert!(ledger.acquire(SIM, 4, ANNA).is_ok(), "all there are may be asked for");
    }
}

mod moving {
    use super::*;

    #[test]
    fn a_move_takes_free_slots_with_their_allocation() {
        let mut ledger = Ledger::with(0, [4, 1]);
        let before = ledger.generation();
        let ticket = ledger.reallocate(SIM, ML, 3).unwrap();
        assert_eq!(ledger.news(), [ticket]);
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(1, 1), (4, 4)]);
        assert_ne!(ledger.generation(), before);
        assert_eq!(ledger.take(ticket), Some(Ok(3)));
    }

    #[test]
    fn a_move_that_does_not_fit_moves_nothing_and_waits_in_line() {
        let mut ledger = Ledger::with(0, [5, 0]);
        ledger.hold(SIM, 1, ANNA);
        let ticket = ledger.reallocate(SIM, ML, 5).unwrap();
        let behind = ledger.acquire(SIM, 1, BERT).unwrap();
        assert!(ledger.news().is_empty());
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(5, 4), (0, 0)]);
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.news(), [ticket]);
        assert_eq!(ledger.passed_over(behind), Some(Standing::TooLarge));
    }

    #[test]
    fn a_granted_move_lets_in_who_waits_at_its_destination() {
        let mut ledger = Ledger::with(0, [4, 0]);
        let waits = ledger.acquire(ML, 2, ANNA).unwrap();
        let ticket = ledger.reallocate(SIM, ML, 3).unwrap();
        assert_eq!(ledger.news(), [ticket, waits]);
        assert_eq!(ledger.level(ML), (3, 1));
    }

    #[test]
    fn a_granted_move_can_leave_the_head_of_its_own_line_passed_over() {
        let mut ledger = Ledger::with(0, [4, 0]);
        ledger.hold(SIM, 2, ANNA);
        let head = ledger.acquire(SIM, 4, BERT).unwrap();
        let behind = ledger.acquire(SIM, 1, BERT).unwrap();
        assert!(ledger.waits(head));
        assert!(ledger.waits(behind));
        ledger.move_held(SIM, ML, 1, ANNA);
        assert_eq!(ledger.passed_over(head), Some(Standing::TooLarge));
        assert_eq!(ledger.news(), [behind]);
    }

    #[test]
    fn moves_pass_slots_on_through_several_pools() {
        let mut ledger = Ledger::with(3, [0, 0]);
        let last = ledger.acquire(ML, 3, ANNA).unwrap();
        let second = ledger.reallocate(SIM, ML, 3).unwrap();
        assert!(ledger.news().is_empty());
        let first = ledger.reallocate(UNALLOCATED, SIM, 3).unwrap();
        assert_eq!(ledger.news(), [first, second, last]);
        assert_eq!(ledger.take(last), Some(Ok(3)));
        let back = ledger.reallocate(ML, UNALLOCATED, 1).unwrap();
        ledger.release(ML, 3, ANNA);
        assert!(ledger.news().contains(&back));
    }

    #[test]
    fn all_means_all_that_are_there_when_it_is_granted() {
        let mut ledger = Ledger::with(2, [3, 0]);
        ledger.hold(SIM, 1, ANNA);
        let all = ledger.reallocate_all(SIM, ML).unwrap();
        let behind = ledger.acquire(SIM, 1, BERT).unwrap();
        ledger.reallocate(UNALLOCATED, SIM, 2).unwrap();
        assert!(ledger.waits(all));
        assert!(ledger.waits(behind), "it holds up those behind it");
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.take(all), Some(Ok(5)));
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(0, 0), (5, 5)]);
        ledger.check();
    }

    #[test]
    fn all_of_an_empty_pool_moves_none_at_once() {
        let mut ledger = Ledger::with(2, [0, 0]);
        let large = ledger.acquire(SIM, 1, ANNA).unwrap();
        let before = ledger.generation();
        let all = ledger.reallocate_all(SIM, ML).unwrap();
        assert_eq!(ledger.news(), [all]);
        assert_eq!(ledger.take(all), Some(Ok(0)));
        assert_eq!(ledger.generation(), before, "no allocation has changed");
        assert_eq!(ledger.passed_over(large), Some(Standing::TooLarge));
    }

    #[test]
    fn nothing_moves_from_a_pool_to_itself() {
        let mut ledger = Ledger::with(0, [4]);
        assert_eq!(ledger.reallocate(SIM, SIM, 1), Err(Refusal::SamePool));
        assert_eq!(ledger.reallocate_all(SIM, SIM), Err(Refusal::SamePool));
        assert_eq!(ledger.gather(SIM, SIM, 1, None), Err(Refusal::SamePool));
    }

    #[test]
    fn held_slots_move_with_their_allocation_and_stay_held() {
        let mut ledger = Ledger::with(0, [4, 1]);
        ledger.hold(SIM, 3, ANNA);
        let before = ledger.generation();
        ledger.move_held(SIM, ML, 2, ANNA);
        ledger.check();
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(2, 1), (3, 1)]);
        assert_eq!([ledger.held_by(SIM), ledger.held_by(ML)], [[(ANNA, 1)], [(ANNA, 2)]]);
        assert_ne!(ledger.generation(), before);
    }

    #[test]
    fn an_empty_guard_changes_nothing() {
        let mut ledger = Ledger::with(0, [4, 1]);
        let before = (ledger.snapshot(), ledger.generation());
        ledger.release(SIM, 0, ANNA);
        ledger.transfer(SIM, ANNA, BERT, 0);
        ledger.move_held(SIM, ML, 0, ANNA);
        ledger.keep(SIM, 0, ANNA);
        ledger.check();
        assert_eq!((ledger.snapshot(), ledger.generation()), before);
    }
}

mod total {
    use super::*;

    #[test]
    fn added_slots_are_unallocated() {
        let mut ledger = Ledger::with(0, [2]);
        let waits = ledger.acquire(UNALLOCATED, 2, ANNA).unwrap();
        let before = ledger.generation();
        assert_eq!(ledger.add(3), Ok(()));
        assert_eq!(ledger.news(), [waits]);
        assert_eq!((ledger.total(), ledger.level(UNALLOCATED)), (5, (3, 1)));
        assert_ne!(ledger.generation(), before);
    }

    #[test]
    fn more_than_can_be_counted_are_not_added() {
        let mut ledger = Ledger::with(0, [2]);
        assert_eq!(ledger.add(u32::MAX - 1), Err(Refusal::Overflow));
        assert_eq!((ledger.total(), ledger.level(UNALLOCATED)), (2, (0, 0)));
        assert_eq!(ledger.add(u32::MAX - 2), Ok(()));
    }

    #[test]
    fn removing_waits_in_line_and_shrinks_pool_and_total() {
        let mut ledger = Ledger::with(1, [4]);
        ledger.hold(SIM, 2, ANNA);
        let ticket = ledger.remove(SIM, 3).unwrap();
        let behind = ledger.acquire(SIM, 1, BERT).unwrap();
        assert!(ledger.waits(ticket));
        let before = ledger.generation();
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.news(), [ticket]);
        assert_eq!((ledger.total(), ledger.level(SIM)), (2, (1, 0)));
        assert_eq!(ledger.take(ticket), Some(Ok(3)));
        assert_ne!(ledger.generation(), before);
        assert!(ledger.waits(behind));
    }

    #[test]
    fn requests_beyond_a_shrunk_total_are_refused_wherever_they_wait() {
        let mut ledger = Ledger::with(0, [3, 3]);
        ledger.hold(ML, 2, ANNA);
        let hopeless = [
            ledger.acquire(SIM, 4, BERT).unwrap(),
            ledger.reallocate(SIM, ML, 5).unwrap(),
            ledger.remove(SIM, 6).unwrap(),
            ledger.offer(ML, 4, BERT).unwrap(),
        ];
        let fits = ledger.acquire(ML, 3, BERT).unwrap();
        let removed = ledger.remove(SIM, 3).unwrap();
        let refusal = Refusal::BeyondTotal { total: 3 };
        for ticket in hopeless {
            assert_eq!(ledger.state(ticket), Some(State::Refused(refusal)));
        }
        let mut news = ledger.news();
        news.sort();
        assert_eq!(news, [hopeless[0], hopeless[1], hopeless[2], hopeless[3], removed]);
        assert!(ledger.waits(fits), "what the total still allows goes on waiting");
        assert_eq!(ledger.take(hopeless[0]), Some(Err(refusal)));
        assert_eq!(ledger.cancel(hopeless[1]), Some(Cancelled::Refused(refusal)));
        assert_eq!([ledger.state(hopeless[0]), ledger.state(hopeless[1])], [None, None]);
    }

    #[test]
    fn a_refusal_holds_up_nobody_any_longer() {
        let mut ledger = Ledger::with(1, [3]);
        ledger.hold(SIM, 2, ANNA);
        let head = ledger.acquire(SIM, 3, BERT).unwrap();
        let behind = ledger.acquire(SIM, 1, BERT).unwrap();
        ledger.remove(UNALLOCATED, 1).unwrap();
        assert!(ledger.waits(head), "as large as the total is not too large");
        ledger.move_held(SIM, UNALLOCATED, 1, ANNA);
        ledger.release(UNALLOCATED, 1, ANNA);
        ledger.remove(UNALLOCATED, 1).unwrap();
        assert_eq!(ledger.state(head), Some(State::Refused(Refusal::BeyondTotal { total: 2 })));
        assert_eq!(ledger.state(behind), Some(State::Granted(1)));
        ledger.check();
    }

    #[test]
    fn all_slots_may_be_removed() {
        let mut ledger = Ledger::with(2, [0]);
        let ticket = ledger.remove(UNALLOCATED, 2).unwrap();
        assert_eq!(ledger.news(), [ticket]);
        assert_eq!(ledger.total(), 0);
        assert_eq!(ledger.acquire(SIM, 1, ANNA), Err(Refusal::BeyondTotal { total: 0 }));
    }
}

mod leaving {
    use super::*;

    #[test]
    fn cancelling_a_waiting_request_lets_in_those_behind_it() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 2, ANNA);
        let head = ledger.acquire(SIM, 3, BERT).unwrap();
        let behind = ledger.acquire(SIM, 2, BERT).unwrap();
        assert_eq!(ledger.cancel(head), Some(Cancelled::Withdrawn));
        assert_eq!(ledger.news(), [behind]);
        assert_eq!(ledger.state(head), None);
        assert_eq!(ledger.cancel(head), None);
    }

    #[test]
    fn cancelling_a_granted_request_gives_its_slots_to_those_behind_it() {
        let mut ledger = Ledger::with(0, [4]);
        let granted = ledger.acquire(SIM, 3, ANNA).unwrap();
        let behind = ledger.acquire(SIM, 2, BERT).unwrap();
        assert_eq!(ledger.news(), [granted]);
        assert_eq!(ledger.cancel(granted), Some(Cancelled::GivenBack(3)));
        assert_eq!(ledger.news(), [behind]);
        assert_eq!(ledger.held_by(SIM), [(BERT, 2)]);
    }

    #[test]
    fn a_cancelled_offer_gives_back_as_an_acquisition_does() {
        let mut ledger = Ledger::with(0, [4]);
        let granted = ledger.offer(SIM, 3, ANNA).unwrap();
        assert_eq!(ledger.cancel(granted), Some(Cancelled::GivenBack(3)));
        assert_eq!(ledger.level(SIM), (4, 4));
        ledger.check();
    }

    #[test]
    fn a_granted_move_stays_done() {
        let mut ledger = Ledger::with(0, [4, 0]);
        let moved = ledger.reallocate(SIM, ML, 1).unwrap();
        let all = ledger.reallocate_all(SIM, ML).unwrap();
        let removed = ledger.remove(ML, 2).unwrap();
        assert_eq!(ledger.cancel(moved), Some(Cancelled::Done(1)));
        assert_eq!(ledger.cancel(all), Some(Cancelled::Done(3)));
        assert_eq!(ledger.cancel(removed), Some(Cancelled::Done(2)));
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(0, 0), (2, 2)]);
    }
}

mod offers {
    use super::*;

    #[test]
    fn a_declined_offer_waits_at_its_old_place_and_is_passed_over() {
        let mut ledger = Ledger::with(0, [2]);
        let offer = ledger.offer(SIM, 2, ANNA).unwrap();
        let later = ledger.acquire(SIM, 1, BERT).unwrap();
        assert_eq!(ledger.news(), [offer]);
        assert!(ledger.decline(offer));
        assert_eq!(ledger.passed_over(offer), Some(Standing::Dry));
        assert_eq!(ledger.news(), [later], "its slots go to those behind it");
        assert_eq!(ledger.take(offer), None);
        assert_eq!(ledger.take(later), Some(Ok(1)));
        let last = ledger.acquire(SIM, 2, BERT).unwrap();
        assert!(ledger.freshen(offer));
        let line = [(offer, Standing::InLine), (last, Standing::InLine)];
        assert_eq!(ledger.line(SIM), line);
        ledger.release(SIM, 1, BERT);
        assert_eq!(ledger.news(), [offer], "told once more");
        assert_eq!(ledger.state(offer), Some(State::Granted(2)));
    }

    #[test]
    fn freshening_grants_what_is_free() {
        let mut ledger = Ledger::with(0, [2]);
        let offer = ledger.offer(SIM, 2, ANNA).unwrap();
        assert!(ledger.decline(offer));
        assert_eq!(ledger.news(), [offer]);
        assert_eq!(ledger.level(SIM), (2, 2));
        assert!(ledger.freshen(offer));
        assert_eq!(ledger.news(), [offer]);
        assert_eq!(ledger.take(offer), Some(Ok(2)));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 2)]);
    }

    #[test]
    fn a_dry_offer_is_overtaken_by_a_try() {
        let mut ledger = Ledger::with(0, [2]);
        let offer = ledger.offer(SIM, 1, ANNA).unwrap();
        assert!(ledger.decline(offer));
        ledger.hold(SIM, 2, BERT);
        assert_eq!(ledger.cancel(offer), Some(Cancelled::Withdrawn));
    }

    #[test]
    fn only_a_granted_offer_can_be_declined() {
        let mut ledger = Ledger::with(0, [2]);
        let acquired = ledger.acquire(SIM, 1, ANNA).unwrap();
        let offer = ledger.offer(SIM, 2, BERT).unwrap();
        assert!(!ledger.decline(acquired));
        assert!(!ledger.decline(offer));
        assert!(ledger.waits(offer));
        assert_eq!(ledger.take(acquired), Some(Ok(1)));
        assert!(!ledger.decline(acquired));
    }

    #[test]
    fn a_waiting_offer_can_change_its_size() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 2, ANNA);
        let offer = ledger.offer(SIM, 3, BERT).unwrap();
        assert_eq!(ledger.resize_offer(offer, 4), Ok(true));
        assert!(ledger.waits(offer));
        assert_eq!(ledger.resize_offer(offer, 2), Ok(true));
        assert_eq!(ledger.news(), [offer]);
        assert_eq!(ledger.state(offer), Some(State::Granted(2)));
        assert_eq!(ledger.resize_offer(offer, 1), Ok(false), "it waits no longer");
        assert_eq!(ledger.state(offer), Some(State::Granted(2)));
        assert!(ledger.decline(offer));
        assert_eq!(ledger.resize_offer(offer, 1), Ok(true));
        assert_eq!(ledger.passed_over(offer), Some(Standing::Dry), "a new size is no item");
        assert_eq!(ledger.resize_offer(offer, 5), Err(Refusal::BeyondTotal { total: 4 }));
        assert_eq!(ledger.resize_offer(offer, 0), Err(Refusal::Zero));
        ledger.news();
        assert!(ledger.freshen(offer));
        assert_eq!(ledger.state(offer), Some(State::Granted(1)));
    }

    #[test]
    fn only_a_waiting_offer_is_freshened() {
        let mut ledger = Ledger::with(0, [4]);
        let offer = ledger.offer(SIM, 3, BERT).unwrap();
        let acquire = ledger.acquire(SIM, 3, BERT).unwrap();
        assert!(!ledger.freshen(offer));
        assert!(!ledger.freshen(acquire));
        assert_eq!(ledger.resize_offer(acquire, 1), Ok(false));
        assert!(ledger.waits(acquire));
    }

    #[test]
    fn what_a_dry_offer_will_want_is_unknown_so_it_is_refused_only_when_it_is_freshened() {
        let mut ledger = Ledger::with(4, [0]);
        let offers = [3, 3].map(|n| ledger.offer(UNALLOCATED, n, ANNA).unwrap());
        assert!(ledger.decline(offers[0]));
        assert!(ledger.decline(offers[1]));
        ledger.remove(UNALLOCATED, 2).unwrap();
        assert_eq!(offers.map(|offer| ledger.passed_over(offer)), [Some(Standing::Dry); 2]);
        ledger.news();
        assert!(ledger.freshen(offers[0]));
        assert_eq!(ledger.news(), [offers[0]]);
        assert_eq!(ledger.take(offers[0]), Some(Err(Refusal::BeyondTotal { total: 2 })));
        assert_eq!(ledger.resize_offer(offers[1], 2), Ok(true));
        assert!(ledger.freshen(offers[1]));
        assert_eq!(ledger.take(offers[1]), Some(Ok(2)));
    }
}

mod gathering {
    use super::*;

    #[test]
    fn an_order_moves_free_slots_up_to_its_limit_step_by_step() {
        let mut ledger = Ledger::with(0, [6, 1]);
        ledger.hold(SIM, 5, ANNA);
        let order = ledger.gather(SIM, ML, 2, Some(4)).unwrap();
        assert!(ledger.waits(order), "one is free, and it moves two at a time");
        ledger.release(SIM, 1, ANNA);
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(4, 0), (3, 3)]);
        assert_eq!(ledger.moved(order), Some(2));
        ledger.release(SIM, 2, ANNA);
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(3, 1), (4, 4)], "the last step is as small as the room");
        assert_eq!(ledger.passed_over(order), Some(Standing::AtLimit));
        assert_eq!(ledger.moved(order), Some(3));
        assert!(ledger.news().is_empty(), "an order is never settled");
        assert_eq!(ledger.cancel(order), Some(Cancelled::Stopped { moved: 3 }));
        assert_eq!(ledger.moved(order), None);
    }

    #[test]
    fn an_order_without_limit_takes_all_that_come_free() {
        let mut ledger = Ledger::with(0, [4, 0]);
        ledger.hold(SIM, 1, ANNA);
        let order = ledger.gather(SIM, ML, 1, None).unwrap();
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(1, 0), (3, 3)]);
        assert!(ledger.waits(order));
        ledger.release(SIM, 1, ANNA);
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(0, 0), (4, 4)]);
        assert_eq!(ledger.passed_over(order), Some(Standing::TooLarge));
        ledger.check();
    }

    #[test]
    fn after_each_grant_it_goes_to_the_back_of_the_line() {
        let mut ledger = Ledger::with(0, [4, 0]);
        ledger.hold(SIM, 4, ANNA);
        let order = ledger.gather(SIM, ML, 1, None).unwrap();
        let [first, second] = [1, 1].map(|n| ledger.acquire(SIM, n, BERT).unwrap());
        ledger.release(SIM, 2, ANNA);
        assert_eq!(ledger.news(), [first]);
        assert_eq!(ledger.moved(order), Some(1));
        assert_eq!(ledger.line(SIM), [(second, Standing::InLine), (order, Standing::InLine)]);
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.news(), [second]);
        assert_eq!(ledger.moved(order), Some(1));
    }

    #[test]
    fn a_dormant_order_holds_up_nobody_and_wakes_when_its_destination_shrinks() {
        let mut ledger = Ledger::with(0, [4, 2]);
        let order = ledger.gather(SIM, ML, 1, Some(2)).unwrap();
        assert_eq!(ledger.passed_over(order), Some(Standing::AtLimit));
        ledger.hold(SIM, 3, ANNA);
        ledger.reallocate(ML, UNALLOCATED, 1).unwrap();
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(3, 0), (2, 2)]);
        ledger.hold(ML, 1, BERT);
        ledger.move_held(ML, UNALLOCATED, 1, BERT);
        ledger.release(SIM, 1, ANNA);
        assert_eq!(ledger.moved(order), Some(2));
        ledger.check();
    }

    #[test]
    fn an_order_over_its_limit_is_dormant() {
        let mut ledger = Ledger::with(0, [4, 3]);
        let order = ledger.gather(SIM, ML, 1, Some(2)).unwrap();
        assert_eq!(ledger.passed_over(order), Some(Standing::AtLimit));
    }

    #[test]
    fn slots_gathered_go_to_those_who_wait_for_them() {
        let mut ledger = Ledger::with(0, [4, 0]);
        let waits = ledger.acquire(ML, 2, ANNA).unwrap();
        ledger.gather(SIM, ML, 1, Some(3)).unwrap();
        assert_eq!(ledger.news(), [waits]);
        assert_eq!(ledger.level(ML), (3, 1));
    }

    #[test]
    fn a_step_beyond_the_total_is_refused_only_if_it_could_never_be_made() {
        let mut ledger = Ledger::with(0, [4, 0]);
        assert!(ledger.gather(SIM, ML, 9, Some(4)).is_ok());
        assert!(ledger.gather(SIM, ML, 1, Some(9)).is_ok());
        assert_eq!(ledger.level(ML), (4, 4));
        ledger.check();
    }

    #[test]
    fn an_order_too_large_for_a_shrunk_total_sleeps() {
        let mut ledger = Ledger::with(2, [1, 0]);
        ledger.hold(SIM, 1, ANNA);
        let order = ledger.gather(SIM, ML, 3, None).unwrap();
        ledger.remove(UNALLOCATED, 1).unwrap();
        assert_eq!(ledger.passed_over(order), Some(Standing::TooLarge));
        ledger.check();
    }

    #[test]
    fn of_opposite_orders_the_younger_sleeps_until_the_older_ends() {
        let mut ledger = Ledger::with(0, [2, 2]);
        let older = ledger.gather(SIM, ML, 1, None).unwrap();
        let younger = ledger.gather(ML, SIM, 1, Some(3)).unwrap();
        assert_eq!(ledger.passed_over(younger), Some(Standing::Ring));
        assert_eq!(ledger.level(ML), (4, 4));
        assert_eq!(ledger.cancel(older), Some(Cancelled::Stopped { moved: 2 }));
        ledger.check();
        assert_eq!([ledger.level(SIM), ledger.level(ML)], [(3, 3), (1, 1)]);
        assert_eq!(ledger.passed_over(younger), Some(Standing::AtLimit));
    }

    #[test]
    fn the_older_order_is_known_by_its_ticket_not_by_its_place() {
        let mut ledger = Ledger::with(0, [2, 2]);
        ledger.hold(ML, 1, ANNA);
        let older = ledger.gather(ML, SIM, 1, Some(9)).unwrap();
        let younger = ledger.gather(SIM, ML, 1, None).unwrap();
        ledger.release(ML, 1, ANNA);
        assert_eq!(ledger.moved(older), Some(2), "it has moved since, and so has the later place");
        let other = ledger.acquire(ML, 1, ANNA).unwrap();
        assert_eq!(ledger.cancel(other), Some(Cancelled::Withdrawn));
        ledger.check();
        assert_eq!(ledger.passed_over(older), Some(Standing::TooLarge));
        assert_eq!(ledger.passed_over(younger), Some(Standing::Ring));
    }

    #[test]
    fn orders_in_a_row_are_no_ring_and_one_that_closes_it_sleeps() {
        let mut ledger = Ledger::with(3, [0, 0]);
        ledger.gather(UNALLOCATED, SIM, 1, None).unwrap();
        ledger.gather(SIM, ML, 1, None).unwrap();
        let shortcut = ledger.gather(UNALLOCATED, ML, 1, None).unwrap();
        let closing = ledger.gather(ML, UNALLOCATED, 1, None).unwrap();
        assert_eq!(ledger.level(ML), (3, 3));
        assert_eq!(ledger.passed_over(shortcut), Some(Standing::TooLarge));
        assert_eq!(ledger.passed_over(closing), Some(Standing::Ring));
        ledger.check();
    }
}

mod holding {
    use super::*;

    #[test]
    fn slots_can_pass_to_another_holder() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        ledger.transfer(SIM, ANNA, BERT, 2);
        ledger.check();
        assert_eq!(ledger.held_by(SIM), [(ANNA, 1), (BERT, 2)]);
        assert_eq!(ledger.level(SIM), (4, 1));
    }

    #[test]
    fn kept_slots_stay_held_and_no_more_than_were_kept_are_released() {
        let mut ledger = Ledger::with(0, [4]);
        ledger.hold(SIM, 3, ANNA);
        ledger.keep(SIM, 2, ANNA);
        ledger.check();
        assert_eq!(ledger.held_by(SIM), [(ANNA, 3)]);
        assert_eq!(ledger.snapshot().pools[SIM].kept, 2);
        assert_eq!(ledger.release_kept(SIM, 3), Err(Refusal::BeyondKept { kept: 2 }));
        assert_eq!(ledger.level(SIM), (4, 1));
        assert_eq!(ledger.release_kept(SIM, 2), Ok(()));
        assert_eq!(ledger.level(SIM), (4, 3));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 1)]);
        assert_eq!(ledger.release_kept(SIM, 1), Err(Refusal::BeyondKept { kept: 0 }));
        ledger.check();
    }

    #[test]
    fn those_kept_longest_are_released_first() {
        let mut ledger = Ledger::with(0, [5]);
        ledger.hold(SIM, 2, ANNA);
        ledger.hold(SIM, 3, BERT);
        ledger.keep(SIM, 3, BERT);
        ledger.keep(SIM, 2, ANNA);
        assert_eq!(ledger.release_kept(SIM, 1), Ok(()));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 2), (BERT, 2)]);
        assert_eq!(ledger.release_kept(SIM, 3), Ok(()));
        assert_eq!(ledger.held_by(SIM), [(ANNA, 1)]);
        ledger.check();
    }

    #[test]
    fn released_kept_slots_go_to_those_who_wait() {
        let mut ledger = Ledger::with(0, [1]);
        ledger.hold(SIM, 1, ANNA);
        ledger.keep(SIM, 1, ANNA);
        let waits = ledger.acquire(SIM, 1, BERT).unwrap();
        assert_eq!(ledger.release_kept(SIM, 1), Ok(()));
        assert_eq!(ledger.news(), [waits]);
    }

    #[test]
    #[should_panic(expected = "holder 1 lets go of 2 slots and has 1")]
    fn to_release_more_than_one_holds_is_a_mistake_of_the_program() {
        let mut ledger = Ledger::with(0, [2]);
        ledger.hold(SIM, 1, ANNA);
        ledger.hold(SIM, 1, BERT);
        ledger.release(SIM, 2, ANNA);
    }

    #[test]
    fn a_snapshot_tells_who_waits_for_what() {
        let mut ledger = Ledger::with(1, [2]);
        ledger.hold(SIM, 1, ANNA);
        let large = ledger.acquire(SIM, 3, BERT).unwrap();
        let fits = ledger.remove(SIM, 2).unwrap();
        let snapshot = ledger.snapshot();
        assert_eq!(snapshot.total, 3);
        let waiting = vec![
            Waiting { ticket: large, want: Want::Acquire { n: 3, holder: BERT }, standing: Standing::TooLarge },
            Waiting { ticket: fits, want: Want::Remove { n: 2 }, standing: Standing::InLine },
        ];
        let sim = PoolSnapshot { allocated: 2, free: 1, kept: 0, held_by: vec![(ANNA, 1)], waiting };
        assert_eq!(snapshot.pools[SIM], sim);
    }
}
