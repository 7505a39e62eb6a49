//! Active learning: chains of simulations, steered by a model that is trained on what they find.
//!
//! Looked for are the mixtures of argon, krypton and xenon that form the tightest clusters of 13 atoms. A chain of two
//! methods on one topic gives the energy of a cluster: `relax`, then `energy`, on the slot of the first. After every few
//! energies a model learns from them (`set_again`: nothing that comes meanwhile is forgotten); then it is asked about all
//! other clusters, by many tasks that share it, and those it promises most of are simulated next. Each processor knows
//! where work waits, and moves the slot of its result there (`slots.move_to`); what that brings, `--fixed-pools` shows.
//!
//! Choose this shape where simulating and learning compete for the same slots, and what they need changes all the time.
//! If learning is a short phase that all else may wait for, `reallocation` is simpler. `steering.rs` is the part to start
//! from.

mod cluster;
#[path = "../reallocation/gp.rs"]
#[cfg_attr(not(test), expect(dead_code, reason = "here the ranking is split into tasks"))]
mod gp;
mod steering;
mod surrogate;

use clap::Parser;
use colmena::prelude::*;
use steering::{Haul, Outcome, Settings};

fn main() -> Result<()> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    if let Some(slots) = settings.rehearse {
        let report = steering::rehearse(settings, slots)?;
        println!("{report}");
        let used = report.utilisation(steering::Pool::Sim);
        println!("On {slots} slots, {:.0} % will be in use, if decisions take as long as here.", used * 100.0);
        return Ok(());
    }
    let Outcome { energies, rounds, steered, in_random_order, of_all, report } = steering::run(settings)?;

    let line = |title: &str, Haul { least, best }: Haul| {
        println!("{title:15} least energy {least:.3}; {best} of the best {}", of_all.best);
    };
    println!("{report}");
    line("steered", steered);
    line("random order", in_random_order);
    line("all candidates", of_all);
    println!("trainings       {rounds}");
    let (found, by_luck, all) = (steered.best, in_random_order.best, of_all.best);
    println!("Steering found {found} of the best {all} with {energies} energies; random order finds {by_luck}.");
    Ok(())
}
