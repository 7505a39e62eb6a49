//! Exploration: many orders of one campaign, and the first that fails.

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal, orders};

use crate::world::{Pool, SECOND, Steering, campaign, plan, simulate};

fn tried(usual: u64) -> u64 {
    orders(usual).end
}

#[test]
fn a_sound_campaign_holds_in_every_order() {
    let explored = plan().explore(
        tried(200),
        |_| campaign(Steering::new(12, 5), 3),
        |steering, report| {
            assert!(steering.results.lock().len() >= 12);
            assert_eq!(report.pools().iter().map(|pool| pool.slots).sum::<usize>(), 3);
        },
    );
    let explored = explored.unwrap();
    assert!(explored.distinct > explored.orders * 9 / 10, "{explored:?}");
}

#[derive(Default)]
struct Racy {
    kept: Mutex<Vec<u64>>,
}

#[thinker(pools = Pool)]
impl Racy {
    #[agent(startup)]
    fn start(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..4 {
            agent.submit(simulate { x })?;
        }
        agent.done().set();
        Ok(())
    }

    /// Keeps at most one; or so it seems.
    #[result_processor(threads = 2)]
    fn keep(&self, result: TaskResult<simulate>) {
        if self.kept.lock().is_empty() {
            self.kept.lock().extend(result.into_value());
        }
    }
}

fn racy() -> Rehearsal {
    Rehearsal::new().method(Model::<simulate>::running().lasting(SECOND))
}

#[test]
fn a_property_that_breaks_is_found_and_found_again() {
    let explore = |plan: &Rehearsal, n| {
        plan.explore(n, |_| Campaign::new(Racy::default()), |racy, _| assert_eq!(racy.kept.lock().len(), 1))
    };
    let failed = explore(&racy(), 500).unwrap_err();
    assert!(failed.text.contains("assertion `left == right` failed"), "{failed}");
    let again = explore(&racy().seed(failed.seed), 1).unwrap_err();
    assert_eq!((again.seed, again.order), (failed.seed, 1));
}

#[derive(Default)]
struct Planted {
    trained: Event,
    results: Mutex<usize>,
}

/// The third retraining never comes: the processor waits for an event that only it would have set.
#[thinker(pools = Pool)]
impl Planted {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(simulate { x: 1 }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>, slots: Slots<Pool>) -> Result<()> {
        let _ = result.into_value();
        let results = {
            let mut results = self.results.lock();
            *results += 1;
            *results
        };
        if results == 3 {
            self.trained.wait()?;
        }
        drop(slots);
        Ok(())
    }
}

#[test]
fn a_planted_stall_is_explained() {
    let make = |_| Campaign::new(Planted::default()).slots([(Pool::Sim, 1)]);
    let failed = racy().explore(10, make, |_, _| {}).unwrap_err();
    for part in ["standstill", "`store` waits for an event", "`submit` waits for 1 slot of `sim`", "(seed 0)"] {
        assert!(failed.to_string().contains(part), "{failed}");
    }
    assert!(failed.to_string().lines().count() <= 24, "it fits a screen: {failed}");
}

#[test]
fn two_locks_in_two_orders_are_found() {
    #[derive(Default)]
    struct Locks {
        left: Mutex<u64>,
        right: Mutex<u64>,
    }
    #[thinker]
    impl Locks {
        #[agent(startup)]
        fn one(&self) {
            let (left, right) = (self.left.lock(), self.right.lock());
            drop((left, right));
        }
        #[agent(startup)]
        fn two(&self) {
            let (right, left) = (self.right.lock(), self.left.lock());
            drop((left, right));
        }
    }
    let failed = Rehearsal::new().explore(1000, |_| Campaign::new(Locks::default()), |_, _| {}).unwrap_err();
    assert_eq!(failed.text.matches("waits for a lock").count(), 2, "{failed}");
}
