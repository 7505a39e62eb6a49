//! An ensemble of MPI programs: at which temperature does a magnet melt?
//!
//! The simulation is a program in C (`ising.c`), which is compiled first: a lattice of spins, in strips, one for each MPI
//! rank. Each task is a run of it on several ranks, at one temperature (`magnet.rs`); so many slots as it has ranks are held
//! meanwhile. The agent scans a range of temperatures, then, more closely, the one around the peak of the susceptibility
//! (`scan.rs`).
//!
//! Needs Open MPI: on Debian, `apt-get install -y gcc libopenmpi-dev openmpi-bin`.

mod magnet;
#[path = "../molecules/programs.rs"]
mod programs;
mod scan;

use std::process::ExitCode;

use clap::Parser;
use colmena::prelude::*;
use scan::{Point, Pool, Settings};

/// Columns of the widest bar.
const WIDTH: f64 = 40.0;

fn main() -> Result<ExitCode> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();
    if let Some(slots) = settings.rehearse {
        let report = scan::rehearse(&settings, slots)?;
        let used = 100.0 * report.utilisation(Pool::Cores);
        println!("{report}\nOn {slots} slots, {used:.0} % will be in use, if decisions take as long as here.");
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(missing) = programs::require(&magnet::PROGRAMS, magnet::PACKAGES) {
        eprintln!("{missing}");
        return Ok(ExitCode::FAILURE);
    }
    let (mut points, report) = scan::run(&settings)?;
    println!("{report}");
    println!("   T   magnetisation{:28}exact   susceptibility", "");
    points.sort_by(|a, b| a.temperature.total_cmp(&b.temperature));
    for Point { temperature, magnetisation, susceptibility, .. } in &points {
        let bar = "#".repeat((magnetisation * WIDTH).round() as usize);
        let exact = magnet::exact_magnetisation(*temperature);
        println!("{temperature:5.3}  {magnetisation:5.3} {bar:40} {exact:5.3}   {susceptibility:8.2}");
    }
    let peak = scan::peak(&points).ok_or("no run has succeeded")?;
    let exact = magnet::exact_temperature();
    println!("Answer: the magnet melts at T = {:.2}, an endless one at {exact:.3}", peak.temperature);
    Ok(ExitCode::SUCCESS)
}
