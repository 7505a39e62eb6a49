//! Limits and cancelling: threads that cannot be stopped, what is cancelled and how, and why.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{CancelReason, Ending, Group, Method, Problem};

use crate::world::{SECOND, in_orders, problems, report, run_for, square, wait_for};

#[derive(ResourcePool, Clone, Copy)]
pub(crate) enum Pool {
    Sim,
}

/// One agent, which does what the test says, in the world of the test. All slots must be free when it ends.
pub(crate) struct With<W: Send + Sync + 'static> {
    pub(crate) world: W,
    pub(crate) act: fn(&W, &Agent<With<W>>) -> Result<()>,
}

#[thinker(pools = Pool)]
impl<W: Send + Sync + 'static> With<W> {
    #[agent]
    fn acts(&self, agent: &Agent<Self>) -> Result<()> {
        (self.act)(&self.world, agent)?;
        let pools = agent.rec().snapshot();
        assert!(pools.iter().all(|pool| pool.available == pool.allocated && pool.waiting == 0), "{pools:?}");
        Ok(())
    }
}

/// Does not look at its flag, for ever, unless somebody opens the gate.
#[method(local)]
fn ignores(gate: &Event) {
    let _ = gate.wait();
}

fn campaign<W: Send + Sync + 'static>(
    server: LocalTaskServer,
    world: W,
    act: fn(&W, &Agent<With<W>>) -> Result<()>,
) -> Campaign<With<W>> {
    let server = server.serve::<ignores>().serve::<square>().serve::<run_for>().serve::<wait_for>();
    Campaign::new(With { world, act }).ignore_ctrl_c().task_server(server).slots([(Pool::Sim, 8)])
}

/// Of a group of one task: its failure.
fn failure<M: Method<Value = ()>, W: Send + Sync + 'static>(group: &mut Group<'_, With<W>, M>) -> Result<FailureKind> {
    let result = group.next().expect("it settles")?;
    Ok(result.failure().expect("it has no value").kind())
}

/// One worker: each task after the first runs on a thread that took the place of a stuck one.
#[test]
fn a_thread_whose_method_goes_on_all_the_same_is_replaced_at_once() {
    in_orders(200, || {
        let gate = Event::new();
        let mut campaign = campaign(LocalTaskServer::new().workers(1), gate.clone(), |gate, agent| {
            for cancelled in [false, true, false, true] {
                let begun = agent.elapsed();
                let mut group = agent.group();
                let slots = agent.rec().acquire(Pool::Sim, 1)?;
                let task = ignores { gate: gate.clone() }.holding(slots);
                let id = group.push(if cancelled { task } else { task.time_limit(SECOND) })?;
                if cancelled {
                    agent.sleep(SECOND)?;
                    assert!(agent.cancel(id) && !agent.cancel(id));
                }
                let kinds = if cancelled { FailureKind::Cancelled } else { FailureKind::TimedOut };
                assert_eq!(failure(&mut group)?, kinds);
                assert_eq!(agent.rec().available_slots(Pool::Sim), 8);
                assert_eq!(agent.call(square { x: 3 })?.into_value()?, 9);
                assert_eq!(agent.elapsed() - begun, SECOND);
            }
            Ok(())
        });
        let report = campaign.run().expect("nothing fails");
        let stuck: Vec<String> = (0..4).map(|n| left_behind(n + 1, 2 * n + 1)).collect();
        assert_eq!(report.left_behind(), stuck);
        gate.set();
    });
}

fn left_behind(worker: u64, task: u64) -> String {
    format!("`worker {worker}` of `LocalTaskServer`, which runs task {task} of `ignores`")
}

/// As often as one likes, if they return after all.
#[test]
fn a_thread_that_was_written_off_ends_when_its_method_returns() {
    in_orders(200, || {
        let server = LocalTaskServer::new().workers(1).stuck_limit(1);
        let mut campaign = campaign(server, (), |(), agent| {
            for _ in 0..4 {
                let gate = Event::new();
                let mut group = agent.group();
                group.push(ignores { gate: gate.clone() }.time_limit(SECOND))?;
                assert_eq!(failure(&mut group)?, FailureKind::TimedOut);
                gate.set();
                agent.sleep(SECOND)?;
            }
            let begun = agent.elapsed();
            agent.gather((0..2).map(|_| run_for { time: SECOND }))?.all()?;
            assert_eq!(agent.elapsed() - begun, 2 * SECOND, "there is one worker, as before");
            Ok(())
        });
        let report = campaign.run().expect("nothing fails");
        assert_eq!((report.left_behind().len(), report.method("ignores").expect("used").timed_out), (0, 4));
    });
}

/// Sends tasks that all get stuck, on one worker.
struct Stubborn {
    gate: Event,
    kinds: Mutex<Vec<(u64, FailureKind)>>,
}

const TASKS: u64 = 6;

#[thinker(pools = Pool)]
impl Stubborn {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..TASKS {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(ignores { gate: self.gate.clone() }.time_limit(SECOND).holding(slots))?;
        }
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<ignores>) {
        self.kinds.lock().push((result.id().get(), result.failure().expect("it never ends").kind()));
        let settled = self.kinds.lock().len() as u64;
        assert!(agent.rec().available_slots(Pool::Sim) as u64 >= 8 - TASKS + settled);
    }
}

#[test]
fn past_their_limit_stuck_threads_end_the_campaign_which_names_them() {
    in_orders(300, || {
        let gate = Event::new();
        let thinker = Stubborn { gate: gate.clone(), kinds: Mutex::default() };
        let server = LocalTaskServer::new().serve::<ignores>().workers(1).stuck_limit(2);
        let mut campaign = Campaign::new(thinker).ignore_ctrl_c().task_server(server).slots([(Pool::Sim, 8)]);
        let outcome = campaign.run();
        assert_eq!(*report(&outcome).ending(), Ending::ServerFailed("LocalTaskServer"));
        assert_eq!(report(&outcome).left_behind(), [left_behind(1, 1), left_behind(2, 2), left_behind(3, 3)]);
        assert_eq!(report(&outcome).uncollected(), 0);
        assert!(report(&outcome).wall_time() < 5 * SECOND);
        let [Problem::Stuck { limit: 2, .. }] = outcome.as_ref().expect_err("it fails").problems() else {
            panic!("{outcome:?}")
        };
        let text = "`LocalTaskServer` has 3 stuck threads, and may have 2: their tasks have settled without them, \
                    but their methods go on\n    task 1 of `ignores`\n    task 2 of `ignores`\n    task 3 of `ignores`\n    \
                    help: a long method can look at `task.is_cancelled()` now and then, and return\n    \
                    help: a method that cannot is stopped with its process: `ProcessTaskServer`";
        assert_eq!(problems(outcome), [text]);
        let mut kinds = campaign.thinker().kinds.lock().clone();
        kinds.sort_unstable_by_key(|(id, _)| *id);
        let expected = |id| if id <= 3 { FailureKind::TimedOut } else { FailureKind::ServerEnded };
        assert_eq!(kinds, (1..=TASKS).map(|id| (id, expected(id))).collect::<Vec<_>>(), "each settles once");
        gate.set();
    });
}

#[test]
fn all_tasks_of_a_method_can_be_cancelled_and_no_others() {
    in_orders(200, || {
        let world = (Event::new(), Event::new());
        let mut campaign = campaign(LocalTaskServer::new().workers(2), world, |(gate, never), agent| {
            let held = (0..4).map(|_| {
                let slots = agent.rec().acquire(Pool::Sim, 2)?;
                Ok(wait_for { gate: gate.clone() }.holding(slots))
            });
            let held = agent.gather(held.collect::<Result<Vec<_>>>()?)?;
            let others = agent.gather((0..3).map(|x| square { x }))?;
            agent.sleep(SECOND)?;
            assert_eq!(agent.rec().available_slots(Pool::Sim), 0);
            assert_eq!(agent.cancel_all::<wait_for>(), 4, "two that run, two that wait");
            assert_eq!(agent.rec().available_slots(Pool::Sim), 8);
            assert_eq!(agent.cancel_all::<wait_for>(), 0);
            for result in held.all()? {
                let text = format!("{} of `wait_for` was cancelled: all tasks of its method were", result.id());
                assert_eq!(result.failure().map(ToString::to_string), Some(text));
            }
            let values: Vec<_> = others.all()?.into_iter().map(TaskResult::into_value).collect::<Result<_, _>>()?;
            assert_eq!(values, [0, 1, 4]);
            gate.set();

            // The same on the plain level.
            let queues = agent.queues();
            for gate in [gate, never, never] {
                queues.send_inputs(wait_for { gate: gate.clone() })?;
            }
            agent.sleep(SECOND)?;
            assert_eq!(queues.cancel_all::<wait_for>(), 2);
            let id = queues.send_inputs(run_for { time: SECOND })?;
            assert!(queues.cancel(id) && !queues.cancel(id));
            let mut kinds = Vec::new();
            while queues.active_count() > 0 {
                let topic = if kinds.len() < 3 { "wait_for" } else { "run_for" };
                kinds.push(queues.get_result(topic)?.failure().map(|failure| failure.kind()));
            }
            assert_eq!(
                kinds,
                [None, Some(FailureKind::Cancelled), Some(FailureKind::Cancelled), Some(FailureKind::Cancelled)]
            );
            never.set();
            Ok(())
        });
        campaign.run().expect("nothing fails");
    });
}

#[test]
fn a_group_that_is_cancelled_gives_all_its_results_and_one_that_is_dropped_none() {
    in_orders(200, || {
        let mut campaign = campaign(LocalTaskServer::new().workers(2), (), |(), agent| {
            let mut group = agent.group();
            for hours in 0..4 {
                let slots = agent.rec().acquire(Pool::Sim, 2)?;
                group.push(run_for { time: 3600 * hours * SECOND }.holding(slots))?;
            }
            agent.sleep(SECOND)?;
            assert_eq!((group.cancel(), group.cancel()), (3, 0));
            assert_eq!(agent.rec().available_slots(Pool::Sim), 8);
            let results = group.all()?;
            let texts: Vec<_> = results.iter().map(|result| result.failure().map(ToString::to_string)).collect();
            let cancelled = |id| Some(format!("task {id} of `run_for` was cancelled: its group was"));
            assert_eq!(texts, [None, cancelled(2), cancelled(3), cancelled(4)]);

            let slots = agent.rec().acquire(Pool::Sim, 8)?;
            let dropped = agent.gather([run_for { time: 3600 * SECOND }.holding(slots)])?;
            drop(dropped);
            assert_eq!(agent.rec().available_slots(Pool::Sim), 8);
            Ok(())
        });
        let report = campaign.run().expect("nothing fails");
        assert_eq!(report.method("run_for").map(|method| (method.succeeded, method.cancelled)), Some((1, 4)));
        assert!(report.left_behind().len() <= 3, "nothing is begun to be cancelled: {report}");
    });
}

/// Says why it had to end.
#[method(local)]
fn asks(reasons: &Shared<Mutex<Vec<CancelReason>>>, task: &TaskContext) -> Result<()> {
    assert_eq!(task.cancelled_because(), None);
    let stopped = task.sleep(Duration::from_secs(3600));
    reasons.lock().extend(task.cancelled_because());
    Ok(stopped?)
}

#[test]
fn a_method_can_ask_why_nobody_wants_its_value_any_more() {
    in_orders(100, || {
        let reasons = Shared::new(Mutex::new(Vec::new()));
        let server = LocalTaskServer::new().workers(2).serve::<asks>();
        let mut campaign = campaign(server, reasons.clone(), |reasons, agent| {
            let mut group = agent.group();
            let id = group.push(asks { reasons: reasons.clone() })?;
            agent.sleep(SECOND)?;
            agent.cancel(id);
            assert_eq!(failure(&mut group)?, FailureKind::Cancelled);
            agent.sleep(SECOND)?;
            group.push(asks { reasons: reasons.clone() }.time_limit(SECOND))?;
            assert_eq!(failure(&mut group)?, FailureKind::TimedOut);
            agent.sleep(SECOND)?;
            group.push(asks { reasons: reasons.clone() }.on_done(OnDone::Cancel(SECOND)))?;
            agent.sleep(SECOND)?;
            agent.done().set();
            Ok(())
        });
        campaign.run().expect("nothing fails");
        let told = reasons.lock().clone();
        assert_eq!(told, [CancelReason::Cancelled, CancelReason::TimeLimit, CancelReason::EndOfCampaign]);
    });
}

/// What is abandoned at the end needs no other threads: nothing is begun any more.
#[test]
fn the_end_of_a_campaign_replaces_nobody() {
    in_orders(200, || {
        let gate = Event::new();
        let server = LocalTaskServer::new().workers(2).stuck_limit(0);
        let mut campaign = campaign(server, gate.clone(), |gate, agent| {
            for _ in 0..3 {
                let _ = agent.queues().send_inputs(ignores { gate: gate.clone() })?;
            }
            agent.sleep(SECOND)?;
            Ok(())
        });
        campaign = campaign.on_done(OnDone::Cancel(SECOND));
        let outcome = campaign.run();
        let error = outcome.expect_err("it fails");
        let [Problem::Unresponsive { threads, .. }] = error.problems() else { panic!("{error}") };
        assert_eq!(threads.len(), 2, "{error}");
        gate.set();
    });
}
