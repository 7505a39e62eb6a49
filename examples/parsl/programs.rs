//! The programs that the example starts: Redis, and Python with the original. They end with it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use colmena::prelude::*;

/// A program that is killed, with all that it has started, when this goes.
pub(crate) struct Started {
    child: Child,
    name: &'static str,
}

impl Started {
    /// Starts it, and waits for the line in which it says that it is ready.
    pub(crate) fn ready(name: &'static str, command: &mut Command, says: &str) -> Result<Self> {
        let started = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| format!("{name} cannot be started: {error}"))?;
        let output = child.stdout.take().ok_or("it has no output")?;
        let started = Self { child, name };
        let mut lines = BufReader::new(output).lines();
        while !lines.next().ok_or_else(|| format!("{name} has ended before it was ready"))??.contains(says) {}
        std::thread::spawn(move || lines.for_each(drop)); // what it says later is read, so that it never waits for room
        Ok(started)
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(mut self) -> Result<()> {
        match self.child.wait()? {
            status if status.success() => Ok(()),
            status => Err(format!("{} has ended with {status}", self.name).into()),
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = self.child.wait();
        }
    }
}

/// Starts a Redis of its own, for this machine alone, and says where it is.
pub(crate) fn start_redis() -> Result<(Started, String)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
    let mut command = mortal("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port]);
    let redis = Started::ready("Redis", &mut command, "Ready to accept connections")?;
    Ok((redis, format!("redis://127.0.0.1:{port}")))
}

/// What the example needs: the Python that has the original. If anything is missing, the error says how to install it.
pub(crate) fn python() -> Result<PathBuf> {
    let has_redis = Command::new("redis-server").arg("--version").output().is_ok_and(|output| output.status.success());
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/original/bin/python");
    let named = std::env::var_os("COLMENA_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain([installed, "python3".into()]);
    let has_colmena = |python: &PathBuf| {
        let output = Command::new(python).args(["-c", "import colmena, parsl"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    match candidates.into_iter().find(has_colmena) {
        Some(python) if has_redis => Ok(python),
        _ => Err("this example runs Redis, and the Python Colmena with Parsl. These commands install them:\n    \
                  apt-get install -y redis-server\n    scripts/original.sh"
            .into()),
    }
}

/// The same program, killed with the thread that starts it, where the system can see to it.
pub(crate) fn mortal(program: impl AsRef<Path>) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program.as_ref());
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program.as_ref());
    command
}
