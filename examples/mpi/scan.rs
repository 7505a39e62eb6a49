//! The thinker: an agent that runs magnets at several temperatures, and then looks more closely where they melt.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Parser;
use colmena::Resources;
use colmena::prelude::*;
use colmena::rehearsal::Rehearsal;
use tracing::info;

use crate::magnet::{Magnet, compiled, magnetise, model};

/// The temperatures of the first scan.
const RANGE: [f64; 2] = [1.5, 3.1];
/// The longest that a run may take.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(ResourcePool)]
pub(crate) enum Pool {
    /// A slot for each rank.
    Cores,
}

/// What was found at a temperature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) temperature: f64,
    pub(crate) magnetisation: f64,
    pub(crate) susceptibility: f64,
}

struct Scan {
    points: Mutex<Vec<Point>>,
    failures: Tolerance,
    settings: Settings,
}

#[thinker(pools = Pool)]
impl Scan {
    /// Scans a range, then that between the neighbours of its peak, and so on.
    #[agent]
    fn scan(&self, agent: &Agent<Self>) -> Result<()> {
        let [mut from, mut to] = RANGE;
        for round in 1..=self.settings.rounds.get() {
            self.scan_range(agent, from, to)?;
            let points = self.points.lock().clone();
            let Some(peak) = peak(&points) else { return Ok(()) };
            info!("round {round}: the susceptibility is largest at {:.3}", peak.temperature);
            let step = (to - from) / self.settings.steps();
            (from, to) = (peak.temperature - step, peak.temperature + step);
        }
        Ok(())
    }
}

impl Scan {
    /// Runs as many magnets at the same time as there are slots for all their ranks.
    fn scan_range(&self, agent: &Agent<Self>, from: f64, to: f64) -> Result<()> {
        let Settings { size, sweeps, seed, points, ranks, .. } = self.settings;
        let resources = Resources { cpu_processes: u32::try_from(ranks.get())?, ..Resources::default() };
        let mut group = agent.group();
        let temperatures = (0..points.get()).map(|point| from + (to - from) * point as f64 / self.settings.steps());
        for temperature in temperatures.filter(|temperature| !self.is_known(*temperature)) {
            let slots = agent.rec().acquire(Pool::Cores, ranks.get())?;
            let task = magnetise { temperature, size, sweeps, seed }.resources(resources).time_limit(LIMIT);
            group.push(task.holding(slots))?;
        }
        for result in group {
            let result = result?;
            let Some(magnet) = self.failures.value(&result)? else { continue };
            let Magnet { magnetisation, susceptibility, .. } = *magnet;
            self.points.lock().push(Point { temperature: result.inputs().temperature, magnetisation, susceptibility });
        }
        Ok(())
    }

    fn is_known(&self, temperature: f64) -> bool {
        self.points.lock().iter().any(|point| (point.temperature - temperature).abs() < 1e-6)
    }
}

/// The point of the largest susceptibility.
pub(crate) fn peak(points: &[Point]) -> Option<Point> {
    points.iter().copied().max_by(|a, b| a.susceptibility.total_cmp(&b.susceptibility))
}

/// Looks for the temperature at which a magnet melts, by runs of an MPI program.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Settings {
    /// Spins along a side; even
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) size: u32,
    /// Chances of each spin to turn
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) sweeps: u32,
    /// Temperatures in a scan
    #[arg(long, value_name = "N", default_value = "9")]
    pub(crate) points: NonZeroUsize,
    /// Scans, each closer than the last
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) rounds: NonZeroUsize,
    /// MPI ranks of a run
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) ranks: NonZeroUsize,
    /// Ranks at the same time; unless said, one for each core
    #[arg(long, value_name = "N")]
    pub(crate) cores: Option<NonZeroUsize>,
    /// Seed of the spins
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Where the program is and runs
    #[arg(long, value_name = "DIR", default_value = "target/mpi")]
    pub(crate) folder: PathBuf,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    pub(crate) rehearse: Option<NonZeroUsize>,
}

impl Settings {
    /// Steps from the first temperature of a scan to the last.
    fn steps(&self) -> f64 {
        (self.points.get() - 1).max(1) as f64
    }

    /// At least those of one run.
    fn slots(&self) -> usize {
        let cores = self.cores.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        cores.max(self.ranks.get())
    }
}

/// On so many slots.
fn campaign(settings: &Settings, slots: usize, server: LocalTaskServer) -> Campaign<Scan> {
    let scan = Scan { points: Mutex::default(), failures: Tolerance::at_most(2), settings: settings.clone() };
    Campaign::new(scan).slots([(Pool::Cores, slots)]).task_server(server)
}

/// Rehearses the campaign: nothing is compiled, and nothing run.
pub(crate) fn rehearse(settings: &Settings, slots: NonZeroUsize) -> Result<Report> {
    // As many temperatures for each run at the same time as a single one would scan.
    let ranks = settings.ranks;
    let points = NonZeroUsize::new(settings.points.get() * slots.get() / ranks).unwrap_or(settings.points);
    let settings = Settings { points, ..settings.clone() };
    let server = LocalTaskServer::new().serve_executable::<magnetise>(Program::new("ising"));
    let plan = Rehearsal::new().method(model(ranks.get())).measured_decisions();
    Ok(campaign(&settings, slots.get().max(ranks.get()), server).rehearse(&plan)?)
}

/// Runs a campaign.
pub(crate) fn run(settings: &Settings) -> Result<(Vec<Point>, Report)> {
    let slots = settings.slots();
    let server = LocalTaskServer::new().workers(slots).serve_executable::<magnetise>(compiled(&settings.folder)?);
    let mut campaign = campaign(settings, slots, server);
    let report = campaign.run()?;
    let points = campaign.thinker().points.lock().clone();
    Ok((points, report))
}
