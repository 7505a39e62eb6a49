//! The function to minimise, and the points at which it may be evaluated.
//!
//! Ackley's function is a funnel with its bottom, 0, at the origin, under a ripple of period 1. Seen from afar it is almost
//! flat, so that a search has to find the funnel first: a small stand-in for a library of molecules with a few good ones.

use std::f64::consts::{E, TAU};

use rand::{Rng, RngExt};

/// Coordinates run from minus this to plus this.
pub(crate) const HALF_WIDTH: f64 = 32.768;

/// Ackley's function, with the customary constants; 0 at the origin, at most about 22.3 anywhere.
pub(crate) fn ackley(x: &[f64]) -> f64 {
    let mean = |term: fn(f64) -> f64| x.iter().map(|&x| term(x)).sum::<f64>() / x.len() as f64;
    let funnel = -20.0 * (-0.2 * mean(|x| x * x).sqrt()).exp();
    let ripple = -mean(|x| (TAU * x).cos()).exp();
    funnel + ripple + 20.0 + E
}

/// `n` points of `dim` coordinates, uniform over the domain, in random order.
pub(crate) fn candidates(n: usize, dim: usize, rng: &mut impl Rng) -> Vec<Vec<f64>> {
    let mut coordinate = || rng.random_range(-HALF_WIDTH..=HALF_WIDTH);
    (0..n).map(|_| (0..dim).map(|_| coordinate()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;

    #[test]
    fn known_values() {
        assert!(ackley(&[0.0; 4]).abs() < 1e-12);
        // By hand: where every coordinate is 1 the ripple is at its bottom too.
        assert!((ackley(&[1.0; 3]) - (20.0 - 20.0 * (-0.2_f64).exp())).abs() < 1e-12);
        // Symmetric in the order and the signs of the coordinates.
        assert!((ackley(&[0.3, -2.0]) - ackley(&[2.0, 0.3])).abs() < 1e-12);
    }

    #[test]
    fn candidates_fill_the_domain_and_follow_the_seed() {
        let draw = |seed| candidates(500, 3, &mut Pcg64::seed_from_u64(seed));
        let points = draw(1);
        assert_eq!((points.len(), points[0].len()), (500, 3));
        let largest = points.iter().flatten().fold(0.0, |a: f64, &x| a.max(x.abs()));
        assert!(largest > 0.98 * HALF_WIDTH && largest <= HALF_WIDTH);
        assert_eq!(points, draw(1));
        assert_ne!(points, draw(2));
        assert!(points.iter().all(|x| (0.0..22.4).contains(&ackley(x))));
    }
}
