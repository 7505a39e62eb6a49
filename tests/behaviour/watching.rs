//! Watching a campaign: its status, and the pause of its submitters. In virtual time.

use colmena::prelude::*;
use colmena::{Ending, Problem};

use crate::world::*;

/// Runs what its queue holds, an hour each, and ends after so many results.
struct Hours {
    queue: WorkQueue<u64>,
    wanted: usize,
    results: Mutex<usize>,
}

fn hours(items: u64, wanted: usize) -> Hours {
    let queue = WorkQueue::new();
    (0..items).for_each(|item| queue.push(item).expect("there is room"));
    Hours { queue, wanted, results: Mutex::default() }
}

#[thinker]
impl Hours {
    #[task_submitter(queue = queue)]
    fn send(&self, agent: &Agent<Self>, slots: Slots, _x: u64) -> Result<()> {
        agent.submit(run_for { time: HOUR }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn keep(&self, agent: &Agent<Self>, result: TaskResult<run_for>) -> Result<()> {
        result.into_value()?;
        let mut results = self.results.lock();
        *results += 1;
        if *results == self.wanted {
            agent.done().set();
        }
        Ok(())
    }
}

#[test]
fn the_status_says_who_waits_for_what_and_for_how_long() {
    in_orders(100, || {
        let mut campaign = campaign(hours(3, 3)).unallocated_slots(1).budget(3);
        let running = campaign.start().expect("nothing is wrong");
        pause(HOUR + HOUR / 2);
        let status = running.status();
        assert_eq!((status.settled, status.in_flight, status.failed), (1, 1, 0));
        assert_eq!((status.budget, status.left), (Some(3), Some(2.0 * 5400.0)));
        let [method] = &status.methods[..] else { panic!("one method: {status:?}") };
        assert_eq!((method.name, method.sent, method.waiting, method.running, method.ok), ("run_for", 2, 0, 1, 1));
        let [pool] = &status.pools[..] else { panic!("one pool: {status:?}") };
        assert_eq!((pool.allocated, pool.free, pool.busy, pool.idle), (1, 0, 1, Default::default()));
        let waits: Vec<_> =
            status.agents.iter().map(|a| (&*a.name, a.calls, a.waits_for.as_deref(), a.waits_since)).collect();
        let slots = "waits for an item of its queue and 1 slot of `unallocated`";
        let half = Some(1800.0);
        assert_eq!(waits, [("send", 2, Some(slots), half), ("keep", 1, Some("waits for results of `run_for`"), half)]);
        running.join().expect("nothing fails");
    });
}

#[test]
fn submitters_hold_while_the_campaign_is_paused_and_it_is_no_standstill() {
    in_orders(100, || {
        let mut campaign = campaign(hours(3, 3)).unallocated_slots(1);
        let running = campaign.start().expect("nothing is wrong");
        pause(HOUR / 2);
        running.pause();
        pause(10 * HOUR);
        let status = running.status();
        assert!(status.paused);
        assert_eq!((status.settled, status.in_flight), (1, 0));
        assert_eq!(status.agents[0].waits_for.as_deref(), Some("is paused"));
        assert_eq!(status.agents[0].waits_since, Some(36_000.0));
        running.resume();
        let report = running.join().expect("nothing fails");
        assert_eq!(report.wall_time(), 12 * HOUR + HOUR / 2);
    });
}

#[test]
fn done_ends_a_pause() {
    in_orders(100, || {
        let mut campaign = campaign(hours(3, 3)).unallocated_slots(1);
        let running = campaign.start().expect("nothing is wrong");
        running.pause();
        pause(3 * HOUR);
        running.done().set();
        assert!(matches!(running.join().expect("nothing fails").ending(), Ending::SetBy(_)));
    });
}

#[test]
fn a_standstill_that_a_pause_had_hidden_is_found_after_it() {
    in_orders(100, || {
        let mut campaign = campaign(hours(1, 2)).unallocated_slots(1);
        let running = campaign.start().expect("nothing is wrong");
        running.pause();
        pause(3 * HOUR);
        running.resume();
        let failed = running.join().expect_err("nothing is left to do");
        assert!(matches!(failed.problems(), [Problem::Stalled(_)]), "{failed}");
    });
}
