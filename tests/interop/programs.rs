//! The programs that the tests run: Redis, and the original's task server. They are killed with the test, also when that is
//! killed itself.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use colmena::RedisQueues;

/// How a program is started that ends with the thread that starts it.
pub(crate) fn mortal(program: impl AsRef<OsStr>) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

/// A program in a process group of its own, which is killed when this goes.
pub(crate) struct Started(Child);

impl Started {
    /// Starts it, and waits for a line that says that it is ready.
    fn ready(command: &mut Command, says: &str) -> Self {
        let started = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        let mut said = String::new();
        while !said.contains(says) {
            match lines.next() {
                Some(line) => said += &line.expect("it writes text"),
                None => panic!("{command:?} has ended and said: {said}"),
            }
        }
        // What it says later is read, so that it never waits for room.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "it runs");
    }

    /// To all of its group.
    pub(crate) fn kill(&mut self, signal: &str) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill("-KILL");
    }
}

/// A Redis of its own, and the servers on it.
pub(crate) struct World {
    redis: Option<Started>,
    servers: Vec<Started>,
    folder: PathBuf,
    /// Of the servers, in addition.
    env: Vec<(&'static str, PathBuf)>,
    pub(crate) port: u16,
}

pub(crate) const PREFIX: &str = "test";

/// Of the folders, before the process and the number.
const FOLDER: &str = "colmena-interop-";

/// Removes what tests that were killed have left: the folders of processes that are gone.
fn sweep() {
    let entries = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for entry in entries.filter(|_| cfg!(target_os = "linux")) {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Relaxed);
        if count == 0 {
            sweep();
            // With a test that fails it is shown.
            let log = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_test_writer();
            let _ = log.with_ansi(false).try_init(); // another test may have
        }
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}-{count}", std::process::id()));
        let mut world = Self { redis: None, servers: Vec::new(), folder, env: Vec::new(), port: free_port() };
        world.start_redis();
        world
    }

    /// One with a server of the original.
    pub(crate) fn with_server(serialization: &str) -> Self {
        let mut world = Self::new();
        world.start_server(serialization);
        world
    }

    pub(crate) fn start_redis(&mut self) {
        std::fs::create_dir_all(&self.folder).expect("a folder can be made");
        let mut command = mortal("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--port"]).arg(self.port.to_string());
        self.redis = Some(Started::ready(command.arg("--dir").arg(&self.folder), "Ready to accept connections"));
    }

    pub(crate) fn signal_redis(&self, signal: &str) {
        self.redis.as_ref().expect("it runs").signal(signal);
    }

    /// A file that is there as long as this.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// With or without what it has.
    pub(crate) fn stop_redis(&mut self, keep: bool) {
        self.redis.take().expect("it runs").kill("-TERM");
        if !keep {
            std::fs::remove_dir_all(&self.folder).expect("it can be removed");
        }
    }

    /// Has Redis listen for TLS as well, with a certificate of its own; on which port.
    #[cfg(feature = "redis-tls")]
    pub(crate) fn start_tls(&mut self) -> u16 {
        let port = free_port();
        let openssl = |arguments: &str| {
            let mut command = Command::new("openssl");
            let output = command.args(arguments.split(' ')).current_dir(&self.folder).output().expect("it is there");
            assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        };
        std::fs::write(self.folder.join("names"), "subjectAltName=DNS:localhost\n").expect("it can be written");
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca");
        openssl("req -newkey rsa:2048 -nodes -keyout key.pem -out request -subj /CN=localhost");
        openssl("x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile names");
        let file = |name: &str| self.folder.join(name).display().to_string();
        let pair = ["CONFIG", "SET", "tls-cert-file", &file("cert.pem"), "tls-key-file", &file("key.pem")];
        let rest = ["tls-ca-cert-file", &file("ca.pem"), "tls-auth-clients", "no", "tls-port", &port.to_string()];
        assert_eq!(self.redis_cli(&[&pair[..], &rest[..]].concat()), "OK");
        port
    }

    #[cfg(feature = "redis-tls")]
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub(crate) fn start_server(&mut self, serialization: &str) {
        let mut command = self.server(serialization);
        self.servers.push(Started::ready(&mut command, "serving"));
    }

    /// A server of this library with two workers, in a process of its own.
    pub(crate) fn start_server_in_rust(&mut self) {
        let mut command = mortal(std::env::current_exe().expect("it has a name"));
        command.args(crate::several::SERVER).env(crate::several::URL, self.url());
        self.servers.push(Started::ready(&mut command, "serving"));
    }

    /// The first of them.
    pub(crate) fn kill_server(&mut self) {
        self.servers.remove(0);
    }

    /// To the first of them.
    pub(crate) fn signal_server(&self, signal: &str) {
        self.servers[0].signal(signal);
    }

    /// A server with two Parsl workers. End it in order: they are in groups of their own.
    pub(crate) fn start_parsl(&mut self, serialization: &str) {
        let mut command = self.server(serialization);
        command.arg(self.folder.join("parsl"));
        self.servers.push(Started::ready(&mut command, "serving"));
    }

    /// The same, with a file that says how Parsl is configured.
    pub(crate) fn start_parsl_on(&mut self, config: &Path) {
        let mut command = self.server("json");
        command.arg("--config").arg(config);
        self.servers.push(Started::ready(&mut command, "serving"));
    }

    /// For the servers that are started from now on.
    pub(crate) fn set_env(&mut self, name: &'static str, value: PathBuf) {
        self.env.push((name, value));
    }

    /// A server of the methods in Rust of `package.rs`, on two Parsl workers, or as the options say.
    pub(crate) fn start_package(&mut self, serialization: &str, options: &[&OsStr]) {
        let mut command = self.python();
        command.args(["-m", "colmena_rs", "--redis", &self.url(), "--prefix", PREFIX]);
        command.args(["--serialization", serialization]).args(options);
        if options.is_empty() {
            command.args(["--workers", "2", "--folder"]).arg(self.folder.join("parsl"));
        }
        command.arg(std::env::current_exe().expect("it has a name")).args(crate::package::WORKER);
        self.servers.push(Started::ready(&mut command, "serving"));
    }

    fn server(&self, serialization: &str) -> Command {
        let mut command = self.python();
        command.arg(script("server.py")).arg(self.port.to_string()).args([PREFIX, serialization]);
        command.stderr(Stdio::null()); // it says much when Redis is gone
        command
    }

    fn python(&self) -> Command {
        let (python, path) = (python(), std::env::var_os("PATH").unwrap_or_default());
        // Parsl looks there for its programs.
        let programs = python.parent().map(Path::to_path_buf);
        let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&path)));
        let mut command = mortal(python);
        command.env("PATH", path.expect("it was one before")).envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Until the servers have ended, having been told to.
    pub(crate) fn wait_for_servers(&mut self) {
        for mut server in self.servers.drain(..) {
            let _ = server.0.wait();
        }
    }

    pub(crate) fn kill_servers(&mut self) {
        self.servers.clear();
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn queues(&self) -> RedisQueues {
        RedisQueues::connect(&self.url(), PREFIX).expect("Redis is there")
    }

    /// A command, by Redis' own client.
    pub(crate) fn redis_cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").arg("-p").arg(self.port.to_string()).args(arguments).output();
        String::from_utf8(output.expect("it can be started").stdout).expect("it writes text").trim().to_owned()
    }

    /// Blocks until Redis has been given so many commands that begin like this, from now on.
    pub(crate) fn await_commands(&self, n: usize, beginning: &str) {
        let mut monitor = Command::new("redis-cli");
        let monitor = monitor.arg("-p").arg(self.port.to_string()).arg("monitor").stdout(Stdio::piped()).spawn();
        let mut monitor = monitor.expect("it can be started");
        let lines = BufReader::new(monitor.stdout.take().expect("it is a pipe")).lines();
        let seen = lines.map_while(std::io::Result::ok).filter(|line| line.contains(beginning)).take(n).count();
        monitor.kill().and_then(|()| monitor.wait()).expect("it can be ended");
        assert_eq!(seen, n, "Redis has ended");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.servers.clear();
        self.redis = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}

/// A program of this folder.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(name)
}

/// The Python that has the original.
pub(crate) fn python() -> PathBuf {
    let installed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/original/bin/python");
    std::env::var_os("COLMENA_PYTHON").map_or_else(installed, PathBuf::from)
}
