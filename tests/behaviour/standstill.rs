//! Standstill: when every agent waits without a deadline and nothing is unsettled, the campaign ends and says so.

use colmena::prelude::*;
use colmena::{Ending, Problem};

use crate::world::{HOUR, SECOND, campaign, in_orders, pause, problems, run_for, square, wait_for};

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

#[derive(Default)]
struct Stuck {
    go: Event,
    never: Event,
    jobs: WorkQueue<u64>,
}

#[thinker(pools = Pool)]
impl Stuck {
    #[agent(startup)]
    fn hoards(&self, agent: &Agent<Self>) -> Result<()> {
        let _slots = agent.rec().acquire(Pool::Sim, 2)?;
        self.go.set();
        self.never.wait()?;
        Ok(())
    }

    #[agent]
    fn starves(&self, agent: &Agent<Self>) -> Result<()> {
        self.go.wait()?;
        let _slots = agent.rec().acquire(Pool::Sim, 1)?;
        Ok(())
    }

    #[agent]
    fn moves(&self, agent: &Agent<Self>) -> Result<()> {
        self.go.wait()?;
        agent.rec().reallocate(Pool::Sim, Pool::Ml, 2)?;
        Ok(())
    }

    #[task_submitter(task_type = Ml, n_slots = 2, queue = jobs)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}

    #[event_responder(event = never)]
    fn answer(&self) {}
}

#[test]
fn the_campaign_ends_and_says_who_waits_for_what_and_who_holds_the_slots() {
    in_orders(200, || {
        let mut campaign = campaign(Stuck::default()).slots([(Pool::Sim, 2), (Pool::Ml, 1)]);
        let outcome = campaign.run();
        let error = outcome.as_ref().expect_err("a standstill");
        assert_eq!(error.report().expect("it has run").ending(), &Ending::Stalled);
        assert!(matches!(error.problems(), [Problem::Stalled(_)]));
        let expected = "\
standstill: all agents wait, and nothing is left that could wake one
    `hoards` waits for an event
    `starves` waits for 1 slot of `sim`
    `moves` waits for slots to move from `sim` to `ml`
    `submit` waits for an item of its queue and 2 slots of `ml`
    `store` waits for results of `square`
    `answer` waits for the event of `answer`
    `hoards` has taken 2 slots of `sim`
    help: an agent that has finished should end, or call `agent.done().set()`
    help: if code outside the agents wakes them, say so: `.woken_from_outside()`";
        assert_eq!(problems(outcome), [expected]);
        assert!(!campaign.thinker().never.is_set());
    });
}

struct Ticking;

#[thinker]
impl Ticking {
    /// Only looks on.
    #[agent]
    fn ticks(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.sleep(SECOND)?;
        }
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}
}

#[test]
fn a_periodic_sleep_does_not_hold_it_off() {
    in_orders(100, || {
        let [text] = &problems(campaign(Ticking).run())[..] else { panic!("one problem") };
        assert!(text.contains("\n    `ticks` sleeps\n    `store` waits for results of `square`\n"), "{text}");
    });
}

struct Alone;

#[thinker]
impl Alone {
    #[agent]
    fn counts_hours(&self, agent: &Agent<Self>) -> Result<()> {
        (0..5).try_for_each(|_| agent.sleep(HOUR))?;
        Ok(())
    }
}

#[test]
fn sleepers_among_themselves_are_none() {
    in_orders(100, || {
        let report = campaign(Alone).run().expect("it goes on by itself");
        assert_eq!(report.wall_time(), 5 * HOUR);
    });
}

#[derive(Default)]
struct Steady {
    stored: Mutex<u64>,
}

#[thinker]
impl Steady {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..5 {
            agent.sleep(HOUR)?;
            agent.submit(square { x })?;
        }
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {
        *self.stored.lock() += 1;
    }
}

#[test]
fn an_agent_that_works_at_a_steady_rate_holds_it_off() {
    in_orders(100, || {
        let mut campaign = campaign(Steady::default());
        campaign.run().expect("no standstill");
        assert_eq!(*campaign.thinker().stored.lock(), 5);
    });
}

#[derive(Default)]
struct Patient {
    go: Event,
    reply: Event,
}

#[thinker]
impl Patient {
    #[agent]
    fn waits_for_the_other(&self) -> Result<()> {
        self.go.wait()?;
        Ok(())
    }

    #[agent(startup)]
    fn waits_with_a_deadline(&self) -> Result<()> {
        assert!(!self.reply.wait_timeout(HOUR)?);
        self.go.set();
        Ok(())
    }
}

#[test]
fn a_wait_with_a_deadline_holds_it_off() {
    in_orders(100, || {
        let report = campaign(Patient::default()).run().expect("no standstill");
        assert_eq!((report.wall_time(), report.ending()), (HOUR, &Ending::AgentEnded("waits_for_the_other")));
    });
}

#[derive(Default)]
struct Calling;

#[thinker]
impl Calling {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.call(run_for { time: HOUR })?;
        Ok(())
    }
}

#[test]
fn a_task_that_runs_holds_it_off() {
    in_orders(100, || {
        campaign(Calling).run().expect("no standstill");
    });
}

#[derive(Default)]
struct Remote {
    gate: Event,
}

#[thinker]
impl Remote {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.call(wait_for { gate: self.gate.clone() })?;
        Ok(())
    }
}

#[test]
fn a_task_whose_method_waits_for_somebody_outside_holds_it_off() {
    in_orders(100, || {
        let remote = Remote::default();
        let gate = remote.gate.clone();
        let running = campaign(remote).start().expect("nothing is wrong");
        pause(HOUR);
        gate.set();
        assert_eq!(running.join().expect("no standstill").wall_time(), HOUR);
    });
}

#[derive(Default)]
struct Slow {
    go: Event,
}

#[thinker]
impl Slow {
    #[prepare_agent]
    fn take_time(&self, agent: &Agent<Self>) -> Result<()> {
        if agent.name() == "sets" {
            agent.sleep(HOUR)?;
        }
        Ok(())
    }

    #[agent]
    fn waits(&self) -> Result<()> {
        self.go.wait()?;
        Ok(())
    }

    #[agent(startup)]
    fn sets(&self) {
        self.go.set();
    }
}

/// The first sleep of an agent counts as running: nobody knows yet what will come of it.
#[test]
fn it_is_counted_from_the_end_of_launch() {
    in_orders(200, || {
        campaign(Slow::default()).run().expect("no standstill");
    });
}

struct Gifts;

#[thinker(pools = Pool)]
impl Gifts {
    #[agent(startup)]
    fn gives(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..3 {
            agent.sleep(HOUR)?;
            agent.rec().reallocate(Pool::Sim, Pool::Ml, 1)?;
        }
        Ok(())
    }

    #[agent]
    fn takes(&self, agent: &Agent<Self>) -> Result<()> {
        let _first = agent.rec().acquire(Pool::Ml, 1)?;
        agent.sleep(HOUR * 3 / 2)?; // the second comes while nobody waits for it
        let _second = agent.rec().acquire(Pool::Ml, 1)?;
        let _third = agent.rec().acquire(Pool::Ml, 1)?;
        Ok(())
    }
}

/// To move slots is progress, whether or not somebody waits for them at that moment.
#[test]
fn an_agent_that_gives_slots_at_a_steady_rate_holds_it_off() {
    in_orders(100, || {
        let report = campaign(Gifts).slots([(Pool::Sim, 3)]).run().expect("no standstill");
        assert_eq!(report.wall_time(), 3 * HOUR);
    });
}

struct Over;

#[thinker]
impl Over {
    #[agent(startup)]
    fn one(&self) {}

    #[agent(startup)]
    fn two(&self) {}
}

#[test]
fn agents_that_have_all_ended_are_no_standstill() {
    in_orders(100, || {
        let report = campaign(Over).run().expect("no standstill");
        assert_eq!(report.ending(), &Ending::AllEnded);
    });
}

#[derive(Default)]
struct Forgotten {
    stored: Mutex<Vec<u64>>,
}

#[thinker]
impl Forgotten {
    #[agent(startup)]
    fn begins(&self, agent: &Agent<Self>) -> Result<()> {
        (1..=3).try_for_each(|x| agent.submit(square { x }).map(drop))?;
        Ok(())
    }

    /// Forgets to set `done`.
    #[result_processor(topic = "squares")]
    fn store(&self, result: TaskResult<square>) -> Result<()> {
        self.stored.lock().push(result.into_value()?);
        Ok(())
    }
}

#[test]
fn a_campaign_whose_done_nobody_sets_ends_with_all_results_handled() {
    in_orders(200, || {
        let mut campaign = campaign(Forgotten::default());
        let [text] = &problems(campaign.run())[..] else { panic!("one problem") };
        let expected = "\
standstill: all agents wait, and nothing is left that could wake one
    `store` waits for results of `square`
    help: an agent that has finished should end, or call `agent.done().set()`
    help: if code outside the agents wakes them, say so: `.woken_from_outside()`";
        assert_eq!(text, expected);
        let mut stored = campaign.thinker().stored.lock().clone();
        stored.sort_unstable();
        assert_eq!(stored, [1, 4, 9]);
    });
}
