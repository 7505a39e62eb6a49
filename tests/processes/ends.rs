//! Workers end with their parent, whatever ends it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use colmena::prelude::*;

use crate::world::{HOUR, SECOND, Scratch, hold_open, send, server};

const PIPE: &str = "COLMENA_TEST_PIPE";

/// A campaign in another process, whose two workers hold a pipe open.
struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    workers: Vec<u32>,
    pipe: File,
    _scratch: Scratch,
}

impl Program {
    fn start(name: &str) -> Self {
        let scratch = Scratch::new(name);
        let path = scratch.pipe();
        let this = std::env::current_exe().expect("this test has a file");
        let mut command = Command::new(this);
        command.args(["ends::a_campaign", "--exact", "--nocapture"]).env(PIPE, &path);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("this binary can be started");
        let pipe = File::open(path).expect("somebody writes");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let numbers =
            stdout.by_ref().lines().filter_map(|line| line.expect("text").rsplit_once("worker ")?.1.parse().ok());
        let workers: Vec<u32> = numbers.take(2).collect();
        assert_eq!(workers.len(), 2);
        Self { child, stdout, workers, pipe, _scratch: scratch }
    }

    /// Returns when nobody holds the pipe any more.
    fn wait_for_workers(&mut self) {
        self.pipe.read_to_end(&mut Vec::new()).expect("it can be read");
        self.stdout.read_to_end(&mut Vec::new()).expect("it can be read");
    }
}

#[test]
fn killed() {
    let mut program = Program::start("killed");
    program.child.kill().expect("it runs");
    program.wait_for_workers();
    program.child.wait().expect("it was started");
}

/// A worker that is stopped cannot see that its server is gone: the watchdog does.
#[test]
fn killed_while_a_worker_is_stopped() {
    let mut program = Program::start("stopped");
    send("-STOP", program.workers[0]);
    program.child.kill().expect("it runs");
    program.wait_for_workers();
    program.child.wait().expect("it was started");
}

#[test]
fn interrupted() {
    let mut program = Program::start("interrupted");
    send("-INT", program.child.id());
    program.wait_for_workers();
    assert!(program.child.wait().expect("it was started").success(), "the campaign ends cleanly");
}

struct Holding(PathBuf);

#[thinker]
impl Holding {
    #[agent(startup)]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..2 {
            agent.submit(hold_open { pipe: self.0.clone() })?;
        }
        Ok(())
    }

    #[result_processor]
    fn tell(&self, update: TaskUpdate<hold_open>) {
        if let TaskUpdate::Emitted(emitted) = update {
            println!("worker {}", emitted.value);
        }
    }

    #[agent]
    fn goes_on(&self, agent: &Agent<Self>) -> Result<()> {
        Ok(agent.sleep(HOUR)?)
    }
}

/// Not a test by itself: what the tests of this file start.
#[test]
fn a_campaign() {
    let Some(pipe) = std::env::var_os(PIPE) else { return };
    let campaign = Campaign::new(Holding(pipe.into())).unallocated_slots(2).on_done(OnDone::Cancel(SECOND));
    if let Err(error) = campaign.task_server(server().grace(SECOND / 10)).run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
