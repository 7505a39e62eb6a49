//! The same campaigns as in `campaigns.py`, written for this library; one for each call of this program.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{fs, thread};

use colmena::prelude::*;
use colmena::{TaskServer, TaskTimes};

use crate::pairs::{Effort, median, time};
use crate::{crowd, shutdown, tasks, waking};

const SLOTS: usize = 8;
/// Slots of the campaign in which no one waits for a slot.
const WIDE: usize = 1024;
/// Workers, in each campaign.
const WORKERS: usize = 8;
/// More than in the original, for which a thousand are enough to measure.
const NO_OPS: usize = 200_000;
const PAYLOAD: usize = 10_000_000;
const CALLS: usize = 12;
const EFFORT: Effort = Effort { pairs: 1, divisor: 1 };

/// No campaign here takes half as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs this campaign and prints a line `measure value unit` for each of its measures.
pub(crate) fn run(campaign: &str) {
    thread::spawn(|| {
        thread::sleep(PATIENCE);
        println!("hung 0 tasks");
        std::process::exit(0);
    });
    let emit = |measure: &str, value: f64, unit: &str| println!("{measure} {value} {unit}");
    let time = |value: f64| emit(campaign, value, "ns");
    match campaign {
        "envelope_0" => emit("throughput", throughput(&envelope(SLOTS, 0, NO_OPS)), "tasks/s"),
        "envelope_0_wide" => emit("throughput_wide", throughput(&envelope(WIDE, 0, NO_OPS)), "tasks/s"),
        "envelope_1" => emit("utilisation_1", utilisation(&envelope(SLOTS, 1, 2400)), "of-1"),
        "envelope_10" => emit("utilisation_10", utilisation(&envelope(SLOTS, 10, 3200)), "of-1"),
        "envelope_100" => emit("utilisation_100", utilisation(&envelope(SLOTS, 100, 160)), "of-1"),
        "latency" => {
            let mut times = tasks::times_one_at_a_time(EFFORT);
            times.sort_by(f64::total_cmp);
            emit("latency_p50", times[times.len() / 2], "ns");
            emit("latency_p99", times[times.len() * 99 / 100], "ns");
        }
        "payload" => time(payload(LocalTaskServer::new().serve::<fill>().workers(WORKERS))),
        "processes_0" => emit("processes", throughput(&envelope_by(in_processes(), SLOTS, 0, NO_OPS / 4)), "tasks/s"),
        "processes_payload" => time(payload(in_processes())),
        "memory" => emit("memory", crowd::bytes_per_task(resident) as f64, "bytes"),
        "wake" => time(waking::release(EFFORT)),
        "cancel" => time(waking::cancel(EFFORT)),
        "event" => time(waking::set(EFFORT)),
        "shutdown" => time(shutdown::campaign(EFFORT)),
        _ => unreachable!("no campaign `{campaign}`"),
    }
}

/// Bytes of this process.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("this measure needs Linux");
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(0, |kilobytes: usize| kilobytes * 1024)
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// A task of so many milliseconds.
#[method]
pub(crate) fn work(milliseconds: u64) {
    if milliseconds > 0 {
        thread::sleep(Duration::from_millis(milliseconds));
    }
}

/// Tasks of one length, submitted whenever a slot is free.
struct Envelope {
    milliseconds: u64,
    tasks: usize,
    sent: AtomicUsize,
    began: OnceLock<Instant>,
    times: Mutex<Vec<TaskTimes>>,
    ended: OnceLock<Instant>,
}

#[thinker(pools = Pool)]
impl Envelope {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        self.began.get_or_init(Instant::now);
        agent.submit(work { milliseconds: self.milliseconds }.holding(slots))?;
        if self.sent.fetch_add(1, SeqCst) + 1 == self.tasks {
            agent.done().set();
        }
        Ok(())
    }

    #[result_processor(topic = "work")]
    fn store(&self, result: TaskResult<work>) {
        let mut times = self.times.lock();
        times.push(result.times());
        if times.len() == self.tasks {
            self.ended.get_or_init(Instant::now);
        }
    }
}

fn envelope(slots: usize, milliseconds: u64, tasks: usize) -> Envelope {
    envelope_by(LocalTaskServer::new().serve::<work>().workers(WORKERS), slots, milliseconds, tasks)
}

/// What the original's `LocalTaskServer` does without threads.
fn in_processes() -> ProcessTaskServer {
    ProcessTaskServer::new().serve::<work>().serve::<fill>().workers(WORKERS)
}

/// What the workers of that serve.
pub(crate) type Methods = (work, fill);

fn envelope_by(server: impl TaskServer, slots: usize, milliseconds: u64, tasks: usize) -> Envelope {
    let (sent, times) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(tasks)));
    let thinker = Envelope { milliseconds, tasks, sent, began: OnceLock::new(), times, ended: OnceLock::new() };
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, slots)]).task_server(server);
    campaign.run().expect("nothing fails");
    campaign.into_thinker().expect("all threads have ended")
}

/// Tasks a second, from the first one's sending to the last one's handling.
fn throughput(envelope: &Envelope) -> f64 {
    let span = *envelope.ended.get().expect("all are handled") - *envelope.began.get().expect("one is sent");
    envelope.tasks as f64 / span.as_secs_f64()
}

/// How long the tasks ran, of what the slots could have run from the first start to the last end.
fn utilisation(envelope: &Envelope) -> f64 {
    let times = envelope.times.lock();
    let ran: Duration = times.iter().map(TaskTimes::running).sum();
    let first = times.iter().filter_map(|times| times.started).min();
    let last = times.iter().map(|times| times.ended).max();
    let span = last.zip(first).map_or(Duration::ZERO, |(last, first)| last - first);
    ran.as_secs_f64() / (SLOTS as f64 * span.as_secs_f64())
}

/// Takes bytes and gives as many.
#[method]
pub(crate) fn fill(bytes: &[u8]) -> Vec<u8> {
    vec![bytes[0]; bytes.len()]
}

#[derive(Default)]
struct Calling {
    times: Mutex<Vec<f64>>,
}

#[thinker]
impl Calling {
    /// Sends 10 MB and waits for 10 MB.
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..CALLS {
            let bytes = black_box(vec![1; PAYLOAD]);
            let mut value = Ok(Vec::new());
            let time =
                time(|| value = agent.call(fill { bytes }).map(|result| result.into_value().unwrap_or_default()));
            assert_eq!(value?.len(), PAYLOAD);
            self.times.lock().push(time);
        }
        Ok(())
    }
}

fn payload(server: impl TaskServer) -> f64 {
    let mut campaign = Campaign::new(Calling::default()).task_server(server);
    campaign.run().expect("nothing fails");
    let times = campaign.thinker().times.lock().clone();
    median(times)
}
