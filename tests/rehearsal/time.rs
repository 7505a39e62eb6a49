//! Virtual time: how long a campaign takes, by its models.

use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::world::{HOUR, Pool, SECOND, Steering, campaign, plan, simulate, train};

/// Eight tasks of an hour on two slots.
#[test]
fn takes_as_long_as_its_tasks() {
    let plan = Rehearsal::new().method(Model::<simulate>::running().lasting(HOUR)).method(Model::<train>::running());
    let mut campaign = campaign(Steering::new(8, 100), 2);
    let report = campaign.rehearse(&plan).unwrap();
    assert_eq!(report.wall_time(), HOUR * 4);
    assert_eq!(report.utilisation(Pool::Sim), 1.0);
    let mut results = campaign.thinker().results.lock().clone();
    results.sort_unstable();
    assert!(results.iter().all(|&(x, value)| value == Some(x * x)), "the method itself was run: {results:?}");
}

#[test]
fn slots_are_borrowed_for_training() {
    let mut campaign = campaign(Steering::new(100, 20), 10);
    let report = campaign.rehearse(&plan()).unwrap();
    let trained = campaign.thinker().retrained.lock().clone();
    assert_eq!(trained.len(), 4, "{trained:?}");
    assert!(trained.windows(2).all(|pair| pair[1] - pair[0] >= HOUR), "{trained:?}");
    assert_eq!(report.method("train").unwrap().succeeded, 4);
}

/// The submitter takes a second for each task: a slot is idle for as long as the others take to be filled.
#[test]
fn decisions_take_the_time_that_is_given() {
    let plan = Rehearsal::new()
        .method(Model::<simulate>::running().lasting(SECOND * 10))
        .method(Model::<train>::running())
        .decision_time("submit", SECOND);
    let mut campaign = campaign(Steering::new(40, 100), 20);
    let report = campaign.rehearse(&plan).unwrap();
    // One submission a second: half of the twenty slots can be kept busy.
    let utilisation = report.utilisation(Pool::Sim);
    assert!((0.35..=0.5).contains(&utilisation), "{utilisation}");
}

#[test]
fn measured_decisions_take_some_time() {
    let plan =
        Rehearsal::new().method(Model::<simulate>::running()).method(Model::<train>::running()).measured_decisions();
    let report = campaign(Steering::new(40, 100), 20).rehearse(&plan).unwrap();
    assert!(report.wall_time() > Duration::ZERO);
}

/// ```text
/// hour   0     1     2     3
/// slots  2     6     6     2, once one is free
/// ```
#[test]
fn nodes_come_and_go() {
    let plan = Rehearsal::new()
        .method(Model::<simulate>::running().lasting(HOUR))
        .method(Model::<train>::running())
        .slots_added(HOUR, Pool::Sim, 4)
        .slots_removed(HOUR * 3 - SECOND, Pool::Sim, 4);
    let report = campaign(Steering::new(18, 100), 2).rehearse(&plan).unwrap();
    // 2 + 6 + 6 in three hours; the last four on two slots, in two.
    assert_eq!(report.wall_time(), HOUR * 5);
}

#[test]
fn workers_are_started_once_each() {
    let plan = Rehearsal::new()
        .method(Model::<simulate>::running().lasting(HOUR))
        .method(Model::<train>::running())
        .start_up(SECOND * 60);
    let report = campaign(Steering::new(6, 100), 2).rehearse(&plan).unwrap();
    assert_eq!(report.wall_time(), HOUR * 3 + SECOND * 60);
}

#[test]
fn fewer_workers_than_slots() {
    let plan = Rehearsal::new()
        .method(Model::<simulate>::running().lasting(HOUR))
        .method(Model::<train>::running())
        .workers(2);
    let report = campaign(Steering::new(8, 100), 8).rehearse(&plan).unwrap();
    assert_eq!(report.wall_time(), HOUR * 4);
}

#[test]
fn a_campaign_of_many_slots() {
    let (slots, budget) = (65_536, 65_536 * 3);
    let mut campaign = campaign(Steering::new(budget, usize::MAX), slots);
    let report = campaign.rehearse(&plan()).unwrap();
    assert!(report.method("simulate").unwrap().succeeded >= budget as u64);
    assert!(report.utilisation(Pool::Sim) > 0.9);
}

#[test]
fn the_campaigns_time_limit_is_virtual() {
    let mut campaign = campaign(Steering::new(1000, 1000), 2).time_limit(HOUR * 10 + SECOND);
    let report = campaign.rehearse(&plan()).unwrap();
    assert_eq!(*report.ending(), colmena::Ending::TimeLimit);
    assert!(report.wall_time() > HOUR * 10 && report.wall_time() < HOUR * 12, "{:?}", report.wall_time());
}

/// A method that sleeps does so in no time: its model says how long it takes.
#[test]
fn sleeping_methods_take_what_their_model_says() {
    #[method]
    fn sleepy(task: &TaskContext) -> Result<()> {
        task.sleep(HOUR * 1000)?;
        Ok(())
    }
    struct Calls;
    #[thinker]
    impl Calls {
        #[agent]
        fn call(&self, agent: &Agent<Self>) -> Result<()> {
            agent.call(sleepy {})?.into_value()?;
            Ok(())
        }
    }
    let plan = Rehearsal::new().method(Model::<sleepy>::running().lasting(SECOND));
    let report = Campaign::new(Calls).rehearse(&plan).unwrap();
    assert_eq!(report.wall_time(), SECOND);
}
