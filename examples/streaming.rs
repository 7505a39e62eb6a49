//! The streaming optimizer, by itself: whenever a simulation ends, learn from it, and choose the next one.
//!
//! `optimizers/streaming.rs` is the part to read; it says when to choose it. `cargo run --example optimizers` compares it with
//! its two siblings. All three are from the original's guide.

#[path = "optimizers/problem.rs"]
mod problem;
#[path = "optimizers/streaming.rs"]
mod streaming;

use colmena::prelude::*;
use problem::Settings;

fn main() -> Result<()> {
    let settings = Settings::read("Minimises one result at a time: learns from each, then chooses what is next.")?;
    println!("{}", streaming::run(&settings)?);
    Ok(())
}
