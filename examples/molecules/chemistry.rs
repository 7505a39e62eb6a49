//! The chemistry: three programs in a row, from the name of a molecule to its ionisation potential.
//!
//! Open Babel makes a geometry, xtb relaxes it (GFN2-xTB), and xtb again computes how much energy it takes to remove an
//! electron while the atoms stay where they are. The last is corrected by xtb's empirical shift of -4.85 eV.

use std::fs;
use std::path::Path;
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::molecule::Molecule;

/// The programs, and the packages of Debian that they are in.
pub(crate) const PROGRAMS: [&str; 2] = ["obabel", "xtb"];
pub(crate) const PACKAGES: &str = "openbabel xtb";

/// Positions of atoms, as text in the format XYZ.
pub(crate) type Geometry = String;

/// Makes a first geometry, by rules and a force field.
#[method(topic = "simulation")]
pub(crate) fn embed(molecule: &Molecule) -> Geometry;

impl ExecutableMethod for embed {
    fn preprocess(&self, _: &RunDir) -> Result<Invocation> {
        Ok(Invocation::new().arg(format!("-:{}", self.molecule)).args(["--gen3d", "-oxyz", "-O", "embedded.xyz"]))
    }

    /// Open Babel exits with status 0 whatever happens.
    fn postprocess(&self, dir: &RunDir) -> Result<Geometry> {
        let geometry = fs::read_to_string(dir.join("embedded.xyz"))?;
        match geometry.lines().next().map(|line| line.trim().parse()) {
            Some(Ok(atoms)) if self.molecule.number_of_atoms() == atoms => Ok(geometry),
            first => {
                Err(format!("{} atoms, but the file begins with {first:?}", self.molecule.number_of_atoms()).into())
            }
        }
    }
}

/// Lets the atoms go where no force is left.
#[method(topic = "simulation")]
pub(crate) fn relax(molecule: &Molecule, geometry: &Geometry) -> Geometry;

impl ExecutableMethod for relax {
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        fs::write(dir.join("embedded.xyz"), &self.geometry)?;
        Ok(Invocation::new().args(["embedded.xyz", "--gfn", "2", "--opt"]))
    }

    /// A geometry that has not converged is in no such file. One that has may be that of another molecule.
    fn postprocess(&self, dir: &RunDir) -> Result<Geometry> {
        let geometry = fs::read_to_string(dir.join("xtbopt.xyz"))?;
        let (found, expected) = (bonds(&fs::read_to_string(dir.join("wbo"))?), self.molecule.number_of_bonds());
        if found != expected {
            return Err(format!("it has become another molecule: {found} bonds, not {expected}").into());
        }
        Ok(geometry)
    }
}

/// Pairs of atoms that share an electron pair, at least half: lines of two atoms and the order of their bond.
fn bonds(orders: &str) -> usize {
    let order = |line: &str| line.split_whitespace().nth(2)?.parse().ok();
    orders.lines().filter_map(order).filter(|order: &f64| *order > 0.5).count()
}

/// Computes the vertical ionisation potential, in eV.
#[method(topic = "simulation")]
pub(crate) fn ionise(molecule: &Molecule, geometry: &Geometry) -> f64;

impl ExecutableMethod for ionise {
    fn preprocess(&self, dir: &RunDir) -> Result<Invocation> {
        fs::write(dir.join("relaxed.xyz"), &self.geometry)?;
        Ok(Invocation::new().args(["relaxed.xyz", "--gfn", "2", "--vip"]))
    }

    fn postprocess(&self, dir: &RunDir) -> Result<f64> {
        let output = dir.stdout()?;
        let value = output.lines().find_map(|line| line.strip_prefix("delta SCC IP (eV):"));
        Ok(value.ok_or("there is no ionisation potential in it")?.trim().parse()?)
    }
}

/// Serves the three programs, which run below `folder`.
pub(crate) fn server(folder: &Path) -> LocalTaskServer {
    let [obabel, xtb] = PROGRAMS.map(|program| Program::new(program).under(folder));
    LocalTaskServer::new()
        .serve_executable::<embed>(obabel)
        .serve_executable::<relax>(xtb.clone())
        .serve_executable::<ionise>(xtb)
}

/// How the three programs go in a rehearsal, in which none is run: about as fast as on a core of a laptop; one geometry in
/// twenty becomes another molecule.
pub(crate) fn rehearsal() -> Rehearsal {
    let ms = Duration::from_millis;
    let relaxing = move |task: &relax| ms(5) * task.molecule.number_of_atoms() as u32;
    Rehearsal::new()
        .method(Model::<embed>::giving(|_, _| Geometry::new()).lasting(ms(45)))
        .method(Model::<relax>::giving(|_, _| Geometry::new()).lasting_by(move |task, _| relaxing(task)).failing(0.05))
        .method(Model::<ionise>::giving(|_, _| 11.0).lasting(ms(10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::molecule::Element::{C, O};
    use crate::molecule::{Bond, Element};
    use crate::programs;

    /// Takes a few molecules through the three steps.
    struct Chains(Vec<Molecule>, Mutex<Vec<f64>>);

    #[thinker]
    impl Chains {
        #[agent]
        fn chains(&self, agent: &Agent<Self>) -> Result<()> {
            for molecule in &self.0 {
                let geometry = agent.call(embed { molecule: molecule.clone() })?.into_value()?;
                let geometry = agent.call(relax { molecule: molecule.clone(), geometry })?.into_value()?;
                let potential = agent.call(ionise { molecule: molecule.clone(), geometry })?.into_value()?;
                self.1.lock().push(potential);
            }
            Ok(())
        }
    }

    fn molecule(atoms: &[Element], bonds: &[(usize, usize, usize)]) -> Molecule {
        let bonds = bonds.iter().map(|&(a, b, order)| Bond { ends: [a, b], order }).collect();
        Molecule { atoms: atoms.to_vec(), bonds }
    }

    /// Of Debian's xtb 6.5.1.
    #[test]
    fn needs_xtb_for_known_potentials() {
        programs::require(&PROGRAMS, PACKAGES).expect("this test runs the programs");
        let ethanol = molecule(&[C, C, O], &[(0, 1, 1), (1, 2, 1)]);
        let benzene = molecule(&[C; 6], &[(0, 1, 2), (1, 2, 1), (2, 3, 2), (3, 4, 1), (4, 5, 2), (5, 0, 1)]);
        let carbonate = [(0, 1, 2), (1, 2, 1), (2, 3, 1), (3, 4, 1), (4, 5, 1), (5, 1, 1)];
        let carbonate = molecule(&[O, C, O, C, C, O], &carbonate);
        let known = [(ethanol, "CCO", 9.98), (benzene, "C1=CC=CC=C1", 9.37), (carbonate, "O1CCOC1=O", 10.74)];

        let chains = Chains(known.iter().map(|(molecule, ..)| molecule.clone()).collect(), Mutex::default());
        let runs = std::env::temp_dir().join(format!("colmena-molecules-{}", std::process::id()));
        let mut campaign = Campaign::new(chains).task_server(server(&runs));
        campaign.run().expect("the programs run");
        fs::remove_dir(&runs).expect("nothing failed, so nothing is left there");
        let computed = campaign.thinker().1.lock();
        for ((molecule, smiles, value), computed) in known.iter().zip(computed.iter()) {
            assert_eq!(molecule.to_string(), *smiles);
            assert!((computed - value).abs() < 0.05, "{smiles}: {computed} eV, and not {value} eV");
        }
        assert_eq!(computed.len(), known.len());
    }

    #[test]
    fn bonds_are_what_is_shared() {
        assert_eq!(bonds("   1   2  0.9998\n   1   3  0.0321\n   2   4  1.9\n\n"), 2);
    }
}
