//! Seeded randomness: one campaign, one seed; one stream for each agent.

use std::convert::Infallible;

use rand_core::{SeedableRng, TryRng};
use rand_pcg::Pcg64Mcg;

/// The random numbers of an agent: reproducible from the campaign's seed, the agent's name and the number of
/// generators that it has drawn before. Implements `rand_core`'s `Rng`, and so works with `rand` and `rand_distr`.
#[derive(Clone, Debug)]
pub struct AgentRng(Pcg64Mcg);

impl AgentRng {
    /// A generator for `stream` (an agent's name) under `seed`.
    pub(crate) fn new(seed: u64, stream: &str) -> Self {
        // FNV-1a: fixed for all time, so that a seed means the same in every build.
        let hash = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325, hash);
        let mut seeding = Pcg64Mcg::seed_from_u64(seed ^ name.rotate_left(17));
        Self(Pcg64Mcg::from_rng(&mut seeding))
    }

    /// A new, independent generator, derived from this one.
    pub(crate) fn fork(&mut self) -> Self {
        Self(Pcg64Mcg::from_rng(&mut self.0))
    }
}

impl TryRng for AgentRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}
