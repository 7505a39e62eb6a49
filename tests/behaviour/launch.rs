//! Launch: what can be known to be wrong is found before a thread starts, all of it at once.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use colmena::CampaignError;
use colmena::prelude::*;

use crate::world::{SECOND, campaign, everything, in_orders, logs, once, refuse, square, without_lines};

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

/// Served by nobody.
#[method]
fn dock(ligand: &str) -> f64;

#[derive(Default)]
struct Wrong {
    width: usize,
    jobs: WorkQueue<u64>,
    retrain: Event,
    ran: AtomicUsize,
}

#[thinker(pools = Pool)]
impl Wrong {
    #[prepare_agent]
    fn prepare(&self) {
        self.ran.fetch_add(1, SeqCst);
    }

    #[task_submitter(task_type = Sim, n_slots = self.width)]
    fn too_wide(&self, _slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim, n_slots = self.width - 9, queue = jobs)]
    fn too_narrow(&self, _slots: Slots<Pool>, _x: u64) {}

    #[task_submitter(task_type = Sim, n_slots = |x| *x as usize, queue = jobs)]
    fn first_item_too_large(&self, _slots: Slots<Pool>, _x: u64) {}

    #[result_processor(threads = self.width - 9)]
    fn store(&self, _result: TaskResult<dock>) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = self.width - 9,
                      slot_step = self.width - 9)]
    fn retrain(&self) {}

    #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, slot_step = self.width)]
    fn retrain_more(&self) {}

    #[agent]
    fn runs(&self) {
        self.ran.fetch_add(1, SeqCst);
    }
}

const EVERYTHING_WRONG: &str = "\
the campaign of `Wrong` cannot start: 9 errors

error: the method `square` is served twice
 --> tests/behaviour/launch.rs
  = help: serve it once: each method has one server
  = note: the other one is served at tests/behaviour/world.rs:31:10

error: no task server serves the method `dock`
 --> tests/behaviour/launch.rs
  | #[result_processor(..)] Wrong::store
  = help: add `.serve::<dock>()` to a task server of the campaign
  = note: served are: count_to, panics, refuse, run_for, square, wait_for

error: `n_slots` is 9, but the campaign has 4 slots
 --> tests/behaviour/launch.rs
  | #[task_submitter(..)] Wrong::too_wide
  = help: give the campaign at least 9 by `.slots(..)`, or ask for fewer

error: `n_slots` is 0
 --> tests/behaviour/launch.rs
  | #[task_submitter(..)] Wrong::too_narrow
  = help: a task submitter needs at least 1 slot

error: `n_slots` is 7 for the first item, but the campaign has 4 slots
 --> tests/behaviour/launch.rs
  | #[task_submitter(..)] Wrong::first_item_too_large
  = help: give the campaign at least 7 by `.slots(..)`, or ask for fewer

error: `threads` is 0
 --> tests/behaviour/launch.rs
  | #[result_processor(..)] Wrong::store
  = help: a result processor needs at least 1 thread

error: `slot_step` is 0
 --> tests/behaviour/launch.rs
  | #[event_responder(..)] Wrong::retrain
  = help: move at least 1 slot at a time

error: `max_slots` is 0
 --> tests/behaviour/launch.rs
  | #[event_responder(..)] Wrong::retrain
  = help: leave it out for no limit, or allow at least 1

error: `slot_step` is 9, but the campaign has 4 slots
 --> tests/behaviour/launch.rs
  | #[event_responder(..)] Wrong::retrain_more
  = help: make the step smaller, or give the campaign more slots";

#[test]
fn everything_that_is_wrong_is_reported_together_with_its_cure_and_nothing_is_started() {
    in_orders(3, || {
        let jobs = [7].into_iter().collect();
        let server = LocalTaskServer::new().serve::<square>();
        let mut campaign =
            campaign(Wrong { width: 9, jobs, ..Wrong::default() }).slots([(Pool::Sim, 4)]).task_server(server);
        let error = campaign.run().expect_err("nothing about it is right");
        assert_eq!(without_lines(&error), EVERYTHING_WRONG);
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(error.to_string().lines().all(|line| line.len() <= 80), "fits a terminal");
        assert!(error.report().is_none() && error.problems().is_empty());
        let CampaignError::Launch(error) = error else { panic!("before anything has started") };
        assert_eq!((error.thinker, error.problems.len()), ("Wrong", 9));
        assert_eq!(campaign.thinker().ran.load(SeqCst), 0);
    });
}

struct Alone;

#[thinker]
impl Alone {
    #[agent]
    fn runs(&self) {}

    #[result_processor]
    fn store(&self, _result: TaskResult<square>) {}
}

#[test]
fn a_campaign_without_a_server_says_that_nothing_is_served() {
    let error = Campaign::new(Alone).ignore_ctrl_c().run().expect_err("there is no server");
    assert_eq!(
        without_lines(&error),
        "\
the campaign of `Alone` cannot start

error: no task server serves the method `square`
 --> tests/behaviour/launch.rs
  | #[result_processor(..)] Alone::store
  = help: give the campaign a task server:
          `.task_server(LocalTaskServer::new().serve::<square>())`"
    );
}

#[test]
fn a_submitter_that_waits_for_a_pool_without_slots_is_warned_about() {
    let logs = logs();
    once(|| {
        let _ = campaign(Hungry).unallocated_slots(1).run();
    });
    let line = "the task submitter `submits` waits for slots of `ml`, which has none: give it some by `.slots(..)`, or \
                move some there thinker=\"Hungry\"";
    assert!(logs.have(line), "{}", logs.text());
}

/// An agent's place in the program: where its method is named, in the file and line of the user.
#[test]
fn an_error_points_to_the_place_in_the_program() {
    let Err(CampaignError::Launch(error)) = campaign(Hungry).run() else { panic!("there are no slots") };
    let [problem] = &error.problems[..] else { panic!("one: {error}") };
    assert_eq!(problem.place, Some(format!("{}:{HUNGRY_SUBMITS}:8", file!())));
    assert_eq!(problem.agent.as_deref(), Some("#[task_submitter(..)] Hungry::submits"));
    assert_eq!(problem.wrong, "`n_slots` is 1, but the campaign has 0 slots");
    assert!(problem.help.is_some() && problem.notes.is_empty());
}

/// Is fed by a responder, so that an empty pool is no reason to warn.
#[derive(Default)]
struct Fed {
    feed: Event,
}

#[thinker(pools = Pool)]
impl Fed {
    #[task_submitter(task_type = Ml)]
    fn eats(&self, agent: &Agent<Self>, _slots: Slots<Pool>) {
        agent.done().set();
    }

    #[event_responder(event = feed, reallocate_resources, gather_from = None, gather_to = Ml)]
    fn feeds(&self, agent: &Agent<Self>) {
        agent.done().wait();
    }
}

#[test]
fn a_pool_that_a_responder_fills_may_be_empty() {
    let logs = logs();
    once(|| {
        let thinker = Fed::default();
        thinker.feed.set();
        campaign(thinker).unallocated_slots(1).run().expect("the responder gives it a slot");
    });
    assert!(!logs.have("the task submitter `eats` waits"), "{}", logs.text());
}

struct Hungry;

/// The line of `fn submits`.
const HUNGRY_SUBMITS: u32 = line!() + 5;

#[thinker(pools = Pool)]
impl Hungry {
    #[task_submitter(task_type = Ml)]
    fn submits(&self, _slots: Slots<Pool>) {}
}

struct Greedy;

#[thinker(pools = Pool)]
impl Greedy {
    #[agent]
    fn asks_twice(&self, agent: &Agent<Self>) {
        for _ in 0..2 {
            assert!(agent.rec().timeout(SECOND).acquire(Pool::Ml, 1).is_err());
        }
    }
}

#[test]
fn a_request_for_more_than_its_pool_has_now_is_warned_about_once() {
    let logs = logs();
    once(|| {
        campaign(Greedy).unallocated_slots(1).run().expect("no agent fails");
    });
    let line = "a request for 1 slot of `ml` waits until the pool has grown: it has fewer now";
    let text = logs.text();
    let warned = text.lines().filter(|logged| logged.contains("agent{thinker=\"Greedy\"") && logged.ends_with(line));
    assert_eq!(warned.count(), 1, "{text}");
}

#[derive(Default)]
struct Named {
    names: Mutex<Vec<String>>,
}

impl Named {
    fn note(&self) {
        self.names.lock().push(std::thread::current().name().unwrap_or_default().to_owned());
    }
}

/// Where it runs.
#[method]
fn thread_name() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[thinker]
impl Named {
    #[agent]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.note();
        assert_eq!(agent.call(thread_name {})?.into_value()?, "worker 1");
        agent.submit(refuse { until: 1 })?;
        Ok(())
    }

    #[result_processor]
    fn two(&self, _result: TaskResult<refuse>) {
        self.note();
    }
}

#[test]
fn each_agent_has_a_thread_of_its_name() {
    in_orders(20, || {
        let mut campaign = Campaign::new(Named::default())
            .ignore_ctrl_c()
            .task_server(LocalTaskServer::new().serve::<thread_name>().serve::<refuse>());
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().names.lock(), ["one", "two"]);
        assert_eq!(
            format!("{:?}", everything().workers(3)),
            "LocalTaskServer { methods: [\"square\", \"run_for\", \"wait_for\", \
            \"refuse\", \"panics\", \"count_to\"], workers: Some(3) }"
        );
    });
}
