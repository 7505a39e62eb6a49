//! The time of a run, in columns of equal width.

use crate::run::Nanos;

#[derive(Clone, Copy)]
pub(super) struct Columns {
    length: i128,
    n: usize,
}

impl Columns {
    pub(super) fn new(length: Nanos, n: usize) -> Self {
        Self { length: length.max(1).into(), n }
    }

    /// Which columns a time lies in, and the part of each that it covers.
    pub(super) fn covered(self, from: Nanos, to: Nanos) -> impl Iterator<Item = (usize, f64)> {
        (self.place(from)..=self.place(to)).map(move |column| {
            let (begin, end) = (self.start(column), self.start(column + 1));
            let within = i128::from(to).min(end) - i128::from(from).max(begin);
            (column, within.max(0) as f64 / (end - begin).max(1) as f64)
        })
    }

    fn place(self, at: Nanos) -> usize {
        let place = i128::from(at.max(0)) * self.n as i128 / self.length;
        (place as usize).min(self.n - 1)
    }

    fn start(self, column: usize) -> i128 {
        self.length * column as i128 / self.n as i128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_covers_parts_of_columns() {
        let covered = |from, to| Columns::new(100, 4).covered(from, to).collect::<Vec<_>>();
        assert_eq!(covered(0, 10), [(0, 0.4)]);
        assert_eq!(covered(20, 60), [(0, 0.2), (1, 1.0), (2, 0.4)]);
        assert_eq!(covered(90, 100), [(3, 0.4)]);
    }
}
