//! What the tests share: a program in seeded orders, and methods for it.

use std::io::Write;
use std::sync::{Mutex as StdMutex, Once};
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{explore, orders};
use colmena::{CampaignError, Problem, Thinker};

/// Runs `program` in so many seeded orders, with virtual time.
#[track_caller]
pub(crate) fn in_orders(n: u64, program: impl Fn() + Send + Sync + 'static) {
    explore(orders(n), move |_| program()).unwrap_or_else(|failed| panic!("{failed}"));
}

/// Runs `program` in one order, whatever is asked for: for what is counted over the whole process.
#[track_caller]
pub(crate) fn once(program: impl Fn() + Send + Sync + 'static) {
    explore(0..1, move |_| program()).unwrap_or_else(|failed| panic!("{failed}"));
}

/// A campaign that leaves Ctrl-C alone, with a server of [`everything`].
pub(crate) fn campaign<T: Thinker>(thinker: T) -> Campaign<T> {
    Campaign::new(thinker).ignore_ctrl_c().task_server(everything())
}

/// Serves all methods of this file.
pub(crate) fn everything() -> LocalTaskServer {
    LocalTaskServer::new()
        .serve::<square>()
        .serve::<run_for>()
        .serve::<wait_for>()
        .serve::<refuse>()
        .serve::<panics>()
        .serve::<count_to>()
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

/// What it says, with lines and columns left out, which change with every edit of a test.
pub(crate) fn without_lines(error: &CampaignError) -> String {
    let line = |line: &str| match line.strip_prefix(" --> ").and_then(|place| place.split_once(':')) {
        Some((file, _)) => format!(" --> {file}"),
        None => line.to_owned(),
    };
    error.to_string().lines().map(line).collect::<Vec<_>>().join("\n")
}

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Waits for so long, and counts as running meanwhile (a `sleep` of an agent that has woken nobody does not). Ends early at
/// `done`.
pub(crate) fn pause(time: Duration) {
    let _ = Event::new().wait_timeout(time);
}

/// The least work.
#[method(topic = "squares")]
pub(crate) fn square(x: u64) -> u64 {
    x * x
}

/// Takes its time: a virtual one, in a seeded order.
#[method]
pub(crate) fn run_for(time: Duration) -> Duration {
    pause(time);
    time
}

/// Ends when somebody lets it.
#[method(local)]
pub(crate) fn wait_for(gate: &Event, task: &TaskContext) -> bool {
    let _ = gate.wait();
    !task.is_cancelled()
}

/// Fails, except at the attempt that is asked for.
#[method]
pub(crate) fn refuse(until: u32, task: &TaskContext) -> Result<u32> {
    if task.attempt() < until { Err(format!("attempt {} is refused", task.attempt()).into()) } else { Ok(until) }
}

/// Panics.
#[method]
pub(crate) fn panics(text: &str) -> u64 {
    panic!("{text}")
}

/// Emits 1 to `n`.
#[method]
pub(crate) fn count_to(n: u64, task: &TaskContext<u64>) -> u64 {
    (1..=n).for_each(|i| task.emit(i));
    n
}

/// The problems of a campaign that failed, as texts.
#[track_caller]
pub(crate) fn problems(outcome: std::result::Result<Report, CampaignError>) -> Vec<String> {
    let error = outcome.expect_err("the campaign is to fail");
    error.problems().iter().map(Problem::to_string).collect()
}

/// The report of a campaign, failed or not.
#[track_caller]
pub(crate) fn report(outcome: &std::result::Result<Report, CampaignError>) -> &Report {
    match outcome {
        Ok(report) => report,
        Err(error) => error.report().expect("it has run"),
    }
}

/// What has been logged by everybody in this process.
#[derive(Clone, Copy)]
pub(crate) struct Logs;

static LOGGED: StdMutex<Vec<u8>> = StdMutex::new(Vec::new());

/// Collects what is logged from here on.
pub(crate) fn logs() -> Logs {
    static COLLECTING: Once = Once::new();
    COLLECTING
        .call_once(|| tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(|| Logs).init());
    Logs
}

impl Logs {
    pub(crate) fn text(self) -> String {
        String::from_utf8_lossy(&LOGGED.lock().expect("nobody panics in it")).into_owned()
    }

    pub(crate) fn have(self, line: &str) -> bool {
        self.text().lines().any(|logged| logged.ends_with(line))
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().expect("nobody panics in it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
