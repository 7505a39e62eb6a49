//! A task server in Rust for a thinker in Python: the original's, unchanged.
//!
//! Choose this where a thinker exists and works, and what it has computed should be quicker, or is written in Rust: the methods
//! move, the thinker stays. `RedisQueues::serve` takes any task server of this library. Redis and the thinker
//! (`thinker.py`) are started by the example, if they are installed.

#[path = "../parsl/programs.rs"]
#[expect(dead_code, reason = "the thinker is waited for by its output")]
mod programs;

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Parser;
use colmena::RedisQueues;
use colmena::prelude::*;
use tracing::info;

/// The expensive computation, in Rust.
#[method]
fn simulate(x: f64, task: &TaskContext) -> Result<f64> {
    task.sleep(Duration::from_millis(100))?;
    Ok(4.0 - x * x)
}

/// Of the lists on Redis.
const PREFIX: &str = "python-thinker";

/// Serves a method in Rust to a thinker in Python.
#[derive(Parser)]
struct Options {
    /// Results after which the thinker ends
    #[arg(long, value_name = "N", default_value = "100")]
    budget: NonZeroUsize,
    /// Tasks that run at the same time
    #[arg(long, value_name = "N", default_value = "4")]
    workers: NonZeroUsize,
}

fn thinker(python: &Path, url: &str, options: &Options) -> Command {
    let port = url.rsplit(':').next().unwrap_or_default();
    let mut command = programs::mortal(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/python_thinker/thinker.py"));
    command.args([port, PREFIX, &options.budget.to_string()]);
    command
}

/// Ends the server, in the name of a thinker that could not.
fn stop_server(url: &str) {
    let push = ["-u", url, "RPUSH", &format!("{PREFIX}_requests"), "defaultnull"];
    let _ = Command::new("redis-cli").args(push).stdout(Stdio::null()).status();
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    let python = programs::python()?;
    let (_redis, url) = programs::start_redis()?;
    info!("Redis is at {url}");
    let mut command = thinker(&python, &url, &options);
    let theirs = url.clone();
    let thinking = std::thread::spawn(move || {
        let output = command.output();
        stop_server(&theirs); // it has, unless something went wrong
        output
    });

    let server = LocalTaskServer::new().workers(options.workers.get()).serve::<simulate>();
    for method in RedisQueues::connect(&url, PREFIX)?.serve(server)? {
        println!("served          {} tasks of `{}`", method.succeeded, method.name);
    }
    let thought = thinking.join().expect("it does not panic")?;
    eprint!("{}", String::from_utf8_lossy(&thought.stderr));
    if !thought.status.success() {
        return Err(format!("the thinker has ended with {}", thought.status).into());
    }
    print!("{}", String::from_utf8_lossy(&thought.stdout));
    Ok(())
}
