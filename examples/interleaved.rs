//! The interleaved optimizer, by itself: simulate the first of a queue; meanwhile, keep the queue in order.
//!
//! `optimizers/interleaved.rs` is the part to read; it says when to choose it. `cargo run --example optimizers` compares it with
//! its two siblings. All three are from the original's guide.

#[path = "optimizers/interleaved.rs"]
mod interleaved;
#[path = "optimizers/problem.rs"]
mod problem;

use colmena::prelude::*;
use problem::Settings;

fn main() -> Result<()> {
    let settings = Settings::read("Minimises without a pause: an agent keeps the queue of candidates in order.")?;
    println!("{}", interleaved::run(&settings)?);
    Ok(())
}
