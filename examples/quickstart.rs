//! The quickstart: climb a hill, eight guesses at a time.
//!
//! A guess near the best point so far is sent whenever a slot is free; each result may move the best point; after a given
//! number of guesses the campaign ends. This is the first example of the original Colmena.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use rand::RngExt;
use tracing::info;

/// The expensive computation: here a parabola that takes a while. Its top is at 0.
#[method]
fn simulate(x: f64, run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?; // ends early, with an error, if the task is cancelled
    Ok(4.0 - x * x)
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// What the agents share.
struct HillClimb {
    climb: Mutex<Climb>,
    guesses: usize,
    run_time: Duration,
}

/// How far the climb has come.
#[derive(Clone, Copy)]
struct Climb {
    best_x: f64,
    best_value: f64,
    sent: usize,
    results: usize,
}

#[thinker(pools = Pool)]
impl HillClimb {
    /// Runs whenever a slot is free: sends a guess close to the best point so far.
    #[task_submitter(task_type = Sim)]
    fn guess(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let step = agent.rng().random_range(-1.0..1.0);
        let Climb { best_x, sent, .. } = {
            let mut climb = self.climb.lock();
            climb.sent += 1;
            *climb
        };
        let task = simulate { x: best_x + step, run_time: self.run_time };
        agent.submit(task.holding(slots))?;
        if sent == self.guesses {
            agent.done().set(); // what has been sent is still waited for, and handled
        }
        Ok(())
    }

    /// Runs for each result: moves to it if it is higher. The slot of the task is free again already.
    #[result_processor(topic = "simulate")]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        let x = result.inputs().x;
        let value = result.into_value()?; // a failure ends the campaign, and is its error
        let mut climb = self.climb.lock();
        climb.results += 1;
        if value > climb.best_value {
            (climb.best_x, climb.best_value) = (x, value);
        }
        let Climb { best_x, best_value, results, .. } = *climb;
        if results.is_multiple_of(20) {
            info!("{results} of {} guesses, best f({best_x:.3}) = {best_value:.3}", self.guesses);
        }
        Ok(())
    }
}

/// Climbs the hill f(x) = 4 - x^2 by random steps, several at the same time.
#[derive(Parser)]
struct Options {
    /// Guesses to make
    #[arg(long, value_name = "N", default_value = "200")]
    guesses: NonZeroUsize,
    /// Guesses at the same time
    #[arg(long, value_name = "N", default_value_t = 8)]
    slots: usize,
    /// Where the climb starts
    #[arg(long, value_name = "X", default_value_t = -10.0, allow_negative_numbers = true)]
    start: f64,
    /// Time of a guess
    #[arg(long, value_name = "MS", default_value_t = 50)]
    run_time: u64,
    /// Seed of the random steps
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    let mut campaign = Campaign::new(HillClimb {
        climb: Mutex::new(Climb { best_x: options.start, best_value: f64::NEG_INFINITY, sent: 0, results: 0 }),
        guesses: options.guesses.get(),
        run_time: Duration::from_millis(options.run_time),
    })
    .slots([(Pool::Sim, options.slots)])
    .task_server(LocalTaskServer::new().serve::<simulate>())
    .seed(options.seed);
    let report = campaign.run()?;

    let Climb { best_x, best_value, results, .. } = *campaign.thinker().climb.lock();
    println!("{report}");
    println!("Answer: f({best_x:.3}) = {best_value:.3} after {results} guesses");
    Ok(())
}
