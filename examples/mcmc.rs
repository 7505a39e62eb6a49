//! Several chains on one topic: each is sequential, all of them run side by side.
//!
//! Walkers sample a density whose evaluation is expensive, by the Metropolis rule. A walker's next step depends on its last
//! one, so each has one task out at any time: the processor of a result decides, and sends the next task of the same walker
//! with the slot that the last one held. A note on the task says whose it is. After a given number of samples the processor
//! sets `done`; what is out then is still handled.
//!
//! Choose this shape for chains that last as long as the campaign. Are there more chains than slots, let the processor push
//! what comes next to a `WorkQueue`, and a task submitter draw from it.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use rand::RngExt;
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;
use tracing::info;

/// Whose task it is.
const WALKER: Info<usize> = Info::new("walker");

type Point = [f64; 2];

/// The expensive computation: the logarithm of a density, up to a constant.
#[method(topic = "sampling")]
fn log_density(point: Point, run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?;
    Ok(banana(point))
}

/// A normal distribution, bent: `x` has deviation 2, and `y` has deviation 1 around `(x^2 - 4) / 4`.
fn banana([x, y]: Point) -> f64 {
    let bend = (x * x - 4.0) / 4.0;
    -0.5 * ((x / 2.0).powi(2) + (y - bend).powi(2))
}

/// The means and variances of that density.
const KNOWN: Moments = Moments { mean: [0.0, 0.0], variance: [4.0, 3.0] };

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// What the agents share.
struct Sampling {
    walkers: Mutex<Vec<Walker>>,
    /// How many samples they have taken, all together.
    samples: AtomicUsize,
    options: Options,
}

/// One chain.
struct Walker {
    rng: Pcg64,
    step: f64,
    at: Point,
    log_density: f64,
    accepted: usize,
    /// Where it was after each step.
    path: Vec<Point>,
}

#[thinker(pools = Pool)]
impl Sampling {
    /// Sends the first task of every walker.
    #[agent(startup)]
    fn start(&self, agent: &Agent<Self>) -> Result<()> {
        for walker in 0..self.options.walkers.get() {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            self.send_next(agent, walker, slots)?;
        }
        Ok(())
    }

    /// Runs for each result: moves the walker or not, and sends its next task with the slot of this one.
    #[result_processor(topic = "sampling")]
    fn decide(&self, agent: &Agent<Self>, result: TaskResult<log_density>, slots: Slots<Pool>) -> Result<()> {
        let &walker = result.info(WALKER).ok_or("a task without a walker")?;
        // To take a failure for a "no" would bend the distribution: it ends the campaign.
        let &log_density = result.value()?;
        let sampled = {
            let walker = &mut self.walkers.lock()[walker];
            walker.decide(result.inputs().point, log_density);
            !walker.samples(self.options.burn_in).is_empty()
        };
        let samples = self.samples.fetch_add(usize::from(sampled), Relaxed) + usize::from(sampled);
        if samples >= self.options.samples.get() {
            agent.done().set();
        }
        // Once the campaign is done this ends with `Stopped`, which is no failure, and the walker with it.
        self.send_next(agent, walker, slots)
    }

    /// Says once a second how far the chains are.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.sleep(Duration::from_secs(1))?;
            info!("{} of {} samples", self.samples.load(Relaxed), self.options.samples);
        }
    }

    fn send_next(&self, agent: &Agent<Self>, walker: usize, slots: Slots<Pool>) -> Result<()> {
        let point = self.walkers.lock()[walker].propose();
        let task = log_density { point, run_time: Duration::from_millis(self.options.run_time) };
        agent.submit(task.holding(slots).info(WALKER, walker))?;
        Ok(())
    }
}

impl Walker {
    /// A walker somewhere around the origin. It has random numbers of its own, so that its path does not depend on what the
    /// others do.
    fn new(seed: u64, number: u64, step: f64) -> Self {
        let mut rng = Pcg64::new(seed.into(), number.into());
        let at = [rng.random_range(-3.0..3.0), rng.random_range(-3.0..3.0)];
        // The density at the start is not known: the first proposal is accepted.
        Self { rng, step, at, log_density: f64::NEG_INFINITY, accepted: 0, path: Vec::new() }
    }

    /// Where it would go next.
    fn propose(&mut self) -> Point {
        self.at.map(|x| x + self.step * self.rng.sample::<f64, _>(StandardNormal))
    }

    /// The Metropolis rule: uphill always, downhill with the ratio of the densities.
    fn decide(&mut self, proposed: Point, log_density: f64) {
        if self.rng.random::<f64>().ln() < log_density - self.log_density {
            (self.at, self.log_density) = (proposed, log_density);
            self.accepted += 1;
        }
        self.path.push(self.at);
    }

    /// Its path, without the first steps, which remember the start.
    fn samples(&self, burn_in: usize) -> &[Point] {
        self.path.get(burn_in..).unwrap_or_default()
    }
}

/// Mean and variance of both coordinates.
#[derive(Clone, Copy, Debug)]
struct Moments {
    mean: Point,
    variance: Point,
}

impl Moments {
    fn of(samples: &[Point]) -> Self {
        let n = samples.len() as f64;
        let mean = [0, 1].map(|i| samples.iter().map(|sample| sample[i]).sum::<f64>() / n);
        let variance = [0, 1].map(|i| samples.iter().map(|sample| (sample[i] - mean[i]).powi(2)).sum::<f64>() / n);
        Self { mean, variance }
    }
}

impl std::fmt::Display for Moments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { mean: [x, y], variance: [var_x, var_y] } = self;
        // What rounds to nothing has no sign.
        let [x, y] = [x, y].map(|mean| if mean.abs() < 0.005 { 0.0 } else { *mean });
        write!(f, "mean ({x:.2}, {y:.2}), variance ({var_x:.2}, {var_y:.2})")
    }
}

/// What all walkers have come to.
struct Summary {
    samples: usize,
    /// The share of the steps that moved their walker.
    acceptance: f64,
    sampled: Moments,
    /// The standard error of the mean. Samples of one walker resemble each other, so it is taken from the means of the
    /// walkers, which are independent.
    error: Point,
}

impl Sampling {
    fn new(options: Options) -> Self {
        let walkers = (0..options.walkers.get() as u64).map(|n| Walker::new(options.seed, n, options.step));
        Self { walkers: Mutex::new(walkers.collect()), samples: AtomicUsize::new(0), options }
    }

    fn summary(&self) -> Summary {
        let walkers = self.walkers.lock();
        let all: Vec<Point> = walkers.iter().flat_map(|walker| walker.samples(self.options.burn_in)).copied().collect();
        let steps: usize = walkers.iter().map(|walker| walker.path.len()).sum();
        let accepted: usize = walkers.iter().map(|walker| walker.accepted).sum();
        let means: Vec<Point> =
            walkers.iter().map(|walker| Moments::of(walker.samples(self.options.burn_in)).mean).collect();
        let n = means.len() as f64;
        Summary {
            samples: all.len(),
            acceptance: accepted as f64 / steps as f64,
            sampled: Moments::of(&all),
            error: Moments::of(&means).variance.map(|variance| (variance / (n - 1.0)).sqrt()),
        }
    }
}

/// Samples a density in two dimensions by several chains side by side.
#[derive(Clone, Parser)]
struct Options {
    /// Samples to take, over all walkers
    #[arg(long, value_name = "N", default_value = "12000")]
    samples: NonZeroUsize,
    /// Chains side by side; each holds one slot
    #[arg(long, value_name = "N", default_value = "8")]
    walkers: NonZeroUsize,
    /// First steps of a walker, not counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    burn_in: usize,
    /// Standard deviation of a step
    #[arg(long, value_name = "X", default_value_t = 1.5)]
    step: f64,
    /// Time of an evaluation
    #[arg(long, value_name = "MS", default_value_t = 6)]
    run_time: u64,
    /// Seed of the walkers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Tries it in virtual time, with so many walkers
    #[arg(long, value_name = "SLOTS")]
    rehearse: Option<NonZeroUsize>,
}

impl Options {
    /// With as many samples for each walker on the slots that it is to be rehearsed on, if it is.
    fn scaled(self) -> Self {
        let Some(walkers) = self.rehearse else { return self };
        let samples = self.samples.get() * walkers.get() / self.walkers.get();
        Self { samples: NonZeroUsize::new(samples).unwrap_or(self.samples), walkers, ..self }
    }
}

fn main() -> Result<()> {
    let options = Options::parse().scaled();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    let Options { run_time, walkers, seed, rehearse, .. } = options;
    let mut campaign = Campaign::new(Sampling::new(options))
        .slots([(Pool::Sim, walkers.get())])
        .task_server(LocalTaskServer::new().serve::<log_density>());
    let report = match rehearse {
        // What takes long is the wait for it: the density is evaluated.
        Some(_) => {
            let model = Model::<log_density>::running().lasting(Duration::from_millis(run_time));
            campaign.rehearse(&Rehearsal::new().method(model).seed(seed).measured_decisions())?
        }
        None => campaign.run()?,
    };

    let Summary { samples, acceptance, sampled, error: [error_x, error_y] } = campaign.thinker().summary();
    println!("{report}");
    println!("sampled         {sampled}");
    println!("known           {KNOWN}");
    if walkers.get() > 1 {
        println!("standard error  ({error_x:.2}, {error_y:.2}) of the mean, from the spread of the walkers");
    }
    if rehearse.is_some() {
        let used = 100.0 * report.utilisation(Pool::Sim);
        println!("On {walkers} slots, {used:.0} % will be in use, if decisions take as long as here.");
        return Ok(());
    }
    println!("{samples} samples, {:.0} % accepted: {sampled}", 100.0 * acceptance);
    Ok(())
}

#[cfg(test)]
mod tests {
    use colmena::rehearsal::explore;

    use super::*;

    const QUICK: Options = Options {
        samples: NonZeroUsize::new(300).unwrap(),
        walkers: NonZeroUsize::new(5).unwrap(),
        burn_in: 10,
        step: 1.5,
        run_time: 0,
        seed: 1,
        rehearse: None,
    };

    /// A walk without a campaign.
    fn walk(walker: &mut Walker, steps: usize) {
        for _ in 0..steps {
            let point = walker.propose();
            walker.decide(point, banana(point));
        }
    }

    #[test]
    fn samples_follow_the_density() {
        let mut walker = Walker::new(0, 0, 1.5);
        walk(&mut walker, 400_000);
        let Moments { mean, variance } = Moments::of(walker.samples(1000));
        for i in 0..2 {
            assert!((mean[i] - KNOWN.mean[i]).abs() < 0.08, "mean {mean:?}");
            assert!((variance[i] / KNOWN.variance[i] - 1.0).abs() < 0.06, "variance {variance:?}");
        }
    }

    /// In whatever order the results come, each walker goes the way that it would go alone.
    #[test]
    fn walkers_do_not_mix() {
        let explored = explore(0..20, |_| {
            let mut campaign = Campaign::new(Sampling::new(QUICK))
                .slots([(Pool::Sim, QUICK.walkers.get())])
                .task_server(LocalTaskServer::new().serve::<log_density>());
            campaign.run().expect("no part can fail");
            let samples = campaign.thinker().summary().samples;
            assert!((300..300 + QUICK.walkers.get()).contains(&samples), "{samples} samples");
            for (number, walker) in (0..).zip(campaign.thinker().walkers.lock().iter()) {
                let mut alone = Walker::new(QUICK.seed, number, QUICK.step);
                walk(&mut alone, walker.path.len());
                assert_eq!(alone.path, walker.path, "walker {number}");
            }
        });
        explored.unwrap_or_else(|failed| panic!("{failed}"));
    }
}
