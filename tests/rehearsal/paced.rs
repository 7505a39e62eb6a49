//! Methods that go step by step in a rehearsal: they hear in virtual time what they would hear in a real run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::world::HOUR;

/// Emits how many rounds it has gone, `most` or until it is told.
#[method(local)]
fn count(rounds: &Arc<AtomicU32>, most: u32, task: &TaskContext<u32>) -> Result<u32> {
    while rounds.load(SeqCst) < most {
        task.check()?;
        task.emit(rounds.fetch_add(1, SeqCst) + 1);
    }
    Ok(rounds.load(SeqCst))
}

/// Has it counted, and notes what comes when (in hours), and when it ends.
struct Counts {
    most: u32,
    limit: Option<Duration>,
    cancelled_after: Option<Duration>,
    rounds: Arc<AtomicU32>,
    seen: Mutex<Vec<(u32, u64)>>,
    ended: Mutex<Option<(Option<FailureKind>, Duration)>>,
}

#[thinker]
impl Counts {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        let mut task = count { rounds: Arc::clone(&self.rounds), most: self.most }.retries(0);
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
    fn store(&self, agent: &Agent<Self>, update: TaskUpdate<count>) {
        match update {
            TaskUpdate::Emitted(emitted) => {
                self.seen.lock().push((emitted.value, agent.elapsed().as_secs() / HOUR.as_secs()));
            }
            TaskUpdate::Finished(result, _) => {
                *self.ended.lock() = Some((result.failure().map(Failure::kind), agent.elapsed()));
            }
        }
    }
}

fn counts(most: u32) -> Counts {
    let (rounds, seen, ended) = Default::default();
    Counts { most, limit: None, cancelled_after: None, rounds, seen, ended }
}

fn server() -> LocalTaskServer {
    LocalTaskServer::new().serve::<count>()
}

/// What has come when, how the task has ended and when, and how many rounds the method has gone.
type Counted = (Vec<(u32, u64)>, (Option<FailureKind>, Duration), u32);

fn counted(counts: Counts, model: Model<count>) -> Counted {
    let mut campaign = Campaign::new(counts).task_server(server());
    campaign.rehearse(&Rehearsal::new().method(model)).unwrap();
    let thinker = campaign.thinker();
    (thinker.seen.lock().clone(), thinker.ended.lock().take().unwrap(), thinker.rounds.load(SeqCst))
}

fn hourly() -> Model<count> {
    Model::running().emitting_every(HOUR)
}

/// The third emission is under way when the task is cancelled: the method is told, and goes no fourth round.
#[test]
fn a_method_that_is_cancelled_goes_no_further() {
    let cancelled = Counts { cancelled_after: Some(HOUR * 5 / 2), ..counts(u32::MAX) };
    let ended = (Some(FailureKind::Cancelled), HOUR * 5 / 2);
    assert_eq!(counted(cancelled, hourly()), (vec![(1, 1), (2, 2)], ended, 3));
}

#[test]
fn a_method_that_exceeds_its_limit_goes_no_further() {
    let limited = Counts { limit: Some(HOUR * 3 / 2), ..counts(u32::MAX) };
    let ended = (Some(FailureKind::TimedOut), HOUR * 3 / 2);
    assert_eq!(counted(limited, hourly()), (vec![(1, 1)], ended, 2));
}

#[test]
fn a_method_that_ends_by_itself_takes_what_it_emits_and_at_least_what_is_said() {
    let emitted = || vec![(1, 1), (2, 2)];
    assert_eq!(counted(counts(2), hourly()), (emitted(), (None, HOUR * 2), 2));
    assert_eq!(counted(counts(2), hourly().lasting(HOUR * 3)), (emitted(), (None, HOUR * 3), 2));
    let failed = counted(counts(2), hourly().failing(1.0));
    assert_eq!(failed, (emitted(), (Some(FailureKind::Error), HOUR * 2), 2));
}

#[test]
fn lost_and_hanging_attempts_emit_nothing() {
    let (seen, (kind, at), rounds) = counted(counts(2), hourly().lasting(HOUR * 2).losing_workers(1.0));
    assert_eq!((seen, kind, rounds), (vec![], Some(FailureKind::WorkerLost), 0));
    assert!(at < HOUR * 2, "{at:?}");
    let limited = Counts { limit: Some(HOUR), ..counts(2) };
    assert_eq!(counted(limited, hourly().hanging(1.0)), (vec![], (Some(FailureKind::TimedOut), HOUR), 0));
}

/// Spread over its time it would have to be known how often it emits.
#[test]
fn a_method_that_goes_on_for_ever_says_what_its_model_needs() {
    let mut campaign = Campaign::new(counts(u32::MAX)).task_server(server());
    let report = campaign.rehearse(&Rehearsal::new().method(Model::<count>::running())).unwrap();
    let failure = report.method("count").unwrap().first_failure.as_ref().unwrap();
    assert!(failure.message().starts_with("it goes on emitting: say `.emitting_every(..)`"), "{failure}");
}

#[test]
fn what_a_method_sleeps_takes_its_time() {
    #[method]
    fn naps(hours: u32, task: &TaskContext) -> Result<()> {
        Ok(task.sleep(HOUR * hours)?)
    }
    struct Naps;
    #[thinker]
    impl Naps {
        #[agent]
        fn call(&self, agent: &Agent<Self>) -> Result<()> {
            Ok(agent.call(naps { hours: 7 })?.into_value()?)
        }
    }
    let model = Model::<naps>::running().emitting_every(Duration::ZERO);
    assert_eq!(Campaign::new(Naps).rehearse(&Rehearsal::new().method(model)).unwrap().wall_time(), HOUR * 7);
}

/// As on real workers: one that is at a cancelled task is replaced.
#[test]
fn a_cancelled_task_leaves_its_worker_to_the_next() {
    #[method]
    fn work(hours: u32) {
        let _ = hours;
    }
    struct Cancels;
    #[thinker]
    impl Cancels {
        #[agent]
        fn send(&self, agent: &Agent<Self>) -> Result<()> {
            let long = agent.submit(work { hours: 100 })?;
            agent.submit(work { hours: 2 })?;
            agent.sleep(HOUR)?;
            assert!(agent.cancel(long));
            Ok(())
        }

        #[result_processor]
        fn store(&self, _result: TaskResult<work>) {}
    }
    let model = Model::<work>::running().lasting_by(|work, _| HOUR * work.hours);
    let plan = Rehearsal::new().workers(1).method(model);
    let make = || Campaign::new(Cancels).task_server(LocalTaskServer::new().serve::<work>());
    assert_eq!(make().rehearse(&plan).unwrap().wall_time(), HOUR * 3);
    let same = |_: &Cancels, report: &Report| assert_eq!(report.wall_time(), HOUR * 3);
    plan.explore(100, move |_| make(), same).unwrap();
}
