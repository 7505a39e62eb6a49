//! Methods in Python, on workers of Parsl: which track brings a bead down soonest?
//!
//! The expensive computation is a Python function (`server.py`); here it is declared without a body. The original's task
//! server runs it wherever Parsl does: here on workers of this machine, on a cluster by another configuration of Parsl, with
//! the thinker as it is. Requests and results go over Redis. The thinker is an evolution strategy without generations:
//! whenever a worker is free it varies one of the best tracks that are known. What it should find was known to Newton.
//!
//! Redis and the server are started, and ended, by the example, if they are installed (`programs.rs`). With `--rehearse` it
//! needs neither: the campaign is tried in virtual time, before node hours are spent on it.

mod programs;

use std::f64::consts::PI;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use colmena::RedisQueues;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use programs::Started;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use tracing::info;

/// In Python. Types are checked here, by the compiler, and when a value comes back.
#[method(topic = "simulation")]
fn travel_time(depths: Vec<f64>, run_time: f64) -> f64;

/// The time on the best of all tracks, a cycloid, in units of (radius / gravity)^(1/2).
const CYCLOID: f64 = PI;

/// How far a track's children are from it.
const STEP: Info<f64> = Info::new("step");

#[derive(Clone)]
struct Track {
    depths: Vec<f64>,
    step: f64,
    time: f64,
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// What the agents share.
struct Descent {
    /// The best that are known, the quickest first.
    best: Mutex<Vec<Track>>,
    /// Computed, those that failed included.
    computed: Mutex<usize>,
    options: Options,
}

/// So many tracks have children.
const PARENTS: usize = 6;

#[thinker(pools = Pool)]
impl Descent {
    /// Runs whenever a worker is free: varies one of the best tracks.
    #[task_submitter(task_type = Sim)]
    fn vary(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let child = self.child(&mut agent.rng());
        let task = travel_time { depths: child.depths, run_time: self.options.run_time as f64 / 1000.0 };
        agent.submit(task.holding(slots).info(STEP, child.step))?;
        Ok(())
    }

    /// Runs for each result: keeps the track, if it is among the best.
    #[result_processor(topic = "simulation")]
    fn select(&self, agent: &Agent<Self>, result: TaskResult<travel_time>) {
        if let (Ok(&time), Some(&step)) = (result.value(), result.info(STEP)) {
            let mut best = self.best.lock();
            best.push(Track { depths: result.inputs().depths.clone(), step, time });
            best.sort_by(|a, b| a.time.total_cmp(&b.time));
            best.truncate(PARENTS);
        } // a failure is in the report
        let mut computed = self.computed.lock();
        *computed += 1;
        if *computed == self.options.budget.get() {
            agent.done().set();
        }
    }

    /// Says once a second how far the search is.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        info!("Parsl is starting its workers");
        loop {
            agent.sleep(Duration::from_secs(1))?;
            let (computed, best) = (*self.computed.lock(), self.best.lock()[0].time / CYCLOID);
            if computed > 0 {
                info!("{computed} tracks computed, the best takes {best:.3} times as long as a cycloid");
            }
        }
    }
}

impl Descent {
    /// Begins with the straight track.
    fn new(options: Options) -> Self {
        let n = options.points.get();
        let depths = (1..=n).map(|i| 2.0 * i as f64 / (n + 1) as f64).collect();
        let straight = Track { depths, step: 0.2, time: f64::INFINITY };
        Self { best: Mutex::new(vec![straight]), computed: Mutex::new(0), options }
    }

    /// A child of one of the best; how far it strays is inherited, and varied, too.
    fn child(&self, rng: &mut impl Rng) -> Track {
        let parent = self.best.lock().choose(rng).expect("there is always one").clone();
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        let step = parent.step * (0.4 * normal()).exp();
        let depths = parent.depths.iter().map(|depth| depth + step * normal()).collect();
        Track { depths, step, time: f64::INFINITY }
    }
}

/// Looks for the track on which a bead slides down soonest.
#[derive(Clone, Parser)]
struct Options {
    /// Tracks after which it ends
    #[arg(long, value_name = "N", default_value = "1000")]
    budget: NonZeroUsize,
    /// Points of a track
    #[arg(long, value_name = "N", default_value = "7")]
    points: NonZeroUsize,
    /// Workers of Parsl
    #[arg(long, value_name = "N", default_value = "4")]
    workers: NonZeroUsize,
    /// Time of a computation
    #[arg(long, value_name = "MS", default_value_t = 30)]
    run_time: u64,
    /// Seed of the variations
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Where Parsl writes
    #[arg(long, value_name = "DIR", default_value = "target/parsl")]
    folder: PathBuf,
    /// Tries it in virtual time, with so many workers
    #[arg(long, value_name = "SLOTS")]
    rehearse: Option<NonZeroUsize>,
}

/// How long the workers take to start, in a rehearsal.
const START_UP: Duration = Duration::from_secs(3);

/// Rehearses the campaign, with as many tracks for each worker: no Redis, no Parsl.
fn rehearse(options: Options, workers: NonZeroUsize) -> Result<()> {
    let budget = options.budget.saturating_mul(workers).get() / options.workers;
    let budget = NonZeroUsize::new(budget).unwrap_or(options.budget);
    let plan = Rehearsal::new()
        .method(Model::<travel_time>::giving(slide).lasting(Duration::from_millis(options.run_time)))
        .start_up(START_UP)
        .seed(options.seed)
        .measured_decisions();
    let seed = options.seed;
    let descent = Descent::new(Options { budget, workers, ..options });
    let mut campaign = Campaign::new(descent).slots([(Pool::Sim, workers.get())]).seed(seed);
    let report = campaign.rehearse(&plan)?;
    println!("{report}");
    let used = 100.0 * report.utilisation(Pool::Sim);
    println!("On {workers} slots, {used:.0} % will be in use, if decisions take as long as here.");
    Ok(())
}

/// What the function in Python gives; on each piece the acceleration is constant. Never, on a track that fails there.
fn slide(track: &travel_time, _: &mut impl Rng) -> f64 {
    let points: Vec<f64> = [0.0].into_iter().chain(track.depths.iter().copied()).chain([2.0]).collect();
    let step = PI / (points.len() - 1) as f64;
    let piece = |ends: &[f64]| 2.0 * step.hypot(ends[1] - ends[0]) / ends.iter().map(|y| (2.0 * y).sqrt()).sum::<f64>();
    let time: f64 = points.windows(2).map(piece).sum();
    if time.is_nan() { f64::INFINITY } else { time }
}

/// Of the lists on Redis.
const PREFIX: &str = "tracks";

/// The original's server, with workers of Parsl.
fn start_server(python: &Path, url: &str, options: &Options) -> Result<Started> {
    let port = url.rsplit(':').next().unwrap_or_default();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/parsl/server.py");
    let mut command = programs::mortal(python);
    command.arg(script).args([port, PREFIX, &options.workers.to_string()]).arg(&options.folder);
    Started::ready("the task server", &mut command, "serving")
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
    if let Some(workers) = options.rehearse {
        return rehearse(options, workers);
    }

    let python = programs::python()?;
    let (_redis, url) = programs::start_redis()?;
    info!("Redis is at {url}; starting Parsl");
    let server = start_server(&python, &url, &options)?;

    let (workers, seed) = (options.workers.get(), options.seed);
    let mut campaign = Campaign::new(Descent::new(options))
        .slots([(Pool::Sim, workers)])
        .queues(RedisQueues::connect(&url, PREFIX)?.stop_servers())
        .seed(seed);
    let report = campaign.run()?;
    server.wait()?;

    let best = campaign.thinker().best.lock()[0].clone();
    let computed = *campaign.thinker().computed.lock();
    println!("{report}");
    println!("best track      {:.2?}", best.depths);
    println!("Answer: {computed} tracks, the best takes {:.3} times as long as a cycloid.", best.time / CYCLOID);
    Ok(())
}
