//! The same seed gives the same order.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use colmena::rehearsal::{Divergence, Model, Rehearsal};

use crate::world::{HOUR, SECOND, Steering, campaign, plan, simulate, train};

#[test]
fn one_seed_is_one_order() {
    plan().failing_now_and_then().repeat(|| campaign(Steering::new(200, 20), 7)).unwrap();
}

trait Failing {
    fn failing_now_and_then(self) -> Self;
}

impl Failing for Rehearsal {
    fn failing_now_and_then(self) -> Self {
        Rehearsal::new()
            .method(
                Model::<simulate>::running().lasting_by(|_, rng| HOUR + SECOND * (draw(rng) % 600) as u32).failing(0.1),
            )
            .method(Model::<train>::running().lasting(HOUR))
    }
}

fn draw(rng: &mut impl rand::Rng) -> u64 {
    rng.next_u64()
}

#[test]
fn another_seed_is_another_order() {
    let results = [1, 2].map(|seed| {
        let mut campaign = campaign(Steering::new(50, 10), 5);
        campaign.rehearse(&plan().failing_now_and_then().seed(seed)).unwrap();
        campaign.thinker().results.lock().clone()
    });
    assert_ne!(results[0], results[1]);
}

/// A model that counts in a static counts on in the second run.
#[test]
fn where_two_runs_part_is_said() {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let lasting = |_: &simulate, _: &mut colmena::AgentRng| HOUR + SECOND * CALLS.fetch_add(1, Relaxed) as u32;
    let plan =
        Rehearsal::new().method(Model::<simulate>::running().lasting_by(lasting)).method(Model::<train>::running());
    let error = plan.repeat(|| campaign(Steering::new(20, 100), 2)).unwrap_err();
    let parting = error.downcast_ref::<Divergence>().expect("both go well");
    let (first, second) = (parting.first.as_ref().unwrap(), parting.second.as_ref().unwrap());
    assert!(first.1 < second.1, "{parting}");
}
