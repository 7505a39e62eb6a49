//! Gaussian-process regression: a curve through known values, with an error bar everywhere.
//!
//! Values are taken as `mean + amplitude * (smooth + noise)`, where `smooth` is a random function whose values at two points
//! are correlated by a kernel of their distance (Matern 5/2). From the known values follow, at any other point, the expected
//! value and its deviation; and how likely the known values are, which is how the length of the kernel and the share of
//! noise are chosen. Notation and formulas: Rasmussen and Williams, "Gaussian Processes for Machine Learning", chapters 2, 5.
//!
//! Own code, since it is one page: `friedrich`, the crate for this, brings 43 others for a factorisation of ten lines.
//! The time goes with the cube of the number of known values: with thousands of them, take a library.

use std::f64::consts::{PI, SQRT_2, TAU};

use serde::{Deserialize, Serialize};

/// A Gaussian process, fitted to known values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GaussianProcess {
    kernel: Kernel,
    points: Vec<Vec<f64>>,
    mean: f64,
    /// Variance of the smooth part where nothing is known.
    amplitude: f64,
    /// Lower triangular `L` with `L L' = K`, by rows.
    factor: Vec<Vec<f64>>,
    /// `K^-1 (values - mean)`.
    weights: Vec<f64>,
    log_likelihood: f64,
}

/// What is assumed before any value is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kernel {
    /// The distance over which values are alike, in the unit of the points.
    pub(crate) length: f64,
    /// Variance of the noise, as a share of the amplitude.
    pub(crate) noise: f64,
}

/// What a Gaussian process says of one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prediction {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl GaussianProcess {
    /// Fits a process to `values` at `points`, with the kernel under which they are most likely: of lengths between a fiftieth
    /// of the largest extent of the points and twice it, and of noise between nothing and all.
    ///
    /// `None` if there are fewer than two points or the values are all the same: there is nothing to learn from then.
    pub(crate) fn fit(points: &[Vec<f64>], values: &[f64]) -> Option<Self> {
        let extent = extent(points)?;
        let lengths = (0..12).map(|i| extent * 0.02 * 100_f64.powf(f64::from(i) / 11.0));
        let kernels = lengths.flat_map(|length| [1e-6, 1e-3, 1e-2, 0.1, 1.0].map(|noise| Kernel { length, noise }));
        let fits = kernels.filter_map(|kernel| Self::with_kernel(kernel, points, values));
        fits.max_by(|a, b| a.log_likelihood.total_cmp(&b.log_likelihood))
    }

    /// Fits a process of the given kernel; its mean and amplitude are the most likely ones.
    ///
    /// `None` if the correlations of the points are singular (the same point twice, without noise), the values are all the
    /// same, or there are none.
    pub(crate) fn with_kernel(kernel: Kernel, points: &[Vec<f64>], values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        let noise = |i, j| if i == j { kernel.noise } else { 0.0 };
        let factor = cholesky(points.len(), |i, j| kernel.correlation(&points[i], &points[j]) + noise(i, j))?;
        // The most likely mean: that of the values, weighted by `K^-1`, so that a crowd of like points counts once.
        let ones = solve(&factor, &vec![1.0; values.len()]);
        let mean = dot(&ones, values) / ones.iter().sum::<f64>();
        let residuals: Vec<f64> = values.iter().map(|y| y - mean).collect();
        let weights = solve(&factor, &residuals);
        let amplitude = dot(&residuals, &weights) / n;
        let log_determinant = 2.0 * factor.iter().enumerate().map(|(i, row)| row[i].ln()).sum::<f64>();
        let log_likelihood = -0.5 * (n * (TAU * amplitude).ln() + log_determinant + n);
        let points = points.to_vec();
        log_likelihood.is_finite().then_some(Self { kernel, points, mean, amplitude, factor, weights, log_likelihood })
    }

    /// The smooth part of the value at `x`: what is expected, and by how much it may be off.
    pub(crate) fn predict(&self, x: &[f64]) -> Prediction {
        let near: Vec<f64> = self.points.iter().map(|p| self.kernel.correlation(p, x)).collect();
        let known = forward(&self.factor, &near);
        let mean = self.mean + dot(&near, &self.weights);
        let variance = self.amplitude * (1.0 - dot(&known, &known)).max(0.0);
        Prediction { mean, deviation: variance.sqrt() }
    }
}

impl Kernel {
    /// Matern 5/2: of functions with two derivatives, less smooth than the squared exponential and better conditioned.
    fn correlation(&self, a: &[f64], b: &[f64]) -> f64 {
        let squared: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
        let r = (5.0 * squared).sqrt() / self.length;
        (1.0 + r + r * r / 3.0) * (-r).exp()
    }
}

impl Prediction {
    /// By how much a value drawn from this prediction is expected to fall below `best`, counting 0 where it does not.
    pub(crate) fn expected_improvement(&self, best: f64) -> f64 {
        let gain = best - self.mean;
        if self.deviation == 0.0 {
            return gain.max(0.0);
        }
        let z = gain / self.deviation;
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        let probability = 0.5 * libm::erfc(-z / SQRT_2);
        gain * probability + self.deviation * density
    }
}

/// The indices of `candidates`, the one with the largest expected improvement over the least of `values` first.
pub(crate) fn rank(points: &[Vec<f64>], values: &[f64], candidates: &[Vec<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let Some(model) = GaussianProcess::fit(points, values) else { return order };
    let best = values.iter().copied().fold(f64::INFINITY, f64::min);
    let gains: Vec<f64> = candidates.iter().map(|x| model.predict(x).expected_improvement(best)).collect();
    order.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]));
    order
}

/// The largest side of the box around the points.
fn extent(points: &[Vec<f64>]) -> Option<f64> {
    let side = |i: usize| {
        let column = points.iter().map(|p| p[i]);
        column.clone().fold(f64::NEG_INFINITY, f64::max) - column.fold(f64::INFINITY, f64::min)
    };
    let largest = (0..points.first()?.len()).map(side).fold(0.0, f64::max);
    (largest > 0.0).then_some(largest)
}

/// The lower triangle `L` with `L L' = a`, by rows; `None` if `a` is not positive definite.
fn cholesky(n: usize, a: impl Fn(usize, usize) -> f64) -> Option<Vec<Vec<f64>>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n);
    for i in 0..n {
        let mut row = Vec::with_capacity(i + 1);
        for (j, above) in rows.iter().enumerate() {
            row.push((a(i, j) - dot(&row, &above[..j])) / above[j]);
        }
        let pivot = a(i, i) - dot(&row, &row);
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        row.push(pivot.sqrt());
        rows.push(row);
    }
    Some(rows)
}

/// `x` with `L x = b`.
fn forward(factor: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = Vec::with_capacity(b.len());
    for (row, b) in factor.iter().zip(b) {
        x.push((b - dot(&row[..x.len()], &x)) / row[x.len()]);
    }
    x
}

/// `x` with `L L' x = b`.
fn solve(factor: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = forward(factor, b);
    for (i, row) in factor.iter().enumerate().rev() {
        x[i] /= row[i];
        let solved = x[i];
        x.iter_mut().zip(&row[..i]).for_each(|(x, l)| *x -= l * solved);
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_distr::StandardNormal;
    use rand_pcg::Pcg64;

    use super::*;

    const SMOOTH: Kernel = Kernel { length: 1.0, noise: 0.0 };

    fn sines(n: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let points: Vec<Vec<f64>> = (0..n).map(|i| vec![i as f64 * 0.5, (i % 3) as f64]).collect();
        let values = points.iter().map(|x| 3.0 + x[0].sin() + 0.5 * x[1]).collect();
        (points, values)
    }

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not within {tolerance} of {b}");
    }

    #[test]
    fn interpolates_what_it_knows() {
        let (points, values) = sines(20);
        let model = GaussianProcess::with_kernel(SMOOTH, &points, &values).unwrap();
        for (x, &y) in points.iter().zip(&values) {
            near(model.predict(x).mean, y, 1e-9);
            near(model.predict(x).deviation, 0.0, 1e-6);
        }
    }

    #[test]
    fn knows_nothing_far_away() {
        let (points, values) = sines(20);
        let model = GaussianProcess::with_kernel(SMOOTH, &points, &values).unwrap();
        let far = model.predict(&[1e3, 1e3]);
        near(far.mean, model.mean, 1e-9);
        near(far.deviation, model.amplitude.sqrt(), 1e-9);
        assert!(model.predict(&[0.25, 0.0]).deviation < far.deviation);
    }

    #[test]
    fn predicts_between_the_points() {
        let points: Vec<Vec<f64>> = (0..30).map(|i| vec![f64::from(i) * 0.3]).collect();
        let values: Vec<f64> = points.iter().map(|x| x[0].sin()).collect();
        let model = GaussianProcess::fit(&points, &values).unwrap();
        for i in 0..80 {
            let x = 0.1 + f64::from(i) * 0.1;
            let prediction = model.predict(&[x]);
            near(prediction.mean, x.sin(), 2e-2);
            near(prediction.mean, x.sin(), 4.0 * prediction.deviation + 1e-4);
        }
        assert_eq!(model.kernel.noise, 1e-6, "no noise was added, and none is found");
    }

    /// Against the definition, with the inverse and the determinant of two points by hand.
    #[test]
    fn likelihood_of_two_points_by_hand() {
        let kernel = Kernel { length: 1.0, noise: 0.1 };
        let model = GaussianProcess::with_kernel(kernel, &[vec![0.0], vec![0.7]], &[1.0, 2.0]).unwrap();
        let (on, off) = (1.1, kernel.correlation(&[0.0], &[0.7]));
        near(model.mean, 1.5, 1e-12);
        let amplitude = 0.25 / (on - off); // r' K^-1 r / n with r = (-0.5, 0.5)
        near(model.amplitude, amplitude, 1e-12);
        let determinant = amplitude * amplitude * (on * on - off * off);
        near(model.log_likelihood, -0.5 * (2.0 + determinant.ln() + 2.0 * TAU.ln()), 1e-12);
    }

    #[test]
    fn finds_noise_and_smooths_it() {
        let mut rng = Pcg64::seed_from_u64(7);
        let points: Vec<Vec<f64>> = (0..150).map(|_| vec![rng.random_range(0.0..10.0)]).collect();
        let values: Vec<f64> =
            points.iter().map(|x| 2.0 * x[0].sin() + 0.3 * rng.sample::<f64, _>(StandardNormal)).collect();
        let model = GaussianProcess::fit(&points, &values).unwrap();
        near(model.kernel.noise, 0.01, 0.01);
        for i in 1..20 {
            let x = f64::from(i) * 0.5;
            near(model.predict(&[x]).mean, 2.0 * x.sin(), 0.4);
        }
    }

    #[test]
    fn refuses_what_cannot_be_learned_from() {
        assert!(GaussianProcess::fit(&[], &[]).is_none());
        assert!(GaussianProcess::fit(&[vec![1.0]], &[2.0]).is_none());
        let twice = [vec![1.0], vec![1.0]];
        assert!(GaussianProcess::with_kernel(SMOOTH, &twice, &[1.0, 2.0]).is_none());
        assert!(GaussianProcess::fit(&[vec![0.0], vec![1.0]], &[2.0, 2.0]).is_none());
        assert!(GaussianProcess::fit(&[vec![0.0], vec![1.0], vec![2.0]], &[2.0, f64::NAN, 1.0]).is_none());
    }

    #[test]
    fn cholesky_reproduces_its_matrix() {
        let a = |i: usize, j: usize| 1.0 / (1.0 + i.abs_diff(j) as f64) + f64::from(u8::from(i == j));
        let factor = cholesky(12, a).unwrap();
        for i in 0..12 {
            for j in 0..=i {
                near(dot(&factor[i][..=j], &factor[j]), a(i, j), 1e-12);
            }
        }
        let b: Vec<f64> = (0..12).map(f64::from).collect();
        let x = solve(&factor, &b);
        for (i, &b) in b.iter().enumerate() {
            near((0..12).map(|j| a(i, j) * x[j]).sum(), b, 1e-10);
        }
    }

    /// Against the definition: the integral of `max(best - y, 0)` over the normal density.
    #[test]
    fn expected_improvement_is_its_integral() {
        for (mean, deviation) in [(0.0, 1.0), (2.0, 0.5), (-1.0, 2.0), (5.0, 1.0)] {
            let prediction = Prediction { mean, deviation };
            let best = 0.3;
            let step = deviation * 1e-4;
            let integrand = |y: f64| {
                let z = (y - mean) / deviation;
                (best - y) * (-0.5 * z * z).exp() / (deviation * TAU.sqrt())
            };
            // The midpoints from ten deviations below the mean (or below `best`, where the integrand ends) up to `best`.
            let start = f64::min(mean, best) - 10.0 * deviation;
            let steps = ((best - start) / step) as usize;
            let integral: f64 = (0..steps).map(|i| integrand(best - (i as f64 + 0.5) * step) * step).sum();
            near(prediction.expected_improvement(best), integral, 1e-7 * integral.max(1e-3));
        }
        let certain = Prediction { mean: 1.0, deviation: 0.0 };
        assert_eq!(certain.expected_improvement(3.0), 2.0);
        assert_eq!(certain.expected_improvement(0.0), 0.0);
    }

    #[test]
    fn ranks_the_bottom_of_a_bowl_first() {
        let bowl = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        let mut rng = Pcg64::seed_from_u64(3);
        let mut draw = |n| -> Vec<Vec<f64>> {
            (0..n).map(|_| vec![rng.random_range(-5.0..5.0), rng.random_range(-5.0..5.0)]).collect()
        };
        let points = draw(30);
        let values: Vec<f64> = points.iter().map(|x| bowl(x)).collect();
        let candidates = draw(100);
        let order = rank(&points, &values, &candidates);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>(), "each candidate once");
        let least = candidates.iter().map(|x| bowl(x)).fold(f64::INFINITY, f64::min);
        let among_first = order[..5].iter().map(|&i| bowl(&candidates[i])).fold(f64::INFINITY, f64::min);
        near(among_first, least, 0.2);
    }

    #[test]
    fn leaves_the_order_when_it_knows_nothing() {
        let candidates = [vec![1.0], vec![2.0], vec![3.0]];
        assert_eq!(rank(&[], &[], &candidates), [0, 1, 2]);
    }
}
