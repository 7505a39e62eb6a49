//! Methods whose task is a program: what a user writes of one, and how an attempt goes.
//!
//! An attempt makes a run directory, lets the method write its input there (`preprocess`), runs the program in it, and
//! lets the method read what came of it (`postprocess`). The program has a process group of its own. The worker
//! waits for its end or for the task's flag; then it ends the group. No program is left when its worker goes on, and none when
//! this process has been killed: `watchdog.rs` sees to that. `sweeper.rs` removes directories that are not kept.

mod attempt;
pub mod command;
pub(super) mod failure;
mod invocation;
mod lookup;
mod process;
mod program;
mod run_dir;
mod sweeper;
mod template;
pub(super) mod watchdog;

pub(crate) use failure::RunFailed;
pub use invocation::Invocation;
pub use program::{Program, RunDirs};
pub use run_dir::RunDir;

use std::sync::Arc;

use super::workers::{Fault, Runner};
use crate::campaign::LaunchProblem;
use crate::error::BoxError;
use crate::task::{Method, TaskContext};
use crate::wait::Flag;
use program::Prepared;
use sweeper::Sweeper;
use watchdog::Watchdog;

/// A method whose task is a program. It is declared without a body, and served by
/// [`LocalTaskServer::serve_executable`](crate::LocalTaskServer::serve_executable).
///
/// ```
/// use colmena_core::{Body, ExecutableMethod, Invocation, Method, Result, RunDir};
///
/// /// What `#[method] fn sum(numbers: &[f64]) -> f64;` makes.
/// struct Sum { numbers: Vec<f64> }
/// # impl Method for Sum {
/// #     const NAME: &'static str = "sum";
/// #     const TOPIC: &'static str = "sum";
/// #     const PARAMETERS: &'static [&'static str] = &["numbers"];
/// #     type Value = f64;
/// #     type Emission = ();
/// # }
///
/// impl ExecutableMethod for Sum {
///     fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
///         let lines: Vec<String> = self.numbers.iter().map(f64::to_string).collect();
///         std::fs::write(dir.join("numbers.txt"), lines.join("\n"))?;
///         Ok(Invocation::new().arg("{ sum += $1 } END { print sum }").arg("numbers.txt"))
///     }
///
///     fn postprocess(&self, dir: &RunDir) -> Result<f64> {
///         Ok(dir.stdout()?.trim().parse()?)
///     }
/// }
///
/// // Served by `LocalTaskServer::new().serve_executable::<Sum>(Program::new("awk"))`. The steps can be tried by hand:
/// let folder = std::env::temp_dir().join(format!("colmena-doc-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let dir = RunDir::detached(&folder);
/// let invocation = Sum { numbers: vec![1.0, 2.5] }.preprocess(&dir)?;
/// assert_eq!(invocation.arguments()[1], "numbers.txt");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), colmena_core::BoxError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "the method `{Self}` is no program: `ExecutableMethod` is not implemented for it",
    label = "cannot be served as a program",
    note = "write `impl ExecutableMethod for {Self} {{ .. }}`, or name a command: `#[method(command = \"..\")]`"
)]
pub trait ExecutableMethod: Method {
    /// Writes the program's input files into the run directory, and says how it is called. It may block.
    ///
    /// # Errors
    /// Any error; it fails the attempt.
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation, BoxError>;

    /// Reads the value out of what the program left in the run directory. Called when the program has exited with status 0 (or another
    /// [that counts as success](Program::success_codes));
    /// its standard output and error are in files there ([`RunDir::stdout`], [`RunDir::stderr`]). It may block.
    ///
    /// # Errors
    /// Any error, as when the output cannot be read; it fails the attempt.
    fn postprocess(&self, dir: &RunDir) -> Result<Self::Value, BoxError>;
}

/// A program that is wholly described by a command: what `#[method(command = "..")]` makes. For [`Program::of`].
#[diagnostic::on_unimplemented(
    message = "the method `{Self}` does not name its program",
    note = "only `#[method(command = \"..\")]` does; otherwise write `Program::new(..)`"
)]
pub trait CommandMethod: ExecutableMethod {
    /// The program: the first word of the command.
    const PROGRAM: &'static str;
}

/// How a method that is a program is run by a local server.
pub(super) struct Executable {
    program: Program,
    prepared: Option<Prepared>,
}

impl Executable {
    pub(super) fn new(program: Program) -> Self {
        Self { program, prepared: None }
    }
}

impl<M: ExecutableMethod> Runner<M, Arc<Programs>> for Executable {
    fn check(&self) -> Vec<LaunchProblem> {
        self.program.prepare(M::NAME).err().unwrap_or_default()
    }

    fn prepare(&mut self) -> Result<(), Vec<LaunchProblem>> {
        self.prepared = Some(self.program.prepare(M::NAME)?);
        Ok(())
    }

    /// After the grace of the program.
    fn ends_when_told(&self) -> bool {
        true
    }

    fn run(
        &self,
        inputs: &M,
        context: &TaskContext<M::Emission>,
        programs: &mut Arc<Programs>,
    ) -> Result<M::Value, Fault> {
        let prepared = self.prepared.as_ref().ok_or_else(|| BoxError::from("the server has not been started"))?;
        Ok(attempt::run(inputs, context, prepared, programs)?)
    }

    fn tidy_up(&self, programs: &mut Arc<Programs>) {
        programs.sweeper.go_on();
    }
}

/// What the programs of one server share.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    watchdog: Option<Watchdog>,
    sweeper: Sweeper,
    /// The server is about to end: who still gives a program time to end gives it less.
    hurry: Flag,
}

impl Programs {
    /// Starts what watches over programs.
    pub(super) fn start() -> Self {
        Self { watchdog: Watchdog::start(), sweeper: Sweeper::start(), hurry: Flag::default() }
    }

    /// Programs that have been told to end are killed soon.
    pub(super) fn hurry(&self) {
        self.hurry.set();
    }
}
