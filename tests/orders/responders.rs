//! Event responders: rounds begin and end exactly, whoever sets, fails or leaves.

use colmena::prelude::*;
use colmena::{AgentEnd, Ending};

use crate::world::{Books, Pool, drawn, in_orders, report, steps};

/// Two responders of one event, and two who set it.
#[derive(Default)]
struct Bells {
    ring: Event,
    set: Mutex<u64>,
    first: Mutex<u64>,
    second: Mutex<u64>,
    /// Fails or panics in this round, from 1; 0: in none.
    fails_in: u64,
    panics: bool,
    again: bool,
    steps: u64,
    books: Books,
}

#[thinker(pools = Pool)]
impl Bells {
    #[event_responder(event = ring)]
    fn one(&self, agent: &Agent<Self>) {
        self.books.open(agent);
        *self.first.lock() += 1;
    }

    #[event_responder(event = ring, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim)]
    fn two(&self, agent: &Agent<Self>) -> Result<()> {
        let round = {
            let mut rounds = self.second.lock();
            *rounds += 1;
            *rounds
        };
        drop(agent.rec().acquire(Pool::Ml, 1)?);
        match round == self.fails_in {
            true if self.panics => panic!("as it was to"),
            true => Err("as it was to".into()),
            false => Ok(()),
        }
    }

    #[agent(startup)]
    fn ringer(&self) {
        for _ in 0..3 {
            steps(self.steps);
            let set = if self.again { self.ring.set_again() } else { self.ring.set() };
            *self.set.lock() += u64::from(set);
        }
    }

    #[agent(startup)]
    fn other_ringer(&self) {
        for _ in 0..2 {
            steps(2);
            *self.set.lock() += u64::from(self.ring.set());
        }
    }
}

impl Bells {
    fn campaign(self) -> Campaign<Self> {
        Campaign::new(self).slots([(Pool::Sim, 1), (Pool::Ml, 1)]).ignore_ctrl_c()
    }
}

/// ```text
/// ringer      other_ringer    one             two
///   sets it
///                               answers
///                                               answers
///               sets it: no
///                                               ends the round
///   sets it: yes
///                               answers         answers
/// ```
#[test]
fn each_set_that_is_true_starts_one_round() {
    in_orders(|seed| {
        let mut campaign = Bells { steps: drawn(seed, 10), again: seed % 2 == 1, ..Bells::default() }.campaign();
        let outcome = campaign.run();
        // Nobody ends this campaign: two responders wait for a next round.
        assert_eq!(*report(&outcome).ending(), Ending::Stalled);
        let bells = campaign.thinker();
        let set = *bells.set.lock();
        assert!(set >= 1 && !bells.ring.is_set());
        assert_eq!((*bells.first.lock(), *bells.second.lock()), (set, set));
        assert_eq!(bells.books.balance(2), (1, 1));
    });
}

/// ```text
/// one                     two                   ringer
///   answers
///                           fails, or panics
///                                                 sets it once more
///   still owes a round: answers it
///   nobody waits for two
/// ```
#[test]
fn a_responder_that_fails_holds_up_nobody() {
    in_orders(|seed| {
        let (panics, steps) = (seed.is_multiple_of(2), drawn(seed, 12));
        let mut campaign = Bells { fails_in: 1 + seed % 3 / 2, panics, steps, ..Bells::default() }.campaign();
        let outcome = campaign.run();
        let report = report(&outcome);
        let (bells, rounds) = (campaign.thinker(), *campaign.thinker().second.lock());
        if rounds < bells.fails_in {
            assert_eq!(*report.ending(), Ending::Stalled);
            return;
        }
        assert_eq!(*report.ending(), Ending::AgentFailed("two"));
        let end = if panics { AgentEnd::Panicked } else { AgentEnd::Failed };
        assert_eq!(report.agent("two").map(|agent| agent.end), Some(end));
        assert_eq!(report.agent("one").map(|agent| agent.end), Some(AgentEnd::Stopped));
        // What was set before `done` was answered; what came later starts no round.
        let (set, first) = (*bells.set.lock(), *bells.first.lock());
        assert!(rounds <= first && first <= set, "{rounds} <= {first} <= {set}");
        // If each had its round, the last round has ended: the one that panicked has answered as well.
        assert!(first < set || !bells.ring.is_set());
        assert_eq!(bells.books.balance(2), (1, 1));
    });
}

/// Somebody rings while somebody else ends the campaign.
#[derive(Default)]
struct LastCall {
    ring: Event,
    surely: Mutex<u64>,
    perhaps: Mutex<u64>,
    answered: Mutex<u64>,
    steps: u64,
}

#[thinker]
impl LastCall {
    #[event_responder(event = ring)]
    fn answer(&self) {
        *self.answered.lock() += 1;
    }

    #[agent(startup)]
    fn ringer(&self, agent: &Agent<Self>) {
        for _ in 0..4 {
            let set = self.ring.set();
            let sure = set && !agent.done().is_set();
            *self.surely.lock() += u64::from(sure);
            *self.perhaps.lock() += u64::from(set);
        }
    }

    #[agent]
    fn end(&self) {
        steps(self.steps);
    }
}

/// ```text
/// ringer                  end                   answer
///   sets it: true
///                           sets done
///                                                 stops waiting: owes a round, answers it
///   sets it: true
///                                                 is gone: no round
/// ```
#[test]
fn what_is_set_before_done_is_answered() {
    in_orders(|seed| {
        let mut campaign = Campaign::new(LastCall { steps: drawn(seed, 40), ..LastCall::default() }).ignore_ctrl_c();
        campaign.run().expect("nothing fails");
        let call = campaign.thinker();
        let (surely, answered, perhaps) = (*call.surely.lock(), *call.answered.lock(), *call.perhaps.lock());
        assert!(surely <= answered && answered <= perhaps, "{surely} <= {answered} <= {perhaps}");
    });
}
