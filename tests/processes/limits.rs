//! Cancelled tasks and exceeded time limits: the flag, and after the grace the end of the process group.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{Ending, FailureKind, Problem};

use crate::world::{Act, Alone, HOUR, Meddle, SECOND, act, alone, run, run_with, server, square, why};

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
    const GRACE: Duration = Duration::from_secs(30);
    let outcome = alone(server().grace(GRACE), |agent| {
        let slots = agent.rec().acquire(None, 1)?;
        let ignoring = act { what: Act::Ignore, attempts: 1 };
        let result = agent.call(ignoring.holding(slots).time_limit(SECOND / 20))?;
        assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::TimedOut));
        let slots = agent.rec().try_acquire(None, 1)?.expect("it is free");
        let begun = agent.elapsed();
        assert_eq!(agent.call(square { x: 7 }.holding(slots))?.into_value()?, 49);
        assert!(agent.elapsed() - begun < GRACE, "the other worker does it");
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// An attempt is given up; the next one has a flag of its own, and, if need be, another worker.
#[test]
fn an_attempt_that_exceeds_its_limit_may_be_followed_by_another_one() {
    let outcome = alone(server().grace(SECOND / 10), |agent| {
        let retry = Retry::times(2).on([FailureKind::TimedOut]);
        for what in [Act::Sleep, Act::Ignore, Act::IgnoreWithChild] {
            let slots = agent.rec().acquire(None, 1)?;
            let task = act { what, attempts: 2 }.holding(slots).time_limit(SECOND / 10).retry(retry);
            let result = agent.call(task)?;
            assert_eq!(kinds(&result.earlier_failures()), [FailureKind::TimedOut; 2], "{what:?}");
            assert_eq!(result.into_value()?, 3);
            assert_eq!(agent.rec().available_slots(None), 1);
        }
        Ok(())
    });
    let report = outcome.unwrap_or_else(|error| panic!("{error}"));
    let method = report.method("act").expect("it was used");
    assert_eq!((method.retries_after.time_limits, method.retries_after.lost_workers), (6, 0));
}

#[test]
fn a_method_in_a_worker_can_ask_why_nobody_wants_its_value_any_more() {
    let outcome = alone(server().grace(HOUR), |agent| {
        let note = std::env::temp_dir().join(format!("colmena-why-{}", std::process::id()));
        let retry = Retry::times(1).on([FailureKind::TimedOut]);
        let told = agent.call(why { note: note.clone() }.time_limit(SECOND / 10).retry(retry))?.into_value();
        std::fs::remove_file(note)?;
        assert_eq!(told?, "Some(TimeLimit)");
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Three may be lost; the fourth ends the campaign, and is not tried again.
#[test]
fn too_many_lost_workers_end_the_campaign() {
    let agent = Alone(|agent| {
        let aborts = |attempts| act { what: Act::Abort, attempts }.after_done();
        let result = agent.call(aborts(2))?;
        assert_eq!(kinds(&result.earlier_failures()), [FailureKind::WorkerLost; 2]);
        assert_eq!(agent.call(aborts(9))?.attempts(), 2);
        let late = agent.call(aborts(0))?;
        assert_eq!(late.failure().map(Failure::kind), Some(FailureKind::ServerEnded));
        Ok(())
    });
    let server = server().retry::<act>(Retry::times(5));
    let outcome = Campaign::new(agent).ignore_ctrl_c().unallocated_slots(1).task_server(server).crash_limit(3).run();
    let error = outcome.expect_err("it loses too many");
    let [Problem::Crashes { limit: 3, last, .. }] = error.problems() else { panic!("{error}") };
    assert!(last.message().contains("was killed by signal 6 (SIGABRT)"), "{error}");
    assert_eq!(*error.report().expect("it has run").ending(), Ending::ServerFailed("ProcessTaskServer"));
}
