//! Models: values, chances, limits; and what is wrong with a rehearsal before it starts.

use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::world::{HOUR, SECOND, Steering, campaign, plan, simulate, train};

#[test]
fn a_method_without_a_model_is_a_launch_error() {
    let plan = Rehearsal::new().method(Model::<simulate>::running());
    let error = campaign(Steering::new(1, 1), 1).rehearse(&plan).unwrap_err().to_string();
    assert!(error.contains("the rehearsal has no model of the method `train`"), "{error}");
    assert!(error.contains("`.method(Model::<train>::running().lasting(..))`"), "{error}");
}

#[test]
fn values_are_given() {
    let plan = plan().method(Model::<simulate>::giving(|simulate, _| simulate.x + 1));
    let error = campaign(Steering::new(1, 1), 1).rehearse(&plan).unwrap_err().to_string();
    assert!(error.contains("the method `simulate` is served twice"), "{error}");

    let plan = Rehearsal::new()
        .method(Model::<simulate>::giving(|simulate, _| simulate.x + 1).lasting(HOUR))
        .method(Model::<train>::giving(|_, _| 0));
    let mut campaign = campaign(Steering::new(10, 100), 1);
    campaign.rehearse(&plan).unwrap();
    assert!(campaign.thinker().results.lock().iter().all(|&(x, value)| value == Some(x + 1)));
}

/// A run is rehearsed as it went; inputs that it had not are given what others were.
#[test]
fn an_earlier_run_is_drawn_from() {
    let dir = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("drawn-from-{}", std::process::id()));
    let plan = Rehearsal::new()
        .method(
            Model::<simulate>::giving(|simulate, _| simulate.x + 7).lasting_by(|simulate, _| HOUR * simulate.x as u32),
        )
        .method(Model::<train>::giving(|_, _| 0));
    let first = campaign(Steering::new(20, 100), 2).record_in(&dir).rehearse(&plan).unwrap();

    let recorded = || Model::<simulate>::recorded(&dir).unwrap();
    let again = Rehearsal::new().method(recorded()).method(Model::<train>::giving(|_, _| 0));
    let mut repeated = campaign(Steering::new(20, 100), 2);
    let off = repeated.rehearse(&again).unwrap().wall_time().abs_diff(first.wall_time());
    assert!(off < Duration::from_micros(1), "{off:?}");
    assert!(repeated.thinker().results.lock().iter().all(|&(x, value)| value == Some(x + 7)));

    let mut longer = campaign(Steering::new(40, 100), 2);
    longer.rehearse(&again).unwrap();
    assert!(longer.thinker().results.lock().iter().all(|&(_, value)| (7..27).contains(&value.unwrap())));

    let error = Model::<train>::recorded(&dir).unwrap_err().to_string();
    assert!(error.contains("train.jsonl"), "{error}");
    std::fs::remove_dir_all(dir).unwrap();
}

/// Which failures come of which share; each has its own kind.
#[test]
fn some_attempts_go_wrong() {
    for (model, kind) in [
        (Model::<simulate>::running().failing(0.5), FailureKind::Error),
        (Model::<simulate>::running().losing_workers(0.5), FailureKind::WorkerLost),
    ] {
        let plan = Rehearsal::new().method(model.lasting(HOUR)).method(Model::<train>::running());
        let report = campaign(Steering::new(400, 1000), 10).rehearse(&plan).unwrap();
        let simulate = report.method("simulate").unwrap();
        assert!((120..=280).contains(&simulate.failed), "{simulate:?}");
        let first = simulate.first_failure.as_ref().unwrap();
        assert_eq!(first.kind(), kind);
    }
}

#[derive(Default)]
struct Calls {
    outcome: Mutex<Option<Result<u64, Failure>>>,
    retries: u32,
    limit: Option<Duration>,
}

#[thinker]
impl Calls {
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        let mut task = simulate { x: 3 }.retries(self.retries);
        if let Some(limit) = self.limit {
            task = task.time_limit(limit);
        }
        *self.outcome.lock() = Some(agent.call(task)?.into_value());
        Ok(())
    }
}

fn call(calls: Calls, model: Model<simulate>) -> (Result<u64, Failure>, Report) {
    let mut campaign = Campaign::new(calls);
    let report = campaign.rehearse(&Rehearsal::new().method(model)).unwrap();
    let outcome = campaign.thinker().outcome.lock().take();
    (outcome.unwrap(), report)
}

#[test]
fn retries_take_their_time_each() {
    let model = Model::<simulate>::running().lasting(HOUR).failing(1.0);
    let (outcome, report) = call(Calls { retries: 2, ..Calls::default() }, model);
    assert_eq!(outcome.unwrap_err().attempts(), 3);
    assert_eq!(report.wall_time(), HOUR * 3);
}

#[test]
fn what_hangs_ends_at_its_limit() {
    let model = Model::<simulate>::running().hanging(1.0);
    let (outcome, report) = call(Calls { limit: Some(SECOND * 5), ..Calls::default() }, model);
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::TimedOut);
    assert_eq!(report.wall_time(), SECOND * 5);
}

#[test]
fn what_hangs_without_a_limit_is_found() {
    let plan = Rehearsal::new().method(Model::<simulate>::running().hanging(1.0));
    let error = Campaign::new(Calls::default()).rehearse(&plan).unwrap_err().to_string();
    assert!(error.contains("nothing can wake any of them"), "{error}");
    assert!(error.contains("call") && error.contains("waits for the result of a call of `simulate`"), "{error}");
}

#[test]
fn a_panic_of_a_method_is_a_failure() {
    #[method]
    fn panics() -> u64 {
        panic!("not today");
    }
    struct Panics;
    #[thinker]
    impl Panics {
        #[agent]
        fn call(&self, agent: &Agent<Self>) -> Result<()> {
            let failure = agent.call(panics {})?.into_value().expect_err("it panics");
            assert_eq!(failure.kind(), FailureKind::Panicked);
            Ok(())
        }
    }
    Campaign::new(Panics).rehearse(&Rehearsal::new().method(Model::<panics>::running())).unwrap();
}

#[test]
fn a_panic_of_a_model_is_a_failure() {
    let model = Model::<simulate>::running().lasting_by(|_, _| panic!("no idea"));
    let (outcome, _) = call(Calls::default(), model);
    let failure = outcome.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Panicked);
    assert!(failure.message().starts_with("no idea"), "{failure}");
}

/// An agent that waits on a channel of `std` blocks the whole rehearsal: it is named.
#[test]
fn a_thread_that_blocks_on_something_unknown_is_named() {
    struct Blocks;
    #[thinker]
    impl Blocks {
        #[agent]
        fn blocked(&self) {
            let (_send, receive) = std::sync::mpsc::channel::<()>();
            let _ = receive.recv_timeout(Duration::from_secs(3));
        }
    }
    let plan = Rehearsal::new().patience(Duration::from_millis(200));
    let error = Campaign::new(Blocks).rehearse(&plan).unwrap_err().to_string();
    assert!(error.contains("`blocked` has held the turn"), "{error}");
    assert!(error.contains("help: wait by"), "{error}");
}

#[test]
fn going_on_for_ever_while_time_stands_still_is_found() {
    #[derive(Default)]
    struct Spins {
        queue: WorkQueue<u64>,
    }
    #[thinker]
    impl Spins {
        #[agent]
        fn spins(&self, agent: &Agent<Self>) {
            while !agent.done().is_set() && self.queue.try_pop().is_none() {}
        }
    }
    let error = Campaign::new(Spins::default()).rehearse(&Rehearsal::new()).unwrap_err().to_string();
    assert!(error.contains("a livelock") && error.contains("`spins` goes on"), "{error}");
}
