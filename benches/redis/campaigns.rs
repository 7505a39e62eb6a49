//! Campaigns of this library over Redis; the server is a process of its own, this program.

use std::hint::black_box;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use colmena::RedisQueues;
use colmena::prelude::*;

/// As many as the original's campaign of this measure has.
const SLOTS: usize = 1024;
const TASKS: usize = 100_000;
const SINGLE_TASKS: usize = 3_000;
const CALLS: usize = 15;

#[method]
pub(crate) fn no_op(x: u64) -> u64 {
    x
}

/// By a worker process on Parsl.
#[method]
pub(crate) fn no_op_in_rust(x: u64) -> u64 {
    x
}

#[method]
pub(crate) fn echo(text: String) -> String {
    text
}

fn queues(port: &str) -> RedisQueues {
    RedisQueues::connect(&format!("redis://127.0.0.1:{port}"), "bench").expect("Redis is there")
}

/// What the process of the server does.
pub(crate) fn serve(port: &str) {
    let server = LocalTaskServer::new().serve::<no_op>().serve::<echo>().workers(2);
    queues(port).serve(server).expect("it can be started");
}

/// A server, which ends when the campaign tells it to.
pub(crate) struct Server {
    process: Child,
    port: String,
}

impl Server {
    pub(crate) fn start(port: u16) -> Self {
        let port = port.to_string();
        let mut program = Command::new(std::env::current_exe().expect("this program has a path"));
        let process = program.args(["--serve", &port]).stdout(Stdio::null()).spawn();
        Self { process: process.expect("it can be started"), port }
    }

    fn queues(&self) -> RedisQueues {
        queues(&self.port).stop_servers()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has been told to end.
        let _ = self.process.wait();
    }
}

/// Submits as fast as slots come.
struct Pipeline {
    tasks: usize,
    in_rust: bool,
    sent: AtomicUsize,
    handled: AtomicUsize,
    began: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

#[thinker]
impl Pipeline {
    #[task_submitter]
    fn submit(&self, agent: &Agent<Self>, slots: Slots) -> Result<()> {
        self.began.get_or_init(Instant::now);
        let n = self.sent.fetch_add(1, SeqCst) + 1;
        match self.in_rust {
            false => agent.submit(no_op { x: n as u64 }.holding(slots))?,
            true => agent.submit(no_op_in_rust { x: n as u64 }.holding(slots))?,
        };
        if n == self.tasks {
            agent.done().set();
        }
        Ok(())
    }

    #[result_processor]
    fn handle(&self, result: TaskResult<no_op>) {
        assert!(black_box(result.value()).is_ok());
        self.count();
    }

    #[result_processor]
    fn handle_in_rust(&self, result: TaskResult<no_op_in_rust>) {
        assert!(black_box(result.value()).is_ok());
        self.count();
    }
}

impl Pipeline {
    fn count(&self) {
        if self.handled.fetch_add(1, SeqCst) + 1 == self.tasks {
            self.ended.get_or_init(Instant::now);
        }
    }
}

/// No-op tasks per second.
pub(crate) fn throughput(server: &Server) -> f64 {
    pipeline(server.queues(), TASKS, false)
}

/// The same over queues on which a server is.
pub(crate) fn pipeline(queues: RedisQueues, tasks: usize, in_rust: bool) -> f64 {
    let counts = || AtomicUsize::new(0);
    let (began, ended) = (OnceLock::new(), OnceLock::new());
    let thinker = Pipeline { tasks, in_rust, sent: counts(), handled: counts(), began, ended };
    let mut campaign = Campaign::new(thinker).unallocated_slots(SLOTS).queues(queues).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    let Pipeline { began, ended, .. } = campaign.thinker();
    let span = *ended.get().expect("all are handled") - *began.get().expect("one is sent");
    tasks as f64 / span.as_secs_f64()
}

/// One agent that calls tasks, one after the other, and notes how long each takes.
struct Calling {
    call: fn(&Agent<Calling>, usize) -> Result<Duration>,
    calls: usize,
    bytes: usize,
    times: Mutex<Vec<f64>>,
}

#[thinker]
impl Calling {
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..self.calls {
            let time = (self.call)(agent, self.bytes)?;
            self.times.lock().push(time.as_nanos() as f64);
        }
        Ok(())
    }
}

fn times(server: &Server, call: fn(&Agent<Calling>, usize) -> Result<Duration>, calls: usize, bytes: usize) -> f64 {
    let thinker = Calling { call, calls, bytes, times: Mutex::default() };
    let mut campaign = Campaign::new(thinker).queues(server.queues()).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    super::median(std::mem::take(&mut *campaign.thinker().times.lock()))
}

/// Nanoseconds from the call of a no-op task to its value.
pub(crate) fn latency(server: &Server) -> f64 {
    let call: fn(&Agent<Calling>, usize) -> Result<Duration> = |agent, _| {
        let since = Instant::now();
        black_box(agent.call(no_op { x: 1 })?.into_value()?);
        Ok(since.elapsed())
    };
    times(server, call, SINGLE_TASKS, 0)
}

/// Megabytes per second, of a text of so many bytes that goes there and comes back.
pub(crate) fn megabytes(server: &Server, bytes: usize) -> f64 {
    let call: fn(&Agent<Calling>, usize) -> Result<Duration> = |agent, bytes| {
        let text = "x".repeat(bytes);
        let since = Instant::now();
        let value = agent.call(echo { text })?.into_value()?;
        let took = since.elapsed();
        assert_eq!(value.len(), bytes);
        Ok(took)
    };
    2.0 * bytes as f64 * 1e3 / times(server, call, CALLS, bytes)
}
