//! Slots that come and go, sentence by sentence.

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
