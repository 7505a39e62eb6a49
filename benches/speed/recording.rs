//! What recording costs: no-op tasks of a campaign with a record and of one without; and the rate of writing, against
//! `serde_json`, which writes the same records to a file on one thread.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};

use colmena::Resources;
use colmena::prelude::*;
use serde::Serialize;

use crate::pairs::{Effort, time};

const TASKS: usize = 200_000;
const OUTSTANDING: usize = 1024;

#[method(topic = "recorded")]
fn nothing(x: u64) -> u64 {
    x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Pipeline {
    tasks: usize,
    sent: AtomicUsize,
    /// Nanoseconds in which the agents' threads were on a core.
    on_core: AtomicU64,
}

#[thinker(pools = Pool)]
impl Pipeline {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let sent = self.sent.fetch_add(1, SeqCst) + 1;
        agent.submit(nothing { x: sent as u64 }.holding(slots))?;
        if sent == self.tasks {
            agent.done().set();
        }
        Ok(())
    }

    #[result_processor(topic = "recorded")]
    fn handle(&self, result: TaskResult<nothing>) {
        let _ = result;
    }

    #[tear_down_agent]
    fn count(&self) {
        let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux says it");
        let on_core = stat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
        self.on_core.fetch_add(on_core.expect("a number"), SeqCst);
    }
}

fn dir() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recording-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

/// The time for a task: of the agents' threads, and from the start to the end.
fn run(tasks: usize, dir: Option<&Path>) -> (f64, f64) {
    let thinker = Pipeline { tasks, sent: AtomicUsize::new(0), on_core: AtomicU64::new(0) };
    let server = LocalTaskServer::new().serve::<nothing>().workers(2);
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, OUTSTANDING)]).task_server(server).ignore_ctrl_c();
    if let Some(dir) = dir {
        campaign = campaign.record_in(dir);
    }
    let took = time(|| _ = campaign.run().expect("nothing fails"));
    (campaign.thinker().on_core.load(SeqCst) as f64 / tasks as f64, took / tasks as f64)
}

/// What a record adds to a task, on the agents' threads.
pub(crate) fn added(effort: Effort) -> f64 {
    let (tasks, dir) = (effort.of(TASKS), dir());
    let (without, _) = run(tasks, None);
    let (with, _) = run(tasks, Some(&dir));
    fs::remove_dir_all(dir).expect("it is there");
    (with - without).max(0.0)
}

pub(crate) fn allowed(_: Effort) -> f64 {
    300.0
}

/// From a campaign's start to its end, for each task, all of it recorded.
pub(crate) fn recorded(effort: Effort) -> f64 {
    let dir = dir();
    let (_, took) = run(effort.of(TASKS), Some(&dir));
    fs::remove_dir_all(dir).expect("it is there");
    took
}

/// The fields of a line, for `serde_json`.
#[derive(Serialize)]
struct Line {
    task_id: String,
    method: &'static str,
    success: bool,
    complete: bool,
    task_info: Nothing,
    resources: Resources,
    failure_info: Option<()>,
    worker_info: Worker,
    message_sizes: Sizes,
    timestamp: Timestamps,
    time: Times,
    serialization_method: &'static str,
    keep_inputs: bool,
    proxystore_name: Option<()>,
    proxystore_config: Option<()>,
    proxystore_threshold: Option<()>,
    topic: &'static str,
    max_retries: u32,
    retries: u32,
    inputs: ((u64,), Nothing),
    value: u64,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Worker {
    hostname: &'static str,
    pool: &'static str,
    slots: u32,
}

#[derive(Serialize)]
struct Sizes {
    inputs: usize,
    value: usize,
}

#[derive(Serialize)]
struct Timestamps {
    created: f64,
    input_received: Option<f64>,
    compute_started: f64,
    compute_ended: f64,
    result_sent: Option<f64>,
    result_received: f64,
    start_task_submission: Option<f64>,
    task_received: Option<f64>,
}

#[derive(Serialize)]
struct Times {
    running: f64,
    serialize_inputs: Option<f64>,
    deserialize_inputs: Option<f64>,
    serialize_results: Option<f64>,
    deserialize_results: Option<f64>,
    async_resolve_proxies: Option<f64>,
    proxy: Nothing,
    additional: Nothing,
}

fn line(x: u64) -> Line {
    let at = 1.7e9 + x as f64 / 1.7e6;
    Line {
        task_id: format!("18a2b3c4-d5e6-f708-{:04x}-{x:012x}", 0),
        method: "nothing",
        success: true,
        complete: true,
        task_info: Nothing {},
        resources: Resources::default(),
        failure_info: None,
        worker_info: Worker { hostname: "localhost", pool: "sim", slots: 1 },
        message_sizes: Sizes { inputs: 55, value: 55 },
        timestamp: Timestamps {
            created: at,
            input_received: None,
            compute_started: at + 1e-5,
            compute_ended: at + 1.3e-5,
            result_sent: None,
            result_received: at + 1.3e-5,
            start_task_submission: None,
            task_received: None,
        },
        time: Times {
            running: 3.1e-6,
            serialize_inputs: None,
            deserialize_inputs: None,
            serialize_results: None,
            deserialize_results: None,
            async_resolve_proxies: None,
            proxy: Nothing {},
            additional: Nothing {},
        },
        serialization_method: "json",
        keep_inputs: true,
        proxystore_name: None,
        proxystore_config: None,
        proxystore_threshold: None,
        topic: "recorded",
        max_retries: 0,
        retries: 0,
        inputs: ((x,), Nothing {}),
        value: x,
    }
}

pub(crate) fn serde_json(effort: Effort) -> f64 {
    let (lines, dir) = (effort.of(TASKS), dir());
    fs::create_dir_all(&dir).expect("a folder can be made");
    let took = time(|| {
        let mut file = BufWriter::with_capacity(1 << 20, fs::File::create(dir.join("lines")).expect("a file"));
        for x in 0..lines {
            serde_json::to_writer(&mut file, &line(x as u64)).expect("it can be written");
            file.write_all(b"\n").expect("it can be written");
        }
        file.flush().expect("it can be written");
    });
    fs::remove_dir_all(dir).expect("it is there");
    took / lines as f64
}
