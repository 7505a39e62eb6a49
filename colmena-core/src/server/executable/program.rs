//! Program: which one, how it is launched, and what becomes of its run directories.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use super::template::Template;
use super::{CommandMethod, lookup};
use crate::campaign::LaunchProblem;

/// How long a program gets to end when it has been told to, unless said.
const GRACE: Duration = Duration::from_secs(5);

/// The program of a method, and how it is run: for
/// [`LocalTaskServer::serve_executable`](crate::LocalTaskServer::serve_executable).
///
/// What is wrong with it is an error at launch: a program or launcher that cannot be found, a field that the launcher does
/// not know, a root that cannot be written to.
///
/// ```
/// use colmena_core::{Program, RunDirs};
///
/// let program = Program::new("xtb").launcher("mpirun -np {total_ranks}").keep(RunDirs::Always).under("runs");
/// ```
#[derive(Clone, Debug)]
#[must_use = "it is run by a server: `.serve_executable::<m>(program)`"]
pub struct Program {
    name: OsString,
    arguments: Vec<OsString>,
    launcher: Option<String>,
    env: Vec<(OsString, OsString)>,
    links: Vec<PathBuf>,
    root: PathBuf,
    keep: RunDirs,
    grace: Duration,
    success_codes: Vec<i32>,
    checked: bool,
}

/// Which run directories are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunDirs {
    /// All.
    Always,
    /// Those of attempts that failed or exceeded their time limit; not of those that were cancelled.
    #[default]
    OnFailure,
    /// None: each is removed, with all that is in it, soon after its attempt has ended; if that failed, before the next one.
    Never,
}

impl Program {
    /// This program: a name, which is looked for on PATH, or a path with a `/` in it.
    pub fn new(name: impl AsRef<OsStr>) -> Self {
        Self {
            name: name.as_ref().to_owned(),
            arguments: Vec::new(),
            launcher: None,
            env: Vec::new(),
            links: Vec::new(),
            root: "runs".into(),
            keep: RunDirs::default(),
            grace: GRACE,
            success_codes: vec![0],
            checked: true,
        }
    }

    /// The program of a method that is a command: of `#[method(command = "python score.py {x}")]`, `python`.
    pub fn of<M: CommandMethod>() -> Self {
        Self::new(M::PROGRAM)
    }

    /// Adds an argument, before those of the task.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments, before those of the task.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// The program is started by another one: `"mpirun -np {total_ranks}"`. Fields are those of the task's
    /// [`Resources`](crate::Resources): `{node_count}`, `{cpu_processes}`, `{cpu_threads}`, and `{total_ranks}`, processes on
    /// all nodes. Words are separated by spaces, quotes keep them together; no shell reads them.
    pub fn launcher(mut self, template: impl Into<String>) -> Self {
        self.launcher = Some(template.into());
        self
    }

    /// Sets an environment variable.
    ///
    /// From the task's resources there are already `COLMENA_NODE_COUNT`, `COLMENA_CPU_PROCESSES`, `COLMENA_CPU_THREADS`,
    /// `COLMENA_TOTAL_RANKS`, and `OMP_NUM_THREADS`, which is `cpu_threads`; a variable that is set here counts instead.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// A file or folder that each run directory gets a link to, under its own name: a script, a parameter file. It must be
    /// there at launch.
    pub fn link(mut self, path: impl Into<PathBuf>) -> Self {
        self.links.push(path.into());
        self
    }

    /// Where run directories are made; unless said, in `runs` of the present directory. It is made at launch if it is not
    /// there.
    ///
    /// A directory is called by method and task, `xtb-7`, and from the second attempt on by that, too: `xtb-7-attempt-2`. If
    /// an earlier campaign has left one of that name, it stays as it is, and the new one is called `xtb-7.2`.
    pub fn under(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Which run directories are kept; unless said, [`RunDirs::OnFailure`].
    pub fn keep(mut self, keep: RunDirs) -> Self {
        self.keep = keep;
        self
    }

    /// How long a program gets to end by itself when its task is cancelled or past its time limit: it is sent SIGTERM, and
    /// after this time SIGKILL. Unless said, 5 s; when the campaign ends, at most half a second. Signals go to the program's
    /// process group.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The program may exit with one of these statuses, too: they count as success, as 0 does, and the output is read.
    pub fn success_codes(mut self, codes: impl IntoIterator<Item = i32>) -> Self {
        self.success_codes.extend(codes);
        self
    }

    /// Does not look for the program and its launcher at launch: one that is missing fails its tasks.
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    /// Looks up what can be known before the first task.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn prepare(&self, method: &'static str) -> Result<Prepared, Vec<LaunchProblem>> {
        let mut problems = Vec::new();
        let launcher = self.launcher.as_deref().map(Template::parse).transpose();
        let launcher = launcher.unwrap_or_else(|(wrong, cure)| {
            problems.push(LaunchProblem::new(format!("the launcher of the method `{method}`: {wrong}")).help(cure));
            None
        });
        let path = self.path();
        let found = lookup::find(&self.name, path.as_deref());
        let launched_by = launcher.as_ref().map(|template| OsStr::new(template.program()));
        let launcher_path = launched_by.and_then(|name| lookup::find(name, path.as_deref()));
        if self.checked {
            let missing = found.is_none().then_some(("program", &*self.name));
            let launcher_missing = launched_by.filter(|_| launcher_path.is_none()).map(|name| ("launcher", name));
            let missing = missing.into_iter().chain(launcher_missing);
            problems.extend(missing.map(|(what, name)| not_found(what, name, method, path.as_deref())));
        }
        let root = std::path::absolute(&self.root).unwrap_or_else(|_| self.root.clone());
        if let Err(error) = try_to_write(&root) {
            let wrong =
                format!("run directories of the method `{method}` cannot be made in {}: {error}", root.display());
            problems.push(LaunchProblem::new(wrong).help("name another folder: `Program::under(..)`"));
        }
        let links = self.links.iter().filter_map(|link| match std::path::absolute(link) {
            Ok(path) if path.exists() && path.file_name().is_some() => Some(path),
            _ => {
                let wrong = format!("the method `{method}` links to {}, which is not there", link.display());
                problems.push(LaunchProblem::new(wrong).help("a relative path begins where this program was started"));
                None
            }
        });
        let links = links.collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        // What another program starts, it finds by itself, maybe on another machine: a name stays a name there.
        let stays_a_name = launcher.is_some() && !lookup::is_path(&self.name);
        let found = found.filter(|_| !stays_a_name);
        Ok(Prepared {
            method,
            program: found.map_or_else(|| self.absolute(), OsString::from),
            arguments: self.arguments.clone(),
            launcher: launcher.map(|template| (template, launcher_path)),
            env: self.env.clone(),
            path,
            links,
            root,
            keep: self.keep,
            grace: self.grace,
            success_codes: self.success_codes.clone(),
        })
    }

    /// The name; a path as seen from where this process was started, since the program begins elsewhere.
    fn absolute(&self) -> OsString {
        match std::path::absolute(&self.name) {
            Ok(path) if lookup::is_path(&self.name) => path.into(),
            _ => self.name.clone(),
        }
    }

    /// The PATH that the program will have.
    fn path(&self) -> Option<OsString> {
        let own = self.env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        own.or_else(|| std::env::var_os("PATH"))
    }
}

fn not_found(what: &str, name: &OsStr, method: &str, path: Option<&OsStr>) -> LaunchProblem {
    let name = Path::new(name).display();
    let cure = "install it, or name its path; if it appears only later: `Program::unchecked()`";
    if lookup::is_path(name.to_string().as_ref()) {
        let wrong = format!("the {what} `{name}` of the method `{method}` is no file that can be executed");
        return LaunchProblem::new(wrong).help(cure);
    }
    let wrong = format!("the {what} `{name}` of the method `{method}` is not on PATH");
    LaunchProblem::new(wrong).help(cure).note(format!("PATH is {}", searched(path)))
}

/// PATH, for a message.
pub(super) fn searched(path: Option<&OsStr>) -> String {
    match path {
        None => "not set".to_owned(),
        Some(path) => path.to_string_lossy().into_owned(),
    }
}

/// Makes the folder, if need be, and something in it.
fn try_to_write(root: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(root)?;
    let probe = root.join(format!(".colmena-{}", std::process::id()));
    match std::fs::create_dir(&probe) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()), // another server looks, too
        made => made.and_then(|()| std::fs::remove_dir(&probe)),
    }
}

/// A program that is ready to be run.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) method: &'static str,
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    pub(super) launcher: Option<(Template, Option<PathBuf>)>,
    pub(super) env: Vec<(OsString, OsString)>,
    pub(super) path: Option<OsString>,
    pub(super) links: Vec<PathBuf>,
    pub(super) root: PathBuf,
    pub(super) keep: RunDirs,
    pub(super) grace: Duration,
    success_codes: Vec<i32>,
}

impl Prepared {
    pub(super) fn is_success(&self, status: ExitStatus) -> bool {
        status.code().is_some_and(|code| self.success_codes.contains(&code))
    }
}
