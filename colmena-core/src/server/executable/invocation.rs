//! Invocation: how a program is called for one task.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// How a program is called: arguments, standard input, environment. Made by
/// [`ExecutableMethod::preprocess`](crate::ExecutableMethod::preprocess).
///
/// ```
/// use colmena_core::Invocation;
///
/// let invocation = Invocation::new().arg("molecule.xyz").args(["--gfn", "2"]).env("OMP_STACKSIZE", "1G");
/// assert_eq!(invocation.arguments(), ["molecule.xyz", "--gfn", "2"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    pub(super) arguments: Vec<OsString>,
    pub(super) stdin: Input,
    pub(super) env: Vec<(OsString, OsString)>,
}

/// What a program reads from its standard input.
#[derive(Clone, Debug, Default)]
pub(super) enum Input {
    #[default]
    Nothing,
    Text(Vec<u8>),
    File(PathBuf),
}

impl Invocation {
    /// Without arguments, and with nothing to read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an argument. It is passed as it is: no shell reads it.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// What the program reads from its standard input. It is written to the file `colmena.stdin` of the run directory first.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = Input::Text(text.into());
        self
    }

    /// The file that the program reads as its standard input; a relative path begins in the run directory.
    #[must_use]
    pub fn stdin_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.stdin = Input::File(path.into());
        self
    }

    /// Sets an environment variable, over what the [`Program`](crate::Program) sets.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The arguments.
    #[must_use]
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }
}
