//! Steer a search: now and then take a slot from the simulations, to learn from them which candidates to simulate next.
//!
//! The task is to find the lowest point of Ackley's function among a few thousand candidates, with a budget for a few of
//! them. A queue holds the candidates, at first in random order; a submitter simulates the first one whenever a slot is
//! free; a processor stores the results, and every so often sets an event; on the event a prioritizer gathers a slot, fits a
//! Gaussian process (`gp.rs`) to what is known and puts the queue in the order of expected improvement.
//!
//! This is the main application of the original Colmena's guide. `steering.rs` is the part to start from.

mod ackley;
mod arguments;
mod gp;
mod steering;

use clap::Parser;
use colmena::prelude::*;
use steering::{Outcome, Settings, rank, simulate};

fn main() -> Result<()> {
    serve_if_asked::<(simulate, rank)>(); // in a worker process, it does not return
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    if let Some(slots) = settings.rehearse {
        let check = settings.rehearse_check;
        let report = steering::rehearse(settings, slots)?;
        println!("{report}");
        if check {
            println!("The same seed went the same way twice.");
        }
        let used = report.utilisation(steering::Pool::Sim);
        println!("On {slots} slots, {:.0} % will be in use, if decisions take as long as here.", used * 100.0);
        return Ok(());
    }
    let Outcome { best: (x, y), simulations, rounds, in_random_order, of_all, report } = steering::run(settings)?;

    println!("{report}");
    println!("best point      {x:.2?}, where the function is {y:.3}");
    println!("best of all     {of_all:.3}, among all candidates");
    println!("random order    {in_random_order:.3}, with the same budget");
    println!("retrained       {rounds} times");
    println!("Steering found {y:.3} in {simulations} simulations; random order finds {in_random_order:.3}.");
    Ok(())
}
