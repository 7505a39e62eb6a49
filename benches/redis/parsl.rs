//! The original's Parsl server, with a thinker of this library and with its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use colmena::RedisQueues;

use crate::campaigns::pipeline;

const TASKS: usize = 2000;

/// Ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    python: String,
    port: u16,
}

impl Server {
    /// Starts it and waits until it serves.
    pub(crate) fn start(python: &str, port: u16) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parsl");
        let program = std::env::current_exe().expect("this program has a path");
        let mut command = script(python, port);
        let mut process = command
            .arg(folder)
            .arg(program)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("there is a Python");
        let mut lines = BufReader::new(process.stdout.take().expect("it is a pipe")).lines();
        assert!(lines.next().is_some(), "it says that it serves");
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, python: python.to_owned(), port }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// No-op tasks per second of our thinker.
    pub(crate) fn ours(&self) -> f64 {
        pipeline(self.queues(), TASKS, false)
    }

    /// The same of the method in Rust.
    pub(crate) fn in_rust(&self) -> f64 {
        pipeline(self.queues(), TASKS, true)
    }

    fn queues(&self) -> RedisQueues {
        RedisQueues::connect(&self.url(), "parsl").expect("Redis is there")
    }

    /// The same of the original's.
    pub(crate) fn original(&self) -> f64 {
        let output = script(&self.python, self.port).args(["--tasks", &TASKS.to_string()]).output();
        let output = output.expect("there is a Python").stdout;
        String::from_utf8_lossy(&output).trim().parse().unwrap_or(f64::NAN)
    }
}

fn script(python: &str, port: u16) -> Command {
    let bin = Path::new(python).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(python);
    command.env("PATH", format!("{}:{path}", bin.display())); // Parsl looks there for its programs
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/redis/through_parsl.py")).arg(port.to_string());
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        let client = redis::Client::open(self.url()).and_then(|client| client.get_connection());
        let mut connection = client.expect("Redis is there");
        let mut kill = redis::cmd("RPUSH");
        kill.arg("parsl_requests").arg("defaultnull").query::<()>(&mut connection).expect("Redis takes it");
        let _ = self.process.wait();
    }
}
