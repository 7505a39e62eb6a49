//! Offers of submitters with a queue, sentence by sentence.

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
