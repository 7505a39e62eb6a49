//! A rehearsal tells the truth: campaigns of sleeping tasks are run for real, and rehearsed with the times that were
//! measured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::world::Pool;

/// From 60 to 140 ms.
#[method]
fn simulate(x: u64, task: &TaskContext) -> Result<u64> {
    task.sleep(Duration::from_millis(60 + x * 37 % 81))?;
    Ok(x)
}

#[method]
fn train(round: u64, task: &TaskContext) -> Result<u64> {
    task.sleep(Duration::from_millis(120))?;
    Ok(round)
}

/// Sixty simulations on four slots; after every ten, a training on one of them.
#[derive(Default)]
struct Steering {
    candidates: WorkQueue<u64>,
    simulated: Mutex<BTreeMap<u64, Duration>>,
    trained: Mutex<Vec<Duration>>,
    retrain: Event,
}

const SIMULATIONS: u64 = 60;

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<simulate>) {
        let mut simulated = self.simulated.lock();
        simulated.insert(result.inputs().x, result.times().running());
        match simulated.len() as u64 {
            SIMULATIONS => _ = agent.done().set(),
            n if n % 10 == 0 => _ = self.retrain.set(),
            _ => {}
        }
    }

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn learn(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let round = self.trained.lock().len() as u64;
        let result = agent.call(train { round }.holding(slots))?;
        self.trained.lock().push(result.times().running());
        Ok(())
    }
}

fn campaign() -> Campaign<Steering> {
    let server = LocalTaskServer::new().serve::<simulate>().serve::<train>();
    let thinker = Steering { candidates: (0..SIMULATIONS).collect(), ..Steering::default() };
    Campaign::new(thinker).slots([(Pool::Sim, 4)]).task_server(server).ignore_ctrl_c()
}

/// What is compared: times in seconds, shares, a count.
#[derive(Debug)]
struct Figures {
    makespan: f64,
    simulating: f64,
    training: f64,
    trainings: usize,
}

fn figures(campaign: &Campaign<Steering>, report: &Report) -> Figures {
    Figures {
        makespan: report.wall_time().as_secs_f64(),
        simulating: report.utilisation(Pool::Sim),
        training: report.utilisation(Pool::Ml),
        trainings: campaign.thinker().trained.lock().len(),
    }
}

/// A real run, and the rehearsal of it.
fn pair() -> (Figures, Figures) {
    let mut real = campaign();
    let report = real.run().unwrap();
    let measured = figures(&real, &report);

    let simulated = Arc::new(real.thinker().simulated.lock().clone());
    let trained = real.thinker().trained.lock().clone();
    let plan = Rehearsal::new()
        .method(Model::<simulate>::running().lasting_by(move |simulate, _| simulated[&simulate.x]))
        .method(Model::<train>::running().lasting_by(move |train, _| {
            trained.get(train.round as usize).or(trained.last()).copied().unwrap_or_default()
        }));
    let mut rehearsed = campaign();
    let report = rehearsed.rehearse(&plan).unwrap();
    (measured, figures(&rehearsed, &report))
}

/// The median of what three pairs differ by, as a share.
fn median_difference(pairs: &[(Figures, Figures)], of: impl Fn(&Figures) -> f64) -> f64 {
    let mut differences: Vec<f64> =
        pairs.iter().map(|(real, rehearsed)| (of(rehearsed) / of(real) - 1.0).abs()).collect();
    differences.sort_by(f64::total_cmp);
    differences[1]
}

#[test]
fn real_and_rehearsed_campaigns_agree_within_five_percent() {
    let pairs = [(); 3].map(|()| pair());
    for (name, of) in [
        ("makespan", (|f: &Figures| f.makespan) as fn(&Figures) -> f64),
        ("utilisation of sim", |f| f.simulating),
        ("utilisation of ml", |f| f.training),
    ] {
        let difference = median_difference(&pairs, of);
        println!("{name}: {:.1} % apart", difference * 100.0);
        assert!(difference < 0.05, "{name}: {difference} apart in {pairs:#?}");
    }
    let apart = |(real, rehearsed): &(Figures, Figures)| real.trainings.abs_diff(rehearsed.trainings);
    assert!(pairs.iter().all(|pair| apart(pair) <= 1), "{pairs:#?}");
}
