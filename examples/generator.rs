//! A method that emits intermediate results: steer long tasks by the newest of what they have found so far.
//!
//! Particles climb a stair of wells, by heat alone: a rare event. Their trajectories are long, and emit a snapshot now and
//! then. Snapshots come faster than they can be analysed, so they go to a bounded queue that drops the oldest: analysis
//! always works on the newest ones. A trajectory that has fallen behind is cancelled, and a new one starts in the highest
//! well that is known.
//!
//! Choose this shape where a task is worth watching: simulations that may go astray, solvers that may stop early. If every
//! intermediate result counts, handle it in the processor, or use a queue without a bound.

use std::f64::consts::PI;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;
use tracing::info;

/// The long computation: a trajectory, which emits where the particle is, frame by frame.
#[method(topic = "dynamics")]
fn simulate(start: f64, seed: u64, frames: NonZeroUsize, frame_time: Duration, task: &TaskContext<f64>) -> Result<()> {
    let mut particle = Particle::new(start, seed);
    for _ in 0..frames.get() {
        // Ends at once when the task is cancelled. A method that computes instead has to look: `task.check()?`.
        task.sleep(frame_time)?;
        task.emit(particle.next_frame());
    }
    Ok(())
}

/// The analysis: the bottom of the well that a snapshot belongs to, without the heat that shakes the particle.
#[method(topic = "analysis")]
fn relax(snapshot: f64, run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?;
    Ok(bottom(snapshot))
}

/// Where a particle without heat comes to rest.
fn bottom(x: f64) -> f64 {
    (0..200).fold(x, |x, _| x + 0.005 * force(x))
}

/// The number of the well with this bottom.
fn well(bottom: f64) -> usize {
    bottom.round() as usize
}

/// Which trajectory a snapshot is from.
const TRAJECTORY: Info<TaskId> = Info::new("trajectory");

#[derive(ResourcePool)]
enum Pool {
    Dynamics,
    Analysis,
}

/// What the agents share.
struct Climb {
    /// Snapshots that wait for analysis, the newest first.
    newest: WorkQueue<(TaskId, f64)>,
    state: Mutex<State>,
    options: Options,
}

/// How far the climb has come.
#[derive(Clone, Copy, Default)]
struct State {
    /// The bottom of the highest well that has been seen.
    highest: f64,
    emitted: usize,
    analysed: usize,
    /// Trajectories that were cancelled.
    cancelled: usize,
    /// Snapshots of theirs that were still waiting.
    withdrawn: usize,
}

#[thinker(pools = Pool)]
impl Climb {
    /// Runs whenever a slot is free: starts a trajectory in the highest well.
    #[task_submitter(task_type = Dynamics)]
    fn start(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let Options { frames, frame_time, .. } = self.options;
        let (start, seed) = (self.state.lock().highest, agent.rng().random());
        let task = simulate { start, seed, frames, frame_time: Duration::from_millis(frame_time) };
        // At the end nobody waits for trajectories; analyses are waited for, as tasks are unless said.
        agent.submit(task.holding(slots).on_done(OnDone::Cancel(Duration::from_secs(1))))?;
        Ok(())
    }

    /// Runs for each snapshot, and for each trajectory that has ended; its slot is freed with the update.
    #[result_processor(topic = "dynamics")]
    fn collect(&self, agent: &Agent<Self>, update: TaskUpdate<simulate>) -> Result<()> {
        if let TaskUpdate::Emitted(Emitted { id, value }) = update {
            self.newest.push((id, value))?; // if the queue is full, the oldest makes room
            let mut state = self.state.lock();
            state.emitted += 1;
            if state.emitted == self.options.snapshots.get() {
                agent.done().set();
            }
        }
        Ok(())
    }

    /// Runs whenever a slot is free and a snapshot is waiting: has the newest one analysed.
    #[task_submitter(task_type = Analysis, queue = newest)]
    fn analyse(&self, agent: &Agent<Self>, slots: Slots<Pool>, (id, snapshot): (TaskId, f64)) -> Result<()> {
        let run_time = Duration::from_millis(self.options.analysis_time);
        agent.submit(relax { snapshot, run_time }.holding(slots).info(TRAJECTORY, id))?;
        Ok(())
    }

    /// Runs for each analysis: notes the highest well. A trajectory that has fallen behind it is cancelled, and what waits
    /// of it is withdrawn.
    #[result_processor(topic = "analysis")]
    fn steer(&self, agent: &Agent<Self>, result: TaskResult<relax>) {
        let Ok(&bottom) = result.value() else { return }; // a failure is in the report
        let mut state = self.state.lock();
        state.analysed += 1;
        state.highest = state.highest.max(bottom);
        let behind = well(bottom) < well(state.highest);
        let Some(&id) = result.info(TRAJECTORY) else { return };
        // `cancel` is false if the trajectory has ended, or has been cancelled before.
        if behind && agent.cancel(id) {
            state.cancelled += 1;
            state.withdrawn += self.newest.retain(|(of, _)| *of != id);
        }
    }

    /// Says once a second how far the climb is.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.sleep(Duration::from_secs(1))?;
            let State { highest, emitted, .. } = *self.state.lock();
            info!("{emitted} snapshots, highest well {}", well(highest));
        }
    }
}

/// A particle on a stair of wells, one at each whole number from 0 on, in a heat bath: overdamped Langevin dynamics. The
/// thermal energy and the friction are 1.
struct Particle {
    x: f64,
    rng: Pcg64,
}

/// How much higher each well is than the one before.
const RISE: f64 = 2.0;
/// The height of the barriers between them.
const BARRIER: f64 = 4.0;

fn force(x: f64) -> f64 {
    let wall = 40.0 * (-x).max(0.0);
    wall - RISE - BARRIER * PI * (2.0 * PI * x).sin()
}

impl Particle {
    fn new(x: f64, seed: u64) -> Self {
        Self { x, rng: Pcg64::seed_from_u64(seed) }
    }

    /// Where it is a tenth of a time unit later. It stays in a well for some ten of these.
    fn next_frame(&mut self) -> f64 {
        let dt: f64 = 0.001;
        for _ in 0..100 {
            self.x += force(self.x) * dt + (2.0 * dt).sqrt() * self.rng.sample::<f64, _>(StandardNormal);
        }
        self.x
    }
}

/// The highest well in as many snapshots, if nobody looks before the trajectories end.
fn unsteered(options: &Options) -> usize {
    let mut seeds = Pcg64::seed_from_u64(options.seed);
    let mut particle = Particle::new(0.0, 0);
    let frames = (0..options.snapshots.get()).map(|frame| {
        if frame.is_multiple_of(options.frames.get()) {
            particle = Particle::new(0.0, seeds.random());
        }
        well(bottom(particle.next_frame()))
    });
    frames.max().unwrap_or_default()
}

fn campaign(options: Options) -> Campaign<Climb> {
    Campaign::new(Climb {
        newest: WorkQueue::lifo().bounded(options.keep, WhenFull::DropOldest),
        state: Mutex::default(),
        options,
    })
    .slots([(Pool::Dynamics, options.trajectories), (Pool::Analysis, options.analyses)])
    .task_server(LocalTaskServer::new().serve::<simulate>().serve::<relax>())
    .seed(options.seed)
}

/// Lets particles climb a stair of wells, and drops those that fall behind.
#[derive(Clone, Copy, Parser)]
struct Options {
    /// Snapshots to take
    #[arg(long, value_name = "N", default_value = "6000")]
    snapshots: NonZeroUsize,
    /// Frames of a whole trajectory
    #[arg(long, value_name = "N", default_value = "500")]
    frames: NonZeroUsize,
    /// Trajectories that run at the same time
    #[arg(long, value_name = "N", default_value_t = 6)]
    trajectories: usize,
    /// Analyses that run at the same time
    #[arg(long, value_name = "N", default_value_t = 2)]
    analyses: usize,
    /// Snapshots that may wait for analysis
    #[arg(long, value_name = "N", default_value_t = 8)]
    keep: usize,
    /// Time of a frame
    #[arg(long, value_name = "MS", default_value_t = 8)]
    frame_time: u64,
    /// Time of an analysis
    #[arg(long, value_name = "MS", default_value_t = 20)]
    analysis_time: u64,
    /// Seed of the dynamics
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    rehearse: Option<NonZeroUsize>,
}

impl Options {
    /// With as many snapshots for each slot on those that it is to be rehearsed on, if it is; they are shared out as before.
    fn scaled(self) -> Self {
        let Some(slots) = self.rehearse else { return self };
        let slots_now = self.trajectories + self.analyses;
        let scaled = |n: usize| (n * slots.get()).div_ceil(slots_now.max(1));
        let snapshots = NonZeroUsize::new(scaled(self.snapshots.get())).unwrap_or(self.snapshots);
        let [analyses, keep] = [self.analyses, self.keep].map(scaled);
        let trajectories = slots.get().saturating_sub(analyses).max(1);
        Self { snapshots, trajectories, analyses, keep, ..self }
    }

    /// How the campaign is rehearsed: both methods are run, since they are quick but for their sleep.
    fn rehearsal(&self) -> Rehearsal {
        let whole = |task: &simulate| task.frame_time.mul_f64(task.frames.get() as f64);
        Rehearsal::new()
            .method(Model::<simulate>::running().lasting_by(move |task, _| whole(task)))
            .method(Model::<relax>::running().lasting_by(|task, _| task.run_time))
            .seed(self.seed)
            .measured_decisions()
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

    let Climb { newest, state, .. } = campaign.thinker();
    let State { highest, emitted, analysed, cancelled, withdrawn } = *state.lock();
    println!("{report}");
    println!("emitted         {emitted} snapshots");
    println!("analysed        {analysed}");
    println!("dropped         {}, for newer ones", newest.dropped());
    println!("withdrawn       {withdrawn}, with their trajectories");
    println!("cancelled       {cancelled} trajectories");
    if let Some(slots) = options.rehearse {
        let of = |pool, n: usize| report.utilisation(pool) * n as f64;
        let used = of(Pool::Dynamics, options.trajectories) + of(Pool::Analysis, options.analyses);
        let used = 100.0 * used / (options.trajectories + options.analyses) as f64;
        println!("On {slots} slots, {used:.0} % will be in use, if decisions take as long as here.");
        return Ok(());
    }
    let unsteered = unsteered(&options);
    let well = well(highest);
    println!("Reached well {well} with {emitted} snapshots, {analysed} of them analysed; unsteered, well {unsteered}.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use colmena::rehearsal::explore;

    use super::*;

    /// In virtual time: trajectories and analyses keep the pace that the options say.
    #[test]
    fn steering_climbs_higher() {
        let explored = explore(0..5, |seed| {
            let options = Options { seed, ..Options::parse_from(["generator"]) };
            let mut campaign = campaign(options);
            let report = campaign.run().expect("no part can fail");
            let Climb { newest, state, .. } = campaign.thinker();
            let State { highest, emitted, analysed, cancelled, withdrawn } = *state.lock();
            let (steered, unsteered) = (well(highest), unsteered(&options));
            assert!(steered >= unsteered + 3, "seed {seed}: well {steered}, unsteered {unsteered}");
            assert!(cancelled > 0 && report.method("simulate").is_some_and(|method| method.cancelled > 0));
            // Each snapshot has been analysed, dropped or withdrawn, or still waits; one may have been in the hands of `analyse`.
            let accounted = analysed + newest.dropped() as usize + withdrawn + newest.len();
            assert!((accounted..=accounted + 1).contains(&emitted), "{accounted} of {emitted}");
        });
        explored.unwrap_or_else(|failed| panic!("{failed}"));
    }

    #[test]
    fn snapshots_relax_into_their_wells() {
        for expected in 0..20 {
            for shift in [-0.4, -0.2, 0.0, 0.2, 0.4] {
                let bottom = bottom(expected as f64 + shift);
                assert!(force(bottom).abs() < 1e-6, "force {} at {bottom}", force(bottom));
                assert_eq!(well(bottom), expected);
            }
        }
    }

    /// Boltzmann's law: of two wells of one shape, the higher one is taken less often by the exponential of its height.
    #[test]
    fn heat_fills_wells_by_their_height() {
        let mut particle = Particle::new(0.0, 0);
        let mut visits = [0.0; 40];
        (0..100_000).for_each(|_| visits[well(particle.next_frame())] += 1.0);
        let ratio: f64 = visits[2] / visits[1] / (-RISE).exp();
        assert!((0.7..1.4).contains(&ratio), "{ratio} times what it should be: {visits:?}");
    }
}
