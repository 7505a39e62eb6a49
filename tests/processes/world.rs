//! What the tests share: methods, a server of them, and a thinker that sends tasks and meddles with their workers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use colmena::prelude::*;
use colmena::{CampaignError, Resources};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The least work.
#[method]
pub(crate) fn square(x: u64) -> u64 {
    x * x
}

/// For large inputs.
#[method]
pub(crate) fn length(text: &str) -> usize {
    text.len()
}

/// What it may use, where it runs.
#[method]
pub(crate) fn look(task: &TaskContext) -> (TaskId, Resources) {
    (task.id(), task.resources())
}

/// What is wanted of [`act`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Act {
    Return,
    Fail,
    Panic,
    Abort,
    Exit,
    Segfault,
    Allocate,
    /// Until it is told to end.
    Sleep,
    /// Whatever it is told.
    Ignore,
    /// The same, with a child process that does, too.
    IgnoreWithChild,
    Print,
}

/// Emits the number of its process (and of its child), and does something in its first attempts; after these it returns the
/// number of the attempt.
#[method]
pub(crate) fn act(what: Act, attempts: u32, task: &TaskContext<u32>) -> Result<u32> {
    task.emit(std::process::id());
    if task.attempt() <= attempts {
        do_it(what, task)?;
    }
    Ok(task.attempt())
}

fn do_it(what: Act, task: &TaskContext<u32>) -> Result<()> {
    match what {
        Act::Return => {}
        Act::Fail => return Err("it was told to".into()),
        Act::Panic => panic!("it was told to"),
        Act::Abort => {
            eprintln!("about to abort");
            std::process::abort();
        }
        Act::Exit => std::process::exit(3),
        Act::Segfault => {
            // The first one is taken for a stack overflow that was none.
            loop {
                send("-SEGV", std::process::id());
            }
        }
        Act::Allocate => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 16 << 20]);
            }
        }
        Act::Sleep => task.sleep(HOUR)?,
        Act::Ignore => ignore(),
        Act::IgnoreWithChild => {
            let child =
                Command::new("sh").args(["-c", "trap '' TERM INT HUP; while :; do sleep 1000; done"]).spawn()?;
            task.emit(child.id());
            ignore();
        }
        Act::Print => {
            println!("on standard output");
            eprintln!("on standard error");
        }
    }
    Ok(())
}

fn ignore() -> ! {
    loop {
        std::thread::park();
    }
}

/// Holds a named pipe open, says so, and goes on for ever.
#[method]
pub(crate) fn hold_open(pipe: &Path, task: &TaskContext<u32>) -> Result<()> {
    let _open = std::fs::File::options().write(true).open(pipe)?;
    task.emit(std::process::id());
    ignore();
}

/// In the first attempt, waits to be told to end, and notes why; in the second, what the first has noted.
#[method]
pub(crate) fn why(note: &Path, task: &TaskContext) -> Result<String> {
    if task.attempt() > 1 {
        return Ok(std::fs::read_to_string(note)?);
    }
    let told = task.sleep(HOUR);
    std::fs::write(note, format!("{:?}", task.cancelled_because()))?;
    told?;
    Ok(String::new())
}

/// How many bytes of `text` are in the worker, and its process.
#[method]
pub(crate) fn measure(text: &Shared<String>, _n: u32) -> (u32, usize) {
    (std::process::id(), text.len())
}

/// Not a test by itself: the workers of the tests.
#[test]
fn the_worker() {
    serve_if_asked::<(square, act, (hold_open, measure), length, look, why)>();
}

pub(crate) const WORKER: [&str; 3] = ["world::the_worker", "--exact", "--nocapture"];

/// Two workers that serve all methods.
pub(crate) fn server() -> ProcessTaskServer {
    ProcessTaskServer::new()
        .args(WORKER)
        .workers(2)
        .serve::<square>()
        .serve::<act>()
        .serve::<hold_open>()
        .serve::<measure>()
        .serve::<length>()
        .serve::<look>()
        .serve::<why>()
}

/// What is done to the process of a task that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meddle {
    Nothing,
    /// A signal is sent to it, in the first attempt.
    Signal(&'static str),
    /// The task is cancelled.
    Cancel,
    /// The process is stopped, and the task cancelled.
    StopAndCancel,
    /// The campaign is done.
    Done,
}

/// Sends tasks of [`act`], four at a time, and meddles with them.
pub(crate) struct Acts {
    pub(crate) what: Act,
    pub(crate) attempts: u32,
    pub(crate) retries: u32,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) meddle: Meddle,
    pub(crate) tasks: WorkQueue<u32>,
    pub(crate) seen: Mutex<Seen>,
}

/// What has been seen of the tasks.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) processes: BTreeSet<u32>,
    met: BTreeSet<TaskId>,
    settled: BTreeSet<TaskId>,
    pub(crate) values: Vec<u32>,
    pub(crate) failures: Vec<Failure>,
}

#[thinker]
impl Acts {
    #[task_submitter(queue = tasks)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots, _task: u32) -> Result<()> {
        let mut task = act { what: self.what, attempts: self.attempts }.retries(self.retries).holding(slots);
        if let Some(limit) = self.time_limit {
            task = task.time_limit(limit);
        }
        agent.submit(task)?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, update: TaskUpdate<act>) {
        match update {
            TaskUpdate::Emitted(Emitted { id, value: process }) => {
                let is_first = {
                    let mut seen = self.seen.lock();
                    seen.processes.insert(process);
                    seen.met.insert(id)
                };
                if is_first {
                    self.meddle(agent, id, process);
                }
            }
            TaskUpdate::Finished(result, _slots) => {
                let mut seen = self.seen.lock();
                assert!(seen.settled.insert(result.id()), "{} settled twice", result.id());
                match result.into_value() {
                    Ok(value) => seen.values.push(value),
                    Err(failure) => seen.failures.push(failure),
                }
            }
        }
    }
}

impl Acts {
    fn meddle(&self, agent: &Agent<Self>, id: TaskId, process: u32) {
        match self.meddle {
            Meddle::Nothing => {}
            Meddle::Signal(signal) => send(signal, process),
            Meddle::Cancel => drop(agent.cancel(id)),
            Meddle::StopAndCancel => {
                send("-STOP", process);
                agent.cancel(id);
            }
            Meddle::Done => drop(agent.done().set()),
        }
    }
}

/// Runs a campaign of so many tasks, and checks what must hold in any case.
#[track_caller]
pub(crate) fn run(tasks: u32, what: Act, meddle: Meddle, change: impl FnOnce(&mut Acts)) -> Seen {
    run_with(server().grace(SECOND / 5), tasks, what, meddle, change)
}

#[track_caller]
pub(crate) fn run_with(
    server: ProcessTaskServer,
    tasks: u32,
    what: Act,
    meddle: Meddle,
    change: impl FnOnce(&mut Acts),
) -> Seen {
    let (queue, seen) = ((0..tasks).collect::<WorkQueue<u32>>(), Mutex::default());
    queue.close();
    let mut acts = Acts { what, attempts: 1, retries: 0, time_limit: None, meddle, tasks: queue, seen };
    change(&mut acts);
    let mut campaign = Campaign::new(acts).ignore_ctrl_c().unallocated_slots(4).task_server(server);
    if meddle == Meddle::Done {
        campaign = campaign.on_done(OnDone::Cancel(SECOND));
    }
    let started = Instant::now();
    let report = campaign.run().unwrap_or_else(|error| panic!("{error}"));
    assert!(started.elapsed() < SECOND * 60, "it took {:?}", started.elapsed());
    let seen = std::mem::take(&mut *campaign.thinker().seen.lock());
    let settled = report.method("act").map_or(0, |method| method.settled());
    assert_eq!(settled, seen.settled.len() as u64, "each task settles once");
    assert!(meddle == Meddle::Done || settled == u64::from(tasks), "{settled} of {tasks} tasks");
    assert_eq!(report.pools().iter().map(|pool| pool.slots).sum::<usize>(), 4);
    assert_none_left(&seen.processes);
    seen
}

/// None of these is there any more.
#[track_caller]
pub(crate) fn assert_none_left(processes: &BTreeSet<u32>) {
    let left: Vec<_> = processes.iter().filter(|id| is_there(**id)).collect();
    assert!(left.is_empty(), "processes are left: {left:?}");
}

/// What has ended and was started by a worker that is gone is for the system to reap, at its leisure.
fn is_there(process: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return false };
    let mut fields = stat.rsplit_once(')').expect("the name is in brackets").1.split_whitespace();
    let (state, parent) = (fields.next(), fields.next());
    state != Some("Z") || parent == Some(&std::process::id().to_string())
}

pub(crate) fn send(signal: &str, process: u32) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "{process} is gone");
}

/// One agent, which does what the test says.
pub(crate) struct Alone(pub(crate) fn(&Agent<Alone>) -> Result<()>);

#[thinker]
impl Alone {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        (self.0)(agent)
    }
}

/// Runs one agent with a server.
pub(crate) fn alone(server: ProcessTaskServer, acts: fn(&Agent<Alone>) -> Result<()>) -> Result<Report, CampaignError> {
    Campaign::new(Alone(acts)).ignore_ctrl_c().unallocated_slots(1).task_server(server).run()
}

/// A text on one line.
pub(crate) fn unwrapped(text: &dyn std::fmt::Display) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder for one test, removed at its end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("processes-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the folder for temporary files is there");
        Self(path)
    }

    pub(crate) fn pipe(&self) -> PathBuf {
        let path = self.0.join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
