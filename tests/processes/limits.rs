//! Cancelled tasks and exceeded time limits: the flag, and after the grace the end of the process group.

use colmena::FailureKind;
use colmena::prelude::*;

use crate::world::{Act, HOUR, Meddle, SECOND, act, alone, run, run_with, server, square};

fn kinds(failures: &[Failure]) -> Vec<FailureKind> {
    failures.iter().map(Failure::kind).collect()
}

#[test]
fn a_method_that_listens_ends_and_its_worker_lives_on() {
    let seen = run_with(server().grace(HOUR), 6, Act::Sleep, Meddle::Cancel, |_| ());
    assert_eq!(kinds(&seen.failures), [FailureKind::Cancelled; 6]);
    assert!(seen.processes.len() <= 2, "{:?}", seen.processes);
    let seen =
        run_with(server().grace(HOUR), 6, Act::Sleep, Meddle::Nothing, |acts| acts.time_limit = Some(SECOND / 20));
    assert_eq!(kinds(&seen.failures), [FailureKind::TimedOut; 6]);
    assert!(seen.processes.len() <= 2, "{:?}", seen.processes);
}

#[test]
fn a_method_that_does_not_listen_is_killed_with_its_worker() {
    let seen = run(4, Act::Ignore, Meddle::Cancel, |_| ());
    assert_eq!(kinds(&seen.failures), [FailureKind::Cancelled; 4]);
    assert_eq!(seen.processes.len(), 4, "each has a worker of its own");
    let seen = run(4, Act::Ignore, Meddle::Nothing, |acts| acts.time_limit = Some(SECOND / 20));
    assert_eq!(kinds(&seen.failures), [FailureKind::TimedOut; 4]);
}

#[test]
fn what_it_has_started_goes_with_it() {
    let seen = run(3, Act::IgnoreWithChild, Meddle::Nothing, |acts| acts.time_limit = Some(SECOND / 2));
    assert_eq!(kinds(&seen.failures), [FailureKind::TimedOut; 3]);
    assert!(seen.processes.len() >= 6, "three workers and their children: {:?}", seen.processes);
}

#[test]
fn a_worker_that_is_stopped_is_killed_too() {
    let seen = run(3, Act::Sleep, Meddle::StopAndCancel, |_| ());
    assert_eq!(kinds(&seen.failures), [FailureKind::Cancelled; 3]);
}

#[test]
fn at_done_tasks_are_cancelled_and_nothing_is_left() {
    for what in [Act::Sleep, Act::Ignore, Act::IgnoreWithChild] {
        let seen = run(20, what, Meddle::Done, |_| ());
        assert!(seen.values.is_empty(), "{what:?}: {:?}", seen.values);
        assert!(!seen.failures.is_empty(), "{what:?}");
    }
}

/// The slot is free when the task has settled, while its worker is being given up.
#[test]
fn the_slots_are_back_at_once() {
    let outcome = alone(server().grace(SECOND * 2), |agent| {
        let slots = agent.rec().acquire(None, 1)?;
        let ignoring = act { what: Act::Ignore, attempts: 1 };
        let result = agent.call(ignoring.holding(slots).time_limit(SECOND / 20))?;
        assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::TimedOut));
        let slots = agent.rec().try_acquire(None, 1)?.expect("it is free");
        let begun = agent.elapsed();
        assert_eq!(agent.call(square { x: 7 }.holding(slots))?.into_value()?, 49);
        assert!(agent.elapsed() - begun < SECOND, "the other worker does it");
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
