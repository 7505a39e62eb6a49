//! The quickstart: climb a hill, eight guesses at a time.
//!
//! A guess near the best point so far is sent whenever a slot is free; each result may move the best point; after enough
//! results the campaign ends. This is the first example of the original Colmena.

use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use rand::RngExt;
use tracing::info;

/// The expensive computation: here a parabola that takes a while. Its top is at 0.
#[method]
fn simulate(x: f64, run_time: Duration) -> f64 {
    std::thread::sleep(run_time);
    4.0 - x * x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// What the agents share.
struct HillClimb {
    best: Mutex<Best>,
    guesses: usize,
    run_time: Duration,
}

#[derive(Clone, Copy)]
struct Best {
    x: f64,
    value: f64,
    results: usize,
}

#[thinker(pools = Pool)]
impl HillClimb {
    /// Runs whenever a slot is free: sends a guess close to the best point so far.
    #[task_submitter(task_type = Sim)]
    fn guess(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let x = self.best.lock().x + agent.rng().random_range(-1.0..1.0);
        let task = simulate { x, run_time: self.run_time };
        agent.submit(task.holding(slots))?;
        Ok(())
    }

    /// Runs for each result: moves to it if it is higher. The slot of the task is free again already.
    #[result_processor(topic = "simulate")]
    fn climb(&self, agent: &Agent<Self>, result: TaskResult<simulate>) -> Result<()> {
        let x = result.inputs().x;
        let value = result.into_value()?; // a failure ends the campaign, and is its error
        let mut best = self.best.lock();
        best.results += 1;
        if value > best.value {
            (best.x, best.value) = (x, value);
        }
        if best.results.is_multiple_of(20) {
            info!("{} of {} guesses, best f({:.3}) = {:.3}", best.results, self.guesses, best.x, best.value);
        }
        if best.results >= self.guesses {
            agent.done().set();
        }
        Ok(())
    }
}

/// Climbs the hill f(x) = 4 - x^2 from a bad starting point, with random steps that are tried in parallel.
#[derive(Parser)]
struct Options {
    /// Results to wait for before the climb ends
    #[arg(long, default_value_t = 200)]
    guesses: usize,
    /// Guesses that are computed at the same time
    #[arg(long, default_value_t = 8)]
    slots: usize,
    /// Where the climb starts
    #[arg(long, default_value_t = -10.0, allow_negative_numbers = true)]
    start: f64,
    /// How long one computation takes, in milliseconds
    #[arg(long, default_value_t = 50)]
    run_time: u64,
    /// Seed of the random steps
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().init();

    let mut campaign = Campaign::new(HillClimb {
        best: Mutex::new(Best { x: options.start, value: f64::NEG_INFINITY, results: 0 }),
        guesses: options.guesses,
        run_time: Duration::from_millis(options.run_time),
    })
    .slots([(Pool::Sim, options.slots)])
    .task_server(LocalTaskServer::new().serve::<simulate>())
    .seed(options.seed);
    let report = campaign.run()?;

    let best = *campaign.thinker().best.lock();
    println!("{report}");
    println!("Answer: f({:.3}) = {:.3} after {} guesses", best.x, best.value, best.results);
    Ok(())
}
