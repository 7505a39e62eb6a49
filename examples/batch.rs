//! The batch optimizer, by itself: choose a batch of simulations, run them all, learn from all of them.
//!
//! `optimizers/batch.rs` is the part to read; it says when to choose it. `cargo run --example optimizers` compares it with
//! its two siblings. All three are from the original's guide.

#[path = "optimizers/batch.rs"]
mod batch;
#[path = "optimizers/problem.rs"]
mod problem;

use colmena::prelude::*;
use problem::Settings;

fn main() -> Result<()> {
    let settings = Settings::read("Minimises in batches: chooses some candidates, simulates all, learns from all.")?;
    println!("{}", batch::run(&settings)?);
    Ok(())
}
