//! The envelope: how short may tasks be, how large their data, before handing them out takes more time than they do?
//!
//! Tasks that do nothing, for a given time, keep a given number of slots busy. What is measured is the steering itself:
//! how many tasks per second, how long a slot lies idle between two of them, and how late a result is at its handler.
//! Run it with the run time and the data of your tasks before you choose how much work to put into one.
//!
//! With `--rehearse` the same thinker is tried in virtual time on more slots than there are here (`rehearse.rs`).
//!
//! After the study of that name in the original's demo applications.

mod rehearse;

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use tracing::info;

/// Does nothing for so long; returns a copy of what it got. With `thread::sleep` the figures are the same, within their noise.
#[method]
fn echo(payload: &[u8], run_time: Duration, task: &TaskContext) -> Result<Vec<u8>> {
    if !run_time.is_zero() {
        task.sleep(run_time)?;
    }
    Ok(payload.to_vec())
}

/// What the agents share.
struct Envelope {
    size: usize,
    run_time: Duration,
    results: AtomicUsize,
    tasks: Mutex<Vec<Times>>,
    /// In a rehearsal: from when to when the use of slots is measured, and the sum.
    window: Option<(Duration, Duration)>,
    used: Mutex<Duration>,
}

impl Envelope {
    fn new(size: usize, run_time: Duration) -> Self {
        let (results, tasks) = (AtomicUsize::new(0), Mutex::default());
        Self { size, run_time, results, tasks, window: None, used: Mutex::default() }
    }
}

/// When things happened to a task, counted from the start of its campaign.
#[derive(Clone, Copy)]
struct Times {
    submitted: Duration,
    started: Duration,
    ended: Duration,
    handled: Duration,
}

/// Tasks of which the times are kept, the first ones of a run; all are counted.
const KEPT: usize = 1_000_000;

/// Without pools, slots are unallocated, and a submitter without a `task_type` takes those.
#[thinker]
impl Envelope {
    /// Runs whenever a slot is free.
    #[task_submitter]
    fn submit(&self, agent: &Agent<Self>, slots: Slots) -> Result<()> {
        let task = echo { payload: vec![0; self.size], run_time: self.run_time };
        agent.submit(task.holding(slots))?;
        Ok(())
    }

    /// Runs for each result; the slot of the task is free again already.
    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<echo>) {
        let (handled, times) = (agent.elapsed(), result.times());
        self.results.fetch_add(1, Relaxed);
        let Some(started) = times.started else { return }; // it has not run: the report says why
        if let Some((from, to)) = self.window {
            *self.used.lock() += times.ended.min(to).saturating_sub(started.max(from));
            return;
        }
        let mut tasks = self.tasks.lock();
        if tasks.len() < KEPT {
            tasks.push(Times { submitted: times.submitted, started, ended: times.ended, handled });
        }
    }

    /// Says once a second how far the run is. `sleep` ends with `Stopped` at `done`, and the agent with it.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        while self.window.is_none() {
            agent.sleep(Duration::from_secs(1))?;
            let (run_time, results) = (self.run_time, self.results.load(Relaxed));
            info!("{results} tasks of {} ms in {} s", run_time.as_millis(), agent.elapsed().as_secs());
        }
        Ok(())
    }
}

/// Keeps slots busy with tasks that do nothing for a given time: how well, it says.
#[derive(Parser)]
struct Options {
    /// Time of a task, or several in turn
    #[arg(long, value_name = "MS", default_value = "10", value_delimiter = ',', num_args = 1..)]
    run_time: Vec<u64>,
    /// Data that go into a task, and come out
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    size: usize,
    /// Tasks at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    slots: NonZeroUsize,
    /// Time for each run time
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    seconds: NonZeroU64,
    /// Tries it in virtual time instead, on so many slots
    #[arg(long, value_name = "SLOTS", value_delimiter = ',', num_args = 1..)]
    rehearse: Vec<usize>,
    /// Rehearsed: time to decide on a task
    #[arg(long, value_name = "US", default_value_t = 100)]
    decision_time: u64,
}

/// What a run came to.
struct Figures {
    run_time: u64,
    per_second: f64,
    utilisation: f64,
    /// How long a slot lay idle, from the end of a task to the start of the next.
    idle: Percentiles,
    /// From the sending of a task to its handler, without the time that it ran.
    overhead: Percentiles,
}

/// In microseconds.
struct Percentiles {
    p50: f64,
    p99: f64,
}

impl Percentiles {
    fn of(times: impl Iterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.collect();
        times.sort_unstable();
        let at =
            |percent: usize| times.get(times.len() * percent / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6);
        Self { p50: at(50), p99: at(99) }
    }
}

/// How long the slots lay idle between two tasks. Slots have no names, so that the one that has been free for longest
/// is taken to be the next one used.
fn idle(tasks: &[Times], slots: usize) -> impl Iterator<Item = Duration> {
    let sorted = |time: fn(&Times) -> Duration| {
        let mut times: Vec<Duration> = tasks.iter().map(time).collect();
        times.sort_unstable();
        times
    };
    let (started, ended) = (sorted(|task| task.started), sorted(|task| task.ended));
    started.into_iter().skip(slots).zip(ended).map(|(started, ended)| started.saturating_sub(ended))
}

fn measure(run_time: u64, options: &Options) -> Result<Figures> {
    let slots = options.slots.get();
    let thinker = Envelope::new(options.size, Duration::from_millis(run_time));
    thinker.tasks.lock().reserve(KEPT);
    let mut campaign = Campaign::new(thinker)
        .unallocated_slots(slots)
        .task_server(LocalTaskServer::new().serve::<echo>())
        .time_limit(Duration::from_secs(options.seconds.get()));
    let report = campaign.run()?;

    println!("{report}\n");
    let tasks = campaign.thinker().tasks.lock();
    let succeeded = report.method("echo").map_or(0, |method| method.succeeded);
    Ok(Figures {
        run_time,
        per_second: succeeded as f64 / report.wall_time().as_secs_f64(),
        utilisation: report.utilisation::<()>(None),
        idle: Percentiles::of(idle(&tasks, slots)),
        overhead: Percentiles::of(tasks.iter().map(|task| task.handled - task.submitted - (task.ended - task.started))),
    })
}

fn main() -> Result<()> {
    let options = Options::parse();
    if !options.rehearse.is_empty() {
        return rehearse::table(&options);
    }
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
    let mut all = Vec::new();
    for &run_time in &options.run_time {
        all.push(measure(run_time, &options)?);
    }

    println!("{} slots, {} bytes in and out. Times in us, without the run time:", options.slots, options.size);
    println!("idle, a slot between two tasks; overhead, from submitting a task to handling it.");
    println!();
    println!("run time (ms)  tasks/s  utilisation  idle: p50     p99  overhead: p50     p99");
    for Figures { run_time, per_second, utilisation, idle, overhead } in &all {
        print!("{run_time:>13} {per_second:>8.0} {utilisation:>12.3}");
        println!(" {:>10.1} {:>7.0} {:>14.1} {:>7.0}", idle.p50, idle.p99, overhead.p50, overhead.p99);
    }
    let used = all.iter().map(|figures| format!("{:.3} at {} ms", figures.utilisation, figures.run_time));
    println!("Utilisation: {}.", used.collect::<Vec<_>>().join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_idle_from_one_task_to_the_next() {
        let task = |started, ended| {
            let [started, ended] = [started, ended].map(Duration::from_secs);
            Times { submitted: Duration::ZERO, started, ended, handled: ended }
        };
        // Two slots: one runs from 0 to 4 and from 5 to 9, the other from 1 to 7 and from 10 to 11.
        let tasks = [task(0, 4), task(1, 7), task(5, 9), task(10, 11)];
        assert_eq!(idle(&tasks, 2).collect::<Vec<_>>(), [1, 3].map(Duration::from_secs));
        assert_eq!(idle(&tasks[..2], 2).count(), 0);
    }

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let Percentiles { p50, p99 } = Percentiles::of((0..200).rev().map(Duration::from_micros));
        assert_eq!((p50, p99), (100.0, 198.0));
        assert!(Percentiles::of(std::iter::empty()).p50.is_nan());
    }
}
