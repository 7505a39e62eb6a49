//! Moving slots between pools, sentence by sentence.

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
