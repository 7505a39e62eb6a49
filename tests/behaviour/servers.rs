//! Task servers: threads that run tasks, and live on whatever a task does.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{FailureKind, Resources};

use crate::world::{HOUR, SECOND, campaign, everything, in_orders, pause, refuse, run_for, square};

struct Width;

#[thinker]
impl Width {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..6 {
            agent.submit(run_for { time: HOUR })?;
        }
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {}
}

#[test]
fn there_are_as_many_workers_as_slots_unless_said() {
    in_orders(50, || {
        let report = campaign(Width).unallocated_slots(3).run().expect("nothing fails");
        assert_eq!(report.wall_time(), HOUR * 2);
        let server = everything().workers(2);
        let mut campaign = Campaign::new(Width).ignore_ctrl_c().task_server(server).unallocated_slots(3);
        assert_eq!(campaign.run().expect("nothing fails").wall_time(), HOUR * 3);
    });
}

struct Uneven;

#[thinker]
impl Uneven {
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        for hours in 0..4 {
            agent.submit(run_for { time: HOUR * hours })?;
        }
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {}
}

/// A worker that takes a request may be woken for the next one before it has left the line.
#[test]
fn no_request_waits_while_a_worker_is_idle() {
    in_orders(1000, || {
        let report = campaign(Uneven).unallocated_slots(4).run().expect("nothing fails");
        assert_eq!(report.wall_time(), HOUR * 3);
    });
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// Whether somebody else could get the slot between two attempts.
#[method(local)]
fn try_twice(rec: &ResourceCounter<Pool>, task: &TaskContext) -> Result<bool> {
    let free = rec.available_slots(Pool::Sim);
    if task.attempt() == 1 { Err("again".into()) } else { Ok(free > 0) }
}

struct Keeping;

#[thinker(pools = Pool)]
impl Keeping {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let task = try_twice { rec: agent.rec().clone() };
        assert!(!agent.call(task.retries(1).holding(slots))?.into_value()?, "the slots were free");
        Ok(())
    }
}

#[test]
fn the_slots_are_kept_between_attempts() {
    in_orders(50, || {
        let server = LocalTaskServer::new().serve::<try_twice>();
        Campaign::new(Keeping)
            .ignore_ctrl_c()
            .task_server(server)
            .slots([(Pool::Sim, 1)])
            .run()
            .expect("nothing fails");
    });
}

#[derive(Default)]
struct Hurried {
    told: Mutex<Vec<(u64, Option<FailureKind>)>>,
}

#[thinker]
impl Hurried {
    /// One worker: the second task waits for an hour before it starts.
    #[agent]
    fn submits(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(run_for { time: HOUR }.time_limit(HOUR + SECOND))?;
        agent.submit(run_for { time: SECOND * 2 }.time_limit(SECOND * 3))?;
        agent.submit(run_for { time: SECOND * 3 + SECOND / 2 }.time_limit(SECOND * 3))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<run_for>) {
        let failure = result.failure();
        self.told.lock().push((result.id().get(), failure.map(|failure| failure.kind())));
        if let Some(failure) = failure {
            assert_eq!(failure.to_string(), "task 3 of `run_for` exceeded its time limit: 3s");
            assert_eq!(result.times().running().as_secs_f64().round(), 3.0);
        }
    }
}

#[test]
fn a_time_limit_counts_from_the_start_on_a_worker_and_then_the_task_settles() {
    in_orders(100, || {
        let server = everything().workers(1);
        let mut campaign = Campaign::new(Hurried::default()).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().told.lock(), [(1, None), (2, None), (3, Some(FailureKind::TimedOut))]);
        assert_eq!(report.method("run_for").expect("it was used").timed_out, 1);
    });
}

/// Looks whether it is wanted, four times a second.
#[method]
fn look_up(task: &TaskContext) -> Result<()> {
    loop {
        task.check()?;
        pause(SECOND / 4);
    }
}

struct Asking;

#[thinker]
impl Asking {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..2 {
            let failure = agent.call(look_up {}.time_limit(HOUR))?.into_value().expect_err("it never ends");
            assert_eq!(failure.kind(), FailureKind::TimedOut);
        }
        Ok(())
    }
}

/// The one worker is free for the second call only because the first task has noticed.
#[test]
fn a_method_can_see_that_its_time_is_over() {
    in_orders(10, || {
        let server = LocalTaskServer::new().workers(1).serve::<look_up>();
        let report = Campaign::new(Asking).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
        assert_eq!(report.method("look_up").expect("it was used").timed_out, 2);
    });
}

/// What a task can know of itself.
#[method]
fn who_am_i(task: &TaskContext) -> (u64, u32, Resources, bool) {
    (task.id().get(), task.attempt(), task.resources(), task.is_cancelled())
}

struct Curious;

#[thinker]
impl Curious {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(None, 2)?;
        let resources = Resources { node_count: 2, cpu_processes: 1, cpu_threads: 1 };
        assert_eq!(agent.call(who_am_i {}.holding(slots))?.into_value()?, (1, 1, resources, false));
        let resources = Resources { node_count: 1, cpu_processes: 8, cpu_threads: 4 };
        assert_eq!(agent.call(who_am_i {}.resources(resources))?.into_value()?, (2, 1, resources, false));
        Ok(())
    }
}

#[test]
fn a_task_knows_its_id_attempt_resources_and_whether_it_is_wanted() {
    in_orders(10, || {
        let server = LocalTaskServer::new().serve::<who_am_i>();
        Campaign::new(Curious).ignore_ctrl_c().task_server(server).unallocated_slots(2).run().expect("nothing fails");
    });
}

#[test]
fn a_method_can_be_called_like_the_function_that_it_is() {
    assert_eq!(square(7), 49);
    assert_eq!(run_for(Duration::ZERO), Duration::ZERO);
    assert!(refuse(2, &TaskContext::detached()).is_err());
}
