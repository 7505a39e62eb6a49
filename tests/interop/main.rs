//! Queues over Redis, against the original: a thinker of this library and the task server of Python's colmena 0.7.2.
//!
//! Each test has a Redis and servers of its own, which end with it. They need `redis-server` (`scripts/programs.sh redis`) and a
//! Python with the original (`COLMENA_PYTHON`, or what `scripts/original.sh` installs); without, `scripts/test.sh`
//! says that they are not run.

mod cancelled;
mod faults;
mod launch;
mod original;
mod outages;
mod package;
mod programs;
mod secured;
mod serving;
mod several;
mod shared;
mod slurm;
mod values;

use colmena::prelude::*;
use serde::{Deserialize, Serialize};

/// One agent, which does what the test says.
struct Alone(fn(&Agent<Alone>) -> Result<()>);

#[thinker]
impl Alone {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        (self.0)(agent)
    }
}

#[method]
fn add(x: i64, y: i64) -> i64;

/// By keyword: the Python function has its parameters in another order.
#[method(kwargs)]
fn describe(steps: u32, name: &str) -> String;

#[method]
fn echo(value: serde_json::Value) -> serde_json::Value;

#[method]
fn everything() -> Everything;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Everything {
    none: Option<u8>,
    yes: bool,
    int: i64,
    big: u64,
    float: f64,
    small: f64,
    nan: f64,
    inf: f64,
    text: String,
    list: (u8, (f64, Vec<u8>)),
    map: serde_json::Value,
}

#[method]
fn refuse(why: &str) -> u8;

#[method]
fn try_again(key: &str, failures: u32) -> u32;

#[method]
fn count_to(n: u32, task: &TaskContext<u32>) -> String;

#[method]
fn not_plain() -> f64;

#[method]
fn misfit() -> Energies;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Energies {
    energies: Vec<f64>,
}

#[method]
fn pause(seconds: f64) -> f64;

/// Its worker is killed when it runs for the first time with this name.
#[method]
fn killed_once(file: &str) -> bool;

/// Served nowhere.
#[method]
fn nobody(x: u8) -> u8;
