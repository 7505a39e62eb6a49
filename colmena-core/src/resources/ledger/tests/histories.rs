//! Random histories of all operations. `World` calls the ledger as the counter around it would, and keeps books of its own
//! from what it is told.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Op {
    Try(usize, u32, Holder),
    Acquire(usize, u32, Holder),
    Offer(usize, u32, Holder),
    Move(usize, usize, u32),
    MoveAll(usize, usize),
    Gather(usize, usize, u32, Option<u32>),
    Add(u32),
    Remove(usize, u32),
    Release(usize),
    Transfer(usize, Holder),
    MoveHeld(usize, usize),
    Keep(usize),
    ReleaseKept(usize, u32),
    Cancel(usize),
    Take(usize),
    Decline(usize),
    Resize(usize, u32),
    Freshen(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let (pool, n, who, which) = (0..4_usize, 0..7_u32, 0..4_usize, 0..16_usize);
    let limit = prop::option::of(1..7_u32);
    prop_oneof![
        3 => (pool.clone(), n.clone(), who.clone()).prop_map(|(p, n, h)| Op::Try(p, n, h)),
        6 => (pool.clone(), n.clone(), who.clone()).prop_map(|(p, n, h)| Op::Acquire(p, n, h)),
        4 => (pool.clone(), n.clone(), who.clone()).prop_map(|(p, n, h)| Op::Offer(p, n, h)),
        5 => (pool.clone(), pool.clone(), n.clone()).prop_map(|(p, q, n)| Op::Move(p, q, n)),
        1 => (pool.clone(), pool.clone()).prop_map(|(p, q)| Op::MoveAll(p, q)),
        2 => (pool.clone(), pool.clone(), 1..4_u32, limit).prop_map(|(p, q, s, l)| Op::Gather(p, q, s, l)),
        1 => (0..3_u32).prop_map(Op::Add),
        1 => (pool.clone(), 0..3_u32).prop_map(|(p, n)| Op::Remove(p, n)),
        8 => which.clone().prop_map(Op::Release),
        1 => (which.clone(), who).prop_map(|(i, h)| Op::Transfer(i, h)),
        2 => (which.clone(), pool.clone()).prop_map(|(i, q)| Op::MoveHeld(i, q)),
        2 => which.clone().prop_map(Op::Keep),
        2 => (pool, n.clone()).prop_map(|(p, n)| Op::ReleaseKept(p, n)),
        2 => which.clone().prop_map(Op::Cancel),
        6 => which.clone().prop_map(Op::Take),
        3 => which.clone().prop_map(Op::Decline),
        1 => (which.clone(), n).prop_map(|(i, n)| Op::Resize(i, n)),
        2 => which.prop_map(Op::Freshen),
    ]
}

/// Slots in somebody's hands.
#[derive(Debug, Clone, Copy)]
struct Hand {
    pool: PoolIndex,
    holder: Holder,
    n: u32,
}

/// A ticket that has been neither taken nor cancelled, as the world was told of it.
#[derive(Debug, Clone, Copy)]
struct Known {
    ticket: Ticket,
    pool: PoolIndex,
    want: Want,
    /// What it was told: granted so many, or refused.
    told: Option<Result<u32, Refusal>>,
    /// Of a standing order: as last seen.
    moved: u32,
}

#[derive(Debug)]
struct World {
    ledger: Ledger,
    total: u32,
    allocated: Vec<u32>,
    kept: Vec<u32>,
    hands: Vec<Hand>,
    known: Vec<Known>,
}

impl World {
    fn new(named: usize, total: u32) -> Self {
        let mut allocated = vec![0; named + 1];
        allocated[0] = total;
        let kept = vec![0; named + 1];
        Self { ledger: Ledger::new(named, total), total, allocated, kept, hands: vec![], known: vec![] }
    }

    fn apply(&mut self, op: Op) {
        let before = (self.ledger.generation(), self.ledger.snapshot());
        self.call(op);
        self.hear(before.0);
        self.compare(before);
    }

    fn call(&mut self, op: Op) {
        let pools = self.allocated.len();
        match op {
            Op::Try(p, n, holder) => self.try_acquire(p % pools, n, holder),
            Op::Acquire(p, n, holder) => {
                let entered = self.ledger.acquire(p % pools, n, holder);
                self.enter(entered, p, Some(n), Want::Acquire { n, holder });
            }
            Op::Offer(p, n, holder) => {
                let entered = self.ledger.offer(p % pools, n, holder);
                self.enter(entered, p, Some(n), Want::Offer { n, holder, dry: false });
            }
            Op::Move(p, q, n) => {
                let entered = self.ledger.reallocate(p % pools, q % pools, n);
                self.enter(entered, p, Some(n), Want::Move { n, to: q % pools });
            }
            Op::MoveAll(p, q) => {
                let entered = self.ledger.reallocate_all(p % pools, q % pools);
                self.enter(entered, p, None, Want::MoveAll { to: q % pools });
            }
            Op::Gather(p, q, step, up_to) => {
                let entered = self.ledger.gather(p % pools, q % pools, step, up_to);
                let least = step.min(up_to.unwrap_or(step));
                let want = Want::Gather { to: q % pools, step, up_to, moved: 0, ring: false };
                self.enter(entered, p, Some(least), want);
            }
            Op::Remove(p, n) => {
                let entered = self.ledger.remove(p % pools, n);
                self.enter(entered, p, Some(n), Want::Remove { n });
            }
            Op::Add(n) => self.add(n),
            Op::Release(i) => self.release(i),
            Op::Transfer(i, to) => self.transfer(i, to),
            Op::MoveHeld(i, q) => self.move_held(i, q % pools),
            Op::Keep(i) => self.keep(i),
            Op::ReleaseKept(p, n) => self.release_kept(p % pools, n),
            Op::Cancel(i) => self.cancel(i),
            Op::Take(i) => self.take(i),
            Op::Decline(i) => self.decline(i),
            Op::Resize(i, n) => self.resize(i, n),
            Op::Freshen(i) => self.freshen(i),
        }
    }

    fn try_acquire(&mut self, pool: PoolIndex, n: u32, holder: Holder) {
        let free = self.ledger.free(pool);
        let line = self.ledger.line(pool);
        let alone = line.iter().all(|&(_, standing)| standing != Standing::InLine);
        let expected = if n == 0 {
            Err(Refusal::Zero)
        } else if n > self.total {
            Err(Refusal::BeyondTotal { total: self.total })
        } else {
            Ok(n <= free && alone)
        };
        let got = self.ledger.try_acquire(pool, n, holder);
        assert_eq!(got, expected);
        if got == Ok(true) {
            self.hands.push(Hand { pool, holder, n });
        }
    }

    fn enter(&mut self, entered: Result<Ticket, Refusal>, p: usize, least: Option<u32>, want: Want) {
        let pool = p % self.allocated.len();
        let to = match want {
            Want::Move { to, .. } | Want::MoveAll { to } | Want::Gather { to, .. } => Some(to),
            _ => None,
        };
        let expected = match least {
            Some(0) => Err(Refusal::Zero),
            Some(n) if n > self.total => Err(Refusal::BeyondTotal { total: self.total }),
            _ if to == Some(pool) => Err(Refusal::SamePool),
            _ => Ok(()),
        };
        assert_eq!(entered.map(|_| ()), expected);
        if let Ok(ticket) = entered {
            assert!(self.known.iter().all(|known| known.ticket < ticket), "tickets grow");
            self.known.push(Known { ticket, pool, want, told: None, moved: 0 });
        }
    }

    fn add(&mut self, n: u32) {
        let expected = if n == 0 { Err(Refusal::Zero) } else { Ok(()) };
        assert_eq!(self.ledger.add(n), expected);
        self.total += n;
        self.allocated[UNALLOCATED] += n;
    }

    fn hand(&mut self, i: usize) -> Option<Hand> {
        (!self.hands.is_empty()).then(|| self.hands.swap_remove(i % self.hands.len()))
    }

    fn release(&mut self, i: usize) {
        let Some(mut hand) = self.hand(i) else { return };
        self.ledger.release(hand.pool, 1, hand.holder);
        hand.n -= 1;
        self.hands.extend((hand.n > 0).then_some(hand));
    }

    fn transfer(&mut self, i: usize, to: Holder) {
        let Some(hand) = self.hand(i) else { return };
        self.ledger.transfer(hand.pool, hand.holder, to, hand.n);
        self.hands.push(Hand { holder: to, ..hand });
    }

    fn move_held(&mut self, i: usize, to: PoolIndex) {
        let Some(hand) = self.hand(i) else { return };
        self.ledger.move_held(hand.pool, to, hand.n, hand.holder);
        self.allocated[hand.pool] -= hand.n;
        self.allocated[to] += hand.n;
        self.hands.push(Hand { pool: to, ..hand });
    }

    fn keep(&mut self, i: usize) {
        let Some(hand) = self.hand(i) else { return };
        self.ledger.keep(hand.pool, hand.n, hand.holder);
        self.kept[hand.pool] += hand.n;
    }

    fn release_kept(&mut self, pool: PoolIndex, n: u32) {
        let kept = self.kept[pool];
        let expected = match n {
            0 => Err(Refusal::Zero),
            n if n > kept => Err(Refusal::BeyondKept { kept }),
            _ => Ok(()),
        };
        assert_eq!(self.ledger.release_kept(pool, n), expected);
        self.kept[pool] -= if expected.is_ok() { n } else { 0 };
    }

    fn pick(&self, i: usize) -> Option<usize> {
        (!self.known.is_empty()).then(|| i % self.known.len())
    }

    fn cancel(&mut self, i: usize) {
        let Some(at) = self.pick(i) else { return };
        let known = self.known.remove(at);
        let expected = match (known.told, known.want) {
            (Some(Err(refusal)), _) => Cancelled::Refused(refusal),
            (Some(Ok(n)), Want::Acquire { .. } | Want::Offer { .. }) => Cancelled::GivenBack(n),
            (Some(Ok(n)), _) => Cancelled::Done(n),
            (None, Want::Gather { .. }) => Cancelled::Stopped { moved: known.moved },
            (None, _) => Cancelled::Withdrawn,
        };
        assert_eq!(self.ledger.cancel(known.ticket), Some(expected));
        assert_eq!(self.ledger.state(known.ticket), None);
        assert_eq!(self.ledger.cancel(known.ticket), None);
    }

    fn take(&mut self, i: usize) {
        let Some(at) = self.pick(i) else { return };
        let known = self.known[at];
        assert_eq!(self.ledger.take(known.ticket), known.told);
        if let Some(outcome) = known.told {
            self.known.remove(at);
            self.hands.extend(known.hand().filter(|_| outcome.is_ok()));
        }
    }

    fn decline(&mut self, i: usize) {
        let Some(at) = self.pick(i) else { return };
        let known = &mut self.known[at];
        let granted = matches!((known.want, known.told), (Want::Offer { .. }, Some(Ok(_))));
        if let Want::Offer { dry, .. } = &mut known.want {
            *dry |= granted;
        }
        if granted {
            known.told = None;
        }
        assert_eq!(self.ledger.decline(known.ticket), granted);
    }

    fn resize(&mut self, i: usize, new: u32) {
        let Some(at) = self.pick(i) else { return };
        let total = self.total;
        let known = &mut self.known[at];
        let waiting = known.told.is_none() && matches!(known.want, Want::Offer { .. });
        let expected = match new {
            0 => Err(Refusal::Zero),
            n if n > total => Err(Refusal::BeyondTotal { total }),
            _ => Ok(waiting),
        };
        if let (Want::Offer { n, .. }, Ok(true)) = (&mut known.want, expected) {
            *n = new;
        }
        assert_eq!(self.ledger.resize_offer(known.ticket, new), expected);
    }

    fn freshen(&mut self, i: usize) {
        let Some(at) = self.pick(i) else { return };
        let known = &mut self.known[at];
        let waiting = known.told.is_none() && matches!(known.want, Want::Offer { .. });
        if let (Want::Offer { dry, .. }, true) = (&mut known.want, waiting) {
            *dry = false;
        }
        assert_eq!(self.ledger.freshen(known.ticket), waiting);
    }

    /// Enters what the ledger says it has done into the world's own books.
    fn hear(&mut self, before: u64) {
        let told = self.ledger.has_settled();
        let news: Vec<Ticket> = self.ledger.drain_settled().collect();
        assert_eq!(told, !news.is_empty());
        for &ticket in &news {
            let at = self.known.iter().position(|known| known.ticket == ticket).expect("news of what is known");
            assert_eq!(self.known[at].told, None, "each is settled once");
            self.settle(at);
        }
        self.no_overtaking(before, &news);
        for i in 0..self.known.len() {
            self.note_moved(i);
        }
        assert_eq!(self.ledger.drain_settled().len(), 0);
    }

    fn settle(&mut self, at: usize) {
        let outcome = match self.ledger.state(self.known[at].ticket) {
            Some(State::Granted(n)) => Ok(n),
            Some(State::Refused(refusal)) => Err(refusal),
            other => panic!("news of {other:?}"),
        };
        let Known { pool, want, .. } = self.known[at];
        self.known[at].told = Some(outcome);
        let Ok(granted) = outcome else {
            let too_large = size(&want).is_some_and(|n| n > self.ledger.total());
            return assert!(too_large, "only the hopeless are refused");
        };
        assert!(size(&want).is_none_or(|n| n == granted), "exactly what was wanted");
        match want {
            Want::Move { to, .. } | Want::MoveAll { to } => self.reallocated(pool, to, granted),
            Want::Remove { .. } => {
                self.allocated[pool] = self.allocated[pool].wrapping_sub(granted);
                self.total -= granted;
            }
            _ => {}
        }
    }

    /// In the order in which they are heard of, moves may take what comes only afterwards.
    fn reallocated(&mut self, from: PoolIndex, to: PoolIndex, n: u32) {
        self.allocated[from] = self.allocated[from].wrapping_sub(n);
        self.allocated[to] = self.allocated[to].wrapping_add(n);
    }

    fn note_moved(&mut self, i: usize) {
        let known = self.known[i];
        let Want::Gather { to, .. } = known.want else {
            return assert_eq!(self.ledger.moved(known.ticket), None);
        };
        let now = self.ledger.moved(known.ticket).expect("orders wait until they are cancelled");
        assert!(now >= known.moved);
        self.reallocated(known.pool, to, now - known.moved);
        self.known[i].moved = now;
    }

    /// Where no allocation changes, of two that wait in one line the earlier is granted first,
    /// unless it is passed over.
    fn no_overtaking(&self, before: u64, news: &[Ticket]) {
        if self.ledger.generation() != before {
            return;
        }
        let after = self.ledger.snapshot();
        for (index, pool) in after.pools.iter().enumerate() {
            let blocks = pool.waiting.iter().find(|waiting| waiting.standing == Standing::InLine);
            let Some(blocks) = blocks.filter(|waiting| !matches!(waiting.want, Want::Gather { .. })) else {
                continue;
            };
            let overtook = |known: &&Known| {
                let granted = known.hand().is_some() && news.contains(&known.ticket);
                granted && known.pool == index && known.ticket > blocks.ticket
            };
            let first = self.known.iter().find(overtook);
            assert!(first.is_none(), "{first:?} has overtaken {blocks:?}");
        }
    }

    fn compare(&self, before: (u64, Snapshot)) {
        self.ledger.check();
        let seen = self.ledger.snapshot();
        assert_eq!(self.ledger.total(), self.total);
        assert_eq!(seen.total, self.total);
        for (index, pool) in seen.pools.iter().enumerate() {
            assert_eq!(pool.allocated, self.allocated[index], "allocated in {index}");
            assert_eq!(pool.kept, self.kept[index], "kept in {index}");
            assert_eq!(self.ledger.level(index), (pool.allocated, pool.free));
            let granted = self.known.iter().filter_map(Known::hand);
            let in_hand = granted.chain(self.hands.iter().copied()).filter(|hand| hand.pool == index);
            let mut shares = [0; 8];
            in_hand.for_each(|hand| shares[hand.holder] += hand.n);
            let held: u32 = shares.iter().sum();
            assert_eq!(pool.allocated - pool.free, held + pool.kept, "held in {index}");
            for &(holder, n) in &pool.held_by {
                assert!(n >= shares[holder], "{holder} holds what it was given");
            }
        }
        let changed = before.1.pools.iter().zip(&seen.pools).any(|(a, b)| a.allocated != b.allocated);
        assert!(!changed || self.ledger.generation() > before.0, "a change of allocations is told");
        for known in &self.known {
            self.compare_state(known);
        }
    }

    fn compare_state(&self, known: &Known) {
        match (self.ledger.state(known.ticket), known.told) {
            (Some(State::Granted(n)), Some(told)) => assert_eq!(told, Ok(n)),
            (Some(State::Refused(refusal)), Some(told)) => assert_eq!(told, Err(refusal)),
            (Some(State::Waiting(standing)), None) => {
                let dry = matches!(known.want, Want::Offer { dry: true, .. });
                assert_eq!(standing == Standing::Dry, dry);
            }
            other => panic!("{other:?}"),
        }
    }

    fn release_all(&mut self) {
        while !self.hands.is_empty() {
            self.apply(Op::Release(0));
        }
        for pool in 0..self.kept.len() {
            self.apply(Op::ReleaseKept(pool, self.kept[pool]));
        }
    }

    /// Lets everything run out: who has been granted slots takes them and releases them, dry offers find items.
    fn run_out(&mut self) {
        self.release_all();
        while let Some(at) = self
            .known
            .iter()
            .position(|known| known.told.is_some() || matches!(known.want, Want::Offer { dry: true, .. }))
        {
            self.apply(if self.known[at].told.is_some() { Op::Take(at) } else { Op::Freshen(at) });
            self.release_all();
        }
    }
}

impl Known {
    /// The slots that it was granted and has not been seen to take.
    fn hand(&self) -> Option<Hand> {
        let n = self.told?.ok()?;
        let (Want::Acquire { holder, .. } | Want::Offer { holder, .. }) = self.want else {
            return None;
        };
        Some(Hand { pool: self.pool, holder, n })
    }
}

fn history() -> impl Strategy<Value = (usize, u32, Vec<Op>)> {
    (0..4_usize, 0..13_u32, prop::collection::vec(op(), 1..80))
}

fn live((named, total, ops): (usize, u32, Vec<Op>)) -> World {
    let mut world = World::new(named, total);
    ops.into_iter().for_each(|op| world.apply(op));
    world
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// After every step of any history the laws hold, and the world's books agree. When all slots have come
    /// back and every offer finds an item, nobody waits who could be served.
    #[test]
    fn everybody_is_served(history in history()) {
        let mut world = live(history);
        world.run_out();
        for known in &world.known {
            let standing = world.ledger.passed_over(known.ticket);
            prop_assert!(standing.is_some() && standing != Some(Standing::Dry), "{known:?}");
        }
        for pool in 0..world.allocated.len() {
            prop_assert_eq!(world.ledger.free(pool), world.allocated[pool]);
        }
    }

    /// Cancelling gives back everything that had been promised.
    #[test]
    fn cancelling_all_leaves_all_slots_free(history in history()) {
        let mut world = live(history);
        while !world.known.is_empty() {
            world.apply(Op::Cancel(0));
        }
        world.release_all();
        let free: u32 = (0..world.allocated.len()).map(|pool| world.ledger.free(pool)).sum();
        prop_assert_eq!(free, world.total);
        prop_assert!(world.ledger.settled.is_empty());
        prop_assert!(world.ledger.pools.iter().all(|pool| pool.line.is_empty()));
    }

    /// In one pool whose slots only come and go, those that fit it are granted in the order of their arrival.
    #[test]
    fn first_come_first_served(sizes in prop::collection::vec(1..5_u32, 1..30), total in 4..9_u32) {
        let mut ledger = Ledger::new(0, total);
        let tickets: Vec<Ticket> =
            sizes.iter().map(|&n| ledger.acquire(UNALLOCATED, n, ANNA).unwrap()).collect();
        let mut served = Vec::new();
        while served.len() < tickets.len() {
            let news = ledger.news();
            prop_assert!(!news.is_empty(), "somebody is always served");
            for ticket in news {
                served.push(ticket);
                let n = ledger.take(ticket).unwrap().unwrap();
                ledger.release(UNALLOCATED, n, ANNA);
            }
        }
        prop_assert_eq!(served, tickets);
    }
}
