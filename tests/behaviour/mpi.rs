//! Programs of several ranks, started by a real `mpirun`: none of them is left.
//!
//! `mpirun` gives its ranks process groups of their own, so that a signal to that of the task does not reach them. Each
//! rank tells through a named pipe that it runs, and keeps the pipe open until it is gone.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use colmena::Resources;
use colmena::prelude::*;

use crate::executables::Scratch;

/// Waits for a message that never comes. `deaf` ranks do not hear SIGTERM.
const SOURCE: &str = r#"
#include <fcntl.h>
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int rank, ranks, message;
    char line[40];
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (strcmp(argv[1], "deaf") == 0) signal(SIGTERM, SIG_IGN);
    int told = open("pipe", O_WRONLY);
    int length = snprintf(line, sizeof line, "one of %d\n", ranks);
    if (write(told, line, length) != length) return 3;
    if (strcmp(argv[1], "crash") == 0 && rank == 1) raise(SIGSEGV);
    MPI_Recv(&message, 1, MPI_INT, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Finalize();
    return 0;
}
"#;

/// Runs for ever, or crashes.
#[method(command = "ranks {how}")]
fn ranks(how: &str);

/// Has ranks started, and looks on as they end.
struct Ends {
    how: &'static str,
    time_limit: Option<Duration>,
    pipe: PathBuf,
    ended: Mutex<Option<Failure>>,
}

const RANKS: u32 = 3;

#[thinker]
impl Ends {
    #[agent]
    fn look_on(&self, agent: &Agent<Self>) -> Result<()> {
        let resources = Resources { cpu_processes: RANKS, ..Resources::default() };
        let task = ranks { how: self.how.to_owned() }.resources(resources);
        let mut group = agent.group();
        let id = match self.time_limit {
            Some(limit) => group.push(task.time_limit(limit))?,
            None => group.push(task)?,
        };
        let mut pipe = BufReader::new(File::open(&self.pipe)?);
        for _ in 0..RANKS {
            let mut line = String::new();
            pipe.read_line(&mut line)?;
            assert_eq!(line, format!("one of {RANKS}\n"));
        }
        if self.how != "crash" && self.time_limit.is_none() {
            assert!(agent.cancel(id));
        }
        assert_eq!(pipe.read_to_string(&mut String::new())?, 0, "the last rank closes the pipe");
        *self.ended.lock() = group.next().ok_or("it settles")??.failure().cloned();
        Ok(())
    }
}

/// How such a run ended. That it returns says that no rank is left.
fn ended(how: &'static str, time_limit: Option<Duration>, grace: Duration) -> Failure {
    let scratch = Scratch::new();
    let (source, program) = (scratch.0.join("ranks.c"), scratch.0.join("ranks"));
    fs::write(&source, SOURCE).expect("it can be written");
    let compiled = Command::new("mpicc").arg("-o").args([&program, &source]).status();
    assert!(compiled.expect("`mpicc` is there: scripts/programs.sh mpi installs it").success());

    let pipe = scratch.pipe("pipe");
    let launcher = "mpirun --oversubscribe --bind-to none -np {total_ranks}";
    let mut program = Program::new(program).launcher(launcher).under(scratch.runs()).link(&pipe).grace(grace);
    for name in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_mpi_yield_when_idle"] {
        program = program.env(name, "1");
    }
    let server = LocalTaskServer::new().workers(1).serve_executable::<ranks>(program);
    let ends = Ends { how, time_limit, pipe, ended: Mutex::default() };
    let mut campaign = Campaign::new(ends).ignore_ctrl_c().task_server(server);
    let report = campaign.run().expect("nothing else fails");
    assert!(report.left_behind().is_empty(), "{report}");
    campaign.thinker().ended.lock().clone().expect("it has no value")
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn needs_mpi_to_cancel_ranks() {
    assert_eq!(ended("wait", None, LONG).kind(), FailureKind::Cancelled);
}

#[test]
fn needs_mpi_to_cancel_ranks_that_do_not_hear() {
    assert_eq!(ended("deaf", None, LONG).kind(), FailureKind::Cancelled);
}

/// `mpirun` is killed before it has killed its ranks: they notice.
#[test]
fn needs_mpi_to_cancel_ranks_without_a_grace() {
    assert_eq!(ended("deaf", None, Duration::ZERO).kind(), FailureKind::Cancelled);
}

#[test]
fn needs_mpi_for_ranks_past_their_time_limit() {
    assert_eq!(ended("wait", Some(Duration::from_secs(3)), LONG).kind(), FailureKind::TimedOut);
}

#[test]
fn needs_mpi_for_a_rank_that_crashes() {
    let failure = ended("crash", None, LONG);
    assert_eq!(failure.kind(), FailureKind::Error);
    assert!(failure.message().contains("mpirun --oversubscribe --bind-to none -np 3 "), "{failure}");
    assert!(failure.message().contains("signal 11 (Segmentation fault)"), "{failure}");
}
