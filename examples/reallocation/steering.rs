//! The thinker: simulate the candidates, best first; learn from the results which those are.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use rand::SeedableRng;
use rand_distr::{Distribution, LogNormal};
use rand_pcg::Pcg64;
use tracing::info;

use crate::{ackley, arguments, gp};

const SECOND: Duration = Duration::from_secs(1);

/// A point of the search space.
pub(crate) type Point = Vec<f64>;

/// The expensive computation: Ackley's function, which is made to take a while.
#[method(topic = "simulation")]
pub(crate) fn simulate(x: &[f64], run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?;
    Ok(ackley::ackley(x))
}

/// Ranks the candidates by expected improvement, best first, with a Gaussian process of what is known.
/// `delay` stands for a model that takes longer.
#[method(topic = "plan")]
pub(crate) fn rank(
    known: &[(Point, f64)],
    candidates: &[Point],
    delay: Duration,
    task: &TaskContext,
) -> Result<Vec<usize>> {
    task.sleep(delay)?;
    let (points, values): (Vec<Point>, Vec<f64>) = known.iter().cloned().unzip();
    Ok(gp::rank(&points, &values, candidates))
}

#[derive(Debug, ResourcePool)]
pub(crate) enum Pool {
    Sim,
    Ml,
}

/// What the agents share; if the run is recorded, it goes on from there.
#[derive(Checkpoint)]
struct Steering {
    known: Mutex<Vec<(Point, f64)>>,
    candidates: WorkQueue<Point>,
    retrain: Event,
    /// Simulations that have been sent.
    sent: AtomicUsize,
    /// How often the candidates have been put in a new order.
    rounds: AtomicUsize,
    /// Run times, in units of their median.
    #[checkpoint(skip)]
    run_times: LogNormal<f64>,
    #[checkpoint(skip)]
    settings: Settings,
}

#[thinker(pools = Pool)]
impl Steering {
    /// Runs each time a slot of `Sim` is free: simulates the candidate that is best at that moment.
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: Point) -> Result<()> {
        // It follows from the candidate, so that a campaign that is taken up again asks for the same.
        let mut rng = Pcg64::seed_from_u64(self.settings.seed ^ x[0].to_bits());
        let run_time = Duration::from_millis(self.settings.run_time).mul_f64(self.run_times.sample(&mut rng));
        agent.submit(simulate { x, run_time }.holding(slots))?;
        // What has been sent is still waited for, and stored.
        if self.sent.fetch_add(1, Relaxed) + 1 == self.settings.budget.get() {
            agent.done().set();
        }
        Ok(())
    }

    /// Runs for each result; the slot of the task is free again already.
    #[result_processor(topic = "simulation")]
    fn store(&self, result: TaskResult<simulate>) {
        let Ok(&y) = result.value() else { return }; // a failure is in the report
        let mut known = self.known.lock();
        known.push((result.inputs().x.clone(), y));
        if known.len().is_multiple_of(self.settings.retrain_every.get()) {
            self.retrain.set();
        }
    }

    /// Runs when there is enough to learn from. Meanwhile a slot moves from `Sim` to `Ml`, as soon as a simulation ends;
    /// afterwards it goes back.
    #[event_responder(event = retrain, reallocate_resources,
                      gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn prioritize(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let known = self.known.lock().clone();
        let seen = self.candidates.snapshot();
        let delay = Duration::from_millis(self.settings.rank_time);
        let task = rank { known, candidates: seen.to_vec(), delay };
        let order = agent.call(task.holding(slots))?.into_value()?;
        self.candidates.reorder(&seen, &order)?; // those sent in the meantime stay gone
        self.rounds.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Says once a second how far the campaign is. `sleep` ends with `Stopped` at `done`, and the agent with it.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.safe_point(|| agent.sleep(SECOND))?;
            let known = self.known.lock();
            let (done, budget, rounds) = (known.len(), self.settings.budget, self.rounds.load(Relaxed));
            let best = if done == 0 { String::new() } else { format!(", best {:.3}", least(&known)) };
            info!("{done} of {budget} simulations, {rounds} rankings{best}");
        }
    }
}

/// Finds the best of many candidates with few simulations, steered by a model.
#[derive(Clone, Debug, Parser, serde::Serialize)]
pub(crate) struct Settings {
    /// Coordinates of a point
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) dim: NonZeroUsize,
    /// Points to choose from
    #[arg(long, value_name = "N", default_value = "5000")]
    pub(crate) candidates: NonZeroUsize,
    /// Points that may be simulated
    #[arg(long, value_name = "N", default_value = "200")]
    pub(crate) budget: NonZeroUsize,
    /// Results from one ranking to the next
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) retrain_every: NonZeroUsize,
    /// Tasks that run at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) slots: NonZeroUsize,
    /// Median time of a simulation
    #[arg(long, value_name = "MS", default_value_t = 300)]
    pub(crate) run_time: u64,
    /// Deviation of its logarithm
    #[arg(long, value_name = "SIGMA", default_value = "0.5", value_parser = arguments::spread)]
    pub(crate) spread: f64,
    /// Time of a ranking, beyond its own
    #[arg(long, value_name = "MS", default_value_t = 200)]
    pub(crate) rank_time: u64,
    /// Seed of the points and the times
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u64,
    /// Runs the tasks in processes of their own
    #[arg(long, conflicts_with = "rehearse")]
    pub(crate) processes: bool,
    /// Sends the tasks over Redis, to `colmena-rs`
    #[cfg(feature = "redis")]
    #[arg(long, value_name = "URL", conflicts_with_all = ["rehearse", "processes"])]
    pub(crate) redis: Option<String>,
    /// Records the run in a new directory
    #[arg(long, value_name = "DIR", conflicts_with = "rehearse_check")]
    pub(crate) record: Option<PathBuf>,
    /// Takes up the run that is recorded there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["record", "rehearse"])]
    pub(crate) resume: Option<PathBuf>,
    /// Shows it in a browser, at 127.0.0.1:8080, say
    #[cfg(feature = "live")]
    #[arg(long, value_name = "ADDR", conflicts_with = "rehearse")]
    pub(crate) page: Option<String>,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    pub(crate) rehearse: Option<NonZeroUsize>,
    /// With --rehearse: whether a seed goes one way twice
    #[arg(long, requires = "rehearse")]
    pub(crate) rehearse_check: bool,
}

/// What a campaign found, and what it could have found.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The best point, and its value.
    pub(crate) best: (Point, f64),
    pub(crate) simulations: usize,
    pub(crate) rounds: usize,
    /// The best value of as many candidates in random order.
    pub(crate) in_random_order: f64,
    /// The best value of all candidates.
    pub(crate) of_all: f64,
    pub(crate) report: Report,
}

/// Points to choose from.
fn candidates(settings: &Settings) -> Vec<Point> {
    let mut rng = Pcg64::seed_from_u64(settings.seed);
    ackley::candidates(settings.candidates.get(), settings.dim.get(), &mut rng)
}

fn campaign(settings: Settings, candidates: impl IntoIterator<Item = Point>) -> Result<Campaign<Steering>> {
    let Settings { seed, slots, processes, budget, .. } = settings;
    let (record, resume) = (settings.record.clone(), settings.resume.clone());
    #[cfg(feature = "redis")]
    let redis = settings.redis.clone();
    #[cfg(feature = "live")]
    let page = settings.page.clone();
    let parameters = settings.clone();
    let queue = WorkQueue::from_iter(candidates);
    queue.close(); // nothing is added: if the budget is larger, the campaign ends with the last one
    let thinker = Steering {
        known: Mutex::new(Vec::new()),
        candidates: queue,
        retrain: Event::new(),
        sent: AtomicUsize::new(0),
        rounds: AtomicUsize::new(0),
        run_times: LogNormal::new(0.0, settings.spread)?,
        settings,
    };
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, slots.get()), (Pool::Ml, 0)]).seed(seed);
    campaign = campaign.budget_of::<simulate>(budget.get() as u64);
    if let Some(dir) = record {
        campaign = campaign.record_in(dir).parameters(&parameters).checkpoint_every(SECOND);
    }
    if let Some(dir) = resume {
        campaign = campaign.resume(dir).checkpoint_every(SECOND);
    }
    #[cfg(feature = "live")]
    if let Some(address) = page {
        campaign = campaign.serve_page(address);
    }
    #[cfg(feature = "redis")]
    if let Some(url) = redis {
        // Where its methods are served: `colmena-rs --prefix reallocation target/release/examples/reallocation`.
        return Ok(campaign.queues(colmena::RedisQueues::connect(&url, "reallocation")?.stop_servers()));
    }
    Ok(match processes {
        true => campaign.task_server(ProcessTaskServer::new().serve::<simulate>().serve::<rank>()),
        false => campaign.task_server(LocalTaskServer::new().serve::<simulate>().serve::<rank>()),
    })
}

/// Rehearses the campaign: nothing is simulated, and nothing learned.
pub(crate) fn rehearse(settings: Settings, slots: NonZeroUsize) -> Result<Report> {
    // As many simulations for each slot, and rankings for each simulation, as there would be.
    let scaled = |n: NonZeroUsize| NonZeroUsize::new(n.get() * slots.get() / settings.slots.get()).unwrap_or(n);
    let (budget, retrain_every) = (scaled(settings.budget), scaled(settings.retrain_every));
    let settings = Settings { slots, budget, retrain_every, candidates: budget, ..settings };

    let ranking = Duration::from_millis(settings.rank_time);
    let plan = Rehearsal::new()
        .method(Model::<simulate>::giving(|_, _| 0.0).lasting_by(|simulate, _| simulate.run_time))
        .method(Model::<rank>::giving(|rank, _| (0..rank.candidates.len()).collect()).lasting(ranking))
        .seed(settings.seed);
    if settings.rehearse_check {
        let settings = settings.clone();
        plan.repeat(move || campaign(settings.clone(), candidates(&settings)).expect("the spread has been checked"))?;
    }
    let candidates = candidates(&settings);
    Ok(campaign(settings, candidates)?.rehearse(&plan.measured_decisions())?)
}

/// Runs a campaign.
pub(crate) fn run(settings: Settings) -> Result<Outcome> {
    let candidates = candidates(&settings);
    let mut campaign = campaign(settings, candidates.iter().cloned())?;
    let report = campaign.run()?;

    let Steering { known, rounds, .. } = campaign.thinker();
    let known = known.lock();
    let best = known.iter().min_by(|(_, a), (_, b)| a.total_cmp(b)).ok_or("no simulation has succeeded")?;
    let values: Vec<f64> = candidates.iter().map(|x| ackley::ackley(x)).collect();
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(Outcome {
        best: best.clone(),
        simulations: known.len(),
        rounds: rounds.load(Relaxed),
        in_random_order: least(&values[..known.len()]),
        of_all: least(&values),
        report,
    })
}

/// The least value among those known; infinity if there is none.
fn least(known: &[(Point, f64)]) -> f64 {
    known.iter().map(|&(_, y)| y).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use colmena::rehearsal::explore;

    use super::*;

    fn count(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).expect("tests count from 1")
    }

    /// Small campaigns, in virtual time.
    #[track_caller]
    fn with_outcomes(seeds: u64, check: impl Fn(&[Outcome]) + Send + Sync + 'static) {
        let settings = |seed| Settings {
            dim: count(4),
            candidates: count(1000),
            budget: count(80),
            retrain_every: count(10),
            slots: count(8),
            run_time: 300,
            spread: 0.5,
            rank_time: 200,
            seed,
            processes: false,
            #[cfg(feature = "redis")]
            redis: None,
            record: None,
            resume: None,
            #[cfg(feature = "live")]
            page: None,
            rehearse: None,
            rehearse_check: false,
        };
        let outcome = move |seed| run(settings(seed)).expect("no part can fail");
        let all = move |_| check(&(0..seeds).map(outcome).collect::<Vec<_>>());
        explore(0..1, all).unwrap_or_else(|failed| panic!("{failed}"));
    }

    #[test]
    fn steering_beats_random_order() {
        with_outcomes(20, |outcomes| {
            let wins = outcomes.iter().filter(|o| o.best.1 < o.in_random_order).count();
            let losses = outcomes.iter().filter(|o| o.best.1 > o.in_random_order).count();
            let median = |value: fn(&Outcome) -> f64| {
                let mut values: Vec<f64> = outcomes.iter().map(value).collect();
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            };
            let (steered, random) = (median(|o| o.best.1), median(|o| o.in_random_order));
            assert!(wins >= 14 && losses <= 2, "of 20 seeds, steering won {wins} and lost {losses}");
            assert!(steered < random - 1.0, "medians: {steered:.2} steered, {random:.2} in random order");
        });
    }

    #[test]
    fn spends_its_budget_and_no_more() {
        with_outcomes(1, |outcomes| {
            let [outcome] = outcomes else { unreachable!("one seed") };
            assert_eq!(outcome.simulations, 80);
            assert!(outcome.rounds >= 5, "ranked {} times", outcome.rounds);
            assert!(outcome.of_all <= outcome.best.1);
        });
    }
}
