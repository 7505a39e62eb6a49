//! Ctrl-C: it sets `done`; pressed again it leaves behind what still runs; after the campaign it does what it always does.
//!
//! Each test starts this binary once more, with one of the programs at the end of this file.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Lines};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use colmena::prelude::*;

/// Says that it has begun, and ends when somebody lets it.
#[method(local)]
fn hold(begun: &Event, gate: &Event) -> bool {
    begun.set();
    gate.wait().is_ok()
}

const PROGRAM: &str = "COLMENA_TEST_PROGRAM";
const SIGINT: i32 = 2;

/// A program that runs, and what it prints.
struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(name: &str) -> Self {
        let this = std::env::current_exe().expect("this test has a file");
        let mut child = Command::new(this)
            .args(["--exact", "ctrl_c::one_of_the_programs", "--nocapture", "--test-threads=1"])
            .env(PROGRAM, name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this binary can be started");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// Waits until the program prints `line`.
    #[track_caller]
    fn expect(&mut self, line: &str) {
        let mut before = Vec::new();
        for text in self.lines.by_ref() {
            let text = text.expect("text");
            if text.ends_with(line) {
                return;
            }
            before.push(text);
        }
        panic!("the program ended without printing {line:?}, but {before:#?}");
    }

    fn press_ctrl_c(&self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()));
    }

    fn end(mut self) -> ExitStatus {
        for _ in self.lines.by_ref() {}
        self.child.wait().expect("it was started")
    }
}

#[test]
fn it_ends_the_campaign_cleanly_and_results_are_handled() {
    let mut program = Program::start("cooperative");
    program.expect("a task runs");
    program.press_ctrl_c();
    program.expect("handled: true");
    program.expect("interrupted by Ctrl-C");
    program.expect("the campaign is over");
    program.press_ctrl_c();
    assert_eq!(program.end().signal(), Some(SIGINT), "after the campaign it kills the program, as by default");
}

#[test]
fn pressed_again_it_leaves_behind_what_never_ends_and_names_it() {
    let mut program = Program::start("stubborn");
    program.expect("a task runs");
    program.press_ctrl_c();
    program.expect("done is set");
    program.press_ctrl_c();
    program.expect("left behind, not having ended in time:");
    program.expect("`worker 1` of `LocalTaskServer`, which runs task 1 of `hold`");
    program.expect("task 1 of `hold` had not settled");
    program.expect("handled: task 1 of `hold` was cancelled: it had not ended when the campaign had to");
    assert!(program.end().success());
}

#[test]
fn a_campaign_can_leave_it_to_the_program() {
    let mut program = Program::start("indifferent");
    program.expect("a task runs");
    program.press_ctrl_c();
    assert_eq!(program.end().signal(), Some(SIGINT));
}

/// Tells when the task runs, and lets it end when `done` is set, or never.
struct Interruptible {
    gate: Event,
    lets_go: bool,
    said: Mutex<Vec<String>>,
}

#[thinker]
impl Interruptible {
    #[agent(startup)]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        let begun = Event::new();
        agent.submit(hold { begun: begun.clone(), gate: self.gate.clone() })?;
        begun.wait()?;
        println!("a task runs");
        agent.done().wait();
        println!("done is set");
        if self.lets_go {
            self.gate.set();
        }
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<hold>) {
        let said = match result.value() {
            Ok(value) => format!("handled: {value}"),
            Err(failure) => format!("handled: {failure}"),
        };
        self.said.lock().push(said);
    }
}

fn interruptible(lets_go: bool) -> Campaign<Interruptible> {
    let thinker = Interruptible { gate: Event::new(), lets_go, said: Mutex::default() };
    Campaign::new(thinker).task_server(LocalTaskServer::new().serve::<hold>())
}

fn said(campaign: &Campaign<Interruptible>) {
    campaign.thinker().said.lock().iter().for_each(|said| println!("{said}"));
}

/// Not a test by itself: what the tests of this file start.
#[test]
fn one_of_the_programs() {
    match std::env::var(PROGRAM).as_deref() {
        Ok("cooperative") => {
            let mut campaign = interruptible(true);
            let report = campaign.run().expect("a clean end");
            said(&campaign);
            println!("{}", report.ending());
            println!("the campaign is over");
            let _ = std::io::stdin().read_line(&mut String::new());
        }
        Ok("stubborn") => {
            let mut campaign = interruptible(false);
            let error = campaign.run().expect_err("a task never ends");
            error.problems().iter().for_each(|problem| println!("{problem}"));
            said(&campaign);
        }
        Ok("indifferent") => drop(interruptible(false).ignore_ctrl_c().run()),
        _ => {}
    }
}
