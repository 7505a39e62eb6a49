//! Many orders of one campaign, and one order twice.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::state::Turn;
use super::turns::Turns;
use super::{Explored, FailedOrder, Rehearsal, order};
use crate::campaign::{Campaign, Report};
use crate::thinker::Thinker;
use crate::wait::panic;

/// Where two runs of one seed part, by [`Rehearsal::repeat`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Divergence {
    /// The number of the turn, from 1, in which they differ first.
    pub turn: usize,
    /// Who had that turn in the first run, and at what virtual time; `None`, if it had ended.
    pub first: Option<(Arc<str>, Duration)>,
    /// The same of the second run.
    pub second: Option<(Arc<str>, Duration)>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turn = |turn: &Option<(Arc<str>, Duration)>| match turn {
            Some((who, at)) => format!("`{who}` goes on at {at:?}"),
            None => "all has ended".to_owned(),
        };
        write!(
            f,
            "two rehearsals of one seed part at turn {}:\n    in the first, {}\n    in the second, {}\n    help: take \
             time and randomness from the agent alone (`agent.elapsed()`, `agent.rng()`), and iterate over no `HashMap`",
            self.turn,
            turn(&self.first),
            turn(&self.second)
        )
    }
}

impl std::error::Error for Divergence {}

impl Rehearsal {
    /// Rehearses `n` campaigns that `make` makes, each in another order, with seeds from this one's on; `make` is given the
    /// seed. Threads are interrupted at every wait, wake and lock that the seed picks. After each campaign `check` looks at
    /// the thinker and the report: an assertion there is a property that must hold in every order.
    ///
    /// Blocks until all have been tried, or one has failed. Of a thinker of five agents and a hundred tasks, some hundred
    /// orders are tried in a second.
    ///
    /// # Errors
    /// The first order that fails: something panics, the campaign returns an error, it comes to a standstill, all threads
    /// wait for locks, an agent waits with a locked `Mutex`, one goes on for ever while time stands still, or one blocks on
    /// something that the runtime does not know. It names the seed, with a table of who waits for what.
    pub fn explore<T: Thinker>(
        &self,
        n: u64,
        make: impl Fn(u64) -> Campaign<T> + Send + Sync + 'static,
        check: impl Fn(&T, &Report),
    ) -> Result<Explored, FailedOrder> {
        let make = Arc::new(make);
        let mut seen = BTreeSet::new();
        for (number, seed) in (1..=n).zip(self.seed..) {
            let (make, plan) = (Arc::clone(&make), self.clone().seed(seed));
            let turns = Turns::any(seed);
            let outcome = order::run(&turns, self.patience, move || {
                let mut campaign = make(seed).understudied(&plan);
                campaign.run_rehearsed(&plan).map(|report| (campaign, report)).map_err(|error| error.to_string())
            });
            let checked = outcome.and_then(|outcome| outcome).and_then(|(campaign, report)| {
                panic::catch(|| check(campaign.thinker(), &report)).map_err(|panic| panic.to_string())
            });
            checked.map_err(|text| FailedOrder { seed, order: number, text })?;
            seen.insert(turns.fingerprint());
        }
        Ok(Explored { orders: n, distinct: seen.len() as u64 })
    }

    /// Rehearses a campaign twice, with the same seed: whether both go the same way, turn by turn.
    ///
    /// # Errors
    /// Where they part; or why one failed, as [`FailedOrder`].
    pub fn repeat<T: Thinker>(
        &self,
        make: impl Fn() -> Campaign<T> + Send + Sync + 'static,
    ) -> Result<(), crate::BoxError> {
        let make = Arc::new(make);
        let (first, second) = (self.logged(1, &make)?, self.logged(2, &make)?);
        parting(&first, &second).map_or(Ok(()), |parting| Err(parting.into()))
    }
}

impl Rehearsal {
    /// How often the turn goes from one thread to another when the campaign is rehearsed: for benchmarks.
    ///
    /// # Errors
    /// As of [`Self::repeat`].
    #[doc(hidden)]
    pub fn switches<T: Thinker>(
        &self,
        make: impl Fn() -> Campaign<T> + Send + Sync + 'static,
    ) -> Result<usize, FailedOrder> {
        let (turns, _) = self.logged(1, &Arc::new(make))?;
        Ok(turns.windows(2).filter(|pair| pair[0].seat != pair[1].seat).count())
    }

    /// The turns of one rehearsal.
    fn logged<T: Thinker, F>(&self, order: u64, make: &Arc<F>) -> Result<Log, FailedOrder>
    where
        F: Fn() -> Campaign<T> + Send + Sync + 'static,
    {
        let (make, plan) = (Arc::clone(make), self.clone());
        let turns = Turns::calm(self.seed, u64::MAX, true);
        let outcome = order::run(&turns, self.patience, move || {
            let mut campaign = make().understudied(&plan);
            campaign.run_rehearsed(&plan).map(drop).map_err(|error| error.to_string())
        });
        outcome.and_then(|outcome| outcome).map_err(|text| FailedOrder { seed: self.seed, order, text })?;
        Ok(turns.take_log())
    }
}

type Log = (Vec<Turn>, Vec<Arc<str>>);

fn parting(first: &Log, second: &Log) -> Option<Divergence> {
    let same = first.0.iter().zip(&second.0).take_while(|(one, other)| one == other).count();
    let next = |(turns, names): &Log| turns.get(same).map(|turn| (Arc::clone(&names[turn.seat]), turn.at));
    let (first, second) = (next(first), next(second));
    (first != second).then_some(Divergence { turn: same + 1, first, second })
}
