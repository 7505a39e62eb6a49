//! Programs in trouble: past their limit and tried again, on a full disk, at Ctrl-C. Real ones, in real time.
//!
//! In every one each task settles once, the slots add up, and no process and no run directory is left that should not be.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{Problem, ProgramEnd};

use crate::executables::{Scratch, script, sh, shell};
use crate::limits::{Pool, With};

/// Tells through `pipe` that it runs, and keeps it open until all of its processes are gone.
const HELD: &str = "exec 9>pipe; echo $$ >&9; ";
/// Does not end when it is told to, nor do its children.
const STUBBORN: &str = "trap '' TERM INT; (trap '' TERM INT; sleep 1000) & while :; do sleep 1000; done";

/// Blocks until a program runs; what is returned ends when its last process has.
fn started(pipe: &Path) -> impl Read + use<> {
    let mut pipe = BufReader::new(File::open(pipe).expect("a program opens the other end"));
    pipe.read_line(&mut String::new()).expect("it says its number");
    pipe
}

fn until_all_have_ended(mut pipe: impl Read) {
    assert_eq!(pipe.read_to_end(&mut Vec::new()).expect("a pipe can be read"), 0);
}

fn campaign<W: Send + Sync + 'static>(
    program: Program,
    world: W,
    act: fn(&W, &Agent<With<W>>) -> Result<()>,
) -> Campaign<With<W>> {
    let server = LocalTaskServer::new().serve_executable::<shell>(program).workers(2);
    Campaign::new(With { world, act }).ignore_ctrl_c().task_server(server).slots([(Pool::Sim, 8)])
}

#[test]
fn a_program_that_exceeds_its_limit_is_ended_and_then_tried_again() {
    let scratch = Scratch::new();
    let pipe = scratch.pipe("pipe");
    let program = sh(&scratch).link(&pipe).grace(Duration::from_millis(50));
    let mut campaign = campaign(program, pipe, |pipe, agent| {
        let mut group = agent.group();
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let task = script(format!("[ $1 = 2 ] && {{ echo $1; exit; }}; {HELD}{STUBBORN}")).holding(slots);
        let retry = Retry::times(1).on([FailureKind::TimedOut]);
        group.push(task.time_limit(Duration::from_millis(300)).retry(retry))?;
        let pipe = started(pipe);
        let result = group.next().expect("it settles")?;
        until_all_have_ended(pipe);
        let kinds: Vec<_> = result.earlier_failures().iter().map(|failure| failure.kind()).collect();
        assert_eq!((result.attempts(), kinds), (2, vec![FailureKind::TimedOut]));
        assert_eq!(result.into_value()?, "2");
        Ok(())
    });
    let report = campaign.run().expect("nothing fails");
    assert_eq!(report.method("shell").map(|method| method.retries_after.time_limits), Some(1));
    assert!(report.left_behind().is_empty(), "{report}");
    assert_eq!(scratch.left(), ["shell-1"], "it may tell why it took so long");
}

#[test]
fn some_statuses_are_success_and_failures_have_the_others() {
    let scratch = Scratch::new();
    let mut campaign = campaign(sh(&scratch).success_codes([3, 4]), (), |(), agent| {
        let end = |text: &str| -> Result<_> {
            let failure = agent.call(script(text))?.into_value().expect_err("it fails");
            Ok((failure.kind(), failure.program_end()))
        };
        for code in [0, 3, 4] {
            assert_eq!(agent.call(script(format!("echo hello; exit {code}")))?.into_value()?, "hello");
        }
        assert_eq!(end("echo hello; exit 5")?, (FailureKind::Error, Some(ProgramEnd::Exited(5))));
        assert_eq!(end("echo garbage; exit 4")?, (FailureKind::Error, Some(ProgramEnd::Exited(4))));
        assert_eq!(end("kill -SEGV $$")?, (FailureKind::Error, Some(ProgramEnd::Killed(11))));
        assert_eq!(end("")?, (FailureKind::Error, None), "it never ran");
        Ok(())
    });
    campaign.run().expect("nothing fails");
}

/// Starts this binary once more, to run one of the programs below in `folder`.
fn again(test: &str, folder: &Path) -> Vec<String> {
    let this = std::env::current_exe().expect("this test has a file").display().to_string();
    let folder = format!("{FOLDER}={}", folder.display());
    ["env", &folder, &this, "--exact", test, "--nocapture"].map(str::to_owned).to_vec()
}

fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

const FOLDER: &str = "COLMENA_TEST_TROUBLE";

/// Mounts a small file system where nobody else sees it, and goes on there. Status 77: it may not.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=256k none "$1" || exit 77; shift; exec "$@""#;

#[test]
fn a_full_disk_fails_the_tasks_that_fill_it_and_no_others() {
    if let Some(folder) = folder() {
        return fill(&folder);
    }
    let scratch = Scratch::new();
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(&scratch.0);
    let status =
        unshare.args(again("trouble::a_full_disk_fails_the_tasks_that_fill_it_and_no_others", &scratch.0)).status();
    match status.as_ref().map(|status| status.code()) {
        Ok(Some(77)) | Err(_) => eprintln!("not tested: no file system may be mounted here ({status:?})"),
        _ => assert!(status.is_ok_and(|status| status.success())),
    }
}

/// Two at a time; one that writes too much, beside others that write little, or, while it lasts, nothing.
fn fill(folder: &Path) {
    let runs = folder.join("runs");
    let program = Program::new("sh").under(&runs).keep(RunDirs::Never);
    let mut campaign = campaign(program, (), |(), agent| {
        let too_much = "head -c 1000000 /dev/zero > big || { cat big | wc -c; exit 1; }";
        let texts = [too_much, "echo little", too_much, "echo little", too_much, "echo little"];
        let tasks = texts.into_iter().map(|text| {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            Ok(script(text).holding(slots))
        });
        let results = agent.gather(tasks.collect::<Result<Vec<_>>>()?)?.all()?;
        assert_eq!(results.len(), texts.len(), "each settles once");
        for (result, text) in results.iter().zip(texts) {
            let failure = result.failure().map(ToString::to_string).unwrap_or_default();
            // There may have been no room for what it had to say, or not even for its directory.
            let end = result.failure().and_then(|failure| failure.program_end());
            let full = failure.contains("No space left on device") || end == Some(ProgramEnd::Exited(1));
            assert!(full || (text != too_much && result.is_ok()), "{failure}");
        }
        assert_eq!(agent.call(script("echo little"))?.into_value()?, "little", "there is room again");
        Ok(())
    });
    let report = campaign.run().expect("failures end no campaign");
    assert_eq!(report.method("shell").map(|method| method.settled()), Some(7));
    assert_eq!(std::fs::read_dir(&runs).expect("it is there").count(), 0, "no directory is left");
}

/// Does not look whether anybody wants it.
#[method(local)]
fn stuck(never: &Event) {
    let _ = never.wait();
}

#[test]
fn ctrl_c_ends_programs_and_methods_that_do_not_listen() {
    if let Some(folder) = folder() {
        return interrupted(&folder);
    }
    let scratch = Scratch::new();
    let pipe = scratch.pipe("pipe");
    let words = again("trouble::ctrl_c_ends_programs_and_methods_that_do_not_listen", &scratch.0);
    let mut other = Command::new(&words[0]).args(&words[1..]).stdout(Stdio::piped()).spawn().expect("it starts");
    let programs = [started(&pipe)];
    let id = other.id().to_string();
    let press = || assert!(Command::new("kill").args(["-INT", &id]).status().is_ok_and(|status| status.success()));
    let mut lines = BufReader::new(other.stdout.take().expect("it is a pipe")).lines().map(|line| line.expect("text"));
    press();
    assert!(lines.any(|line| line.ends_with("done is set")));
    press();
    let rest: Vec<String> = lines.collect();
    programs.into_iter().for_each(until_all_have_ended);
    assert!(other.wait().expect("it was started").success(), "{rest:#?}");
    assert_eq!(scratch.left(), [""; 0], "what was cancelled is not kept");
}

/// Until Ctrl-C has been pressed twice.
fn interrupted(folder: &Path) {
    let program = Program::new("sh").under(folder.join("runs")).link(folder.join("pipe"));
    let server = LocalTaskServer::new().serve_executable::<shell>(program).serve::<stuck>().workers(2);
    let act = |settled: &Mutex<Vec<_>>, agent: &Agent<With<_>>| {
        let slots = agent.rec().acquire(Pool::Sim, 2)?;
        let queues = agent.queues();
        queues.send_inputs(script(format!("{HELD}{STUBBORN}")).holding(slots).after_done())?;
        queues.send_inputs(stuck { never: Event::new() }.after_done())?;
        queues.send_inputs(stuck { never: Event::new() }.after_done())?; // waits
        agent.done().wait();
        println!("done is set");
        let all = agent.gather([stuck { never: Event::new() }.after_done()])?.all()?;
        settled.lock().extend(all.iter().filter_map(|result| Some(result.failure()?.kind())));
        Ok(())
    };
    let world = Mutex::new(Vec::new());
    let mut campaign = Campaign::new(With { world, act }).task_server(server).slots([(Pool::Sim, 2)]);
    let error = campaign.run().expect_err("somebody was left behind");
    let [Problem::Unresponsive { threads, tasks }] = error.problems() else { panic!("{error}") };
    assert_eq!((threads.len(), tasks.len()), (1, 4), "one method goes on: {error}");
    let report = error.report().expect("it has run");
    assert_eq!(report.methods().iter().map(|method| method.cancelled).sum::<u64>(), 4, "{report}");
    assert_eq!(*campaign.thinker().world.lock(), [FailureKind::Cancelled]);
}
