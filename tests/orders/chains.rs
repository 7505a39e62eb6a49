//! Chains: a step that is paid for is taken after `done`, too.

use colmena::prelude::*;

use crate::world::in_orders;

#[method]
fn relax(x: u64) -> u64 {
    x + 1
}

#[method]
fn refine(x: u64) -> u64 {
    x * 10
}

/// The number of the chain that a task belongs to.
const CHAIN: Info<u64> = Info::new("chain");

/// Sends three tasks, then sets `done`; each result is refined on the same slot.
#[derive(Default)]
struct Chain {
    refined: Mutex<Vec<u64>>,
    checked: Mutex<Vec<u64>>,
}

#[thinker]
impl Chain {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 1..=3 {
            let slots = agent.rec().acquire(None, 1)?;
            agent.submit(relax { x }.holding(slots).info(CHAIN, x))?;
        }
        Ok(())
    }

    #[result_processor]
    fn next(&self, agent: &Agent<Self>, result: TaskResult<relax>, slots: Slots) -> Result<()> {
        let chain = *result.info(CHAIN).ok_or("every task has its chain")?;
        let x = result.into_value()?;
        agent.submit(refine { x }.holding(slots).after_done().info(CHAIN, chain))?;
        Ok(())
    }

    #[result_processor]
    fn keep(&self, agent: &Agent<Self>, result: TaskResult<refine>) -> Result<()> {
        assert_eq!(result.info(CHAIN).map(|chain| chain + 1), Some(result.inputs().x));
        let x = result.into_value()?;
        self.refined.lock().push(x);
        let checked = agent.call(relax { x }.after_done())?.into_value()?;
        self.checked.lock().push(checked);
        Ok(())
    }
}

#[test]
fn every_chain_is_taken_to_its_end() {
    in_orders(|seed| {
        let server = LocalTaskServer::new().serve::<relax>().serve::<refine>();
        let mut campaign = Campaign::new(Chain::default()).unallocated_slots(2).seed(seed).task_server(server);
        let report = campaign.run().expect("nothing fails");
        let sorted = |values: &Mutex<Vec<u64>>| {
            let mut values = values.lock().clone();
            values.sort_unstable();
            values
        };
        assert_eq!(sorted(&campaign.thinker().refined), [20, 30, 40]);
        assert_eq!(sorted(&campaign.thinker().checked), [21, 31, 41]);
        assert_eq!(report.uncollected(), 0);
    });
}
