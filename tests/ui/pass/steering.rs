//! The example of the design, section 2.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    nonstandard_style
)]
use colmena::prelude::*;

/// The expensive computation. Marked, it can be sent as a task; it stays an ordinary function.
#[method(topic = "simulation")]
pub fn simulate(x: f64) -> f64 {
    4.0 - x * x
}

/// Ranks the candidates, best first.
#[method(topic = "plan")]
fn rank(known: &[(f64, f64)], candidates: &[f64]) -> Vec<usize> {
    let _ = known;
    (0..candidates.len()).rev().collect()
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

struct Steering {
    known: Mutex<Vec<(f64, f64)>>,
    candidates: WorkQueue<f64>,
    retrain: Event,
    budget: usize,
}

#[thinker(pools = Pool)]
impl Steering {
    /// Runs each time a slot of `Sim` is free and a candidate is waiting.
    #[task_submitter(task_type = Sim, n_slots = 1, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    /// Runs for each result; the slots that the task held are already free again.
    #[result_processor(topic = "simulation")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<simulate>) {
        let Ok(&y) = result.value() else { return }; // a failure is in the report; `?` would end the campaign
        let mut known = self.known.lock();
        known.push((result.inputs().x, y));
        if known.len() >= self.budget {
            agent.done().set();
        }
        if known.len().is_multiple_of(20) {
            self.retrain.set();
        }
    }

    /// Runs when the event is set; slots move from Sim to Ml meanwhile, and back afterwards.
    #[event_responder(event = retrain, reallocate_resources,
                      gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn reorder(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let known = self.known.lock().clone();
        let seen = self.candidates.snapshot();
        let task = rank { known, candidates: seen.to_vec() };
        let order = agent.call(task.holding(slots))?.into_value()?;
        self.candidates.reorder(&seen, &order)?;
        Ok(())
    }
}

fn main() -> Result<()> {
    let steering = Steering {
        known: Mutex::new(vec![]),
        candidates: (0..100).map(|x| x as f64 / 10.0).collect(),
        retrain: Event::new(),
        budget: 50,
    };
    let report = Campaign::new(steering)
        .slots([(Pool::Sim, 8)])
        .task_server(LocalTaskServer::new().serve::<simulate>().serve::<rank>())
        .run()?;
    assert!(report.to_string().contains("reorder"));
    Ok(())
}
