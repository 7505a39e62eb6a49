//! The table of the best molecules, and what each would have cost without steering.
//!
//! Of `n` candidates in random order, `k` of which are as good as a molecule or better, the first comes on average after
//! `(n + 1) / (k + 1)` evaluations. `k` is exact once all candidates are known. Before that there may be more of them than
//! are known, and a random order needs at most so many.

use std::fmt::Write;

use colmena::prelude::*;

use crate::steering::Outcome;

/// Rows of the table.
const BEST: usize = 10;

/// A line for each of the best molecules, and one that sums up.
pub(crate) fn table(outcome: &Outcome, all: bool) -> Result<String> {
    let Outcome { candidates, known, failed, .. } = outcome;
    let mut found: Vec<(usize, &str, f64)> = Vec::new();
    let names: Vec<String> = known.iter().map(|(molecule, _)| molecule.to_string()).collect();
    found.extend(names.iter().zip(known).enumerate().map(|(i, (name, (_, ev)))| (i + 1, name.as_str(), *ev)));
    found.sort_by(|(_, _, a), (_, _, b)| b.total_cmp(a));
    let &(first, best, potential) = found.first().ok_or("no molecule could be computed")?;

    let mut text = "                       evaluations to find as good a one\n".to_owned();
    writeln!(text, "{:15}{:>5}   {:>8}   random order", "molecule", "eV", "steered")?;
    let mut soonest = usize::MAX;
    for (better, (nth, name, ev)) in found.iter().enumerate().take(BEST) {
        soonest = soonest.min(*nth);
        let by_luck = by_luck(*candidates, better + 1);
        writeln!(text, "{name:15}{ev:5.2}   {soonest:8}   {by_luck:12.0}")?;
    }
    let at_most = if all { "on average" } else { "on average at most" };
    let failures = if *failed > 0 { format!("; {failed} failed") } else { String::new() };
    writeln!(text, "{} of {candidates} molecules computed{failures}", known.len())?;
    write!(
        text,
        "Best: {best}, {potential:.2} eV, after {first} evaluations; at random, {at_most} {:.0}",
        by_luck(*candidates, 1)
    )?;
    Ok(text)
}

/// Evaluations in random order until one of the `as_good` of `candidates` molecules comes, on average.
fn by_luck(candidates: usize, as_good: usize) -> f64 {
    (candidates + 1) as f64 / (as_good + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against all orders of four, by hand: one of them comes first, second, third or fourth; the first of two comes first in
    /// half of the orders, second in a third, and third in a sixth.
    #[test]
    fn luck_by_hand() {
        assert_eq!(by_luck(4, 1), (1.0 + 2.0 + 3.0 + 4.0) / 4.0);
        assert!((by_luck(4, 2) - (1.0 / 2.0 + 2.0 / 3.0 + 3.0 / 6.0)).abs() < 1e-12);
        assert_eq!(by_luck(4, 4), 1.0);
    }
}
