//! A row of the table that `scripts/bench.sh` prints, in the README's form.

pub(crate) fn print_row(measure: &str, ours: &str, yardstick: &str, ratio: &str, goal: &str) {
    println!("| {measure:<47} | {ours:>9} | {yardstick:<40} | {ratio:<18} | {goal:>7} |");
}
