//! What the three optimizers have in common: the problem, the model, and what is known so far.
//!
//! The lowest point of Ackley's function is to be found among some thousand candidates, with a budget for a few of them. A
//! simulation gives the value at one candidate, and takes as long as the candidate says, so that all optimizers meet the
//! same run times. A Gaussian process, fitted to the values that are known, ranks the remaining candidates.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser};
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use rand::SeedableRng;
use rand_distr::{Distribution, LogNormal};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};
use tracing::info;

#[path = "../reallocation/ackley.rs"]
mod ackley;
#[path = "../reallocation/arguments.rs"]
mod arguments;
#[path = "../reallocation/gp.rs"]
mod gp;

/// A point of the search space.
pub(crate) type Point = Vec<f64>;

/// A point that may be simulated, and how long that will take.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    point: Point,
    run_time: Duration,
}

/// The expensive computation.
#[method]
pub(crate) fn simulate(candidate: &Candidate, task: &TaskContext) -> Result<f64> {
    task.sleep(candidate.run_time)?;
    Ok(ackley::ackley(&candidate.point))
}

/// Ranks the candidates by expected improvement, best first. `rank_time` stands for a model that takes longer.
#[method]
pub(crate) fn rank(
    known: &[(Point, f64)],
    candidates: &[Point],
    rank_time: Duration,
    task: &TaskContext,
) -> Result<Vec<usize>> {
    task.sleep(rank_time)?;
    let (points, values): (Vec<Point>, Vec<f64>) = known.iter().cloned().unzip();
    Ok(gp::rank(&points, &values, candidates))
}

#[derive(Clone, Copy, Debug, ResourcePool)]
pub(crate) enum Pool {
    Sim,
    Ml,
}

/// The state of a search. The optimizers differ in when they call which of its methods.
pub(crate) struct Search {
    pub(crate) settings: Settings,
    /// What has not been sent, the best first as far as is known.
    candidates: WorkQueue<Candidate>,
    progress: Mutex<Progress>,
    /// The best value that as many simulations find in random order.
    in_random_order: f64,
}

#[derive(Default)]
struct Progress {
    sent: usize,
    known: Vec<(Point, f64)>,
    /// The least value known, and when it was found, counted from the campaign's start.
    best: Option<(f64, Duration)>,
}

impl Search {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut rng = Pcg64::seed_from_u64(settings.seed);
        let points = ackley::candidates(settings.candidates.get(), settings.dim.get(), &mut rng);
        let in_random_order =
            points.iter().take(settings.budget.get()).map(|x| ackley::ackley(x)).fold(f64::INFINITY, f64::min);
        let run_times = LogNormal::new(0.0, settings.spread)?; // in units of their median
        let mut run_time = || Duration::from_millis(settings.run_time).mul_f64(run_times.sample(&mut rng));
        let candidates = points.into_iter().map(|point| Candidate { point, run_time: run_time() }).collect();
        Ok(Self { settings: settings.clone(), candidates, progress: Mutex::default(), in_random_order })
    }

    /// The best candidate that is left; `None` if the budget is spent, or nothing is left.
    pub(crate) fn next(&self) -> Option<Candidate> {
        let mut progress = self.progress.lock();
        if progress.sent == self.settings.budget.get() {
            return None;
        }
        let next = self.candidates.try_pop()?;
        progress.sent += 1;
        Some(next)
    }

    /// Takes in a result. A simulation that failed ends the campaign.
    pub(crate) fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        let point = result.inputs().candidate.point.clone();
        let found_at = result.times().ended;
        let value = result.into_value()?;
        let Progress { known, best, .. } = &mut *self.progress.lock();
        known.push((point, value));
        let best = best.get_or_insert((value, found_at));
        if value < best.0 {
            *best = (value, found_at);
        }
        if known.len().is_multiple_of(20) {
            info!("{} of {} simulations, best {:.3}", known.len(), self.settings.budget, best.0);
        }
        Ok(())
    }

    /// Asks the model which candidates are best, with what is known now. Runs as a task, since it takes its time; the
    /// agent waits for it.
    pub(crate) fn reorder<T: Thinker<Pools = Pool>>(&self, agent: &Agent<T>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let known = self.progress.lock().known.clone();
        let seen = self.candidates.snapshot();
        let points = seen.iter().map(|candidate| candidate.point.clone()).collect();
        let rank_time = Duration::from_millis(self.settings.rank_time);
        let task = rank { known, candidates: points, rank_time };
        let order = agent.call(task.holding(slots))?.into_value()?;
        self.candidates.reorder(&seen, &order)?; // those sent in the meantime stay gone
        Ok(())
    }
}

/// The search and its size.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Settings {
    /// Coordinates of a point
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) dim: NonZeroUsize,
    /// Points to choose from
    #[arg(long, value_name = "N", default_value = "2000")]
    pub(crate) candidates: NonZeroUsize,
    /// Points that may be simulated
    #[arg(long, value_name = "N", default_value = "120")]
    pub(crate) budget: NonZeroUsize,
    /// Simulations at a time, and in a batch
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) slots: NonZeroUsize,
    /// Median time of a simulation
    #[arg(long, value_name = "MS", default_value_t = 250)]
    pub(crate) run_time: u64,
    /// Deviation of its logarithm
    #[arg(long, value_name = "SIGMA", default_value = "0.5", value_parser = arguments::spread)]
    pub(crate) spread: f64,
    /// Time of a ranking, beyond its own
    #[arg(long, value_name = "MS", default_value_t = 30)]
    pub(crate) rank_time: u64,
    /// Seed of the points and the times
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u64,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    pub(crate) rehearse: Option<NonZeroUsize>,
}

impl Settings {
    /// With as many simulations for each slot on those that it is to be rehearsed on, if it is.
    fn scaled(self) -> Self {
        let Some(slots) = self.rehearse else { return self };
        let scaled = |n: NonZeroUsize| NonZeroUsize::new(n.get() * slots.get() / self.slots.get()).unwrap_or(n);
        Self { budget: scaled(self.budget), candidates: scaled(self.budget), slots, ..self }
    }

    /// How the campaign is rehearsed: simulations are run, since they are quick but for their sleep; the model, whose time
    /// grows with what it knows, is not.
    fn rehearsal(&self) -> Rehearsal {
        let rank_time = Duration::from_millis(self.rank_time);
        Rehearsal::new()
            .method(Model::<simulate>::running().lasting_by(|simulate, _| simulate.candidate.run_time))
            .method(Model::<rank>::giving(|rank, _| (0..rank.candidates.len()).collect()).lasting(rank_time))
            .seed(self.seed)
    }

    /// Begins a program: reads them from the command line, where `about` is what `--help` says; shows progress on stderr.
    pub(crate) fn read(about: &'static str) -> Result<Self> {
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
        Ok(Self::from_arg_matches(&Self::command().about(about).get_matches())?.scaled())
    }
}

/// What a campaign came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The least value found.
    pub(crate) best: f64,
    /// When, counted from the campaign's start.
    pub(crate) found_at: Duration,
    /// The least value of as many simulations in random order.
    pub(crate) in_random_order: f64,
    pub(crate) simulations: usize,
    /// Of the slots for simulations.
    pub(crate) utilisation: f64,
    pub(crate) report: Report,
}

/// Runs a campaign of `optimizer`, whose state is the search that `search` gives.
///
/// All optimizers get the same: slots for simulations, and one for the model.
pub(crate) fn run<T: Thinker<Pools = Pool>>(optimizer: T, search: impl Fn(&T) -> &Search) -> Result<Outcome> {
    let settings = search(&optimizer).settings.clone();
    let Settings { slots, seed, .. } = settings;
    let mut campaign = Campaign::new(optimizer)
        .slots([(Pool::Sim, slots.get()), (Pool::Ml, 1)])
        .task_server(LocalTaskServer::new().serve::<simulate>().serve::<rank>())
        .seed(seed);
    let report = match settings.rehearse {
        Some(_) => campaign.rehearse(&settings.rehearsal())?,
        None => campaign.run()?,
    };

    let search = search(campaign.thinker());
    let Progress { known, best, .. } = &*search.progress.lock();
    let (best, found_at) = best.ok_or("no simulation has ended")?;
    Ok(Outcome {
        best,
        found_at,
        in_random_order: search.in_random_order,
        simulations: known.len(),
        utilisation: report.utilisation(Pool::Sim),
        report,
    })
}

/// The report, and a line that says what came out.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { best, found_at, in_random_order, simulations, utilisation, report } = self;
        writeln!(f, "{report}")?;
        let (found_at, time) = (found_at.as_secs_f64(), report.wall_time().as_secs_f64());
        writeln!(f, "Found {best:.3} after {found_at:.1} s; random order finds {in_random_order:.3}.")?;
        write!(f, "Slots in use: {:.0} % in {time:.1} s, for {simulations} simulations.", 100.0 * utilisation)
    }
}
