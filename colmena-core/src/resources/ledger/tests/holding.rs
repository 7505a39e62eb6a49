//! Slots in somebody's hands, sentence by sentence.

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
