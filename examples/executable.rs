//! Tasks that are programs: which damping brings an oscillator to rest soonest?
//!
//! Each task is a run of an awk script, a stand-in for a simulation code: it reads an input file, writes a trajectory, and
//! says on standard output when the oscillator has come to rest. Some runs fail, as simulations do; their directories are
//! kept. Needs `awk`, which every Unix has; not for `--rehearse`, where nothing is run.

use std::f64::consts::PI;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use tracing::info;

/// The simulation code. It gives up where the motion grows without end.
const SCRIPT: &str = r#"
$1 == "damping" { c = $2 }
$1 == "step" { dt = $2 }
END {
    x = 1; v = 0; rest = 0
    for (t = 0; t < 60; t += dt) {
        v += (-x - c * v) * dt
        x += v * dt
        if (x * x + v * v > 100) { print "diverged at t = " t > "/dev/stderr"; exit 3 }
        if (x * x + v * v > 1e-4) rest = t
        if (int(t) > int(t - dt)) print t, x, v > "trajectory.txt"
    }
    printf "%.2f\n", rest
}
"#;

/// Simulates an oscillator: when it has come to rest, and how far it swung back.
#[method(topic = "simulation")]
fn oscillate(damping: f64, step: f64) -> (f64, f64);

impl ExecutableMethod for oscillate {
    /// Writes the input file. Arguments and standard input could be set here, too.
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        fs::write(dir.join("input.txt"), format!("damping {}\nstep {}\n", self.damping, self.step))?;
        Ok(Invocation::new().args(["-f", "oscillator.awk", "input.txt"]))
    }

    /// Reads the output, which is there only if the program has exited with status 0.
    fn postprocess(&self, dir: &RunDir) -> Result<(f64, f64)> {
        let rest = dir.stdout()?.trim().parse()?;
        let trajectory = fs::read_to_string(dir.join("trajectory.txt"))?;
        let positions = trajectory.lines().filter_map(|line| line.split(' ').nth(1)?.parse().ok());
        Ok((rest, positions.fold(0.0, f64::min)))
    }
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Scan {
    dampings: WorkQueue<f64>,
    step: f64,
    results: Mutex<Vec<Run>>,
    failed: Mutex<usize>,
}

/// A run that succeeded.
#[derive(Clone, Copy)]
struct Run {
    damping: f64,
    rest: f64,
    swing: f64,
}

#[thinker(pools = Pool)]
impl Scan {
    /// Runs for each damping, whenever a slot is free.
    #[task_submitter(task_type = Sim, queue = dampings)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, damping: f64) -> Result<()> {
        let task = oscillate { damping, step: self.step }.time_limit(Duration::from_secs(60));
        agent.submit(task.holding(slots))?;
        Ok(())
    }

    /// What failed is in the report: which command it was, how it ended, where, and what the program wrote last.
    #[result_processor(topic = "simulation")]
    fn store(&self, result: TaskResult<oscillate>) {
        let damping = result.inputs().damping;
        match result.value() {
            Ok(&(rest, swing)) => {
                let steps = result.times().steps.unwrap_or_default();
                info!("damping {damping:.2}: at rest after {rest:.2} s; the program ran for {:.0?}", steps.run);
                self.results.lock().push(Run { damping, rest, swing });
            }
            Err(_) => {
                info!("damping {damping:.2}: failed");
                *self.failed.lock() += 1;
            }
        }
    }
}

/// Scans the damping of an oscillator; each task is a run of a program.
#[derive(Parser)]
struct Options {
    /// Runs
    #[arg(long, value_name = "N", default_value_t = 42)]
    runs: u32,
    /// Runs at the same time
    #[arg(long, value_name = "N", default_value_t = 2)]
    slots: usize,
    /// Time step of the simulation
    #[arg(long, value_name = "S", default_value_t = 0.002)]
    step: f64,
    /// Where the runs go
    #[arg(long, value_name = "DIR", default_value = "target/executable")]
    folder: PathBuf,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    rehearse: Option<NonZeroUsize>,
}

/// The campaign; programs run below `runs`.
fn campaign(options: &Options, dampings: WorkQueue<f64>, runs: &Path) -> Campaign<Scan> {
    let script = options.folder.join("oscillator.awk");
    let awk = Program::new("awk").link(script).under(runs).keep(RunDirs::OnFailure);
    let scan = Scan { dampings, step: options.step, results: Mutex::default(), failed: Mutex::default() };
    Campaign::new(scan)
        .slots([(Pool::Sim, options.slots)])
        .task_server(LocalTaskServer::new().serve_executable::<oscillate>(awk))
}

/// Rehearses the campaign, with as many runs for each slot: nothing is run, so that nothing need be there.
fn rehearse(options: Options, slots: NonZeroUsize) -> Result<()> {
    let runs = options.runs as usize * slots.get() / options.slots.max(1);
    let dampings: WorkQueue<f64> = (0..runs).map(|i| i as f64 * 4.0 / runs as f64).collect();
    dampings.close();
    // The program takes as many steps whatever the damping; one run in twenty fails.
    let run_time = Duration::from_micros(1).mul_f64(60.0 / options.step) + Duration::from_millis(5);
    let model = Model::<oscillate>::giving(|task, _| motion(task.damping)).lasting(run_time).failing(0.05);

    let options = Options { slots: slots.get(), ..options };
    let mut campaign = campaign(&options, dampings, Path::new(""));
    let report = campaign.rehearse(&Rehearsal::new().method(model).measured_decisions())?;
    println!("{report}");
    let used = 100.0 * report.utilisation(Pool::Sim);
    println!("On {slots} slots, {used:.0} % will be in use, if decisions take as long as here.");
    Ok(())
}

/// What a run would say, nearly: the motion of an oscillator is known.
fn motion(damping: f64) -> (f64, f64) {
    let half = damping / 2.0;
    let decay = half - (half * half - 1.0).max(0.0).sqrt();
    let swing = if half < 1.0 { -(-PI * half / (1.0 - half * half).sqrt()).exp() } else { 0.0 };
    ((100_f64.ln() / decay).min(60.0), swing)
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
    if let Some(slots) = options.rehearse {
        return rehearse(options, slots);
    }

    fs::create_dir_all(&options.folder)?;
    fs::write(options.folder.join("oscillator.awk"), SCRIPT)?;
    let runs = options.folder.join("runs");
    // From -0.1, where the motion grows, in steps of 0.1.
    let dampings: WorkQueue<f64> = (0..options.runs).map(|i| f64::from(i) / 10.0 - 0.1).collect();
    dampings.close();
    let mut campaign = campaign(&options, dampings, &runs);
    let report = campaign.run()?;

    println!("{report}");
    let failed = *campaign.thinker().failed.lock();
    if failed > 0 {
        println!("{failed} of {} runs failed; their directories are in\n  {}", options.runs, runs.display());
    }
    let results = campaign.thinker().results.lock().clone();
    let best = results.iter().min_by(|a, b| a.rest.total_cmp(&b.rest)).ok_or("no run has succeeded")?;
    let Run { damping, rest, swing } = *best;
    println!("Answer: a damping of {damping:.1} brings it to rest in {rest:.2} s; it swings back to {swing:.3}");
    Ok(())
}
