//! The thinker: take one molecule after the other through the programs; learn from them which to take next.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::Model;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;
use tracing::info;

use crate::chemistry::{embed, ionise, rehearsal, relax, server};
use crate::molecule::{self, Molecule};
use crate::surrogate;

/// The longest that a program may run for one molecule.
const LIMIT: Duration = Duration::from_secs(60);

/// How long a ranking takes in a rehearsal.
const RANKING: Duration = Duration::from_millis(30);

/// Puts the candidates in the order of what is expected of them, best first.
#[method(topic = "learning")]
fn rank(known: &[(Molecule, f64)], candidates: &[Molecule]) -> Vec<usize> {
    surrogate::rank(known, candidates)
}

#[derive(Debug, ResourcePool)]
pub(crate) enum Pool {
    Sim,
    Learn,
}

/// What the agents share.
struct Steering {
    candidates: WorkQueue<Molecule>,
    /// Ionisation potentials in eV, in the order in which they came.
    known: Mutex<Vec<(Molecule, f64)>>,
    /// Some molecules fall apart. If many do, something is wrong with the programs.
    failures: Tolerance,
    retrain: Event,
    /// Molecules that have been begun.
    begun: AtomicUsize,
    budget: usize,
    retrain_every: usize,
}

#[thinker(pools = Pool)]
impl Steering {
    /// Runs each time a slot is free: begins with the molecule that is best at that moment.
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn begin(&self, agent: &Agent<Self>, slots: Slots<Pool>, molecule: Molecule) -> Result<()> {
        agent.submit(embed { molecule }.holding(slots).time_limit(LIMIT))?;
        if self.begun.fetch_add(1, Relaxed) + 1 == self.budget {
            agent.done().set(); // what has been begun is gone on with
        }
        Ok(())
    }

    /// The second step takes over the slot of the first.
    #[result_processor(topic = "simulation")]
    fn relax(&self, agent: &Agent<Self>, result: TaskResult<embed>, slots: Slots<Pool>) -> Result<()> {
        let Some(geometry) = self.failures.value(&result)?.cloned() else { return Ok(()) };
        let molecule = result.inputs().molecule.clone();
        agent.submit(relax { molecule, geometry }.holding(slots).time_limit(LIMIT).after_done())?;
        Ok(())
    }

    /// The third that of the second.
    #[result_processor(topic = "simulation")]
    fn ionise(&self, agent: &Agent<Self>, result: TaskResult<relax>, slots: Slots<Pool>) -> Result<()> {
        let Some(geometry) = self.failures.value(&result)?.cloned() else { return Ok(()) };
        let molecule = result.inputs().molecule.clone();
        agent.submit(ionise { molecule, geometry }.holding(slots).time_limit(LIMIT).after_done())?;
        Ok(())
    }

    /// Now and then, there is more to learn from.
    #[result_processor(topic = "simulation")]
    fn store(&self, result: TaskResult<ionise>) -> Result<()> {
        let Some(&potential) = self.failures.value(&result)? else { return Ok(()) };
        let mut known = self.known.lock();
        known.push((result.inputs().molecule.clone(), potential));
        if known.len().is_multiple_of(self.retrain_every) {
            self.retrain.set();
        }
        Ok(())
    }

    /// Takes a slot from the programs, as soon as one is free, and gives it back afterwards.
    #[event_responder(event = retrain, reallocate_resources,
                      gather_from = Sim, gather_to = Learn, disperse_to = Sim, max_slots = 1)]
    fn learn(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Learn, 1)?;
        let known = self.known.lock().clone();
        let best = known.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((molecule, potential)) = best {
            info!("{} molecules known; the best is {molecule}, {potential:.2} eV", known.len());
        }
        let seen = self.candidates.snapshot();
        let order = agent.call(rank { known, candidates: seen.to_vec() }.holding(slots))?.into_value()?;
        self.candidates.reorder(&seen, &order)?; // those begun in the meantime stay gone
        Ok(())
    }
}

/// Searches solvents for batteries for the one that is hardest to ionise.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Settings {
    /// Atoms of the largest, without hydrogen
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(3..=6))]
    pub(crate) atoms: u8,
    /// Molecules that may be computed
    #[arg(long, value_name = "N", default_value = "80")]
    pub(crate) budget: NonZeroUsize,
    /// Compute all others, too, to compare
    #[arg(long)]
    pub(crate) all: bool,
    /// Values from one training to the next
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) retrain_every: NonZeroUsize,
    /// Programs that run at the same time
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) slots: NonZeroUsize,
    /// Seed of the order at first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Where programs run
    #[arg(long, value_name = "DIR", default_value = "target/molecules")]
    pub(crate) folder: PathBuf,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    pub(crate) rehearse: Option<NonZeroUsize>,
}

/// What a campaign found.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) candidates: usize,
    /// Ionisation potentials in eV, in the order in which they came.
    pub(crate) known: Vec<(Molecule, f64)>,
    pub(crate) failed: u64,
    pub(crate) report: Report,
}

fn campaign(settings: &Settings, candidates: Vec<Molecule>) -> Campaign<Steering> {
    let number = candidates.len();
    let queue = WorkQueue::from_iter(candidates);
    queue.close(); // nothing is added: if the budget is larger, the campaign ends with the last one
    Campaign::new(Steering {
        candidates: queue,
        known: Mutex::default(),
        failures: Tolerance::share(0.25).after(30),
        retrain: Event::new(),
        begun: AtomicUsize::new(0),
        budget: if settings.all { number } else { settings.budget.get() },
        retrain_every: settings.retrain_every.get(),
    })
    .slots([(Pool::Sim, settings.slots.get()), (Pool::Learn, 0)])
    .task_server(server(&settings.folder).serve::<rank>())
    .seed(settings.seed)
}

/// In a random order.
fn candidates(settings: &Settings) -> Vec<Molecule> {
    let mut candidates = molecule::candidates(settings.atoms.into());
    candidates.shuffle(&mut Pcg64::seed_from_u64(settings.seed));
    candidates
}

/// Rehearses the campaign: no program is run, and nothing learned.
pub(crate) fn rehearse(settings: &Settings, slots: NonZeroUsize) -> Result<Report> {
    // As many molecules for each slot, as far as there are so many, and trainings for each molecule, as there would be.
    let scaled = |n: NonZeroUsize| NonZeroUsize::new(n.get() * slots.get() / settings.slots.get()).unwrap_or(n);
    let (budget, retrain_every) = (scaled(settings.budget), scaled(settings.retrain_every));
    let settings = Settings { slots, budget, retrain_every, ..settings.clone() };
    let ranking = Model::<rank>::giving(|rank, _| (0..rank.candidates.len()).collect());
    let plan = rehearsal().method(ranking.lasting(RANKING)).seed(settings.seed);
    Ok(campaign(&settings, candidates(&settings)).rehearse(&plan.measured_decisions())?)
}

/// Runs a campaign.
pub(crate) fn run(settings: &Settings) -> Result<Outcome> {
    let candidates = candidates(settings);
    let number = candidates.len();
    let mut campaign = campaign(settings, candidates);
    let report = campaign.run()?;
    let Steering { known, failures, .. } = campaign.thinker();
    let (known, failed) = (known.lock().clone(), failures.failed());
    Ok(Outcome { candidates: number, known, failed, report })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chemistry, programs, table};

    #[test]
    fn needs_xtb_to_search_the_smallest() {
        programs::require(&chemistry::PROGRAMS, chemistry::PACKAGES).expect("this test runs the programs");
        let folder = std::env::temp_dir().join(format!("colmena-search-{}", std::process::id()));
        let budget = NonZeroUsize::new(1).expect("not 0");
        let two = NonZeroUsize::new(2).expect("not 0");
        let settings =
            Settings { atoms: 3, budget, all: true, retrain_every: two, slots: two, seed: 0, folder, rehearse: None };
        let outcome = run(&settings).expect("the programs run");
        std::fs::remove_dir(&settings.folder).expect("nothing failed, so nothing is left there");
        assert_eq!((outcome.candidates, outcome.known.len(), outcome.failed), (9, 9, 0));
        let text = table::table(&outcome, true).expect("all are known");
        let last = text.lines().last().expect("there are lines");
        assert!(last.starts_with("Best: FC#N, 13.87 eV, after "), "{last}");
        assert!(last.ends_with(" evaluations; at random, on average 5"), "{last}");
    }
}
