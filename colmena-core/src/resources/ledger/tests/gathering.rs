//! Standing orders, sentence by sentence.

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
