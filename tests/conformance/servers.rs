//! Task servers, by the names of the original's behaviour.
//!
//! Kept in another form: `unknown_method_is_a_failure` (in one process the task is refused before it is sent, and comes
//! back); `exception_is_a_failure_with_trace` (the trace of an error is its chain of causes, that of a panic its place, and
//! the backtrace if the environment asks for it); `kill_signal_ends_server` is in [`crate::queues`].
//! Beyond the original: what programs do that fail, hang or are cancelled is in `tests/behaviour/executables.rs`.

use std::env;
use std::error::Error;
use std::fmt;

use colmena::prelude::*;
use colmena::{CallError, FailureKind, NotSent, Resources};

use crate::duet::Pool::{self, Sim};
use crate::world::{Alone, campaign, count_to, everything, in_orders, panics, problems, refuse, square};

/// Nobody here serves it.
#[method(topic = "docking")]
fn dock(ligand: &str) -> f64;

struct Asking;

#[thinker(pools = Pool)]
impl Asking {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Sim, 2)?;
        let task = dock { ligand: "aspirin".to_owned() }.holding(slots);
        let Err(CallError::NotSent(error)) = agent.call(task) else { panic!("nobody serves it") };
        let known = ["square", "run_for", "wait_for", "refuse", "panics", "count_to"];
        assert_eq!(error.reason(), &NotSent::UnknownMethod { known: known.to_vec() });
        assert_eq!(error.to_string(), "the task of `dock` was not sent");
        assert_eq!(format!("{error:?}"), format!("{error}: {}", error.reason()));
        let (inputs, slots) = error.into_task().into_parts::<Pool>();
        assert_eq!((inputs.ligand.as_str(), slots.count()), ("aspirin", 2), "it comes back, with its slots");
        let _ = agent.call(inputs.holding(slots))?;
        Ok(())
    }
}

/// A task of a method that nobody serves fails, and says what is served.
#[test]
fn unknown_method_is_a_failure() {
    in_orders(20, || {
        let outcome = campaign(Asking).slots([(Sim, 2)]).run();
        assert_eq!(
            problems(outcome),
            ["the agent `asks` failed: the task of `dock` was not sent: no task server of this \
            campaign serves it; served are: square, run_for, wait_for, refuse, panics, count_to"]
        );
    });
}

/// An error with a cause.
#[derive(Debug)]
struct NoForceField(std::io::Error);

impl fmt::Display for NoForceField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no force field")
    }
}

impl Error for NoForceField {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[method]
fn minimise(file: &str) -> Result<f64, NoForceField> {
    Err(NoForceField(std::io::Error::other(format!("{file} is empty"))))
}

struct Careless;

#[thinker]
impl Careless {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let result = agent.call(minimise { file: "uff.prm".to_owned() })?;
        let failure = result.failure().expect("it has no force field");
        assert_eq!((failure.kind(), failure.message()), (FailureKind::Error, "no force field: uff.prm is empty"));

        let result = agent.call(panics { text: "no such molecule".to_owned() })?;
        let failure = result.failure().expect("it panics");
        assert_eq!((failure.kind(), failure.method(), failure.attempts()), (FailureKind::Panicked, "panics", 1));
        let text = failure.to_string();
        let expected = "task 2 of `panics` panicked: no such molecule (at tests/conformance/../behaviour/world.rs:";
        assert!(text.starts_with(expected), "{text}");
        let asked = env::var("RUST_LIB_BACKTRACE").or_else(|_| env::var("RUST_BACKTRACE"));
        assert_eq!(failure.backtrace().is_some(), asked.is_ok_and(|asked| asked != "0"));

        assert_eq!(agent.call(square { x: 4 })?.into_value()?, 16, "the one worker lives on");
        Ok(())
    }
}

/// An exception in a method is a failure of its task, with a trace; the server goes on.
#[test]
fn exception_is_a_failure_with_trace() {
    in_orders(50, || {
        let server = everything().workers(1).serve::<minimise>();
        Campaign::new(Careless).ignore_ctrl_c().task_server(server).run().expect("the agent goes on");
    });
}

struct Stubborn;

#[thinker(pools = Pool)]
impl Stubborn {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Sim, 1)?;
        let result = agent.call(refuse { until: 3 }.retries(5).holding(slots))?;
        assert_eq!((result.attempts(), result.into_value()?), (3, 3));
        let failure = agent.call(refuse { until: 9 }.retries(2))?.into_value().expect_err("too few");
        assert_eq!(failure.to_string(), "task 2 of `refuse` failed (3 attempts): attempt 3 is refused");
        let failure = agent.call(refuse { until: 2 })?.into_value().expect_err("no retries unless asked for");
        assert_eq!(failure.to_string(), "task 3 of `refuse` failed: attempt 1 is refused");
        Ok(())
    }
}

/// A task is tried once, and again as often as it may be retried; the result says how often.
#[test]
fn retries_counted() {
    in_orders(50, || {
        let report = campaign(Stubborn).slots([(Sim, 1)]).run().expect("nothing fails");
        let refuse = report.method("refuse").expect("it was used");
        assert_eq!((refuse.succeeded, refuse.failed, refuse.retries), (1, 2, 4));
    });
}

/// Follows a task that emits.
#[derive(Default)]
struct Following {
    seen: Mutex<Vec<u64>>,
}

#[thinker]
impl Following {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(count_to { n: 5 })?;
        Ok(())
    }

    #[result_processor]
    fn follow(&self, update: TaskUpdate<count_to>) -> Result<()> {
        let value = match update {
            TaskUpdate::Emitted(Emitted { value, .. }) => value,
            TaskUpdate::Finished(result, _) => 100 + result.into_value()?,
        };
        self.seen.lock().push(value);
        Ok(())
    }
}

/// A method can give intermediate results, which come in order; then the final one.
#[test]
fn generator_streamed() {
    in_orders(200, || {
        let mut campaign = campaign(Following::default());
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().seen.lock(), [1, 2, 3, 4, 5, 105]);
    });
}

/// Copies its input, with `cat`.
#[method]
fn copy(text: &str) -> (String, String);

impl ExecutableMethod for copy {
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        std::fs::write(dir.join("input"), &self.text)?;
        Ok(Invocation::new().args(["input", "-"]).stdin(" and standard input"))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<(String, String)> {
        Ok((dir.stdout()?, dir.stderr()?))
    }
}

/// What the launcher was called with.
#[method]
fn launched() -> String;

impl ExecutableMethod for launched {
    fn preprocess(&self, _: &RunDir) -> Result<Invocation> {
        Ok(Invocation::new().args(["-c", "echo $LAUNCHED"]))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<String> {
        Ok(dir.stdout()?.trim().to_owned())
    }
}

/// A folder for run directories, removed at the end.
struct Runs(std::path::PathBuf);

impl Runs {
    fn of(test: &str) -> Self {
        let name = format!("conformance-{test}-{}", std::process::id());
        Self(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A task can be a program: `preprocess` writes its input and says how it is called, it runs in a directory with its output in
/// files, and `postprocess` reads the value from there.
#[test]
fn executable_pre_exec_post() {
    let runs = Runs::of("steps");
    let server = LocalTaskServer::new().serve_executable::<copy>(Program::new("cat").under(&runs.0));
    let calls = Alone(|agent| {
        let result = agent.call(copy { text: "a file".to_owned() })?;
        assert!(result.times().steps.is_some_and(|steps| steps.run > std::time::Duration::ZERO));
        assert_eq!(result.into_value()?, ("a file and standard input".to_owned(), String::new()));
        Ok(())
    });
    Campaign::new(calls).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
}

/// The command that launches a program is made from the resources of its task.
#[test]
fn mpi_command_from_resources() {
    let runs = Runs::of("launcher");
    let launcher = "env LAUNCHED={node_count}:{cpu_processes}:{cpu_threads}:{total_ranks}";
    let program = Program::new("sh").launcher(launcher).under(&runs.0);
    let server = LocalTaskServer::new().serve_executable::<launched>(program);
    let calls = Alone(|agent| {
        let resources = Resources { node_count: 2, cpu_processes: 4, cpu_threads: 3 };
        assert_eq!(agent.call(launched {}.resources(resources))?.into_value()?, "2:4:3:8");
        assert_eq!(agent.call(launched {})?.into_value()?, "1:1:1:1");
        Ok(())
    });
    Campaign::new(calls).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
}
