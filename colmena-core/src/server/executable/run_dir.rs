//! Run directories: one for each attempt, kept or removed when it has ended.

use std::fs;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::program::{Prepared, RunDirs};
use super::sweeper::Sweeper;
use crate::task::{Resources, TaskContext, TaskId};

/// The files of a run directory that are made here.
const STDIN: &str = "colmena.stdin";
const STDOUT: &str = "colmena.stdout";
const STDERR: &str = "colmena.stderr";

/// How many directories of one name there may be.
const NAMESAKES: u32 = 10_000;

/// The directory in which a program runs for one attempt of a task. It is a [`Path`]: `dir.join("molecule.xyz")`.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    task: TaskId,
    attempt: u32,
    resources: Resources,
}

impl RunDir {
    /// For calling `preprocess` and `postprocess` directly, as in a test: a directory that is there, task 0, attempt 1.
    pub fn detached(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), task: TaskId(0), attempt: 1, resources: Resources::default() }
    }

    /// A new one, called by method, task and attempt.
    pub(super) fn make<Y>(program: &Prepared, context: &TaskContext<Y>) -> io::Result<Self> {
        let name = name(program.method, context.id(), context.attempt());
        let path = make_below(&program.root, &name)?;
        let dir = Self { path, task: context.id(), attempt: context.attempt(), resources: context.resources() };
        for link in &program.links {
            if let Some(name) = link.file_name() {
                std::os::unix::fs::symlink(link, dir.join(name))?;
            }
        }
        Ok(dir)
    }

    /// Removes it with all that is in it; quickly, if that is only what is made here.
    pub(super) fn remove(&self) {
        for file in [self.stdout_file(), self.stderr_file()] {
            let _ = fs::remove_file(file);
        }
        if let Err(error) = fs::remove_dir(&self.path).or_else(|_| fs::remove_dir_all(&self.path)) {
            let path = self.path.display();
            tracing::warn!(task = self.task.get(), "the run directory {path} cannot be removed: {error}");
        }
    }

    /// Its path, which is absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The task's id.
    #[must_use]
    pub fn task(&self) -> TaskId {
        self.task
    }

    /// Which attempt this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What the program may use: some want to read it in their input, too.
    #[must_use]
    pub fn resources(&self) -> Resources {
        self.resources
    }

    /// All of the program's standard output. Bytes that are no UTF-8 are replaced.
    ///
    /// # Errors
    /// Those of reading the file, [`Self::stdout_file`].
    pub fn stdout(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.stdout_file())?).into_owned())
    }

    /// All of the program's standard error. Bytes that are no UTF-8 are replaced.
    ///
    /// # Errors
    /// Those of reading the file, [`Self::stderr_file`].
    pub fn stderr(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.stderr_file())?).into_owned())
    }

    /// The file of the program's standard input, if it is given a text: `colmena.stdin`.
    #[must_use]
    pub fn stdin_file(&self) -> PathBuf {
        self.join(STDIN)
    }

    /// The file of the program's standard output: `colmena.stdout`.
    #[must_use]
    pub fn stdout_file(&self) -> PathBuf {
        self.join(STDOUT)
    }

    /// The file of the program's standard error: `colmena.stderr`.
    #[must_use]
    pub fn stderr_file(&self) -> PathBuf {
        self.join(STDERR)
    }
}

impl Deref for RunDir {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for RunDir {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// `xtb-7`, `xtb-7-attempt-2`. A method may be called anything; a folder may not.
fn name(method: &str, task: TaskId, attempt: u32) -> String {
    let fits = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let method: String = method.chars().map(fits).collect();
    match attempt {
        0 | 1 => format!("{method}-{}", task.get()),
        _ => format!("{method}-{}-attempt-{attempt}", task.get()),
    }
}

/// Makes a folder that was not there: what an earlier campaign has left is not touched.
fn make_below(root: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 1..=NAMESAKES {
        let path = if number == 1 { root.join(name) } else { root.join(format!("{name}.{number}")) };
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let text = format!("there are {NAMESAKES} of the name {name} in {} already", root.display());
    Err(io::Error::new(io::ErrorKind::AlreadyExists, text))
}

/// What came of an attempt, as far as its directory is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Succeeded,
    Failed,
    Cancelled,
}

impl RunDirs {
    pub(super) fn keeps(self, verdict: Verdict) -> bool {
        match self {
            Self::Always => true,
            Self::OnFailure => verdict == Verdict::Failed,
            Self::Never => false,
        }
    }
}

/// A run directory in use. When it goes (also by a panic, which is a failure) the directory is kept or removed.
pub(super) struct InUse<'a> {
    pub(super) dir: RunDir,
    pub(super) keep: RunDirs,
    pub(super) verdict: Verdict,
    pub(super) sweeper: &'a Sweeper,
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        match self.verdict {
            verdict if self.keep.keeps(verdict) => {}
            // The next attempt may need its room.
            Verdict::Failed => self.dir.remove(),
            _ => self.sweeper.remove(&self.dir),
        }
    }
}
