//! Leaving the line, sentence by sentence.

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
