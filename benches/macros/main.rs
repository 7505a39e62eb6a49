//! What the attributes cost a compiler: `cargo check` of a thinker of 50 agents against that of its own expansion, as
//! plain code. `scripts/bench.sh --macros` runs this.
//!
//! The two are packages of one workspace below target/, with the sources of `generated/`, which a test of
//! colmena-macros holds. Each is checked in turn, with the profile that a user has by default (attributes not
//! optimised): from nothing but its dependencies, and again after a change that changes nothing, with what rustc keeps.
//! The table has the medians, and the median of the ratios of the pairs.

#[path = "../speed/table.rs"]
mod table;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs};

use table::print_row;

const GOAL: f64 = 1.5;
const SIDES: [&str; 2] = ["attributes", "plain"];

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A package for each side.
struct Workspace {
    top: PathBuf,
}

impl Workspace {
    fn new() -> Outcome<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), PathBuf::from);
        let top = target.join("macros");
        let manifest = |name: &str| {
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                 colmena = {{ path = {:?} }}\n",
                repository.display().to_string()
            )
        };
        for side in SIDES {
            fs::create_dir_all(top.join(side).join("src"))?;
            fs::write(top.join(side).join("Cargo.toml"), manifest(side))?;
            fs::write(top.join(side).join("src/lib.rs"), "")?;
        }
        fs::write(top.join("Cargo.toml"), format!("[workspace]\nmembers = {SIDES:?}\nresolver = \"3\"\n"))?;
        fs::copy(repository.join("Cargo.lock"), top.join("Cargo.lock"))?;
        Ok(Self { top })
    }

    /// Checks one side, whose source is written anew; says how long that took.
    fn check(&self, side: &str, incremental: bool) -> Outcome<Duration> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/macros/generated/{side}.rs"));
        fs::write(self.top.join(side).join("src/lib.rs"), fs::read_to_string(source)?)?;
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.args(["check", "--quiet", "--offline", "--package", side]).current_dir(&self.top);
        cargo
            .env("CARGO_TARGET_DIR", self.top.join("target"))
            .env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" });
        let start = Instant::now();
        let status = cargo.status()?;
        let taken = start.elapsed();
        if status.success() { Ok(taken) } else { Err(format!("`cargo check` of {side} failed").into()) }
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Whether the goal is reached.
fn measure(workspace: &Workspace, name: &str, incremental: bool, pairs: usize) -> Outcome<bool> {
    let mut times: Vec<[f64; 2]> = Vec::new();
    // The first pair checks the dependencies, too.
    for round in 0..=pairs {
        let mut pair = [0.0; 2];
        for side in [round % 2, 1 - round % 2] {
            pair[side] = workspace.check(SIDES[side], incremental)?.as_secs_f64();
        }
        times.extend((round > 0).then_some(pair));
    }
    let ratio = median(times.iter().map(|[ours, plain]| ours / plain).collect());
    let [ours, plain] = [0, 1].map(|side| format!("{:.2} s", median(times.iter().map(|pair| pair[side]).collect())));
    let yardstick = format!("its expansion as plain code: {plain}");
    print_row(name, &ours, &yardstick, &format!("{ratio:.2}"), &GOAL.to_string());
    Ok(ratio <= GOAL)
}

fn main() -> Outcome<ExitCode> {
    let words: Vec<String> = env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--macros") {
        println!("for the cost of the attributes, run scripts/bench.sh --macros");
        return Ok(ExitCode::SUCCESS);
    }
    let pairs = if words.iter().any(|word| word == "--quick") { 7 } else { 21 };
    let workspace = Workspace::new()?;
    print_row("measure", "ours", "yardstick", "ratio", "goal");
    print_row("---", "---", "---", "---", "---");
    let fresh = measure(&workspace, "`cargo check` of 50 agents", false, pairs)?;
    let again = measure(&workspace, "`cargo check` of 50 agents, again", true, pairs)?;
    Ok(if fresh && again { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
