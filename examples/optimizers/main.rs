//! Three optimizers on one problem: which keeps the slots busy, and which finds the best point?
//!
//! They choose among the same candidates with the same model, and differ in when they ask it: between two batches
//! (`batch.rs`), after each result (`streaming.rs`), or all the time, beside the simulations (`interleaved.rs`). What they
//! share is in `problem.rs`. All three are from the original's guide; each is an example by itself, too.

mod batch;
mod interleaved;
mod problem;
mod streaming;

use colmena::prelude::*;
use problem::{Outcome, Settings};
use tracing::info;

type Optimizer = fn(&Settings) -> Result<Outcome>;

const OPTIMIZERS: [(&str, Optimizer); 3] =
    [("batch", batch::run), ("streaming", streaming::run), ("interleaved", interleaved::run)];

fn main() -> Result<()> {
    let settings = Settings::read("Compares three optimizers on one problem: batch, streaming, and interleaved.")?;
    let mut outcomes = Vec::new();
    for (name, run) in OPTIMIZERS {
        info!("{name} ..");
        outcomes.push((name, run(&settings)?));
    }

    for (_, outcome) in &outcomes {
        println!("{}\n", outcome.report);
    }
    println!("optimizer      simulations  time (s)  utilisation  best value  found at (s)");
    for (name, Outcome { best, found_at, simulations, utilisation, report, .. }) in &outcomes {
        let (time, found_at) = (report.wall_time().as_secs_f64(), found_at.as_secs_f64());
        println!("{name:<14} {simulations:>11} {time:>9.2} {utilisation:>12.3} {best:>11.3} {found_at:>13.2}");
    }
    let (_, Outcome { in_random_order, simulations, .. }) = &outcomes[0];
    println!("(random order) {simulations:>11} {in_random_order:>34.3}");
    let used = outcomes.iter().map(|(name, outcome)| format!("{name} {:.0} %", 100.0 * outcome.utilisation));
    println!("Slots in use: {}.", used.collect::<Vec<_>>().join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use colmena::rehearsal::explore;

    use super::*;

    /// Runs all three with several seeds, in virtual time: minutes of simulation take no time.
    #[track_caller]
    fn with_outcomes(check: impl Fn(&[[Outcome; 3]]) + Send + Sync + 'static) {
        let count = |n| NonZeroUsize::new(n).expect("tests count from 1");
        let settings = move |seed| Settings {
            dim: count(4),
            candidates: count(1000),
            budget: count(80),
            slots: count(8),
            run_time: 60_000,
            spread: 0.5,
            rank_time: 8_000,
            seed,
            rehearse: None,
        };
        let outcomes = move |seed| {
            OPTIMIZERS.map(|(name, run)| run(&settings(seed)).unwrap_or_else(|error| panic!("{name}: {error}")))
        };
        let all = move |_| check(&(0..4).map(outcomes).collect::<Vec<_>>());
        explore(0..1, all).unwrap_or_else(|failed| panic!("{failed}"));
    }

    #[test]
    fn slots_are_busier_the_less_they_wait() {
        with_outcomes(|outcomes| {
            for outcomes in outcomes {
                let [batch, streaming, interleaved] = outcomes.each_ref().map(|outcome| outcome.utilisation);
                let used = format!("{batch:.3} {streaming:.3} {interleaved:.3}");
                assert!(batch < 0.6, "a batch waits for its longest: {used}");
                assert!(batch + 0.1 < streaming, "only the model is waited for: {used}");
                assert!(streaming < interleaved && interleaved > 0.85, "nothing is waited for: {used}");
                assert!(outcomes.iter().all(|outcome| outcome.simulations == 80), "the budget, and no more");
            }
        });
    }

    #[test]
    fn all_beat_random_order() {
        with_outcomes(|outcomes| {
            for (i, (name, _)) in OPTIMIZERS.iter().enumerate() {
                let wins = outcomes.iter().filter(|of| of[i].best < of[i].in_random_order).count();
                let losses = outcomes.iter().filter(|of| of[i].best > of[i].in_random_order).count();
                assert!(wins >= 3 && losses == 0, "of 4 seeds, {name} won {wins} and lost {losses}");
            }
        });
    }
}
