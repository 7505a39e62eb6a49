//! Durations, summed up: percentiles, and how many of each order of magnitude.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run::Nanos;

/// Bins for each factor of ten.
pub(crate) const PER_DECADE: f64 = 8.0;

/// What durations came to, in seconds. All zeros, if there are none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) n: u64,
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) most: f64,
    /// How many, by [`bin`].
    #[serde(skip)]
    pub(crate) bins: BTreeMap<i32, u64>,
}

impl Spread {
    /// Each percentile is the least duration that so many are not longer than.
    pub(crate) fn of(mut times: Vec<Nanos>) -> Self {
        let Some(most) = times.iter().max().copied() else { return Self::default() };
        let sum: f64 = times.iter().map(|&time| seconds(time)).sum();
        times.sort_unstable();
        let rank = |hundredths: usize| seconds(times[(times.len() * hundredths).div_ceil(100).max(1) - 1]);
        let mut bins = BTreeMap::new();
        for &time in &times {
            *bins.entry(bin(time)).or_insert(0) += 1;
        }
        let (p50, p95, p99) = (rank(50), rank(95), rank(99));
        Self { n: times.len() as u64, mean: sum / times.len() as f64, p50, p95, p99, most: seconds(most), bins }
    }
}

/// The bin of a duration, on a logarithmic scale; what took no time counts as a nanosecond.
pub(crate) fn bin(time: Nanos) -> i32 {
    ((time.max(1) as f64).log10() * PER_DECADE).floor() as i32
}

/// Where a bin begins, in seconds.
pub(crate) fn bin_start(bin: i32) -> f64 {
    10_f64.powf(f64::from(bin) / PER_DECADE) / 1e9
}

pub(crate) fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 / 1e9
}
