//! Whole campaigns in seeded orders.

use colmena::prelude::*;

use crate::world::in_orders;

#[method]
fn square(x: u64) -> u64 {
    x * x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[derive(Default)]
struct Steering {
    seen: Mutex<Vec<u64>>,
    candidates: WorkQueue<u64>,
    retrain: Event,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, n_slots = 1, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        let Ok(&y) = result.value() else { return };
        let mut seen = self.seen.lock();
        seen.push(y);
        if seen.len() == 3 {
            self.retrain.set();
        }
        if seen.len() == 6 {
            agent.done().set();
        }
    }

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn reorder(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let value = agent.call(square { x: 100 }.holding(slots))?.into_value()?;
        assert_eq!(value, 10_000);
        Ok(())
    }
}

#[test]
fn steering_conserves_slots_and_loses_no_result() {
    in_orders(|seed| {
        let thinker = Steering { candidates: (1..=6).collect(), ..Steering::default() };
        let mut campaign = Campaign::new(thinker)
            .slots([(Pool::Sim, 2)])
            .seed(seed)
            .ignore_ctrl_c()
            .task_server(LocalTaskServer::new().serve::<square>());
        let report = campaign.run().expect("nothing fails");
        let mut seen = campaign.thinker().seen.lock().clone();
        seen.sort_unstable();
        assert_eq!(seen, [1, 4, 9, 16, 25, 36]);
        assert!(report.uncollected() <= 1 && report.late() == 0);
    });
}
