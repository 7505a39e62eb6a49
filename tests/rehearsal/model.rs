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

/// Emits 1 to `n`.
#[method]
fn count_to(n: u32, task: &TaskContext<u32>) -> u32 {
    (1..=n).for_each(|i| task.emit(i));
    n
}

/// Counts as far as it is told, and notes what comes when, and when it ends.
#[derive(Default)]
struct Counts {
    n: u32,
    retries: u32,
    limit: Option<Duration>,
    cancelled_after: Option<Duration>,
    seen: Mutex<Vec<(u32, Duration)>>,
    ended: Mutex<Option<(Option<FailureKind>, Duration)>>,
}

#[thinker]
impl Counts {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        let mut task = count_to { n: self.n }.retries(self.retries);
        if let Some(limit) = self.limit {
            task = task.time_limit(limit);
        }
        let id = agent.submit(task)?;
        if let Some(after) = self.cancelled_after {
            agent.sleep(after)?;
            assert!(agent.cancel(id));
        }
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, update: TaskUpdate<count_to>) {
        match update {
            TaskUpdate::Emitted(emitted) => self.seen.lock().push((emitted.value, agent.elapsed())),
            TaskUpdate::Finished(result, _) => {
                *self.ended.lock() = Some((result.failure().map(Failure::kind), agent.elapsed()));
            }
        }
    }
}

/// What a method emits comes in its time, not all at its end, as far as it gets.
#[test]
fn emissions_are_spread_over_the_time_of_their_task() {
    let hours = |seen: &[(u32, Duration)]| seen.iter().map(|&(i, at)| (i, at.as_secs() / 3600)).collect::<Vec<_>>();
    let counted = |counts: Counts, model: Model<count_to>| {
        let plan = Rehearsal::new().method(model.lasting_by(|task, _| HOUR * task.n));
        let mut campaign = Campaign::new(counts).task_server(LocalTaskServer::new().serve::<count_to>());
        campaign.rehearse(&plan).unwrap();
        let (seen, ended) = (hours(&campaign.thinker().seen.lock()), campaign.thinker().ended.lock().take());
        (seen, ended.unwrap())
    };
    let running = Model::<count_to>::running;
    let four = || Counts { n: 4, ..Counts::default() };
    assert_eq!(counted(four(), running()), (vec![(1, 1), (2, 2), (3, 3), (4, 4)], (None, HOUR * 4)));

    let limited = Counts { limit: Some(HOUR * 5 / 2), ..four() };
    assert_eq!(counted(limited, running()), (vec![(1, 1), (2, 2)], (Some(FailureKind::TimedOut), HOUR * 5 / 2)));

    let cancelled = Counts { cancelled_after: Some(HOUR * 3 / 2), ..four() };
    assert_eq!(counted(cancelled, running()), (vec![(1, 1)], (Some(FailureKind::Cancelled), HOUR * 3 / 2)));

    let (seen, ended) = counted(Counts { n: 2, retries: 1, ..Counts::default() }, running().failing(1.0));
    assert_eq!((seen, ended), (vec![(1, 1), (2, 2), (1, 3), (2, 4)], (Some(FailureKind::Error), HOUR * 4)));

    let (seen, (kind, at)) = counted(four(), running().losing_workers(1.0));
    assert_eq!((seen.len() as u64, kind), (at.as_secs() / 3600, Some(FailureKind::WorkerLost)));

    let (seen, ended) = counted(Counts { limit: Some(HOUR), ..four() }, running().hanging(1.0));
    assert_eq!((seen, ended), (vec![], (Some(FailureKind::TimedOut), HOUR)));

    let (seen, ended) = counted(Counts::default(), running());
    assert_eq!((seen, ended), (vec![], (None, Duration::ZERO)));
}
