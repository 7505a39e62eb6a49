//! Tasks that are programs: real ones, in real time. No test sleeps: what a program has done is told through named pipes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{CampaignError, LaunchProblem, Resources};

use crate::world::{Alone, in_orders};

/// A folder for one test, removed at its end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("executables-{}-{}", std::process::id(), MADE.fetch_add(1, Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("the folder for temporary files is there");
        Self(path)
    }

    pub(crate) fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// The names of the run directories that are left.
    pub(crate) fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.runs()).expect("it was made at launch");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A pipe through which programs tell when they are at something.
    pub(crate) fn pipe(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Adds numbers, from a file, its arguments or its standard input.
#[method]
fn sum(numbers: &[f64]) -> f64;

impl ExecutableMethod for sum {
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        let lines: Vec<String> = self.numbers.iter().map(f64::to_string).collect();
        fs::write(dir.join("numbers"), lines.join("\n"))?;
        Ok(Invocation::new().arg("{ sum += $1 } END { print sum }").stdin_file("numbers"))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<f64> {
        Ok(dir.stdout()?.trim().parse()?)
    }
}

/// Runs a script of the shell; `$1` is the attempt.
#[method]
pub(crate) fn shell(script: &str) -> String;

impl ExecutableMethod for shell {
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        if self.script.is_empty() {
            return Err("there is no script".into());
        }
        Ok(Invocation::new().arg("-c").arg(&self.script).arg("sh").arg(dir.attempt().to_string()))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<String> {
        match dir.stdout()?.trim() {
            "garbage" => Err("that is garbage".into()),
            "panic" => panic!("what is that?"),
            text => Ok(text.to_owned()),
        }
    }
}

/// A command; what is in an argument stays one.
#[method(command = "sh -c 'echo $1 $2 $#' sh {x:.2} {text} last")]
fn echo(x: f64, text: &str) -> String;

#[method(command = "echo {text}")]
fn count(text: &str) -> u32;

/// Returns nothing, whatever it prints.
#[method(command = "echo {text}", topic = "echoes")]
fn talk(text: &str);

pub(crate) fn script(text: impl Into<String>) -> shell {
    shell { script: text.into() }
}

pub(crate) fn sh(scratch: &Scratch) -> Program {
    Program::new("sh").under(scratch.runs())
}

/// Runs one agent, and whatever program it asks for.
fn with(program: Program, act: fn(&Agent<Alone>) -> Result<()>) -> Result<Report, CampaignError> {
    campaign(program, act).run()
}

fn campaign(program: Program, act: fn(&Agent<Alone>) -> Result<()>) -> Campaign<Alone> {
    let server = LocalTaskServer::new().serve_executable::<shell>(program).workers(2);
    Campaign::new(Alone(act)).ignore_ctrl_c().task_server(server)
}

/// What failed, without the folder of the test.
fn failure(agent: &Agent<Alone>, text: &str) -> Result<String> {
    let failure = agent.call(script(text))?.into_value().expect_err("it is to fail");
    assert_eq!(failure.kind(), FailureKind::Error);
    let lines = failure.message().lines().map(|line| match line.split_once("/runs/") {
        Some((before, after)) if before.starts_with("    in ") => format!("    in runs/{after}"),
        _ => line.to_owned(),
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_task_can_be_a_program() {
    let scratch = Scratch::new();
    let server = LocalTaskServer::new().serve_executable::<sum>(Program::new("awk").under(scratch.runs()));
    let adds = Alone(|agent| {
        let result = agent.call(sum { numbers: vec![1.0, 2.5, 4.0] })?;
        let times = result.times();
        let steps = times.steps.expect("it was a program");
        assert!(
            [steps.preprocess, steps.run, steps.postprocess].iter().all(|step| *step > Duration::ZERO),
            "{steps:?}"
        );
        assert!(steps.preprocess + steps.run + steps.postprocess <= times.running());
        assert_eq!(result.into_value()?, 7.5);
        Ok(())
    });
    Campaign::new(adds).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
    assert_eq!(scratch.left(), [""; 0], "directories of runs that succeed are not kept");
}

#[test]
fn a_command_is_filled_in_and_its_output_read() {
    let scratch = Scratch::new();
    let server = LocalTaskServer::new()
        .serve_executable::<echo>(Program::of::<echo>().under(scratch.runs()))
        .serve_executable::<count>(Program::of::<count>().under(scratch.runs()))
        .serve_executable::<talk>(Program::of::<talk>().under(scratch.runs()).keep(RunDirs::Always));
    let calls = Alone(|agent| {
        let text = "; exit 1".to_owned();
        assert_eq!(agent.call(echo { x: 1.0, text })?.into_value()?, "1.00 ; exit 1 3");
        assert_eq!(agent.call(count { text: " 42 ".to_owned() })?.into_value()?, 42);
        let failure = agent.call(count { text: "many".to_owned() })?.into_value().expect_err("no number");
        let text = "cannot be read: standard output is \"many\": invalid digit found in string\n";
        assert!(failure.message().contains(text), "{failure}");
        agent.call(talk { text: "hello".to_owned() })?.into_value()?;
        Ok(())
    });
    Campaign::new(calls).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
    assert_eq!(scratch.left(), ["count-3", "talk-4"]);
}

/// Time stands still while a program runs.
#[test]
fn programs_run_in_seeded_orders_too() {
    in_orders(3, || {
        let scratch = Scratch::new();
        let server = LocalTaskServer::new().serve_executable::<sum>(Program::new("awk").under(scratch.runs()));
        let adds = Alone(|agent| {
            let results = agent.gather((0..3).map(|x| sum { numbers: vec![f64::from(x), 1.0] }))?.all()?;
            let values: Vec<f64> = results.into_iter().map(TaskResult::into_value).collect::<Result<_, _>>()?;
            assert_eq!(values, [1.0, 2.0, 3.0]);
            Ok(())
        });
        let report = Campaign::new(adds).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
        assert_eq!(report.wall_time(), Duration::ZERO);
    });
}

#[test]
fn a_failure_has_the_command_line_the_status_and_the_end_of_standard_error() {
    let scratch = Scratch::new();
    let outcome = with(sh(&scratch), |agent| {
        let text = failure(agent, "echo one >&2; echo 'no convergence' >&2; exit 3")?;
        let line = "sh -c 'echo one >&2; echo '\\''no convergence'\\'' >&2; exit 3' sh 1` exited with status 3";
        assert!(text.starts_with('`') && text.contains(line), "{text}");
        let end = "\n    in runs/shell-1\n    the end of its standard error:\n      one\n      no convergence";
        assert!(text.ends_with(end), "{text}");

        let text = failure(agent, "kill -SEGV $$")?;
        assert!(text.contains("` was killed by signal 11 (SIGSEGV)"), "{text}");
        assert!(text.ends_with("\n    it wrote nothing to standard error or output"), "{text}");

        let text = failure(agent, "echo garbage")?;
        assert!(text.starts_with("the output of `") && text.contains(" cannot be read: that is garbage\n"), "{text}");
        assert!(
            text.ends_with("its standard error is empty; the end of its standard output:\n      garbage"),
            "{text}"
        );

        assert_eq!(failure(agent, "")?, "preprocess: there is no script\n    in runs/shell-4");

        let failure = agent.call(script("echo panic"))?.into_value().expect_err("it panics");
        assert_eq!(failure.kind(), FailureKind::Panicked);
        Ok(())
    });
    outcome.expect("failures end no campaign");
    assert_eq!(scratch.left(), ["shell-1", "shell-2", "shell-3", "shell-4", "shell-5"], "what failed is kept");
}

#[test]
fn what_is_told_of_a_long_standard_error_is_short() {
    let scratch = Scratch::new();
    let outcome = with(sh(&scratch).keep(RunDirs::Never), |agent| {
        let text = failure(agent, "head -c 100000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; echo last >&2; exit 1")?;
        assert!(text.ends_with("xx ..\n      last") && text.len() < 1000, "{} bytes", text.len());
        assert!(!text.contains("    in "), "the directory is gone: {text}");
        Ok(())
    });
    outcome.expect("failures end no campaign");
    assert_eq!(scratch.left(), [""; 0]);
}

/// Of what is wrong with a program nothing waits for the first task.
#[test]
fn what_can_be_known_at_launch_is_an_error_there() {
    let scratch = Scratch::new();
    fs::write(scratch.0.join("file"), "").expect("it can be written");
    let program = Program::new("no-such-program")
        .launcher("no-such-launcher -np {ranks}")
        .link("no-such-script.py")
        .under(scratch.0.join("file/runs"));
    let Err(CampaignError::Launch(error)) = with(program, |_| Ok(())) else { panic!("it cannot start") };
    let wrong: Vec<&str> = error.problems.iter().map(|problem| &*problem.wrong).collect();
    assert_eq!(wrong[0], "the launcher of the method `shell`: there is no field `{ranks}`");
    assert_eq!(wrong[1], "the program `no-such-program` of the method `shell` is not on PATH");
    assert!(error.problems[1].notes[0].starts_with("PATH is /"), "{error}");
    assert!(error.to_string().contains(" --> tests/behaviour/executables.rs:"), "{error}");
    assert!(wrong[2].starts_with("run directories of the method `shell` cannot be made in /"), "{}", wrong[2]);
    assert_eq!(wrong[3], "the method `shell` links to no-such-script.py, which is not there");
    let LaunchProblem { help, .. } = &error.problems[0];
    assert!(help.as_ref().is_some_and(|help| help.contains("`{node_count}`, `{cpu_processes}`")), "{help:?}");

    let program = sh(&scratch).launcher("no-such-launcher -np {total_ranks}");
    let Err(CampaignError::Launch(error)) = with(program, |_| Ok(())) else { panic!("it cannot start") };
    assert!(
        error.problems[0].wrong.starts_with("the launcher `no-such-launcher` of the method `shell` is not on PATH")
    );

    let program = Program::new("./no-such-program").under(scratch.runs());
    let Err(CampaignError::Launch(error)) = with(program, |_| Ok(())) else { panic!("it cannot start") };
    let wrong = "the program `./no-such-program` of the method `shell` is no file that can be executed";
    assert_eq!(error.problems[0].wrong, wrong);
}

#[test]
fn a_program_that_is_missing_when_it_is_run_is_a_failure() {
    let scratch = Scratch::new();
    let outcome = with(Program::new("no-such-program").unchecked().under(scratch.runs()), |agent| {
        let text = failure(agent, "exit")?;
        let begin =
            "`no-such-program -c exit sh 1` cannot be started: No such file or directory (os error 2)\n    PATH is /";
        assert!(text.starts_with(begin), "{text}");
        Ok(())
    });
    outcome.expect("failures end no campaign");
}

#[test]
fn a_directory_that_cannot_be_made_is_a_failure() {
    static ROOT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let scratch = Scratch::new();
    ROOT.set(scratch.runs()).expect("once");
    let outcome = with(sh(&scratch), |agent| {
        fs::remove_dir(ROOT.get().expect("it is set"))?;
        let text = failure(agent, "exit")?;
        assert!(text.starts_with("the run directory of the program cannot be made in /"), "{text}");
        Ok(())
    });
    outcome.expect("failures end no campaign");
}

#[test]
fn run_directories_are_kept_as_asked_for() {
    for (keep, left) in
        [(RunDirs::Always, &["shell-1", "shell-2"][..]), (RunDirs::OnFailure, &["shell-2"]), (RunDirs::Never, &[])]
    {
        let scratch = Scratch::new();
        let outcome = with(sh(&scratch).keep(keep), |agent| {
            assert_eq!(agent.call(script("echo hello"))?.into_value()?, "hello");
            let _ = agent.call(script("exit 1"))?;
            Ok(())
        });
        outcome.expect("failures end no campaign");
        assert_eq!(scratch.left(), left, "{keep:?}");
        if keep == RunDirs::Always {
            let kept = fs::read_to_string(scratch.runs().join("shell-1/colmena.stdout")).expect("it was kept");
            assert_eq!(kept, "hello\n");
            with(sh(&scratch), |agent| agent.call(script("exit 1")).map(drop).map_err(Into::into)).expect("it runs");
            assert_eq!(scratch.left(), ["shell-1", "shell-1.2", "shell-2"], "another campaign leaves them alone");
        }
    }
}

#[test]
fn each_attempt_has_a_directory_of_its_own() {
    let scratch = Scratch::new();
    let outcome = with(sh(&scratch), |agent| {
        let task = script("[ $1 = 3 ] || { touch left; exit 1; }; ls");
        let result = agent.call(task.retries(5))?;
        assert_eq!((result.attempts(), result.into_value()?), (3, "colmena.stderr\ncolmena.stdout".to_owned()));
        Ok(())
    });
    outcome.expect("nothing fails in the end");
    assert_eq!(scratch.left(), ["shell-1", "shell-1-attempt-2"], "those that failed");
}

#[test]
fn resources_are_in_the_environment_and_in_the_launcher() {
    let scratch = Scratch::new();
    fs::write(scratch.0.join("parameters"), "42").expect("it can be written");
    let program = sh(&scratch)
        .launcher("env 'LAUNCHED={total_ranks} ranks on {node_count}, {cpu_threads} threads'")
        .env("OMP_STACKSIZE", "1G")
        .link(scratch.0.join("parameters"));
    let mut campaign = campaign(program, |agent| {
        let text = "echo $LAUNCHED $COLMENA_TOTAL_RANKS $COLMENA_NODE_COUNT $COLMENA_CPU_PROCESSES \
                    $COLMENA_CPU_THREADS $OMP_NUM_THREADS $OMP_STACKSIZE $(cat parameters)";
        let resources = Resources { node_count: 2, cpu_processes: 3, cpu_threads: 4 };
        let result = agent.call(script(text).resources(resources))?;
        assert_eq!(result.into_value()?, "6 ranks on 2, 4 threads 6 2 3 4 4 1G 42");
        let slots = agent.rec().acquire(None, 3)?;
        let result = agent.call(script("echo $LAUNCHED").holding(slots))?;
        assert_eq!(result.into_value()?, "3 ranks on 3, 1 threads", "a process for each slot, unless said");
        Ok(())
    });
    campaign = campaign.unallocated_slots(3);
    campaign.run().expect("nothing fails");
    assert_eq!(scratch.left(), [""; 0]);
}

/// Programs that are told to end.
mod ends {
    use super::*;

    /// Tells through `pipe` that it runs, and keeps it open until all of its processes are gone.
    const HELD: &str = "exec 9>pipe; echo $$ >&9; ";

    static PIPES: std::sync::Mutex<Option<PathBuf>> = std::sync::Mutex::new(None);
    /// The pipe is a global, since the agents here are plain functions: one test at a time.
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

    fn turn(scratch: &Scratch) -> (Program, std::sync::MutexGuard<'static, ()>) {
        let guard = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pipe = scratch.pipe("pipe");
        *PIPES.lock().expect("no test panics with it") = Some(pipe.clone());
        (sh(scratch).link(pipe).grace(Duration::from_millis(50)), guard)
    }

    fn pipe() -> std::io::BufReader<fs::File> {
        let path = PIPES.lock().expect("no test panics with it").clone().expect("the test has made it");
        std::io::BufReader::new(fs::File::open(path).expect("a program opens the other end"))
    }

    /// Blocks until the program runs; what is returned ends when its last process has.
    fn started() -> impl std::io::Read {
        let mut pipe = pipe();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut pipe, &mut line).expect("it says its number");
        pipe
    }

    fn until_all_have_ended(mut pipe: impl std::io::Read) {
        let mut rest = String::new();
        pipe.read_to_string(&mut rest).expect("a pipe can be read");
        assert_eq!(rest, "");
    }

    #[test]
    fn a_task_that_is_cancelled_ends_its_program_and_what_that_has_started() {
        let scratch = Scratch::new();
        let (program, _turn) = turn(&scratch);
        let outcome = with(program, |agent| {
            // One that ends when it is told to; one that does not want to; one with children that do not.
            for text in
                ["sleep 1000", "trap '' TERM; while :; do sleep 1000; done", "(trap '' TERM; sleep 1000) & wait"]
            {
                let mut group = agent.group();
                let id = group.push(script(format!("{HELD}{text}")))?;
                let pipe = started();
                assert!(agent.cancel(id));
                until_all_have_ended(pipe);
                let result = group.next().expect("it settles")?;
                assert_eq!(result.failure().expect("it has no value").kind(), FailureKind::Cancelled);
            }
            Ok(())
        });
        let report = outcome.expect("nothing fails");
        assert!(report.left_behind().is_empty(), "{report}");
        assert_eq!(scratch.left(), [""; 0], "a cancelled run is no failure");
    }

    #[test]
    fn a_time_limit_ends_the_program() {
        let scratch = Scratch::new();
        let (program, _turn) = turn(&scratch);
        let outcome = with(program, |agent| {
            let mut group = agent.group();
            group.push(script(format!("{HELD}trap '' TERM; while :; do sleep 1000; done")).time_limit(MOMENT))?;
            let pipe = started();
            let failure = group.next().expect("it settles")?.into_value().expect_err("it never ends");
            assert_eq!(failure.kind(), FailureKind::TimedOut);
            until_all_have_ended(pipe);
            Ok(())
        });
        assert!(outcome.expect("nothing fails").left_behind().is_empty());
        assert_eq!(scratch.left(), ["shell-1"], "it may tell why it took so long");
    }

    const MOMENT: Duration = Duration::from_millis(300);

    /// The grace of a program is longer than what a server gets to end; it gets less then.
    #[test]
    fn no_program_is_left_behind_when_the_campaign_ends() {
        let scratch = Scratch::new();
        let (program, _turn) = turn(&scratch);
        let act = |agent: &Agent<Alone>| -> Result<()> {
            let mut group = agent.group();
            group.push(script(format!("{HELD}trap '' TERM; while :; do sleep 1000; done")))?;
            *PIPE.lock().expect("nobody panics with it") = Some(Box::new(started()));
            Ok(()) // what is dropped with the group is cancelled
        };
        let report = with(program.grace(Duration::from_secs(3600)), act).expect("nothing fails");
        assert!(report.left_behind().is_empty(), "{report}");
        let pipe = PIPE.lock().expect("nobody panics with it").take().expect("it has started");
        until_all_have_ended(pipe);
        assert_eq!(scratch.left(), [""; 0]);
    }

    static PIPE: std::sync::Mutex<Option<Box<dyn std::io::Read + Send>>> = std::sync::Mutex::new(None);

    #[test]
    fn what_a_program_leaves_in_its_group_ends_with_it() {
        let scratch = Scratch::new();
        let (program, _turn) = turn(&scratch);
        let outcome = with(program, |agent| {
            let mut group = agent.group();
            group.push(script(format!("{HELD}sleep 1000 & echo done")))?;
            let pipe = started();
            until_all_have_ended(pipe);
            assert_eq!(group.next().expect("it settles")?.into_value()?, "done");
            Ok(())
        });
        outcome.expect("nothing fails");
    }

    /// Names the folder for the process that is to be killed.
    const FOLDER: &str = "COLMENA_TEST_EXECUTABLES";

    /// This test is two processes: one waits for the other's program, kills the other, and waits for the program's end.
    #[test]
    fn programs_end_with_a_process_that_is_killed() {
        let name = "executables::ends::programs_end_with_a_process_that_is_killed";
        if let Some(folder) = std::env::var_os(FOLDER) {
            let folder = PathBuf::from(folder);
            let program = Program::new("sh").under(folder.join("runs")).link(folder.join("pipe"));
            let _ = with(program, |agent| {
                let _ = agent.call(script(format!("{HELD}trap '' TERM; sleep 1000; sleep 1000")))?;
                Ok(())
            });
            panic!("it was to be killed");
        }
        let scratch = Scratch::new();
        let (_, _turn) = turn(&scratch);
        let mut other = Command::new(std::env::current_exe().expect("this one"));
        other.args([name, "--exact"]).env(FOLDER, &scratch.0).stdout(std::process::Stdio::null());
        let mut other = other.spawn().expect("it starts");
        let pipe = started();
        other.kill().expect("it runs");
        other.wait().expect("it has been killed");
        until_all_have_ended(pipe);
    }
}
