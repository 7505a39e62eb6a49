//! Real chemistry: which small molecule is hardest to ionise?
//!
//! A solvent for batteries must not give its electrons away. Candidates are a few hundred molecules that a small grammar
//! makes (`molecule.rs`). Three programs in a row compute the ionisation potential of one: Open Babel and, twice, xtb
//! (`chemistry.rs`); on Debian, `apt-get install -y openbabel xtb` brings both. A Gaussian process learns from the values
//! that are known which molecules are promising (`surrogate.rs`); it is trained again on a slot that is taken from the
//! programs meanwhile (`steering.rs`).
//!
//! Choose this shape where the expensive computation is somebody else's program, or several in a row.

mod chemistry;
#[path = "../reallocation/gp.rs"]
mod gp;
mod molecule;
mod programs;
mod steering;
mod surrogate;
mod table;

use std::process::ExitCode;

use clap::Parser;
use colmena::prelude::*;
use steering::{Pool, Settings};

fn main() -> Result<ExitCode> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
    if let Some(slots) = settings.rehearse {
        let report = steering::rehearse(&settings, slots)?;
        let used = 100.0 * report.utilisation(Pool::Sim);
        println!("{report}\nOn {slots} slots, {used:.0} % will be in use, if decisions take as long as here.");
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(missing) = programs::require(&chemistry::PROGRAMS, chemistry::PACKAGES) {
        eprintln!("{missing}");
        return Ok(ExitCode::FAILURE);
    }
    let outcome = steering::run(&settings)?;
    println!("{}\n{}", outcome.report, table::table(&outcome, settings.all)?);
    Ok(ExitCode::SUCCESS)
}
