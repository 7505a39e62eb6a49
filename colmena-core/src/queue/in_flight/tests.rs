//! Each rule as an example, and random histories beside a naive table.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

impl<T> InFlight<T> {
    /// Asserts the laws at the head of `in_flight.rs`. `inserted`: how many insertions returned true.
    pub(crate) fn check(&self, inserted: u64) {
        assert_eq!(inserted, self.settled + self.len() as u64, "what was sent has settled or is here");
        assert!(self.uncollected <= self.settled, "only what has settled is uncollected");
        assert!(self.given_up.iter().all(|&id| self.get(id).is_some()), "only what is here is given up");
        assert_eq!(self.iter().len(), self.len());
    }
}

fn with<const N: usize>(ids: [Id; N]) -> InFlight<&'static str> {
    let mut table = InFlight::new();
    assert!(ids.into_iter().all(|id| table.insert(id, "task")));
    table
}

fn hash(id: Id) -> u64 {
    let mut hasher = IdHasher::default();
    hasher.write_u64(id);
    hasher.finish()
}

#[test]
fn what_is_inserted_is_in_flight() {
    let table = with([1, 2]);
    assert_eq!(table.len(), 2);
    assert_eq!(table.get(2), Some(&"task"));
    assert_eq!(table.get(3), None);
    assert_eq!((table.settled(), table.late(), table.uncollected()), (0, 0, 0));
    table.check(2);
}

#[test]
fn an_id_is_inserted_once() {
    let mut table = with([1]);
    assert!(!table.insert(1, "other"));
    assert_eq!(table.get(1), Some(&"task"));
    table.check(1);
}

#[test]
fn the_first_settling_gets_the_entry_and_the_others_are_late() {
    let mut table = with([1, 2]);
    assert_eq!(table.settle(1), Settlement::First { entry: "task", given_up: false });
    assert_eq!(table.settle(1), Settlement::Late);
    assert_eq!(table.settle(1), Settlement::Late);
    assert_eq!((table.len(), table.settled(), table.late()), (1, 1, 2));
    assert_eq!(table.get(1), None);
    table.check(2);
}

#[test]
fn settling_what_was_never_sent_is_late() {
    let mut table = with([1]);
    assert_eq!(table.settle(7), Settlement::Late);
    assert_eq!((table.settled(), table.late()), (0, 1));
    table.check(1);
}

#[test]
fn what_is_given_up_is_outstanding_until_it_settles_and_then_uncollected() {
    let mut table = with([1, 2]);
    assert!(table.give_up(1));
    assert_eq!((table.len(), table.uncollected()), (2, 0));
    assert_eq!(table.settle(2), Settlement::First { entry: "task", given_up: false });
    assert_eq!(table.uncollected(), 0);
    assert_eq!(table.settle(1), Settlement::First { entry: "task", given_up: true });
    assert_eq!((table.len(), table.settled(), table.uncollected()), (0, 2, 1));
    table.check(2);
}

#[test]
fn only_what_is_outstanding_can_be_given_up_and_only_once() {
    let mut table = with([1, 2]);
    assert!(table.give_up(1));
    assert!(!table.give_up(1));
    table.settle(2);
    assert!(!table.give_up(2));
    assert!(!table.give_up(3));
    table.check(2);
}

#[test]
fn iterating_yields_each_entry() {
    let table = with([5, 9, 7]);
    let ids: BTreeSet<Id> = table.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, BTreeSet::from([5, 7, 9]));
    assert!(table.iter().all(|(_, &entry)| entry == "task"));
}

#[test]
fn iterating_takes_the_same_order_in_every_run() {
    let order = |table: &InFlight<_>| table.iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(order(&with([5, 9, 7, 12, 40])), order(&with([5, 9, 7, 12, 40])));
}

/// The ids of one shard of sixteen fill the places of a table about as evenly as chance would.
#[test]
fn ids_of_one_shard_spread_over_the_table() {
    for shard in [0, 3, 15] {
        let hashes: Vec<u64> = (0..1024).map(|i| hash(i * 16 + shard)).collect();
        let places: BTreeSet<u64> = hashes.iter().map(|hash| hash % 1024).collect();
        let tags: BTreeSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        assert!(places.len() > 600, "{} places of 1024", places.len());
        assert!(tags.len() > 120, "{} tags of 128", tags.len());
    }
}

#[test]
fn other_keys_than_ids_hash_by_all_their_bytes() {
    let hash = |bytes: &[u8]| {
        let mut hasher = IdHasher::default();
        hasher.write(bytes);
        hasher.finish()
    };
    let keys: [&[u8]; 7] = [b"", b"a", b"b", b"ab", b"ba", b"aa", b"aba"];
    assert_eq!(keys.iter().map(|key| hash(key)).collect::<BTreeSet<_>>().len(), keys.len());
    let pairs = (0..=255).flat_map(|a| (0..=255).map(move |b| [a, b]));
    assert_eq!(pairs.map(|key| hash(&key)).collect::<BTreeSet<_>>().len(), 1 << 16);
}

#[derive(Debug, Clone)]
enum Op {
    Insert(Id),
    Settle(Id),
    GiveUp(Id),
    Get(Id),
}

fn op() -> impl Strategy<Value = Op> {
    let id = 0..24_u64;
    prop_oneof![
        4 => id.clone().prop_map(Op::Insert),
        4 => id.clone().prop_map(Op::Settle),
        2 => id.clone().prop_map(Op::GiveUp),
        1 => id.prop_map(Op::Get),
    ]
}

/// What the table should be: by id, its entry and whether it was given up. Ids may come again; entries do not.
#[derive(Debug, Default)]
struct Naive {
    entries: BTreeMap<Id, (usize, bool)>,
    inserted: u64,
    settled: u64,
    late: u64,
    uncollected: u64,
}

impl Naive {
    fn insert(&mut self, id: Id, entry: usize) -> bool {
        let new = !self.entries.contains_key(&id);
        if new {
            self.entries.insert(id, (entry, false));
            self.inserted += 1;
        }
        new
    }

    fn settle(&mut self, id: Id) -> Settlement<usize> {
        match self.entries.remove(&id) {
            Some((entry, given_up)) => {
                self.settled += 1;
                self.uncollected += u64::from(given_up);
                Settlement::First { entry, given_up }
            }
            None => {
                self.late += 1;
                Settlement::Late
            }
        }
    }

    fn give_up(&mut self, id: Id) -> bool {
        self.entries.get_mut(&id).is_some_and(|(_, given_up)| !std::mem::replace(given_up, true))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_as_a_naive_table_tells_it(ops in prop::collection::vec(op(), 1..200)) {
        let (mut table, mut naive) = (InFlight::new(), Naive::default());
        for (step, op) in ops.into_iter().enumerate() {
            match op {
                Op::Insert(id) => prop_assert_eq!(table.insert(id, step), naive.insert(id, step)),
                Op::Settle(id) => prop_assert_eq!(table.settle(id), naive.settle(id)),
                Op::GiveUp(id) => prop_assert_eq!(table.give_up(id), naive.give_up(id)),
                Op::Get(id) => prop_assert_eq!(table.get(id), naive.entries.get(&id).map(|(entry, _)| entry)),
            }
            table.check(naive.inserted);
            let counts = (table.settled(), table.late(), table.uncollected());
            prop_assert_eq!(counts, (naive.settled, naive.late, naive.uncollected));
            let seen: BTreeMap<Id, usize> = table.iter().map(|(id, &entry)| (id, entry)).collect();
            let expected: BTreeMap<Id, usize> = naive.entries.iter().map(|(&id, &(entry, _))| (id, entry)).collect();
            prop_assert_eq!(seen, expected);
        }
    }

    /// Ids from a counter, as in use: settled in any order, each twice, some given up.
    #[test]
    fn each_of_many_settles_once(
        order in Just((0..300_u64).collect::<Vec<_>>()).prop_shuffle(),
        left in prop::collection::btree_set(0..300_u64, 0..40),
    ) {
        let mut table = InFlight::new();
        prop_assert!((0..300).all(|id| table.insert(id, id)));
        prop_assert!(left.iter().all(|&id| table.give_up(id)));
        for &id in &order {
            prop_assert_eq!(table.settle(id), Settlement::First { entry: id, given_up: left.contains(&id) });
            prop_assert_eq!(table.settle(id), Settlement::Late);
            table.check(300);
        }
        prop_assert_eq!((table.len(), table.settled(), table.late()), (0, 300, 300));
        prop_assert_eq!(table.uncollected(), left.len() as u64);
    }
}
