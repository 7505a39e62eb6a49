//! Acquiring, sentence by sentence.

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
