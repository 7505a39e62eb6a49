//! Workers that die, or say what makes no sense: that costs one attempt of one task.

use std::os::unix::fs::PermissionsExt;

use colmena::FailureKind;
use colmena::prelude::*;

use crate::world::{Act, Meddle, SECOND, Scratch, alone, length, run, run_with, server, square, unwrapped};

/// 50; as many as the environment says, for a longer run.
fn kills() -> u32 {
    std::env::var("COLMENA_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(50)
}

#[test]
fn killed_in_the_middle_of_tasks_which_are_tried_again() {
    let seen = run(kills(), Act::Sleep, Meddle::Signal("-KILL"), |acts| acts.retries = 1);
    assert!(seen.values.iter().all(|attempt| *attempt == 2), "{:?}", seen.values);
    assert_eq!((seen.values.len(), seen.failures.len()), (kills() as usize, 0));
}

#[test]
fn a_task_that_may_not_be_tried_again_fails() {
    let seen = run(6, Act::Sleep, Meddle::Signal("-KILL"), |_| ());
    assert_eq!(seen.failures.len(), 6);
    for failure in &seen.failures {
        assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        assert!(failure.message().contains("was killed by signal 9 (SIGKILL)"), "{failure}");
    }
}

/// What each of them says.
fn lost(what: Act, text: &str) {
    let seen = run(4, what, Meddle::Nothing, |acts| acts.retries = 1);
    assert_eq!(seen.values, [2; 4], "{:?}", seen.failures);
    let seen = run(3, what, Meddle::Nothing, |_| ());
    assert_eq!(seen.failures.len(), 3);
    for failure in &seen.failures {
        assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        assert!(failure.message().contains(text), "no {text:?} in {failure}");
    }
}

#[test]
fn one_that_aborts() {
    lost(Act::Abort, "was killed by signal 6 (SIGABRT)");
    lost(Act::Abort, "the end of its standard error:\n      about to abort");
}

#[test]
fn one_that_exits() {
    lost(Act::Exit, "exited with status 3");
}

#[test]
fn one_with_a_segmentation_fault() {
    lost(Act::Segfault, "was killed by signal 11 (SIGSEGV)");
}

#[test]
fn one_that_allocates_without_end_under_a_limit() {
    let server = server().memory_limit(400 << 20);
    let seen = run_with(server, 2, Act::Allocate, Meddle::Nothing, |_| ());
    assert_eq!(seen.failures.len(), 2);
    for failure in &seen.failures {
        assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        assert!(failure.message().contains("memory allocation of"), "{failure}");
    }
}

#[test]
fn errors_and_panics_are_the_methods() {
    let seen = run(3, Act::Fail, Meddle::Nothing, |_| ());
    assert!(seen.failures.iter().all(|failure| failure.kind() == FailureKind::Error), "{:?}", seen.failures);
    assert!(seen.processes.len() <= 2, "its worker lives on");
    let seen = run(3, Act::Panic, Meddle::Nothing, |_| ());
    for failure in &seen.failures {
        assert_eq!(failure.kind(), FailureKind::Panicked, "{failure}");
        assert!(failure.message().starts_with("it was told to (at tests/processes/world.rs:"), "{failure}");
    }
    assert!(seen.processes.len() <= 2, "its worker lives on");
}

/// A program that begins like a worker that serves `square(x)`, and then does what `after` says, in the shell's words.
fn impostor(scratch: &Scratch, after: &str) -> ProcessTaskServer {
    program(scratch, r"clm1\025\000\000\000\000\003\001\006square\001\001x\006square\000", after).serve::<square>()
}

/// A program that says `hello`, which is a frame.
fn program(scratch: &Scratch, hello: &str, after: &str) -> ProcessTaskServer {
    let script = format!("#!/bin/sh\nprintf '{hello}' >&0\n{after}\n");
    let path = scratch.0.join("worker.sh");
    std::fs::write(&path, script).expect("the folder is there");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is ours");
    ProcessTaskServer::new().program(path).workers(1).grace(SECOND / 5)
}

/// After it has read a byte of a request.
fn asked(name: &str, then: &str, text: &str) {
    let scratch = Scratch::new(name);
    let server = impostor(&scratch, &format!("head -c 1 <&0 >/dev/null\n{then}"));
    let report = alone(server, |agent| {
        for _ in 0..3 {
            let result = agent.call(square { x: 3 })?;
            let failure = result.failure().expect("it has no value");
            assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        }
        Ok(())
    });
    let report = unwrapped(&report.unwrap_or_else(|error| panic!("{error}")));
    assert!(report.contains(text), "no {text:?} in {report}");
}

#[test]
fn one_that_writes_rubbish() {
    asked("rubbish", "printf 'this is no frame' >&0; sleep 1000", "wrote rubbish");
}

#[test]
fn one_that_writes_half_a_frame_and_ends() {
    asked("half", r"printf 'clm1\100\000\000\000half' >&0", "exited with status 0");
}

#[test]
fn one_that_answers_what_nobody_has_asked_for() {
    asked(
        "answer",
        r"printf 'clm1\003\000\000\000\002\052\011' >&0; sleep 1000",
        "an answer that nobody has asked for",
    );
}

/// Half a frame and then nothing: only the time limit ends it.
#[test]
fn one_that_writes_half_a_frame_and_hangs() {
    let scratch = Scratch::new("hangs");
    let server = impostor(&scratch, r"head -c 1 <&0 >/dev/null; printf 'clm1\100\000\000\000half' >&0; sleep 1000");
    let outcome = alone(server, |agent| {
        let result = agent.call(square { x: 3 }.time_limit(SECOND / 10))?;
        assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::TimedOut));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// The task does not fit into its socket.
#[test]
fn one_that_reads_nothing_is_given_up_at_the_time_limit() {
    let scratch = Scratch::new("deaf");
    let hello = r"clm1\030\000\000\000\000\003\001\006length\001\004text\006length\000";
    let server = program(&scratch, hello, "exec sleep 1000").serve::<length>();
    let outcome = alone(server, |agent| {
        let text = "x".repeat(10 << 20);
        let result = agent.call(length { text }.time_limit(SECOND / 10))?;
        assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::TimedOut));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
