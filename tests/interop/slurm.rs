//! On Slurm: Parsl asks it for a job, and tasks run in that.
//!
//! The Slurm is one node, this machine, set up by `slurm.sh` for the test and ended with it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::package::{run, square, where_am_i};
use crate::programs::{World, free_port, script};

/// Ends when its standard input does: with this, or with this process.
struct Slurm {
    child: Child,
    folder: PathBuf,
}

impl Slurm {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("colmena-slurm-{}-{}", std::process::id(), free_port()));
        let mut command = Command::new(script("slurm.sh"));
        command.arg(&folder).args([free_port(), free_port()].map(|port| port.to_string()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("bash is there");
        let lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        let slurm = Self { child, folder };
        let said: Vec<String> = lines.map_while(std::io::Result::ok).take(1).collect();
        assert_eq!(said, ["ready"], "Slurm has not come up");
        slurm
    }

    fn conf(&self) -> PathBuf {
        self.folder.join("slurm.conf")
    }

    /// The jobs that there are, waiting or running.
    fn jobs(&self) -> String {
        let mut command = Command::new("squeue");
        let output = command.arg("--noheader").env("SLURM_CONF", self.conf()).output().expect("it is there");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Results carry the number of the job.
fn in_the_job(world: &mut World, slurm: &Slurm) {
    run(world, |agent| {
        for (x, result) in (0..200).zip(agent.gather((0..200).map(|x| square { x: f64::from(x) }))?.all()?) {
            assert_eq!(result.into_value()?, f64::from(x * x));
        }
        let mut jobs = BTreeSet::new();
        for result in agent.gather((0..20).map(|_| where_am_i {}))?.all()? {
            jobs.insert(result.into_value()?.1);
        }
        let jobs: Vec<_> = jobs.into_iter().flatten().filter(|job| job.parse::<u32>().is_ok()).collect();
        assert_eq!(jobs.len(), 1, "all tasks run in one job: {jobs:?}");
        Ok(())
    });
    assert!(!slurm.jobs().contains(" R "), "the server has ended its job: {}", slurm.jobs());
}

#[test]
fn needs_slurm_methods_in_rust_run_in_a_job() {
    let slurm = Slurm::start();
    let mut world = World::new();
    world.set_env("SLURM_CONF", slurm.conf());
    world.set_env("PARSL_FOLDER", slurm.folder.join("parsl"));
    let config = script("slurm_config.py");
    world.start_package("json", &[OsStr::new("--config"), config.as_os_str()]);
    in_the_job(&mut world, &slurm);
}

#[test]
fn needs_slurm_methods_in_python_run_in_a_job() {
    let slurm = Slurm::start();
    let mut world = World::new();
    world.set_env("SLURM_CONF", slurm.conf());
    world.set_env("PARSL_FOLDER", slurm.folder.join("parsl"));
    world.start_parsl_on(&script("slurm_config.py"));
    in_the_job(&mut world, &slurm);
}
