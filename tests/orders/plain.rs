//! Plain queues at `done`: each result is read, or counted as uncollected; nobody waits for what will not come.

use colmena::prelude::*;

use crate::world::{Books, Pool, Ways, campaign, drawn, in_orders, settled, square, steps};

#[derive(Default)]
struct Plain {
    steps: u64,
    books: Books,
    read: Mutex<u64>,
}

#[thinker(pools = Pool)]
impl Plain {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) {
        self.books.open(agent);
    }

    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..4 {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.queues().send_inputs(square { x }.holding(slots))?;
        }
        Ok(())
    }

    #[agent(startup)]
    fn reads(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            let result = agent.queues().get_result("square")?.downcast::<square>();
            assert!(result.expect("a square").is_ok());
            *self.read.lock() += 1;
        }
    }

    #[agent(startup)]
    fn also_reads(&self, agent: &Agent<Self>) -> Result<()> {
        self.reads(agent)
    }

    #[agent]
    fn ends(&self) {
        steps(self.steps);
    }
}

/// ```text
/// sends      worker      reads, also reads     ends
///   sends
///              settles
///                          reads                 sets done
///              settles
///                          ends: the queue closes
///              settles
/// ```
#[test]
fn what_comes_to_a_plain_queue_is_read_or_counted() {
    let ways = Ways::default();
    let seen = ways.clone();
    in_orders(move |seed| {
        let thinker = Plain { steps: drawn(seed, 300), ..Plain::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 2)]);
        let report = campaign.run().expect("nothing fails");
        campaign.thinker().books.balance(2);
        let read = *campaign.thinker().read.lock();
        assert_eq!(settled(&report), read + report.uncollected(), "{report}");
        seen.note(report.uncollected() > 0);
    });
    ways.assert_both();
}
