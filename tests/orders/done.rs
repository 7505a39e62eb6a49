//! `done` at every point: whenever it comes, everything ends, every task settles once and every slot is free again.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{AgentEnd, CallError, FailureKind};

use crate::world::{
    Books, Pool, SECOND, Ways, campaign, counts, double, drawn, in_orders, settled, square, steps, takes,
};

/// One agent of each kind, and more: all that can be under way when `done` is set.
#[derive(Default)]
struct Everything {
    steps: u64,
    sleeps: bool,
    books: Books,
    work: WorkQueue<u64>,
    think: Event,
    told: Mutex<Told>,
}

/// What was sent and what came of it.
#[derive(Default)]
struct Told {
    sent: u64,
    stored: u64,
    /// Calls that were sent and given up.
    given_up: u64,
    called: u64,
    torn_down: usize,
}

const AGENTS: usize = 10;

#[thinker(pools = Pool)]
impl Everything {
    #[agent]
    fn end(&self, agent: &Agent<Self>) -> Result<()> {
        if self.sleeps {
            agent.sleep(SECOND)?;
        }
        steps(self.steps);
        agent.done().set();
        Ok(())
    }

    #[agent(startup)]
    fn fill(&self) {
        (0..6).for_each(|x| self.work.push(x).expect("it is open"));
    }

    #[agent]
    fn beat(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.sleep(SECOND / 3)?;
            self.think.set();
        }
    }

    #[task_submitter(task_type = Sim, n_slots = 1, queue = work)]
    fn simulate(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        self.told.lock().sent += 1;
        Ok(())
    }

    #[task_submitter(task_type = Ml, n_slots = 1)]
    fn emit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.sleep(SECOND / 2)?;
        agent.submit(counts { n: 2 }.holding(slots))?;
        self.told.lock().sent += 1;
        Ok(())
    }

    #[result_processor(topic = "square", threads = 2)]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        self.told.lock().stored += 1;
        if let Ok(&x) = result.value() {
            // Refused once the campaign is done.
            self.told.lock().sent += u64::from(agent.submit(double { x }).is_ok());
        }
        self.think.set();
    }

    #[result_processor(topic = "double")]
    fn store_double(&self, agent: &Agent<Self>, result: TaskResult<double>, slots: Slots<Pool>) {
        assert_eq!(slots.count(), 0);
        let _ = (agent, result);
        self.told.lock().stored += 1;
    }

    #[result_processor(topic = "counts")]
    fn look(&self, agent: &Agent<Self>, update: TaskUpdate<counts>) {
        let finished = matches!(&update, TaskUpdate::Finished(..));
        self.told.lock().stored += u64::from(finished);
        let _ = agent;
    }

    #[event_responder(event = think, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 2)]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 2)?;
        let outcome = agent.call(takes { time: SECOND / 4 }.holding(slots));
        let mut told = self.told.lock();
        match &outcome {
            Ok(_) => told.called += 1,
            Err(CallError::Stopped { .. }) => told.given_up += 1,
            Err(_) => {}
        }
        drop(told);
        let _ = outcome?;
        Ok(())
    }

    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) {
        self.books.open(agent);
    }

    #[tear_down_agent]
    fn tear_down(&self) {
        self.told.lock().torn_down += 1;
    }
}

#[track_caller]
fn run(seed: u64, on_done: OnDone) {
    let thinker = Everything { steps: drawn(seed, 250), sleeps: seed.is_multiple_of(3), ..Everything::default() };
    let mut campaign = campaign(thinker).slots([(Pool::Sim, 2), (Pool::Ml, 1)]).on_done(on_done);
    let report = campaign.run().expect("nothing fails");
    let told = campaign.thinker().told.lock();
    // Not in which pools: what is held at `done` does not go back.
    campaign.thinker().books.balance(3);
    assert_eq!(told.torn_down, AGENTS);
    assert!(report.agents().iter().all(|agent| matches!(agent.end, AgentEnd::Ended | AgentEnd::Stopped)), "{report}");
    assert_eq!(report.uncollected(), told.given_up, "{report}");
    assert_eq!(told.sent, told.stored, "each result has been handled\n{report}");
    assert_eq!(settled(&report), told.sent + told.called + told.given_up, "{report}");
    assert!(report.wall_time() < 10 * SECOND, "{report}");
}

/// ```text
/// end              any agent        worker           processor
///                    looks
///   sets done
///                    waits?           settles
///                    stops                             handles
///                                                      is drained: stops
/// ```
#[test]
fn everything_drains_whenever_done_is_set() {
    in_orders(|seed| run(seed, OnDone::Drain));
}

/// As above, but what has not begun is cancelled; the processors get that as their results.
#[test]
fn everything_is_cancelled_whenever_done_is_set() {
    in_orders(|seed| run(seed, OnDone::Cancel(Duration::from_secs(5))));
}

/// ```text
/// one              two
///   ends             sets done       (or fails, or both end)
/// ```
#[test]
fn done_is_set_once() {
    #[derive(Default)]
    struct Both {
        first: Mutex<u32>,
    }

    #[thinker]
    impl Both {
        #[agent]
        fn one(&self, agent: &Agent<Self>) {
            *self.first.lock() += u32::from(agent.done().set());
        }

        #[agent]
        fn two(&self, agent: &Agent<Self>) {
            *self.first.lock() += u32::from(agent.done().set());
        }

        #[agent]
        fn three(&self, agent: &Agent<Self>) -> Result<()> {
            agent.done().wait();
            Err(agent.sleep(SECOND).expect_err("the campaign is done").into())
        }
    }

    in_orders(|_| {
        let mut campaign = Campaign::new(Both::default()).ignore_ctrl_c();
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().first.lock(), 1);
    });
}

/// Takes an hour, unless it is told that nobody wants it any more.
#[method]
fn heeds(task: &TaskContext) -> Result<()> {
    for _ in 0..4 * 3600 {
        task.check()?;
        let _ = Event::new().wait_timeout(SECOND / 4);
    }
    Ok(())
}

#[derive(Default)]
struct Late {
    steps: u64,
    cancelled: Mutex<bool>,
}

#[thinker]
impl Late {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(heeds {}.on_done(OnDone::Cancel(7200 * SECOND)))?;
        Ok(())
    }

    #[agent]
    fn ends(&self) {
        steps(self.steps);
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<heeds>) {
        *self.cancelled.lock() = result.failure().is_some_and(|failure| failure.kind() == FailureKind::Cancelled);
    }
}

/// ```text
/// sends               ends
///   is it done? no
///                       sets done
///                       looks into the table: nothing
///   notes the task
///   is it done? yes: cancels it
/// ```
#[test]
fn a_task_that_is_cancelled_at_done_does_not_slip_through() {
    let ways = Ways::default();
    let seen = ways.clone();
    in_orders(move |seed| {
        let server = LocalTaskServer::new().serve::<heeds>();
        let thinker = Late { steps: drawn(seed, 100), ..Late::default() };
        let mut campaign = Campaign::new(thinker).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nothing fails");
        assert!(report.wall_time() < 10 * SECOND, "{report}");
        assert_eq!(settled(&report), u64::from(*campaign.thinker().cancelled.lock()), "{report}");
        seen.note(settled(&report) > 0);
    });
    ways.assert_both();
}
