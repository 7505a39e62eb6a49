//! Molecules as graphs: all that three productions make of a carbon atom, each once, by its canonical SMILES.
//!
//! Hydrogen is what is left of the valences. The productions: bond one more atom to an atom, close a ring, make a bond one
//! order higher. What no bottle would hold is not gone on with: chains of nitrogen, oxygen and fluorine, cumulated double
//! bonds, strained rings. Of the rest, those are candidates that could dissolve the salt of a lithium battery: with oxygen
//! or nitrogen, which hold on to lithium, and without hydrogen on these, which lithium would drive out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Element {
    C,
    N,
    O,
    F,
}

use Element::{C, F, N, O};

impl Element {
    pub(crate) const ALL: [Self; 4] = [C, N, O, F];

    fn valence(self) -> usize {
        4 - self as usize
    }
}

/// A molecule with at most one ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Molecule {
    /// All but hydrogen.
    pub(crate) atoms: Vec<Element>,
    pub(crate) bonds: Vec<Bond>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bond {
    pub(crate) ends: [usize; 2],
    /// 1 to 3.
    pub(crate) order: usize,
}

/// All candidates of up to so many atoms besides hydrogen: small ones first, otherwise by their SMILES.
///
/// Up to six atoms, no molecule here has two ways of drawing its double bonds, and so two names.
pub(crate) fn candidates(most_atoms: usize) -> Vec<Molecule> {
    all(most_atoms).into_values().filter(Molecule::is_solvent).collect()
}

/// All molecules, by their size and SMILES.
fn all(most_atoms: usize) -> BTreeMap<(usize, String), Molecule> {
    let mut found = BTreeMap::new();
    let mut open = vec![Molecule { atoms: vec![C], bonds: Vec::new() }];
    while let Some(molecule) = open.pop() {
        if let Entry::Vacant(place) = found.entry((molecule.atoms.len(), molecule.to_string())) {
            open.extend(molecule.grown(most_atoms).filter(Molecule::is_stable));
            place.insert(molecule);
        }
    }
    found
}

impl Molecule {
    /// What one production makes of it.
    fn grown(&self, most_atoms: usize) -> impl Iterator<Item = Self> {
        let n = self.atoms.len();
        let places = if n < most_atoms { 0..n } else { 0..0 };
        let bonded = places.flat_map(move |at| Element::ALL.map(|element| self.with_atom(element, at)));
        let pairs = (0..n).flat_map(move |i| (0..i).map(move |j| [j, i]));
        let closed = pairs.filter(|&ends| !self.has_ring() && !self.are_bonded(ends)).map(|ends| self.with_bond(ends));
        let raised = (0..self.bonds.len()).filter(|&bond| self.bonds[bond].order < 3);
        let raised = raised.map(|bond| self.with_higher_order(bond));
        bonded.chain(closed).chain(raised).filter(Self::keeps_valences)
    }

    fn with_atom(&self, element: Element, at: usize) -> Self {
        let mut grown = self.with_bond([at, self.atoms.len()]);
        grown.atoms.push(element);
        grown
    }

    fn with_bond(&self, ends: [usize; 2]) -> Self {
        let mut grown = self.clone();
        grown.bonds.push(Bond { ends, order: 1 });
        grown
    }

    fn with_higher_order(&self, bond: usize) -> Self {
        let mut grown = self.clone();
        grown.bonds[bond].order += 1;
        grown
    }

    fn bonds_at(&self, atom: usize) -> impl Iterator<Item = &Bond> {
        self.bonds.iter().filter(move |bond| bond.ends.contains(&atom))
    }

    /// The atoms that an atom is bonded to, and the orders of these bonds.
    pub(crate) fn neighbours(&self, atom: usize) -> impl Iterator<Item = (usize, usize)> {
        self.bonds_at(atom).map(move |bond| (bond.ends[0] + bond.ends[1] - atom, bond.order))
    }

    fn are_bonded(&self, [a, b]: [usize; 2]) -> bool {
        self.neighbours(a).any(|(neighbour, _)| neighbour == b)
    }

    fn valence_used(&self, atom: usize) -> usize {
        self.bonds_at(atom).map(|bond| bond.order).sum()
    }

    fn keeps_valences(&self) -> bool {
        self.atoms.iter().enumerate().all(|(atom, element)| self.valence_used(atom) <= element.valence())
    }

    /// Hydrogen atoms on an atom.
    pub(crate) fn hydrogens(&self, atom: usize) -> usize {
        self.atoms[atom].valence() - self.valence_used(atom)
    }

    fn has_ring(&self) -> bool {
        self.bonds.len() == self.atoms.len()
    }

    /// The atoms of the ring: what is left when ends are cut off for as long as there are any.
    pub(crate) fn ring(&self) -> Vec<usize> {
        let mut left: Vec<usize> = (0..self.atoms.len()).collect();
        loop {
            let is_inside = |&atom: &usize| self.neighbours(atom).filter(|(other, _)| left.contains(other)).count() > 1;
            let inside: Vec<usize> = left.iter().copied().filter(is_inside).collect();
            if inside.len() == left.len() {
                return inside;
            }
            left = inside;
        }
    }

    /// All atoms, hydrogen too.
    pub(crate) fn number_of_atoms(&self) -> usize {
        self.atoms.len() + (0..self.atoms.len()).map(|atom| self.hydrogens(atom)).sum::<usize>()
    }

    /// All bonds, those of hydrogen too.
    pub(crate) fn number_of_bonds(&self) -> usize {
        self.bonds.len() + self.number_of_atoms() - self.atoms.len()
    }

    /// Neither this nor what grows from it is worth a look if this says no.
    fn is_stable(&self) -> bool {
        let hetero_pair = |bond: &Bond| bond.ends.iter().all(|&atom| self.atoms[atom] != C);
        let cumulated = |atom| self.bonds_at(atom).filter(|bond| bond.order > 1).count() > 1;
        let ring = self.ring();
        let highest = if ring.len() < 5 { 1 } else { 2 };
        let strained = |bond: &Bond| bond.order > highest && bond.ends.iter().all(|atom| ring.contains(atom));
        !self.bonds.iter().any(|bond| hetero_pair(bond) || strained(bond)) && !(0..self.atoms.len()).any(cumulated)
    }

    fn is_solvent(&self) -> bool {
        let mut holds = (0..self.atoms.len()).filter(|&atom| matches!(self.atoms[atom], N | O)).peekable();
        holds.peek().is_some() && holds.all(|atom| self.hydrogens(atom) == 0)
    }

    /// The SMILES that begins at this atom, after its bond of that order, and where the ring is cut open; branches by length.
    fn smiles(&self, atom: usize, order: usize, from: Option<usize>, cut: Option<&Bond>) -> String {
        let mut text = format!("{}{:?}", ["", "=", "#"][order - 1], self.atoms[atom]);
        if cut.is_some_and(|cut| cut.ends.contains(&atom)) {
            text.push('1');
        }
        let is_cut = |other: usize| cut.is_some_and(|cut| cut.ends.contains(&atom) && cut.ends.contains(&other));
        let next = self.neighbours(atom).filter(|&(other, _)| Some(other) != from && !is_cut(other));
        let mut branches: Vec<String> = next.map(|(other, order)| self.smiles(other, order, Some(atom), cut)).collect();
        branches.sort_by_key(|branch| (branch.len(), branch.clone()));
        let last = branches.pop().unwrap_or_default();
        branches.iter().for_each(|branch| text += &format!("({branch})"));
        text + &last
    }
}

/// The first, of the shortest, of the SMILES from every atom and with the ring cut open at every single bond: two graphs have
/// the same one only if they are the same molecule.
impl fmt::Display for Molecule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.ring();
        let cuts = self.bonds.iter().filter(|bond| bond.order == 1 && bond.ends.iter().all(|atom| ring.contains(atom)));
        let cuts: Vec<Option<&Bond>> = if ring.is_empty() { vec![None] } else { cuts.map(Some).collect() };
        let all = (0..self.atoms.len()).flat_map(|root| cuts.iter().map(move |cut| self.smiles(root, 1, None, *cut)));
        f.write_str(&all.min_by_key(|smiles| (smiles.len(), smiles.clone())).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand::seq::SliceRandom;
    use rand_pcg::Pcg64;

    use super::*;

    impl Molecule {
        /// The same, with its atoms and bonds in another order.
        fn shuffled(&self, rng: &mut Pcg64) -> Self {
            let mut places: Vec<usize> = (0..self.atoms.len()).collect();
            places.shuffle(rng);
            let mut shuffled = self.clone();
            places.iter().zip(&self.atoms).for_each(|(&place, &atom)| shuffled.atoms[place] = atom);
            shuffled.bonds.iter_mut().for_each(|bond| bond.ends = bond.ends.map(|atom| places[atom]));
            shuffled.bonds.shuffle(rng);
            shuffled
        }
    }

    /// The isomers that textbooks count, without those that differ in space alone.
    #[test]
    fn hydrocarbons_are_as_many_as_there_are() {
        let all = all(6);
        let count = |atoms: usize, rings: usize| {
            let saturated = |molecule: &&Molecule| molecule.bonds.iter().all(|bond| bond.order == 1);
            let of = all.values().filter(|molecule| molecule.atoms == vec![C; atoms]);
            of.filter(saturated).filter(|molecule| usize::from(molecule.has_ring()) == rings).count()
        };
        assert_eq!([1, 2, 3, 4, 5, 6].map(|atoms| count(atoms, 0)), [1, 1, 1, 2, 3, 5], "alkanes");
        assert_eq!([3, 4, 5, 6].map(|atoms| count(atoms, 1)), [1, 2, 5, 12], "cycloalkanes");
    }

    #[test]
    fn the_name_does_not_depend_on_the_order_of_atoms() {
        let mut rng = Pcg64::seed_from_u64(0);
        for ((_, name), molecule) in all(5) {
            for _ in 0..20 {
                assert_eq!(molecule.shuffled(&mut rng).to_string(), name);
            }
        }
    }

    #[test]
    fn candidates_are_solvents_each_once() {
        let names: Vec<String> = candidates(6).iter().map(Molecule::to_string).collect();
        assert_eq!((names.len(), candidates(5).len()), (1397, 246));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        // Ethylene carbonate, dimethyl carbonate, acetonitrile, tetrahydrofuran, pyridine, dioxane.
        for known in ["O1CCOC1=O", "COC(=O)OC", "CC#N", "C1CCCO1", "C1=CC=CC=N1", "C1COCCO1"] {
            assert!(names.iter().any(|name| name == known), "{known}");
        }
        for refused in ["CCO", "COO", "C=C=O", "C#CO", "CF", "C1=CO1"] {
            assert!(!names.iter().any(|name| name == refused), "{refused}");
        }
    }
}
