//! Campaigns in worker processes, and how long their tasks take, in nanoseconds.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Instant;

use colmena::prelude::*;

const BYTES: usize = 10_000_000;
pub(crate) const MEGABYTES: f64 = 10.0;
const NUMBERS: usize = BYTES / 8;

/// What the workers serve.
pub(crate) type Methods = (no_op, bytes_in, bytes_out, numbers_in, numbers_out, weigh, die_once);

#[method]
pub(crate) fn no_op(n: u64) -> u64 {
    n
}

#[method]
pub(crate) fn bytes_in(bytes: &[u8]) -> usize {
    bytes.len()
}

#[method]
pub(crate) fn bytes_out(n: usize) -> Vec<u8> {
    vec![7; n]
}

#[method]
pub(crate) fn numbers_in(numbers: &[f64]) -> usize {
    numbers.len()
}

#[method]
pub(crate) fn numbers_out(n: usize) -> Vec<f64> {
    vec![0.7; n]
}

#[method]
pub(crate) fn weigh(model: &Shared<Vec<u8>>, at: usize) -> u8 {
    model[at]
}

#[method]
pub(crate) fn die_once(task: &TaskContext) -> u32 {
    if task.attempt() == 1 {
        std::process::abort();
    }
    task.attempt()
}

fn server(workers: usize) -> ProcessTaskServer {
    let server = ProcessTaskServer::new().serve::<no_op>().serve::<bytes_in>().serve::<bytes_out>();
    let server = server.serve::<numbers_in>().serve::<numbers_out>().serve::<weigh>().serve::<die_once>();
    server.workers(workers)
}

/// One agent that calls tasks, one after the other, and notes how long each takes.
struct Calling {
    call: fn(&Agent<Calling>, usize) -> Result<f64>,
    calls: usize,
    times: Mutex<Vec<f64>>,
}

#[thinker]
impl Calling {
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        for n in 0..self.calls {
            let time = (self.call)(agent, n)?;
            self.times.lock().push(time);
        }
        Ok(())
    }
}

fn times(calls: usize, call: fn(&Agent<Calling>, usize) -> Result<f64>) -> Vec<f64> {
    let thinker = Calling { call, calls, times: Mutex::default() };
    let mut campaign = Campaign::new(thinker).task_server(server(1)).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    std::mem::take(&mut *campaign.thinker().times.lock())
}

/// From the call to its value.
macro_rules! timed {
    ($agent:ident, $task:expr) => {{
        let task = black_box($task);
        let since = Instant::now();
        let value = $agent.call(task)?.into_value()?;
        let took = since.elapsed();
        black_box(value);
        Ok(took.as_nanos() as f64)
    }};
}

pub(crate) fn one_at_a_time() -> Vec<f64> {
    times(20_000, |agent, n| timed!(agent, no_op { n: n as u64 })).split_off(100)
}

#[derive(Clone, Copy)]
pub(crate) enum Tasks {
    BytesIn,
    BytesOut,
    NumbersIn,
    NumbersOut,
}

pub(crate) fn payloads(tasks: Tasks) -> Vec<f64> {
    let call: fn(&Agent<Calling>, usize) -> Result<f64> = match tasks {
        Tasks::BytesIn => |agent, _| timed!(agent, bytes_in { bytes: vec![7; BYTES] }),
        Tasks::BytesOut => |agent, _| timed!(agent, bytes_out { n: BYTES }),
        Tasks::NumbersIn => |agent, _| timed!(agent, numbers_in { numbers: vec![0.7; NUMBERS] }),
        Tasks::NumbersOut => |agent, _| timed!(agent, numbers_out { n: NUMBERS }),
    };
    times(20, call)
}

/// The first of 1,000 tasks with an input of 100 MB, and all of them.
pub(crate) fn shared() -> (f64, f64) {
    static MODEL: OnceLock<Shared<Vec<u8>>> = OnceLock::new();
    let times = times(1000, |agent, n| {
        let model = MODEL.get_or_init(|| Shared::new(vec![7; 100_000_000])).clone();
        timed!(agent, weigh { model, at: n })
    });
    (times[0], times.iter().sum())
}

/// From a task whose worker dies to its value, which the next worker computes.
pub(crate) fn replacements() -> Vec<f64> {
    times(300, |agent, _| timed!(agent, die_once {}.retries(1)))
}

/// Submits as fast as slots come.
struct Pipeline {
    tasks: usize,
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
        agent.submit(no_op { n: n as u64 }.holding(slots))?;
        if n == self.tasks {
            agent.done().set();
        }
        Ok(())
    }

    #[result_processor]
    fn handle(&self, result: TaskResult<no_op>) {
        black_box(&result);
        if self.handled.fetch_add(1, SeqCst) + 1 == self.tasks {
            self.ended.get_or_init(Instant::now);
        }
    }
}

/// The time for each task, of many.
pub(crate) fn pipelined() -> f64 {
    let (tasks, counts) = (100_000, || AtomicUsize::new(0));
    let (began, ended) = (OnceLock::new(), OnceLock::new());
    let thinker = Pipeline { tasks, sent: counts(), handled: counts(), began, ended };
    let mut campaign = Campaign::new(thinker).unallocated_slots(64).task_server(server(8)).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    let Pipeline { began, ended, .. } = campaign.thinker();
    let span = *ended.get().expect("all are handled") - *began.get().expect("one is sent");
    span.as_nanos() as f64 / tasks as f64
}
