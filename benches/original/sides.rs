//! What is compared: each side runs a campaign in a process of its own, and takes what it prints.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// A library, over some kind of queue.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) over_redis: bool,
    program: String,
    arguments: Vec<String>,
}

/// What a process printed as `measure value unit`.
pub(crate) struct Measured {
    pub(crate) measure: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
}

impl Side {
    pub(crate) fn ours() -> Self {
        let program = std::env::current_exe().expect("this program has a path").display().to_string();
        Self { name: "ours", over_redis: false, program, arguments: vec!["--campaign".into()] }
    }

    /// By this Python; over Redis, if there is a port.
    pub(crate) fn original(python: &str, name: &'static str, redis: Option<u16>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/original/campaigns.py").display().to_string();
        let mut arguments = vec![script];
        arguments.extend(redis.map(|port| format!("--redis={port}")));
        Self { name, over_redis: redis.is_some(), program: python.to_owned(), arguments }
    }

    /// Runs this campaign, to its end or until it is found to hang.
    pub(crate) fn run(&self, campaign: &str) -> Vec<Measured> {
        self.output(campaign).lines().filter_map(parse).collect()
    }

    pub(crate) fn output(&self, campaign: &str) -> String {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(campaign).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output().unwrap_or_else(|error| panic!("cannot run {}: {error}", self.program));
        if !output.status.success() {
            eprintln!("the campaign {campaign} of {}: {}", self.name, output.status);
        }
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn parse(line: &str) -> Option<Measured> {
    let mut words = line.split_whitespace();
    let (measure, value, unit) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
    Some(Measured { measure: measure.to_owned(), value, unit: unit.to_owned() })
}

/// A Redis server that keeps nothing, ended when this is dropped.
pub(crate) struct Redis {
    child: Child,
    pub(crate) port: u16,
}

impl Redis {
    /// `None` if it is not installed, or does not start within some seconds.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).ok()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        let redis = Self { child: command.stdout(Stdio::null()).spawn().ok()?, port };
        let answers = || {
            thread::sleep(Duration::from_millis(50));
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        };
        (0..100).any(|_| answers()).then_some(redis)
    }

    /// As it says itself, if it says so.
    pub(crate) fn version() -> Option<String> {
        let output = Command::new("redis-server").arg("--version").output().ok()?;
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        line.split_whitespace().find_map(|word| word.strip_prefix("v=")).map(ToOwned::to_owned)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // What goes wrong here leaves a server that ends with this program's terminal.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
