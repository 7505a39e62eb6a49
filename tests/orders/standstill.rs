//! Standstill: found in every order in which there is one, at once, and in no other.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{CampaignError, Ending, Problem};

use crate::world::{Cast, Part, Pool, SECOND, campaign, in_orders, play, report, square, steps, takes};

const HOUR: Duration = Duration::from_secs(3600);

/// Who waited for what at the standstill.
#[track_caller]
fn waits(outcome: &Result<Report, CampaignError>) -> Vec<(String, String)> {
    assert_eq!(*report(outcome).ending(), Ending::Stalled);
    let [Problem::Stalled(stalled)] = outcome.as_ref().expect_err("it fails").problems() else {
        panic!("{outcome:?}");
    };
    let mut waits: Vec<_> = stalled.waits.iter().map(|wait| (wait.who.to_string(), wait.what.clone())).collect();
    waits.retain(|(_, what)| what != "waits for requests");
    waits.sort();
    waits
}

#[derive(Default)]
struct Stuck {
    queue: WorkQueue<u64>,
    event: Event,
}

/// ```text
/// one                     two                   three
///   waits for an event
///                           waits for an item
///                                                 keeps the slots
///                                                 waits for one: the last to park looks
/// ```
#[test]
fn a_standstill_is_found_whoever_is_last() {
    in_orders(|_| {
        let parts: [Part<Stuck, 4>; 4] = [
            |stuck, _| Ok(stuck.event.wait()?),
            |stuck, _| stuck.queue.pop().map(drop).map_err(Into::into),
            |_, agent| {
                let _held = agent.rec().acquire(Pool::Sim, 1)?;
                agent.rec().acquire(Pool::Sim, 1).map(drop).map_err(Into::into)
            },
            // Somebody who ends, perhaps last.
            |_, _| {
                steps(10);
                Ok(())
            },
        ];
        let cast = Cast { world: Stuck::default(), parts };
        let (outcome, _) = play(campaign(cast).slots([(Pool::Sim, 1)]));
        let named = [
            ("one", "waits for an event"),
            ("three", "waits for 1 slot of `sim`"),
            ("two", "waits for an item of a work queue"),
        ];
        let waits = waits(&outcome);
        assert!(waits.iter().map(|(who, what)| (&**who, &**what)).eq(named), "{waits:?}");
        assert_eq!(report(&outcome).wall_time(), Duration::ZERO);
    });
}

/// Three agents and two workers of which mostly one alone runs.
#[derive(Default)]
struct Relay {
    next: WorkQueue<u64>,
    again: Event,
}

#[thinker(pools = Pool)]
impl Relay {
    #[task_submitter(task_type = Sim, queue = next)]
    fn send(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        if result.inputs().x == 5 {
            agent.done().set();
        } else {
            self.next.push(result.inputs().x + 1)?;
            self.again.set();
        }
        Ok(())
    }

    #[event_responder(event = again)]
    fn answer(&self) {}

    #[agent(startup)]
    fn begin(&self) -> Result<()> {
        Ok(self.next.push(0)?)
    }
}

/// ```text
/// send                    worker                store
///   sends, waits
///                           runs, hands over
///                           waits: the last to run? no: store has been woken
///                                                 handles it
/// ```
#[test]
fn who_has_been_woken_counts_as_running() {
    in_orders(|_| {
        let mut campaign = campaign(Relay::default()).slots([(Pool::Sim, 2)]);
        campaign.run().expect("somebody can always go on");
    });
}

/// ```text
/// one                     two (sleeps, over and over)
///   waits for an event
///                           wakes, looks on, sleeps
/// ```
#[test]
fn a_sleeper_that_only_looks_on_hides_no_standstill() {
    in_orders(|_| {
        let parts: [Part<Stuck, 2>; 2] = [
            |stuck, _| Ok(stuck.event.wait()?),
            |_, agent| loop {
                agent.sleep(SECOND)?;
            },
        ];
        let (outcome, _) = play(Campaign::new(Cast { world: Stuck::default(), parts }));
        assert!(waits(&outcome).contains(&("one".into(), "waits for an event".into())));
        assert!(report(&outcome).wall_time() <= 2 * SECOND);
    });
}

/// ```text
/// one                     worker                time limits
///   calls, with a limit
///                           runs in time          waits for the limit
///   waits for ever
///                                                 has nothing left to wait for
/// ```
#[test]
fn a_time_limit_that_was_kept_does_not_hide_a_standstill() {
    in_orders(|_| {
        let parts: [Part<Stuck, 1>; 1] = [|stuck, agent| {
            for time in [SECOND, 2 * SECOND] {
                let _ = agent.call(takes { time }.time_limit(HOUR))?;
            }
            Ok(stuck.event.wait()?)
        }];
        let (outcome, _) = play(campaign(Cast { world: Stuck::default(), parts }).slots([(Pool::Sim, 2)]));
        assert!(waits(&outcome).contains(&("one".into(), "waits for an event".into())));
        let after = report(&outcome).wall_time();
        assert_eq!(after, 3 * SECOND, "found at once, not when the limit would have been reached");
    });
}

/// ```text
/// one                     the program
///   waits for an event
///   all wait: no standstill, since the program may set it
///                           sets it
/// ```
#[test]
fn a_campaign_that_is_woken_from_outside_waits_for_that() {
    in_orders(|_| {
        let event = Event::new();
        let parts: [Part<Event, 2>; 2] = [|event, _| Ok(event.wait()?), |_, _| Ok(())];
        let cast = Cast { world: event.clone(), parts };
        let mut campaign = Campaign::new(cast).ignore_ctrl_c().woken_from_outside();
        let running = campaign.start().expect("it can be started");
        event.set();
        running.join().expect("nobody stands still");
    });
}
