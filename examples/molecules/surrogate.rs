//! The surrogate: guesses an ionisation potential from what is bonded to what.

use crate::gp;
use crate::molecule::{Element, Molecule};

/// The indices of `candidates`, the one that is expected to beat the best known by most first.
pub(crate) fn rank(known: &[(Molecule, f64)], candidates: &[Molecule]) -> Vec<usize> {
    let (points, potentials): (Vec<_>, Vec<_>) = known.iter().map(|(molecule, ev)| (features(molecule), -ev)).unzip();
    let candidates: Vec<_> = candidates.iter().map(features).collect();
    gp::rank(&points, &potentials, &candidates) // which looks for the least
}

/// Counts: of elements, of bonds (one end of each is carbon), of pairs of bonds that meet, by their ends; the size of the
/// ring.
fn features(molecule: &Molecule) -> Vec<f64> {
    let mut elements = [0.0; Element::ALL.len()];
    let mut bonds = [[0.0; Element::ALL.len()]; 3];
    let mut pairs = [[0.0; Element::ALL.len()]; Element::ALL.len()];
    let mut hydrogens = 0.0;
    let of = |atom: usize| molecule.atoms[atom] as usize;
    for bond in &molecule.bonds {
        bonds[bond.order - 1][bond.ends.map(of).into_iter().max().unwrap_or(0)] += 1.0;
    }
    for atom in 0..molecule.atoms.len() {
        elements[of(atom)] += 1.0;
        hydrogens += molecule.hydrogens(atom) as f64;
        let around: Vec<usize> = molecule.neighbours(atom).map(|(other, _)| of(other)).collect();
        for (i, &one) in around.iter().enumerate() {
            around[..i].iter().for_each(|&other| pairs[one.min(other)][one.max(other)] += 1.0);
        }
    }
    let ring = (3..=6).map(|size| f64::from(u8::from(molecule.ring().len() == size)));
    let counts = elements.into_iter().chain([hydrogens]).chain(bonds.into_iter().flatten());
    counts.chain(pairs.into_iter().flatten()).chain(ring).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::molecule;

    /// Fluorine makes it harder, double bonds make it easier: learned from every third molecule, held against the others.
    #[test]
    fn learns_what_bonds_have_to_do_with_it() {
        let fluorine = |molecule: &Molecule| molecule.atoms.iter().filter(|atom| **atom == Element::F).count() as f64;
        let double = |molecule: &Molecule| molecule.bonds.iter().filter(|bond| bond.order == 2).count() as f64;
        let potential = |molecule: &Molecule| 11.0 + 1.5 * fluorine(molecule) - 0.5 * double(molecule);
        let all = molecule::candidates(5);
        let known: Vec<_> = all.iter().step_by(3).map(|molecule| (molecule.clone(), potential(molecule))).collect();
        let others: Vec<_> = all.iter().enumerate().filter(|(i, _)| i % 3 > 0).map(|(_, one)| one.clone()).collect();
        let order = rank(&known, &others);
        let most = others.iter().map(potential).fold(0.0, f64::max);
        let soonest = order.iter().position(|&i| potential(&others[i]) == most).expect("it is one of them");
        assert!(soonest < 5, "the best of {} comes as number {soonest}", others.len());
    }
}
