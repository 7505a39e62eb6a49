//! Servers that cannot be launched say why.

use std::time::Instant;

use colmena::prelude::*;

use crate::world::{SECOND, Scratch, WORKER, alone, server, square, unwrapped};

/// Served by no worker.
#[method]
fn unknown(x: u64) -> u64 {
    x
}

#[track_caller]
fn refused(server: ProcessTaskServer) -> String {
    let begun = Instant::now();
    let error = alone(server, |_| Ok(())).expect_err("it cannot be launched");
    assert!(begun.elapsed() < SECOND * 20);
    unwrapped(&error)
}

#[test]
fn a_method_that_the_workers_do_not_serve() {
    let text = refused(server().serve::<unknown>());
    assert!(text.contains("does not serve `unknown`, but `square`, `act`"), "{text}");
    assert!(
        text.contains("serve_if_asked::<(square, act, hold_open, measure, length, look, why, unknown)>()`"),
        "{text}"
    );
}

#[test]
fn a_program_that_is_no_worker() {
    for (program, how) in [("/bin/true", "exited with status 0"), ("/bin/false", "exited with status 1")] {
        let text = refused(ProcessTaskServer::new().program(program).serve::<square>());
        assert!(text.contains(how) && text.contains("must begin with `colmena::serve_if_asked::<square>()`"), "{text}");
    }
    let text = refused(ProcessTaskServer::new().program("/bin/nothing of the kind").serve::<square>());
    assert!(text.contains("No such file"), "{text}");
    let text = refused(ProcessTaskServer::new().program("/bin/cat").serve::<square>().start_timeout(SECOND / 5));
    assert!(text.contains("has not said within 200ms"), "{text}");
}

/// A fork bomb, if nobody looked: a worker that runs the whole program.
#[test]
fn a_program_that_runs_its_campaign_instead_of_working() {
    let args = ["launch::a_campaign_in_a_worker", "--exact", "--nocapture"];
    let text = refused(ProcessTaskServer::new().args(args).workers(2).serve::<square>());
    assert!(text.contains("exited with status 101"), "{text}");
    assert!(text.contains("was started as a worker of a task server, and runs a campaign"), "{text}");
}

/// Not a test by itself: what the test above starts.
#[test]
fn a_campaign_in_a_worker() {
    let server = ProcessTaskServer::new().args(WORKER).workers(1).serve::<square>();
    if let Err(error) = alone(server, |_| Ok(())) {
        eprintln!("{error}");
        std::process::exit(101);
    }
}

#[test]
fn workers_that_cannot_be_replaced_fail_their_tasks() {
    let scratch = Scratch::new("once");
    // The first time it is a worker, and from then on none.
    let script = format!(
        "#!/bin/sh\n[ -e {0}/was ] && exit 7\ntouch {0}/was\nprintf '{1}' >&0\nhead -c 1 <&0 >/dev/null\n",
        scratch.0.display(),
        r"clm1\025\000\000\000\000\003\001\006square\001\001x\006square\000",
    );
    let path = scratch.0.join("worker.sh");
    std::fs::write(&path, script).expect("the folder is there");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    let server = ProcessTaskServer::new().program(path).workers(1).serve::<square>();
    let outcome = alone(server, |agent| {
        let result = agent.call(square { x: 1 }.retries(2))?;
        let text = result.failure().expect("it has no worker").to_string();
        assert!(text.contains("a lost worker cannot be replaced (3 starts)"), "{text}");
        assert!(text.contains("exited with status 7"), "{text}");
        assert_eq!(result.attempts(), 3);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
