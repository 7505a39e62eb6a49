//! The magnet: compiled by `mpicc`, run by `mpirun`. What is known of an endless one exactly is here, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::Model;
use serde::{Deserialize, Serialize};

/// What it takes, and the packages of Debian that it is in.
pub(crate) const PROGRAMS: [&str; 2] = ["mpicc", "mpirun"];
pub(crate) const PACKAGES: &str = "gcc libopenmpi-dev openmpi-bin";

/// Ranks of several runs share the cores; they are not bound to some, or those of all runs would be bound to the same.
const LAUNCHER: &str = "mpirun --oversubscribe --bind-to none -np {total_ranks}";

/// Set to 1. Open MPI wants to be told that running it as root, as one does in containers, is meant; and ranks that wait for
/// others let go of their core meanwhile, which need not be theirs alone.
const ENVIRONMENT: [&str; 3] =
    ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_mpi_yield_when_idle"];

/// What a run says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Magnet {
    /// Of a spin, at most 1.
    pub(crate) magnetisation: f64,
    /// How far that goes up and down: largest where the magnet melts.
    pub(crate) susceptibility: f64,
    pub(crate) ranks: usize,
}

/// Simulates a magnet of `size` times `size` spins.
#[method(topic = "simulation")]
pub(crate) fn magnetise(temperature: f64, size: u32, sweeps: u32, seed: u64) -> Magnet;

impl ExecutableMethod for magnetise {
    fn preprocess(&self, _: &RunDir) -> Result<Invocation> {
        let Self { temperature, size, sweeps, seed } = self;
        Ok(Invocation::new().args([temperature.to_string(), size.to_string(), sweeps.to_string(), seed.to_string()]))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<Magnet> {
        let output = dir.stdout()?;
        let [magnetisation, susceptibility, ranks] = output.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(format!("no three numbers: {output:?}").into());
        };
        let (magnetisation, susceptibility) = (magnetisation.parse()?, susceptibility.parse()?);
        Ok(Magnet { magnetisation, susceptibility, ranks: ranks.parse()? })
    }
}

/// Compiles the program, and says how it is run.
///
/// # Errors
/// The compiler's.
pub(crate) fn compiled(folder: &Path) -> Result<Program> {
    fs::create_dir_all(folder)?;
    let (source, program) = (folder.join("ising.c"), folder.join("ising"));
    fs::write(&source, include_str!("ising.c"))?;
    compile(&source, &program)?;
    let program = Program::new(program).launcher(LAUNCHER).under(folder.join("runs"));
    Ok(ENVIRONMENT.into_iter().fold(program, |program, name| program.env(name, "1")))
}

fn compile(source: &PathBuf, program: &PathBuf) -> Result<()> {
    let compiler = Command::new("mpicc").args(["-O2", "-o"]).args([program, source]).arg("-lm").output()?;
    if !compiler.status.success() {
        return Err(format!("mpicc: {}\n{}", compiler.status, String::from_utf8_lossy(&compiler.stderr)).into());
    }
    Ok(())
}

/// How a run goes in a rehearsal, in which none is run: its ranks share the work, and take a moment to find each other; an
/// endless magnet says nearly what a large one would.
pub(crate) fn model(ranks: usize) -> Model<magnetise> {
    let work = |task: &magnetise| f64::from(task.size).powi(2) * f64::from(task.sweeps) * TIME_OF_A_CHANCE;
    let magnet = move |temperature: f64| Magnet {
        magnetisation: exact_magnetisation(temperature),
        susceptibility: 1.0 / (0.01 + (temperature - exact_temperature()).abs()),
        ranks,
    };
    Model::giving(move |task: &magnetise, _| magnet(task.temperature))
        .lasting_by(move |task, _| Duration::from_secs_f64(START_UP + work(task) / ranks as f64))
}

/// In seconds, here.
const TIME_OF_A_CHANCE: f64 = 20e-9;
const START_UP: f64 = 0.3;

/// At which temperature an endless magnet melts: Onsager, 1944.
pub(crate) fn exact_temperature() -> f64 {
    2.0 / (1.0 + 2_f64.sqrt()).ln()
}

/// Its magnetisation: Yang, 1952.
pub(crate) fn exact_magnetisation(temperature: f64) -> f64 {
    (1.0 - (2.0 / temperature).sinh().powi(-4)).max(0.0).powf(0.125)
}

#[cfg(test)]
mod tests {
    use colmena::Resources;

    use super::*;
    use crate::programs;

    /// Magnets at one temperature, on one rank, two and three.
    struct Ranks(f64, Mutex<Vec<Magnet>>);

    #[thinker]
    impl Ranks {
        #[agent]
        fn run(&self, agent: &Agent<Self>) -> Result<()> {
            let tasks = [1, 2, 3].map(|cpu_processes| {
                let task = magnetise { temperature: self.0, size: 16, sweeps: 1000, seed: 3 };
                task.resources(Resources { cpu_processes, ..Resources::default() })
            });
            for result in agent.gather(tasks)?.all()? {
                self.1.lock().push(result.into_value()?);
            }
            Ok(())
        }
    }

    #[test]
    fn needs_mpi_for_a_magnet_that_does_not_depend_on_its_ranks() {
        programs::require(&PROGRAMS, PACKAGES).expect("this test compiles and runs a program");
        let folder = std::env::temp_dir().join(format!("colmena-mpi-{}", std::process::id()));
        let program = compiled(&folder).expect("it compiles");
        for temperature in [1.5, 2.0] {
            let server = LocalTaskServer::new().workers(1).serve_executable::<magnetise>(program.clone());
            let mut campaign = Campaign::new(Ranks(temperature, Mutex::default())).task_server(server);
            campaign.run().expect("it runs");
            let magnets = campaign.thinker().1.lock().clone();
            assert_eq!(magnets.iter().map(|magnet| magnet.ranks).collect::<Vec<_>>(), [1, 2, 3]);
            let [one, others @ ..] = &magnets[..] else { unreachable!("there are three") };
            assert!(others.iter().all(|other| Magnet { ranks: 1, ..*other } == *one), "{magnets:?}");
            let exact = exact_magnetisation(temperature);
            assert!((one.magnetisation - exact).abs() < 0.02, "{} is not {exact}", one.magnetisation);
        }
        fs::remove_dir_all(&folder).expect("it was made here");
    }

    #[test]
    fn known_values() {
        assert!((exact_temperature() - 2.269_185).abs() < 1e-6);
        assert!((exact_magnetisation(2.0) - 0.911_319).abs() < 1e-6);
        assert_eq!(exact_magnetisation(2.27), 0.0);
    }
}
