//! Iterations of simulations, training and inference, in one agent: each step sends a group of tasks and reads their results.
//!
//! An ensemble of short simulations explores a landscape with three valleys, of which it knows one. After each round a model
//! is trained on all that has been seen: clusters of the points. Inference counts how often each cluster has been visited,
//! trajectory by trajectory, and the next round starts from those that were visited least. A round does not wait for its
//! last simulations: when enough have come, the group is dropped, which cancels the stragglers.
//!
//! Choose this shape where each step needs what the last one gave: the code reads from top to bottom, and no state is shared.
//! The price is that workers are idle at the end of each step; where that matters, let agents overlap the steps, as in
//! `active_learning`.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal, StandardNormal};
use rand_pcg::Pcg64;
use tracing::info;

type Point = [f64; 2];

/// The expensive computation: a trajectory from `start`, which takes `run_time`. Ends early if nobody wants it any more.
#[method]
fn simulate(start: Point, frames: NonZeroU32, seed: u64, run_time: Duration, task: &TaskContext) -> Result<Vec<Point>> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut trajectory = vec![start];
    for _ in 0..frames.get() {
        task.sleep(run_time / frames.get())?;
        trajectory.push(landscape::next_frame(trajectory[trajectory.len() - 1], &mut rng));
    }
    Ok(trajectory)
}

/// Training: chooses `n` of all points as the centres of clusters, each as far as can be from those before. The trajectories
/// are shared with the agent and the other tasks: none is copied.
#[method]
fn train(trajectories: &[Shared<Vec<Point>>], n: usize, run_time: Duration, task: &TaskContext) -> Result<Vec<Point>> {
    task.sleep(run_time)?;
    let points: Vec<Point> = trajectories.iter().flat_map(|trajectory| trajectory.iter().copied()).collect();
    let mut centres = vec![*points.first().ok_or("no simulation has succeeded")?];
    let mut distances = vec![f64::INFINITY; points.len()];
    while centres.len() < n {
        let newest = centres[centres.len() - 1];
        distances.iter_mut().zip(&points).for_each(|(least, &point)| *least = least.min(distance(point, newest)));
        let farthest = (0..points.len()).max_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        centres.extend(farthest.map(|i| points[i]));
    }
    Ok(centres)
}

/// Inference: how many points of a trajectory belong to each cluster.
#[method]
fn count(
    centres: &Shared<Vec<Point>>,
    trajectory: &Shared<Vec<Point>>,
    run_time: Duration,
    task: &TaskContext,
) -> Result<Vec<usize>> {
    task.sleep(run_time)?;
    let mut counts = vec![0; centres.len()];
    for &point in trajectory.iter() {
        let to = |&i: &usize| distance(point, centres[i]);
        let nearest = (0..centres.len()).min_by(|a, b| to(a).total_cmp(&to(b)));
        counts[nearest.expect("there is a first centre")] += 1;
    }
    Ok(counts)
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The one agent, and what it leaves behind.
struct Ensemble {
    options: Options,
    /// After each iteration, the number of valleys that have been visited.
    visited: Mutex<Vec<usize>>,
}

#[thinker]
impl Ensemble {
    /// Its end is the end of the campaign; each `?` is one, too, when the campaign is done before.
    #[agent]
    fn iterate(&self, agent: &Agent<Self>) -> Result<()> {
        let Options { clusters, frames, .. } = self.options;
        let learning_time = Duration::from_millis(self.options.learning_time);
        let mut trajectories: Vec<Shared<Vec<Point>>> = Vec::new();
        let mut starts = vec![landscape::VALLEYS[0]];
        for iteration in 1..=self.options.iterations {
            // With fewer starts than simulations, several share one.
            let simulations = starts.iter().cycle().take(self.options.simulations.get()).map(|&start| {
                let (seed, run_time) = (agent.rng().random(), self.options.run_time(&mut agent.rng()));
                simulate { start, frames, seed, run_time }
            });
            // In the order of completion. The group goes with the loop; what has not settled by then is cancelled.
            for result in agent.gather(simulations)?.take(self.options.enough.get()) {
                let Ok(trajectory) = result?.into_value() else { continue }; // a failure is in the report
                trajectories.push(Shared::new(trajectory));
            }

            let task = train { trajectories: trajectories.clone(), n: clusters, run_time: learning_time };
            let centres = Shared::new(agent.call(task)?.into_value()?);

            let inference = trajectories.iter().map(|trajectory| count {
                centres: centres.clone(),
                trajectory: trajectory.clone(),
                run_time: learning_time / 10,
            });
            let mut visits = vec![0; centres.len()];
            for result in agent.gather(inference)? {
                let counts = result?.into_value()?;
                visits.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
            }

            let mut order: Vec<usize> = (0..centres.len()).collect();
            order.sort_by_key(|&cluster| visits[cluster]);
            starts = order.iter().take(self.options.simulations.get()).map(|&cluster| centres[cluster]).collect();

            let visited = landscape::visited(trajectories.iter().flat_map(|trajectory| trajectory.iter()));
            self.visited.lock().push(visited);
            info!("iteration {iteration}: {visited} of 3 valleys");
        }
        Ok(())
    }
}

mod landscape {
    //! The landscape of Mueller and Brown (Theoretica Chimica Acta 53, 75, 1979), the usual test of such searches: three
    //! valleys in a row, behind ever higher passes. Heat moves a point around in it.

    use super::*;

    /// The bottoms of the valleys, from the one where the search begins to the deepest.
    pub(super) const VALLEYS: [Point; 3] = [[0.623, 0.028], [-0.050, 0.467], [-0.558, 1.442]];

    const HEAT: f64 = 8.0;

    /// The energy, and the force.
    pub(super) fn energy([x, y]: Point) -> (f64, Point) {
        const TERMS: [[f64; 6]; 4] = [
            [-200.0, -1.0, 0.0, -10.0, 1.0, 0.0],
            [-100.0, -1.0, 0.0, -10.0, 0.0, 0.5],
            [-170.0, -6.5, 11.0, -6.5, -0.5, 1.5],
            [15.0, 0.7, 0.6, 0.7, -1.0, 1.0],
        ];
        let (mut energy, mut force) = (0.0, [0.0; 2]);
        for [height, a, b, c, x0, y0] in TERMS {
            let (dx, dy) = (x - x0, y - y0);
            let term = height * (a * dx * dx + b * dx * dy + c * dy * dy).exp();
            energy += term;
            force[0] -= term * (2.0 * a * dx + b * dy);
            force[1] -= term * (b * dx + 2.0 * c * dy);
        }
        (energy, force)
    }

    /// Where a point is a moment later: overdamped Langevin dynamics.
    pub(super) fn next_frame(mut point: Point, rng: &mut Pcg64) -> Point {
        let dt: f64 = 1e-4;
        for _ in 0..20 {
            let (_, force) = energy(point);
            let kick = (2.0 * HEAT * dt).sqrt();
            for i in 0..2 {
                point[i] += force[i] * dt + kick * rng.sample::<f64, _>(StandardNormal);
            }
        }
        point
    }

    /// How many valleys these points have been to.
    pub(super) fn visited<'a>(points: impl Iterator<Item = &'a Point>) -> usize {
        let mut seen = [false; VALLEYS.len()];
        for &point in points {
            seen.iter_mut().zip(VALLEYS).for_each(|(seen, valley)| *seen |= distance(point, valley) < 0.15);
        }
        seen.iter().filter(|&&seen| seen).count()
    }
}

/// As many simulations, but all of them from where the search began.
fn without_learning(options: &Options) -> usize {
    let mut rng = Pcg64::seed_from_u64(options.seed);
    let trajectories = (0..options.iterations * options.enough.min(options.simulations).get()).flat_map(|_| {
        let start = landscape::VALLEYS[0];
        simulate(start, options.frames, rng.random(), Duration::ZERO, &TaskContext::detached()).unwrap_or_default()
    });
    landscape::visited(trajectories.collect::<Vec<Point>>().iter())
}

fn campaign(options: Options) -> Campaign<Ensemble> {
    // No slots: there is nobody to share them with. The number of workers is the limit.
    let server = LocalTaskServer::new().workers(options.workers).serve::<simulate>().serve::<train>().serve::<count>();
    Campaign::new(Ensemble { options, visited: Mutex::default() }).task_server(server).seed(options.seed)
}

/// Explores a landscape by simulations from the places that were visited least.
#[derive(Clone, Copy, Parser)]
struct Options {
    /// Rounds of simulations and learning
    #[arg(long, value_name = "N", default_value_t = 8)]
    iterations: usize,
    /// Simulations of a round
    #[arg(long, value_name = "N", default_value = "12")]
    simulations: NonZeroUsize,
    /// Simulations that a round waits for
    #[arg(long, value_name = "N", default_value = "10")]
    enough: NonZeroUsize,
    /// Frames of a simulation
    #[arg(long, value_name = "N", default_value = "50")]
    frames: NonZeroU32,
    /// Clusters of the model
    #[arg(long, value_name = "N", default_value_t = 50)]
    clusters: usize,
    /// Tasks that run at the same time
    #[arg(long, value_name = "N", default_value_t = 6)]
    workers: usize,
    /// Median time of a simulation
    #[arg(long, value_name = "MS", default_value_t = 400)]
    run_time: u64,
    /// Time of a training, or ten inferences
    #[arg(long, value_name = "MS", default_value_t = 100)]
    learning_time: u64,
    /// Seed of the simulations
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Tries it in virtual time, with so many workers
    #[arg(long, value_name = "SLOTS")]
    rehearse: Option<NonZeroUsize>,
}

impl Options {
    /// With as many simulations for each worker on those that it is to be rehearsed on, if it is.
    fn scaled(self) -> Self {
        let Some(workers) = self.rehearse else { return self };
        let scaled = |n: NonZeroUsize| NonZeroUsize::new(n.get() * workers.get() / self.workers).unwrap_or(n);
        let [simulations, enough] = [self.simulations, self.enough].map(scaled);
        Self { simulations, enough, workers: workers.get(), ..self }
    }

    /// How the campaign is rehearsed: all methods are run, since they are quick but for their sleep.
    fn rehearsal(&self) -> Rehearsal {
        Rehearsal::new()
            .method(Model::<simulate>::running().lasting_by(|simulate, _| simulate.run_time))
            .method(Model::<train>::running().lasting_by(|train, _| train.run_time))
            .method(Model::<count>::running().lasting_by(|count, _| count.run_time))
            .workers(self.workers)
            .seed(self.seed)
    }

    /// Most simulations take about the median; some take several times as long.
    fn run_time(&self, rng: &mut impl rand::Rng) -> Duration {
        let spread = LogNormal::new(0.0, 0.5).expect("the deviation is finite");
        Duration::from_millis(self.run_time).mul_f64(spread.sample(rng))
    }
}

fn main() -> Result<()> {
    let options = Options::parse().scaled();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    let mut campaign = campaign(options);
    let report = match options.rehearse {
        Some(_) => campaign.rehearse(&options.rehearsal())?,
        None => campaign.run()?,
    };

    let visited = campaign.thinker().visited.lock();
    let all = visited.last().copied().unwrap_or_default();
    let first = visited.iter().position(|&n| n == all).unwrap_or_default() + 1;
    println!("{report}");
    println!("Visited {all} of 3 valleys by iteration {first}; without learning, {} of 3.", without_learning(&options));
    Ok(())
}

#[cfg(test)]
mod tests {
    use colmena::rehearsal::explore;

    use super::*;

    /// In virtual time, so that the same simulations are stragglers each time.
    #[test]
    fn learning_finds_more_valleys() {
        let explored = explore(0..6, |seed| {
            let options = Options { seed, iterations: 12, ..Options::parse_from(["ensemble"]) };
            let mut campaign = campaign(options);
            let report = campaign.run().expect("no part can fail");
            let visited = campaign.thinker().visited.lock().last().copied();
            assert_eq!(visited, Some(3), "seed {seed}");
            let simulations = report.method("simulate").expect("has been served");
            let (kept, all) = (options.enough.get() as u64, options.simulations.get() as u64);
            let iterations = options.iterations as u64;
            assert_eq!((simulations.succeeded, simulations.cancelled), (iterations * kept, iterations * (all - kept)));
        });
        explored.unwrap_or_else(|failed| panic!("{failed}"));
        let by_luck = (0..6).filter(|&seed| {
            let options = Options { seed, iterations: 12, ..Options::parse_from(["ensemble"]) };
            without_learning(&options) == 3
        });
        assert!(by_luck.count() <= 2);
    }

    /// The published energies of the bottoms of the valleys, where there is no force.
    #[test]
    fn the_landscape_is_the_published_one() {
        for (bottom, known) in landscape::VALLEYS.into_iter().zip([-108.17, -80.77, -146.70]) {
            let (energy, force) = landscape::energy(bottom);
            assert!((energy - known).abs() < 0.01, "{energy} at {bottom:?}");
            assert!(distance(force, [0.0, 0.0]) < 1.0, "{force:?} at {bottom:?}");
        }
    }

    #[test]
    fn forces_are_slopes() {
        let h = 1e-6;
        for [x, y] in [[0.1, 0.2], [-0.7, 1.1], [0.9, -0.3]] {
            let slope = |a, b| (landscape::energy(a).0 - landscape::energy(b).0) / (2.0 * h);
            let expected = [slope([x - h, y], [x + h, y]), slope([x, y - h], [x, y + h])];
            let (_, force) = landscape::energy([x, y]);
            assert!(distance(force, expected) < 1e-4, "{force:?}, expected {expected:?}");
        }
    }

    #[test]
    fn clusters_cover_what_they_count() {
        let line: Vec<Point> = (0..101).map(|i| [f64::from(i), 0.0]).collect();
        let trajectory = Shared::new(line);
        let task = TaskContext::detached();
        let centres = train(std::slice::from_ref(&trajectory), 3, Duration::ZERO, &task).expect("there are points");
        assert_eq!(centres, [[0.0, 0.0], [100.0, 0.0], [50.0, 0.0]]);
        let counts = count(&Shared::new(centres), &trajectory, Duration::ZERO, &task).expect("is not cancelled");
        assert_eq!(counts.iter().sum::<usize>(), 101);
        assert!(counts[2] > counts[0] && counts[2] > counts[1], "{counts:?}");
    }
}
