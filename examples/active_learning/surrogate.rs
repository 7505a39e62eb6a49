//! The surrogate: guesses from who touches whom what relaxation and the energy would say, in a ten-thousandth of their time.

use serde::{Deserialize, Serialize};

use crate::cluster::{ATOMS, Atom, icosahedron};
use crate::gp::GaussianProcess;

/// What has been learned from the clusters whose energies are known.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Model {
    process: GaussianProcess,
    /// The least energy that is known.
    least: f64,
}

impl Model {
    /// `None` if there is nothing to learn from yet.
    pub(crate) fn fit(known: &[(Vec<Atom>, f64)]) -> Option<Self> {
        let (points, energies): (Vec<_>, Vec<_>) =
            known.iter().map(|(atoms, energy)| (features(atoms), energy)).unzip();
        let least = energies.iter().copied().fold(f64::INFINITY, f64::min);
        Some(Self { process: GaussianProcess::fit(&points, &energies)?, least })
    }

    /// By how much this cluster is expected to undercut the least energy that is known.
    pub(crate) fn gain(&self, atoms: &[Atom]) -> f64 {
        self.process.predict(&features(atoms)).expected_improvement(self.least)
    }
}

/// The kind of the atom in the centre, and the numbers of neighbours outside, for each pair of kinds.
fn features(atoms: &[Atom]) -> Vec<f64> {
    // Clusters with different centres have little in common: they are as far apart as by ten neighbours.
    let centre = Atom::ALL.map(|kind| if atoms[0] == kind { 10.0 } else { 0.0 });
    let mut neighbours = [[0.0; 3]; 3];
    for (i, j) in neighbours_outside() {
        let (a, b) = (atoms[i].min(atoms[j]), atoms[i].max(atoms[j]));
        neighbours[a as usize][b as usize] += 1.0;
    }
    centre.into_iter().chain(neighbours.into_iter().flatten()).collect()
}

/// The edges of the icosahedron.
fn neighbours_outside() -> impl Iterator<Item = (usize, usize)> {
    let corners = icosahedron();
    let squared = move |i: usize, j: usize| (0..3).map(|k| (corners[i][k] - corners[j][k]).powi(2)).sum::<f64>();
    let pairs = (1..ATOMS).flat_map(|i| (1..i).map(move |j| (i, j)));
    pairs.filter(move |&(i, j)| squared(i, j) < 1.5)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;
    use crate::cluster;

    #[test]
    fn an_icosahedron_has_thirty_edges() {
        assert_eq!(neighbours_outside().count(), 30);
        let mixed: Vec<Atom> = (0..ATOMS).map(|i| Atom::ALL[i % 3]).collect();
        assert_eq!(features(&mixed).iter().sum::<f64>(), 10.0 + 30.0);
    }

    /// Trained on a hundred clusters, it explains most of what differs between two hundred others.
    #[test]
    fn predicts_energies() {
        let mut rng = Pcg64::seed_from_u64(0);
        let mut clusters = (0..300).map(|_| {
            let atoms = cluster::random_atoms(&mut rng);
            let positions = cluster::relax(&atoms).expect("comes to rest");
            let energy = cluster::excess_energy(&atoms, &positions);
            (atoms, energy)
        });
        let known: Vec<_> = clusters.by_ref().take(100).collect();
        let model = Model::fit(&known).expect("there is much to learn from");
        let (errors, energies): (Vec<f64>, Vec<f64>) =
            clusters.map(|(atoms, energy)| (model.process.predict(&features(&atoms)).mean - energy, energy)).unzip();
        let mean = energies.iter().sum::<f64>() / energies.len() as f64;
        let unexplained: f64 = errors.iter().map(|error| error * error).sum();
        let all: f64 = energies.iter().map(|energy| (energy - mean).powi(2)).sum();
        assert!(unexplained < 0.02 * all, "{unexplained:.2} of {all:.2}");
    }
}
