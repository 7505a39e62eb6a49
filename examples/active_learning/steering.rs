//! The thinker: chains of two steps, a model that is trained again and again, and slots that go where work waits.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use colmena::rehearsal::{Model as Modelled, Rehearsal};
use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};
use tracing::info;

use crate::cluster::{self, Atom, Position};
use crate::surrogate::Model;

/// A cluster whose energy is not known yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    number: usize,
    atoms: Vec<Atom>,
}

/// The first step of a chain: lets the atoms go where no force is left.
#[method(topic = "simulation")]
fn relax(candidate: &Candidate, run_time: Duration, task: &TaskContext) -> Result<Vec<Position>> {
    task.sleep(run_time)?;
    Ok(cluster::relax(&candidate.atoms)?)
}

/// The second step: the energy of the relaxed cluster, with forces between three atoms.
#[method(topic = "simulation")]
fn energy(candidate: &Candidate, positions: &[Position], run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?;
    Ok(cluster::excess_energy(&candidate.atoms, positions))
}

/// Trains the model on the energies that are known.
#[method(topic = "learning")]
fn train(known: &[(Vec<Atom>, f64)], run_time: Duration, task: &TaskContext) -> Result<Model> {
    task.sleep(run_time)?;
    Model::fit(known).ok_or_else(|| "there is nothing to learn from yet".into())
}

/// Asks the model about some candidates. All such tasks share one model.
#[method(topic = "learning")]
fn score(model: &Shared<Model>, candidates: &[Candidate], run_time: Duration, task: &TaskContext) -> Result<Vec<f64>> {
    task.sleep(run_time)?;
    Ok(candidates.iter().map(|candidate| model.gain(&candidate.atoms)).collect())
}

#[derive(Debug, ResourcePool)]
pub(crate) enum Pool {
    Sim,
    Learn,
}

/// What the agents share.
struct Steering {
    /// The most promising one first.
    candidates: WorkQueue<Candidate>,
    /// Candidates that the newest model has not been asked about.
    chunks: WorkQueue<(Shared<Model>, Vec<Candidate>)>,
    retrain: Event,
    /// The energies that are known, in the order in which they came.
    known: Mutex<Vec<(Candidate, f64)>>,
    /// What the model promises of each candidate, by its number.
    gains: Mutex<Vec<f64>>,
    /// Chains that have been started.
    started: AtomicUsize,
    /// How often the model has been trained.
    rounds: AtomicUsize,
    settings: Settings,
}

#[thinker(pools = Pool)]
impl Steering {
    /// Runs whenever a slot of `Sim` is free: starts a chain with the candidate that is best at that moment.
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn start(&self, agent: &Agent<Self>, slots: Slots<Pool>, candidate: Candidate) -> Result<()> {
        agent.submit(relax { candidate, run_time: self.settings.relax_time() }.holding(slots))?;
        if self.started.fetch_add(1, Relaxed) + 1 == self.settings.budget.get() {
            agent.done().set();
        }
        Ok(())
    }

    /// Goes on with a chain: the second step takes over the slot of the first. It is paid for, and so is sent even if the
    /// campaign is done by now.
    #[result_processor(topic = "simulation")]
    fn go_on(&self, agent: &Agent<Self>, result: TaskResult<relax>, slots: Slots<Pool>) -> Result<()> {
        let candidate = result.inputs().candidate.clone();
        let Ok(positions) = result.into_value() else { return Ok(()) }; // a failure is in the report
        let task = energy { candidate, positions, run_time: self.settings.energy_time() };
        agent.submit(task.holding(slots).after_done())?;
        Ok(())
    }

    /// Ends a chain: stores its energy, and lends its slot to learning, if work waits there.
    #[result_processor(topic = "simulation")]
    fn store(&self, result: TaskResult<energy>, mut slots: Slots<Pool>) -> Result<()> {
        if !self.chunks.is_empty() && !self.settings.fixed_pools {
            slots.move_to(Pool::Learn)?;
        }
        drop(slots); // whoever waits for it may have it now
        let Ok(&energy) = result.value() else { return Ok(()) };
        let mut known = self.known.lock();
        known.push((result.inputs().candidate.clone(), energy));
        if known.len().is_multiple_of(self.settings.retrain_every.get()) {
            // Does the model learn at this moment, then once more afterwards: it does not know this energy yet.
            self.retrain.set_again();
        }
        Ok(())
    }

    /// Runs when there is more to learn from. What the model before has not been asked is not of interest any more.
    #[event_responder(event = retrain)]
    fn learn(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Learn, 1)?;
        let known = self.known.lock().iter().map(|(candidate, energy)| (candidate.atoms.clone(), *energy)).collect();
        let task = train { known, run_time: self.settings.train_time() };
        let Ok(model) = agent.call(task.holding(slots))?.into_value() else { return Ok(()) };
        let model = Shared::new(model);
        let candidates = self.candidates.snapshot().to_vec();
        self.chunks.replace(candidates.chunks(100).map(|chunk| (model.clone(), chunk.to_vec())));
        self.rounds.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Runs whenever a slot of `Learn` is free and a chunk waits: asks the model.
    #[task_submitter(task_type = Learn, queue = chunks)]
    fn ask(&self, agent: &Agent<Self>, slots: Slots<Pool>, chunk: (Shared<Model>, Vec<Candidate>)) -> Result<()> {
        let (model, candidates) = chunk;
        agent.submit(score { model, candidates, run_time: self.settings.score_time() }.holding(slots))?;
        Ok(())
    }

    /// Puts the candidates into their new order, and gives the slot back, if no more chunks wait. One stays, for training.
    #[result_processor(topic = "learning")]
    fn rank(&self, agent: &Agent<Self>, result: TaskResult<score>, mut slots: Slots<Pool>) -> Result<()> {
        if self.chunks.is_empty() && agent.rec().allocated_slots(Pool::Learn) > 1 {
            slots.move_to(Pool::Sim)?;
        }
        drop(slots);
        let Ok(scores) = result.value() else { return Ok(()) };
        let seen = self.candidates.snapshot();
        let mut order: Vec<usize> = (0..seen.len()).collect();
        {
            let mut gains = self.gains.lock();
            for (candidate, &gain) in result.inputs().candidates.iter().zip(scores) {
                gains[candidate.number] = gain;
            }
            order.sort_by(|&a, &b| gains[seen[b].number].total_cmp(&gains[seen[a].number]));
        }
        self.candidates.reorder(&seen, &order)?; // those that have been started in the meantime stay gone
        Ok(())
    }

    /// Says once a second how far the campaign is, and how many slots simulate and learn.
    #[agent(startup)]
    fn progress(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.sleep(Duration::from_secs(1))?;
            let known = self.known.lock().len();
            let [sim, learn] = [Pool::Sim, Pool::Learn].map(|pool| agent.rec().allocated_slots(pool));
            info!("{known} energies; {sim} slots simulate, {learn} learn");
        }
    }
}

/// Looks for the tightest mixed clusters of 13 noble gas atoms among many.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Settings {
    /// Clusters to choose from
    #[arg(long, value_name = "N", default_value = "2000")]
    pub(crate) candidates: NonZeroUsize,
    /// Clusters whose energy may be computed
    #[arg(long, value_name = "N", default_value = "160")]
    pub(crate) budget: NonZeroUsize,
    /// Energies from one training to the next
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) retrain_every: NonZeroUsize,
    /// Slots to simulate on; one more learns
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) slots: NonZeroUsize,
    /// Time of a relaxation
    #[arg(long, value_name = "MS", default_value_t = 240)]
    pub(crate) run_time: u64,
    /// Lend no slots from pool to pool, to compare
    #[arg(long)]
    pub(crate) fixed_pools: bool,
    /// Seed of the candidates
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Tries it in virtual time, on so many slots
    #[arg(long, value_name = "SLOTS")]
    pub(crate) rehearse: Option<NonZeroUsize>,
}

impl Settings {
    // Of the others, what is likely: an energy takes half of a relaxation, and so on.
    fn relax_time(&self) -> Duration {
        Duration::from_millis(self.run_time)
    }

    fn energy_time(&self) -> Duration {
        self.relax_time() / 2
    }

    fn train_time(&self) -> Duration {
        self.relax_time() / 2
    }

    fn score_time(&self) -> Duration {
        self.relax_time() / 4
    }
}

/// What a campaign found, and what it could have found.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) energies: usize,
    pub(crate) rounds: usize,
    pub(crate) steered: Haul,
    /// The same number of candidates in random order.
    pub(crate) in_random_order: Haul,
    /// All candidates.
    pub(crate) of_all: Haul,
    pub(crate) report: Report,
}

/// What some of the candidates are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Haul {
    /// The least energy among them.
    pub(crate) least: f64,
    /// How many of the best hundredth of all candidates are among them.
    pub(crate) best: usize,
}

/// Clusters to choose from.
fn candidates(settings: &Settings) -> Vec<Candidate> {
    let mut rng = Pcg64::seed_from_u64(settings.seed);
    let atoms = (0..settings.candidates.get()).map(|_| cluster::random_atoms(&mut rng));
    atoms.enumerate().map(|(number, atoms)| Candidate { number, atoms }).collect()
}

fn campaign(settings: Settings, candidates: &[Candidate]) -> Campaign<Steering> {
    let Settings { seed, slots, .. } = settings;
    let queue = WorkQueue::from_iter(candidates.iter().cloned());
    queue.close(); // nothing is added: if the budget is larger, the campaign ends with the last one
    Campaign::new(Steering {
        candidates: queue,
        chunks: WorkQueue::new(),
        retrain: Event::new(),
        known: Mutex::default(),
        gains: Mutex::new(vec![0.0; candidates.len()]),
        started: AtomicUsize::new(0),
        rounds: AtomicUsize::new(0),
        settings,
    })
    .slots([(Pool::Sim, slots.get()), (Pool::Learn, 1)])
    .task_server(LocalTaskServer::new().serve::<relax>().serve::<energy>().serve::<train>().serve::<score>())
    .seed(seed)
}

/// Rehearses the campaign: nothing is simulated, and nothing learned.
pub(crate) fn rehearse(settings: Settings, slots: NonZeroUsize) -> Result<Report> {
    // As many simulations for each slot, and trainings for each simulation, as there would be.
    let scaled = |n: NonZeroUsize| NonZeroUsize::new(n.get() * slots.get() / settings.slots.get()).unwrap_or(n);
    let [candidates, budget, retrain_every] =
        [settings.candidates, settings.budget, settings.retrain_every].map(scaled);
    let settings = Settings { slots, candidates, budget, retrain_every, ..settings };
    let candidates = self::candidates(&settings);
    let made_up: Vec<_> = (0..).map(f64::from).zip(&candidates).map(|(e, of)| (of.atoms.clone(), e)).take(20).collect();
    let model = Model::fit(&made_up).ok_or("a rehearsal needs some more candidates")?;
    let plan = Rehearsal::new()
        .method(Modelled::<relax>::giving(|_, _| Vec::new()).lasting(settings.relax_time()))
        .method(Modelled::<energy>::giving(|_, _| 0.0).lasting(settings.energy_time()))
        .method(Modelled::<train>::giving(move |_, _| model.clone()).lasting(settings.train_time()))
        .method(Modelled::<score>::giving(|score, _| vec![0.0; score.candidates.len()]).lasting(settings.score_time()))
        .seed(settings.seed);
    Ok(campaign(settings, &candidates).rehearse(&plan.measured_decisions())?)
}

/// Runs a campaign.
pub(crate) fn run(settings: Settings) -> Result<Outcome> {
    let candidates = candidates(&settings);
    let mut campaign = campaign(settings, &candidates);
    let report = campaign.run()?;

    let Steering { known, rounds, .. } = campaign.thinker();
    let known = known.lock();
    let found: Vec<f64> = known.iter().map(|&(_, energy)| energy).collect();
    let all =
        candidates.iter().map(|Candidate { atoms, .. }| Ok(cluster::excess_energy(atoms, &cluster::relax(atoms)?)));
    let all: Vec<f64> = all.collect::<Result<_>>()?;
    let mut sorted = all.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = sorted[(all.len() / 100).max(1) - 1];
    let haul = |energies: &[f64]| Haul {
        least: energies.iter().copied().fold(f64::INFINITY, f64::min),
        best: energies.iter().filter(|&&energy| energy <= limit).count(),
    };
    Ok(Outcome {
        energies: found.len(),
        rounds: rounds.load(Relaxed),
        steered: haul(&found),
        in_random_order: haul(&all[..found.len()]),
        of_all: haul(&all),
        report,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use colmena::rehearsal::explore;

    use super::*;

    fn count(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).expect("tests count from 1")
    }

    /// In virtual time: simulating and learning keep the pace that the settings say.
    fn rehearse(seed: u64, fixed_pools: bool, check: impl Fn(Outcome) + Send + Sync + 'static) {
        let settings = Settings {
            candidates: count(2000),
            budget: count(100),
            retrain_every: count(10),
            slots: count(8),
            run_time: 240,
            fixed_pools,
            seed,
            rehearse: None,
        };
        let explored = explore(seed..seed + 1, move |_| check(run(settings.clone()).expect("no part can fail")));
        explored.unwrap_or_else(|failed| panic!("{failed}"));
    }

    #[test]
    fn steering_beats_random_order() {
        for seed in 0..3 {
            rehearse(seed, false, |outcome| {
                let Outcome { steered, in_random_order, of_all, .. } = outcome;
                assert!(steered.best >= 7, "{steered:?} of {of_all:?}, in random order {in_random_order:?}");
                assert!(steered.best >= in_random_order.best + 6, "{steered:?}, in random order {in_random_order:?}");
                assert!(steered.least <= in_random_order.least);
            });
        }
    }

    /// With slots lent to it, the model is asked sooner, and more simulations heed what it says.
    #[test]
    fn lending_slots_pays() {
        let found = |fixed_pools| {
            let sum = Arc::new(AtomicUsize::new(0));
            for seed in 0..3 {
                let sum = Arc::clone(&sum);
                rehearse(seed, fixed_pools, move |outcome| {
                    sum.fetch_add(outcome.steered.best, Relaxed);
                });
            }
            sum.load(Relaxed)
        };
        let (lent, fixed) = (found(false), found(true));
        assert!(2 * lent > 3 * fixed, "{lent} of the best, and {fixed} with fixed pools");
    }

    /// What has been started when the campaign is done goes through its second step, too.
    #[test]
    fn every_chain_that_is_paid_for_is_finished() {
        rehearse(7, false, |Outcome { energies, rounds, report, .. }| {
            assert_eq!(energies, 100);
            assert!(rounds > 2, "trained {rounds} times");
            for method in ["relax", "energy"] {
                assert_eq!(report.method(method).map(|method| method.succeeded), Some(100), "{method}");
            }
        });
    }
}
