//! Retries: how many, after what, after which pause, and what is told of them.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{CampaignError, Failure};

use crate::world::{Alone, HOUR, SECOND, everything, in_orders, panics, refuse, report, square};

fn run(server: LocalTaskServer, act: fn(&Agent<Alone>) -> Result<()>) -> Result<Report, CampaignError> {
    Campaign::new(Alone(act)).ignore_ctrl_c().task_server(server).run()
}

fn texts(failures: &[Failure]) -> Vec<String> {
    failures.iter().map(ToString::to_string).collect()
}

#[test]
fn a_result_says_how_often_it_was_tried_and_why() {
    in_orders(50, || {
        let report = run(everything(), |agent| {
            let result = agent.call(refuse { until: 3 }.retries(2))?;
            assert_eq!((result.attempts(), result.value()?), (3, &3));
            let told = ["failed: attempt 1 is refused", "failed (2 attempts): attempt 2 is refused"];
            assert_eq!(texts(&result.earlier_failures()), told.map(|text| format!("task 1 of `refuse` {text}")));

            let result = agent.call(refuse { until: 9 }.retries(40))?;
            assert_eq!((result.attempts(), result.earlier_failures().len()), (9, 8));
            let result = agent.call(refuse { until: 99 }.retries(40))?;
            let earlier = result.earlier_failures();
            assert_eq!((result.attempts(), earlier.len()), (41, 32), "the last ones");
            assert_eq!((earlier[0].attempts(), earlier[31].attempts()), (9, 40));
            assert!(agent.call(refuse { until: 1 }.retries(2))?.earlier_failures().is_empty());
            let _ = agent.call(panics { text: "no".to_owned() }.retries(3))?;
            Ok(())
        });
        let report = report.expect("nothing fails");
        let method = report.method("refuse").expect("it was used");
        assert_eq!((method.retries, method.retries_after.errors, method.retries_after.panics), (50, 50, 0));
        let method = report.method("panics").expect("it was used");
        assert_eq!((method.retries, method.retries_after.errors, method.retries_after.panics), (3, 0, 3));
        let text = report.to_string();
        assert!(text.contains("\n  retried: `refuse` after 50 errors"), "{text}");
        assert!(text.contains("\n  retried: `panics` after 3 panics"), "{text}");
    });
}

#[test]
fn pauses_grow_on_the_clock_of_the_runtime_and_follow_from_the_seed() {
    let time = |seed: u64| {
        let act = Alone(|agent| {
            let policy = Retry::times(9).backoff(8 * SECOND).longest_pause(20 * SECOND);
            let begun = agent.elapsed();
            let result = agent.call(refuse { until: 4 }.retry(policy))?;
            assert_eq!((result.attempts(), result.into_value()?), (4, 4));
            let paused = agent.elapsed() - begun;
            assert!((22 * SECOND..=44 * SECOND).contains(&paused), "8, 16 and 20 s, or half of each: {paused:?}");
            Ok(())
        });
        Campaign::new(act)
            .ignore_ctrl_c()
            .task_server(everything())
            .seed(seed)
            .run()
            .expect("nothing fails")
            .wall_time()
    };
    in_orders(20, move || {
        let [first, again, other] = [time(1), time(1), time(2)];
        assert!(first == again && first != other, "{first:?}, {again:?}, {other:?}");
    });
}

#[test]
fn what_is_said_of_a_task_counts_instead_of_what_is_said_of_its_method() {
    in_orders(50, || {
        let server = everything().retry::<refuse>(Retry::times(1)).retry::<refuse>(Retry::times(4));
        let server = server.retry::<panics>(Retry::times(5).on([FailureKind::WorkerLost, FailureKind::Cancelled]));
        let outcome = run(server, |agent| {
            let attempts = |task: colmena::Task<refuse>| -> Result<u32> { Ok(agent.call(task)?.attempts()) };
            assert_eq!(attempts(colmena::Task::new(refuse { until: 99 }))?, 5, "the last word on the method counts");
            assert_eq!(attempts(refuse { until: 99 }.retries(1))?, 2);
            assert_eq!(attempts(refuse { until: 99 }.retries(0))?, 1);
            assert_eq!(attempts(refuse { until: 99 }.retry(Retry::times(7).on([FailureKind::Panicked])))?, 1);
            assert_eq!(agent.call(panics { text: "no".to_owned() })?.attempts(), 1);
            Ok(())
        });
        outcome.expect("nothing fails");
    });
    let server = LocalTaskServer::new().serve::<square>().retry::<refuse>(Retry::times(1));
    let Err(CampaignError::Launch(error)) = run(server, |_| Ok(())) else { panic!("it cannot start") };
    let [problem] = &*error.problems else { panic!("{error}") };
    assert_eq!(problem.wrong, "a server retries the method `refuse`, but does not serve it");
    assert!(problem.place.as_ref().is_some_and(|place| place.starts_with("tests/behaviour/retries.rs:")), "{error}");
}

/// A task that is to be tried again may be cancelled in between; its worker is free then.
#[test]
fn a_pause_ends_when_the_task_is_cancelled() {
    in_orders(200, || {
        let report = run(everything().workers(1), |agent| {
            let mut group = agent.group();
            let id = group.push(refuse { until: 9 }.retry(Retry::times(9).backoff(HOUR)))?;
            agent.sleep(SECOND)?;
            assert!(agent.cancel(id));
            let result = group.next().expect("it settles")?;
            assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::Cancelled));
            assert_eq!(texts(&result.earlier_failures()), ["task 1 of `refuse` failed: attempt 1 is refused"]);
            assert_eq!(agent.call(square { x: 2 })?.into_value()?, 4);
            assert_eq!(agent.elapsed(), SECOND);
            Ok(())
        });
        assert!(report.expect("nothing fails").left_behind().is_empty());
    });
}

#[test]
fn a_pause_ends_with_the_campaign() {
    in_orders(100, || {
        let outcome = run(everything(), |agent| {
            let task = refuse { until: 9 }.retry(Retry::times(9).backoff(HOUR)).on_done(OnDone::Cancel(HOUR));
            agent.queues().send_inputs(task)?;
            agent.sleep(SECOND)?;
            Ok(())
        });
        let report = outcome.expect("nothing fails");
        assert_eq!((report.wall_time(), report.method("refuse").map(|method| method.cancelled)), (SECOND, Some(1)));
    });
}

/// Hangs in all attempts before `until`, and does not look whether it is wanted. Says so before and afterwards.
#[method(local)]
fn hangs(gate: &Event, until: u32, task: &TaskContext<(u32, bool)>) -> u32 {
    task.emit((task.attempt(), false));
    if task.attempt() < until {
        let _ = gate.wait();
    }
    task.emit((task.attempt(), true));
    task.attempt()
}

/// The value, how many attempts, and why the earlier ones failed.
type Finished = (Option<u32>, u32, Vec<Failure>);

#[derive(Default)]
struct Hanging {
    gate: Event,
    emitted: Mutex<Vec<(u32, bool)>>,
    finished: Mutex<Vec<Finished>>,
}

#[thinker]
impl Hanging {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        let retry = Retry::times(2).on([FailureKind::TimedOut]).backoff(8 * SECOND);
        for until in [3, 4] {
            agent.submit(hangs { gate: self.gate.clone(), until }.time_limit(SECOND).retry(retry))?;
        }
        Ok(())
    }

    #[result_processor]
    fn looks(&self, agent: &Agent<Self>, update: TaskUpdate<hangs>) {
        let result = match update {
            TaskUpdate::Emitted(emitted) => return self.emitted.lock().push(emitted.value),
            TaskUpdate::Finished(result, _) => result,
        };
        let (attempts, earlier) = (result.attempts(), result.earlier_failures());
        self.finished.lock().push((result.into_value().ok(), attempts, earlier));
        if self.finished.lock().len() == 2 {
            self.gate.set();
            agent.done().set();
        }
    }
}

/// One worker. Each attempt is on another thread, and sees a flag of its own; what comes late of one that was given up, its
/// emissions and its value, is dropped.
#[test]
fn an_attempt_that_exceeds_its_limit_may_be_followed_by_another_one() {
    in_orders(300, || {
        let server = LocalTaskServer::new().workers(1).serve::<hangs>();
        let mut campaign = Campaign::new(Hanging::default()).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nothing fails");
        let finished = campaign.thinker().finished.lock().clone();
        let brief: Vec<_> =
            finished.iter().map(|(value, attempts, earlier)| (*value, *attempts, earlier.len())).collect();
        assert_eq!(brief, [(Some(3), 3, 2), (None, 3, 2)]);
        assert!(finished.iter().flat_map(|(_, _, earlier)| earlier).all(|one| one.kind() == FailureKind::TimedOut));
        let emitted = campaign.thinker().emitted.lock().clone();
        assert_eq!(emitted, [(1, false), (2, false), (3, false), (3, true), (1, false), (2, false), (3, false)]);
        let method = report.method("hangs").expect("it was used");
        assert_eq!((method.succeeded, method.timed_out, method.retries_after.time_limits), (1, 1, 4));
        // Two pauses of 4 to 8 s and 8 to 16 s, five limits of a second.
        assert!((29 * SECOND..=53 * SECOND).contains(&report.wall_time()), "{report}");
        assert!(report.left_behind().is_empty(), "they return when the gate opens: {report}");
    });
}

/// Ends when it is told to, in all attempts before `until`.
#[method]
fn patient(until: u32, task: &TaskContext) -> Result<u32> {
    if task.attempt() < until {
        task.sleep(Duration::from_secs(3600))?;
    }
    Ok(task.attempt())
}

#[test]
fn each_attempt_has_the_whole_time_limit() {
    in_orders(300, || {
        let server = LocalTaskServer::new().workers(1).serve::<patient>();
        let outcome = run(server, |agent| {
            let retry = Retry::times(3).on([FailureKind::TimedOut]);
            let result = agent.call(patient { until: 4 }.time_limit(SECOND).retry(retry))?;
            assert_eq!((result.attempts(), result.earlier_failures().len()), (4, 3));
            assert_eq!(result.into_value()?, 4);
            let result = agent.call(patient { until: 9 }.time_limit(SECOND).retry(retry))?;
            assert_eq!((result.attempts(), result.failure().map(Failure::kind)), (4, Some(FailureKind::TimedOut)));
            let result = agent.call(patient { until: 2 }.time_limit(SECOND).retries(3))?;
            assert_eq!((result.attempts(), result.failure().map(Failure::kind)), (1, Some(FailureKind::TimedOut)));
            assert_eq!(agent.elapsed(), 8 * SECOND);
            Ok(())
        });
        assert!(report(&outcome).left_behind().is_empty());
        outcome.expect("nothing fails");
    });
}
