//! Clusters of 13 atoms of argon, krypton and xenon: their forces, their relaxation, their energy.
//!
//! Atoms attract each other by the potential of Lennard-Jones. Thirteen of them form an icosahedron: one in the centre,
//! twelve around it. Which kind of atom sits where makes the cluster hold together more or less tightly than pure ones
//! would. Lengths are in units of argon's diameter, energies in units of the depth of its potential.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// Atoms of a cluster.
pub(crate) const ATOMS: usize = 13;

/// The energy of [`ATOMS`] argon atoms, all forces included; of another kind, it is deeper by its [`Atom::depth`].
const PURE: f64 = -42.2245;

/// How strong forces between three atoms are, in units of depth and diameter: about argon's value, for all kinds.
const THREE_BODY: f64 = 0.072;

pub(crate) type Position = [f64; 3];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Atom {
    Argon,
    Krypton,
    Xenon,
}

impl Atom {
    pub(crate) const ALL: [Self; 3] = [Self::Argon, Self::Krypton, Self::Xenon];

    /// The depth of the potential between two of them.
    pub(crate) fn depth(self) -> f64 {
        match self {
            Self::Argon => 1.0,
            Self::Krypton => 1.37,
            Self::Xenon => 1.93,
        }
    }

    /// The diameter.
    pub(crate) fn size(self) -> f64 {
        match self {
            Self::Argon => 1.0,
            Self::Krypton => 1.07,
            Self::Xenon => 1.17,
        }
    }
}

/// The kinds of atoms at random.
pub(crate) fn random_atoms(rng: &mut impl Rng) -> Vec<Atom> {
    (0..ATOMS).map(|_| Atom::ALL[rng.random_range(0..3)]).collect()
}

/// The corners of an icosahedron around its centre, which comes first; corners are at a distance of 1 from it.
pub(crate) fn icosahedron() -> Vec<Position> {
    let golden = (1.0 + 5_f64.sqrt()) / 2.0;
    let radius = (1.0 + golden * golden).sqrt();
    let mut positions = vec![[0.0; 3]];
    for (a, b) in [(1.0, golden), (1.0, -golden), (-1.0, golden), (-1.0, -golden)] {
        positions.extend([[0.0, a, b], [a, b, 0.0], [b, 0.0, a]].map(|corner| corner.map(|x| x / radius)));
    }
    positions
}

/// Lets the atoms go where no force is left, from an icosahedron: by steps downhill, longer after each that is one.
///
/// # Errors
/// They do not come to rest.
pub(crate) fn relax(atoms: &[Atom]) -> Result<Vec<Position>, &'static str> {
    let mut positions = icosahedron();
    for x in positions.iter_mut().flatten() {
        *x *= 1.2; // between the distances of argon and of xenon
    }
    let (mut energy, mut forces) = pair_energy(atoms, &positions);
    let mut step = 1e-3;
    for _ in 0..20_000 {
        if forces.iter().flatten().all(|force| force.abs() < 1e-4) {
            return Ok(positions);
        }
        let mut next = positions.clone();
        next.iter_mut().flatten().zip(forces.iter().flatten()).for_each(|(x, force)| *x += step * force);
        let (next_energy, next_forces) = pair_energy(atoms, &next);
        if next_energy <= energy {
            (positions, energy, forces) = (next, next_energy, next_forces);
            step *= 1.1;
        } else {
            step *= 0.5;
        }
    }
    Err("the atoms have not come to rest")
}

/// The energy of all pairs, and the force on each atom.
fn pair_energy(atoms: &[Atom], positions: &[Position]) -> (f64, Vec<Position>) {
    let mut energy = 0.0;
    let mut forces = vec![[0.0; 3]; atoms.len()];
    for (i, j) in pairs(atoms.len()) {
        let between = minus(positions[i], positions[j]);
        let squared = dot(between, between);
        let size = (atoms[i].size() + atoms[j].size()) / 2.0;
        let depth = (atoms[i].depth() * atoms[j].depth()).sqrt();
        let sixth = (size * size / squared).powi(3);
        energy += 4.0 * depth * (sixth * sixth - sixth);
        let push = 24.0 * depth * (2.0 * sixth * sixth - sixth) / squared;
        for k in 0..3 {
            forces[i][k] += push * between[k];
            forces[j][k] -= push * between[k];
        }
    }
    (energy, forces)
}

/// The energy of all triples (Axilrod and Teller): small, and costly, since there are so many.
fn triple_energy(atoms: &[Atom], positions: &[Position]) -> f64 {
    let strength = |atom: Atom| THREE_BODY * atom.depth() * atom.size().powi(9);
    let mut energy = 0.0;
    for (i, j) in pairs(atoms.len()) {
        for k in 0..j {
            let [a, b, c] = [(i, j), (j, k), (k, i)].map(|(from, to)| minus(positions[to], positions[from]));
            let [ab, bc, ca] = [dot(a, b), dot(b, c), dot(c, a)];
            let squares = dot(a, a) * dot(b, b) * dot(c, c);
            let strength = (strength(atoms[i]) * strength(atoms[j]) * strength(atoms[k])).cbrt();
            // The cosines of the angles are `-ab`, `-bc`, `-ca` over the lengths of their sides.
            energy += strength * (1.0 - 3.0 * ab * bc * ca / squares) / squares.powf(1.5);
        }
    }
    energy
}

/// By how much a relaxed cluster holds together more loosely than its atoms would in pure clusters: below 0, more tightly.
pub(crate) fn excess_energy(atoms: &[Atom], positions: &[Position]) -> f64 {
    let (pair_energy, _) = pair_energy(atoms, positions);
    let depth: f64 = atoms.iter().map(|atom| atom.depth()).sum();
    pair_energy + triple_energy(atoms, positions) - PURE * depth / ATOMS as f64
}

/// Each pair once, the higher number first.
fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(|i| (0..i).map(move |j| (i, j)))
}

fn minus(a: Position, b: Position) -> Position {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Position, b: Position) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not within {tolerance} of {b}");
    }

    /// The energy of the best cluster of 13 atoms, as published (Hoare and Pal, 1971; the Cambridge Cluster Database).
    #[test]
    fn pure_clusters_relax_to_the_known_minimum() {
        for atom in Atom::ALL {
            let atoms = [atom; ATOMS];
            let positions = relax(&atoms).expect("comes to rest");
            near(pair_energy(&atoms, &positions).0 / atom.depth(), -44.326_801, 1e-6);
            near(excess_energy(&atoms, &positions), 0.0, 1e-3);
        }
    }

    /// Two atoms at the bottom of their potential, three in a triangle of its length: by hand.
    #[test]
    fn energies_of_two_and_three_atoms() {
        let length = 2_f64.powf(1.0 / 6.0);
        let triangle = [[0.0; 3], [length, 0.0, 0.0], [length / 2.0, length * 0.75_f64.sqrt(), 0.0]];
        let (energy, forces) = pair_energy(&[Atom::Argon; 2], &triangle[..2]);
        near(energy, -1.0, 1e-12);
        near(forces[0][0], 0.0, 1e-12);
        near(pair_energy(&[Atom::Argon; 3], &triangle).0, -3.0, 1e-12);
        // 1 + 3 cos^3(60 degrees) = 11/8, over the ninth power of the length.
        near(triple_energy(&[Atom::Argon; 3], &triangle), THREE_BODY * 11.0 / 8.0 / length.powi(9), 1e-12);
    }

    #[test]
    fn relaxed_atoms_are_at_rest_in_a_minimum() {
        let mut rng = Pcg64::seed_from_u64(0);
        for _ in 0..20 {
            let atoms = random_atoms(&mut rng);
            let positions = relax(&atoms).expect("comes to rest");
            let (energy, forces) = pair_energy(&atoms, &positions);
            assert!(forces.iter().flatten().all(|force| force.abs() < 1e-4));
            for _ in 0..50 {
                let nudged: Vec<Position> =
                    positions.iter().map(|position| position.map(|x| x + rng.random_range(-0.01..0.01))).collect();
                assert!(pair_energy(&atoms, &nudged).0 > energy, "{atoms:?} are at a saddle");
            }
        }
    }

    #[test]
    fn small_atoms_prefer_the_centre() {
        let with_xenon_at = |place: usize| {
            let mut atoms = [Atom::Argon; ATOMS];
            atoms[place] = Atom::Xenon;
            excess_energy(&atoms, &relax(&atoms).expect("comes to rest"))
        };
        assert!(with_xenon_at(1) < with_xenon_at(0));
        near(with_xenon_at(1), with_xenon_at(7), 1e-6); // all places outside are alike
    }
}
