//! Watching a campaign: its status, and the pause of its submitters. In virtual time.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use colmena::prelude::*;
use colmena::{Ending, Problem, Status};

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
        assert_eq!((status.agents[0].pool, status.agents[1].pool), (Some("unallocated"), None));
        assert_eq!(status.agents[1].waited, [("waits for results of `run_for`".to_owned(), 5400.0)]);
        assert_eq!(pool.utilisation, 1.0);
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
        let paused = ("is paused".to_owned(), 10 * HOUR);
        assert!(report.agents()[0].waited.contains(&paused), "{report}");
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

/// Sends tasks by itself, an hour each.
struct Asks;

#[thinker]
impl Asks {
    #[agent]
    fn ask(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..2 {
            agent.call(run_for { time: HOUR })?.into_value()?;
        }
        Ok(())
    }
}

#[test]
fn no_task_is_sent_while_the_campaign_is_paused() {
    in_orders(100, || {
        let mut campaign = campaign(Asks);
        let running = campaign.start().expect("nothing is wrong");
        pause(HOUR / 2);
        running.pause();
        pause(5 * HOUR);
        let status = running.status();
        assert_eq!((status.settled, status.in_flight), (1, 0));
        assert_eq!(status.agents[0].waits_for.as_deref(), Some("is paused"));
        running.resume();
        assert_eq!(running.join().expect("nothing fails").wall_time(), 6 * HOUR + HOUR / 2);
    });
}

#[test]
fn where_idle_time_of_slots_went() {
    in_orders(100, || {
        let mut campaign = campaign(hours(1, 2)).unallocated_slots(2).woken_from_outside();
        let running = campaign.start().expect("nothing is wrong");
        pause(HOUR / 2);
        let [pool] = &running.status().pools[..] else { panic!("there is one pool") };
        assert_eq!((pool.busy, pool.free, pool.idle.no_candidate), (1, 1, 1));
        pause(2 * HOUR);
        let [pool] = &running.status().pools[..] else { panic!("there is one pool") };
        assert_eq!((pool.busy, pool.free, pool.idle.no_candidate), (0, 2, 2));
        // One slot lacked an item from the start, the other one after an hour.
        let hours = |seconds: f64| (seconds / 36.0).round() / 100.0;
        let idle = pool.idle_time;
        assert_eq!([idle.no_candidate, idle.no_decision, idle.waiting_for_server].map(hours), [4.0, 0.0, 0.0]);
        assert_eq!(hours(pool.utilisation * 3600.0), 0.2);
        running.done().set();
        let report = running.join().expect("nothing fails");
        assert!(report.to_string().contains("idle: `unallocated` 80 % no candidate"), "{report}");
    });
}

#[test]
fn a_long_wait_is_told_in_the_log() {
    #[derive(Default)]
    struct Waits {
        held: Event,
    }

    #[thinker]
    impl Waits {
        #[agent(startup)]
        fn long_waiting(&self, agent: &Agent<Self>) -> Result<()> {
            self.held.wait()?;
            let _slot = agent.rec().acquire(None, 1)?;
            Ok(())
        }

        #[agent]
        fn holding(&self, agent: &Agent<Self>) -> Result<()> {
            let _slot = agent.rec().acquire(None, 1)?;
            self.held.set();
            agent.sleep(SECOND / 2)?;
            Ok(())
        }
    }
    let logs = logs();
    let mut campaign = campaign(Waits::default()).unallocated_slots(1).long_wait(SECOND / 20);
    campaign.run().expect("nothing fails");
    let told = "`long_waiting` waits for 1 slot of `unallocated`; held by `holding` (1)";
    assert!(logs.text().contains(told), "{}", logs.text());
}

/// One never comes to a safe point, the other at each turn.
#[derive(Checkpoint)]
struct Toiling {
    turns: AtomicU64,
}

#[thinker]
impl Toiling {
    #[agent]
    fn toil(&self, agent: &Agent<Self>) -> Result<()> {
        Ok(agent.sleep(HOUR)?)
    }

    #[agent]
    fn turn(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            self.turns.fetch_add(1, SeqCst);
            agent.safe_point(|| agent.sleep(SECOND / 10))?;
        }
    }
}

#[test]
fn who_keeps_a_checkpoint_from_being_taken_is_said_until_the_end() {
    in_orders(20, || {
        static ORDERS: AtomicU64 = AtomicU64::new(0);
        let name = format!("toiling-{}-{}", std::process::id(), ORDERS.fetch_add(1, SeqCst));
        let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut campaign = Campaign::new(Toiling { turns: 0.into() }).ignore_ctrl_c().record_in(&dir);
        campaign = campaign.checkpoint_every(SECOND).time_limit(HOUR / 2);
        let running = campaign.start().expect("nothing is wrong");
        pause(SECOND / 2);
        let checkpoints = |status: Status| status.checkpoints.expect("they are wanted");
        let early = checkpoints(running.status());
        assert_eq!((early.taken, early.held_up, early.last), (0, None, None));
        pause(10 * SECOND);
        let held_up = checkpoints(running.status()).held_up.expect("nobody can take one");
        assert_eq!(held_up, "`toil` came neither to the end of a call nor to `agent.safe_point(..)`");
        let report = running.join().expect("nothing fails");
        assert_eq!(report.checkpoints().and_then(|checkpoints| checkpoints.held_up.as_ref()), Some(&held_up));
        let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("no checkpoint yet: `toil` came neither"), "{report}");
        let log = std::fs::read_to_string(dir.join("log.jsonl")).expect("something was said");
        assert_eq!(log.matches("\"thread\": \"checkpoints\", \"level\": \"WARN\"").count(), 1, "once: {log}");
        std::fs::remove_dir_all(dir).expect("it is there");
    });
}
