//! One attempt: make the directory and the input, run the program, read the output.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::failure::{command_line, ended, failure};
use super::invocation::{Input, Invocation};
use super::process::{End, Process};
use super::program::{Prepared, searched};
use super::run_dir::{InUse, RunDir, Verdict};
use super::{ExecutableMethod, Programs};
use crate::error::{BoxError, Stopped, in_full, is_stop};
use crate::task::flight::Step;
use crate::task::{CancelReason, TaskContext};
use crate::wait::now;

type Result<T> = std::result::Result<T, BoxError>;

/// Runs one attempt, and leaves nothing of it behind but what is to be kept.
pub(super) fn run<M: ExecutableMethod>(
    inputs: &M,
    context: &TaskContext<M::Emission>,
    program: &Prepared,
    programs: &Programs,
) -> Result<M::Value> {
    let begun = now();
    let dir = RunDir::make(program, context).map_err(|error| {
        format!("the run directory of the program cannot be made in {}: {error}", program.root.display())
    })?;
    let mut used = InUse { dir, keep: program.keep, verdict: Verdict::Failed, sweeper: &programs.sweeper };
    let outcome = Attempt { context, program, programs, dir: &used.dir }.steps(inputs, begun);
    used.verdict = match &outcome {
        Ok(_) => Verdict::Succeeded,
        Err(_) => match context.cancelled_because() {
            None | Some(CancelReason::TimeLimit) => Verdict::Failed,
            Some(_) => Verdict::Cancelled,
        },
    };
    outcome
}

fn since(begun: Instant) -> Duration {
    now().saturating_duration_since(begun)
}

struct Attempt<'a, Y> {
    context: &'a TaskContext<Y>,
    program: &'a Prepared,
    programs: &'a Programs,
    dir: &'a RunDir,
}

impl<Y> Attempt<'_, Y> {
    fn steps<M: ExecutableMethod<Emission = Y>>(&self, inputs: &M, begun: Instant) -> Result<M::Value> {
        let invocation = inputs.preprocess(self.dir).map_err(|error| self.wrong("preprocess", error))?;
        self.note(Step::Preprocess, since(begun));
        self.context.check()?;

        let begun = now();
        let (mut command, words) = self.command(&invocation).map_err(|(what, error)| {
            failure(&format!("{what} of the program cannot be opened: {error}"), self.dir, self.keeps(), None)
        })?;
        let line = command_line(&words);
        let status = match self.run(&mut command) {
            Ok(End::Exited(status)) => status,
            Ok(End::Stopped) => return Err(Stopped.into()),
            Err(error) => return Err(self.not_run(&line, &error)),
        };
        self.note(Step::Run, since(begun));
        if !self.program.is_success(status) {
            return Err(failure(&format!("`{line}` {}", ended(status)), self.dir, self.keeps(), Some(status)));
        }

        let begun = now();
        let value = inputs.postprocess(self.dir).map_err(|error| match is_stop(&*error) {
            true => error,
            false => {
                let text = format!("the output of `{line}` cannot be read: {}", in_full(&*error));
                failure(&text, self.dir, self.keeps(), Some(status))
            }
        })?;
        self.note(Step::Postprocess, since(begun));
        Ok(value)
    }

    /// Whether the directory will still be there for whoever reads of a failure.
    fn keeps(&self) -> bool {
        self.program.keep.keeps(Verdict::Failed)
    }

    fn note(&self, step: Step, took: Duration) {
        if let Some(head) = self.context.head() {
            head.note_step(self.context.attempt, step, took);
        }
    }

    /// An error of the method's own; a stop stays one.
    fn wrong(&self, step: &str, error: BoxError) -> BoxError {
        if is_stop(&*error) {
            return error;
        }
        failure(&format!("{step}: {}", in_full(&*error)), self.dir, self.keeps(), None)
    }

    fn not_run(&self, line: &str, error: &io::Error) -> BoxError {
        let mut text = format!("`{line}` cannot be started: {error}");
        if error.kind() == io::ErrorKind::NotFound {
            text += &format!("\n    PATH is {}", searched(self.program.path.as_deref()));
        }
        failure(&text, self.dir, self.keeps(), None)
    }

    fn run(&self, command: &mut Command) -> io::Result<End> {
        let name = format!("program of {}", self.context.id()).into();
        let process = Process::start(command, name, self.programs)?;
        process.wait(self.context, self.program.grace)
    }

    /// The command, and its words.
    ///
    /// # Errors
    /// Which of its files cannot be opened, and why.
    fn command(
        &self,
        invocation: &Invocation,
    ) -> std::result::Result<(Command, Vec<OsString>), (&'static str, io::Error)> {
        let Prepared { program, arguments, launcher, env, .. } = self.program;
        let resources = self.dir.resources();
        let mut words: Vec<OsString> = Vec::new();
        if let Some((template, path)) = launcher {
            words.extend(template.fill(&resources).into_iter().map(OsString::from));
            words[0] = path.as_ref().map_or_else(|| words[0].clone(), OsString::from);
        }
        words.push(program.clone());
        words.extend(arguments.iter().chain(&invocation.arguments).cloned());

        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(self.dir.path());
        for (name, value) in [
            ("COLMENA_NODE_COUNT", resources.node_count),
            ("COLMENA_CPU_PROCESSES", resources.cpu_processes),
            ("COLMENA_CPU_THREADS", resources.cpu_threads),
            ("COLMENA_TOTAL_RANKS", resources.total_ranks()),
            ("OMP_NUM_THREADS", resources.cpu_threads),
        ] {
            command.env(name, value.to_string());
        }
        command.envs(env.iter().chain(&invocation.env).map(|(name, value)| (name, value)));
        command.stdin(self.stdin(&invocation.stdin).map_err(|error| ("standard input", error))?);
        command.stdout(File::create(self.dir.stdout_file()).map_err(|error| ("standard output", error))?);
        command.stderr(File::create(self.dir.stderr_file()).map_err(|error| ("standard error", error))?);
        Ok((command, words))
    }

    fn stdin(&self, input: &Input) -> io::Result<Stdio> {
        let file = match input {
            Input::Nothing => return Ok(Stdio::null()),
            Input::Text(text) => {
                std::fs::write(self.dir.stdin_file(), text)?;
                self.dir.stdin_file()
            }
            Input::File(path) => self.dir.join(path),
        };
        File::open(file).map(Stdio::from)
    }
}
