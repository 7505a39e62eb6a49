//! Tasks: what is said of them, and what they share.

use std::time::{Duration, Instant};

use colmena::prelude::*;

use crate::world::{HOUR, SECOND, campaign, in_orders, pause, run_for, square};

/// Where the model is, and what it says.
#[method]
fn infer(model: &Shared<Vec<f64>>, x: f64) -> (usize, f64) {
    (model.as_ptr().addr(), model[0] * x)
}

/// The same, lent a handle of its own.
#[method]
fn infer_by_value(model: Shared<Vec<f64>>, x: f64) -> (usize, f64) {
    infer(&model, x)
}

struct Inference;

#[thinker]
impl Inference {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        let model = Shared::new(vec![2.0; 1 << 20]);
        let place = model.as_ptr().addr();
        let tasks = (0..4).map(|x| infer { model: model.clone(), x: f64::from(x) });
        let answers = agent.gather(tasks)?.all()?;
        assert!(answers.iter().all(|answer| Shared::is_same(&answer.inputs().model, &model)));
        let values: Vec<_> = answers.into_iter().map(|answer| answer.into_value()).collect::<Result<_, _>>()?;
        assert_eq!(values, [(place, 0.0), (place, 2.0), (place, 4.0), (place, 6.0)]);
        assert_eq!(agent.call(infer_by_value { model: model.clone(), x: 1.0 })?.into_value()?, (place, 2.0));
        Ok(())
    }
}

#[test]
fn what_is_shared_is_one_value_for_all_tasks_of_a_process() {
    let server = LocalTaskServer::new().workers(2).serve::<infer>().serve::<infer_by_value>();
    Campaign::new(Inference).ignore_ctrl_c().task_server(server).run().expect("nothing fails");
}

#[test]
fn the_last_handle_gives_the_shared_value_back() {
    let one = Shared::new(3);
    let other = one.clone();
    let one = Shared::try_unwrap(one).expect_err("there is another handle");
    assert_eq!(one, other);
    drop(other);
    assert_eq!(Shared::try_unwrap(one), Ok(3));
}

const STEP: Info<u32> = Info::new("step");
const ENERGY: Info<f64> = Info::new("energy");

#[derive(Default)]
struct Noting {
    noted: Mutex<Vec<(Option<u32>, Option<f64>)>>,
}

#[thinker]
impl Noting {
    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(square { x: 3 }.info(STEP, 7))?;
        agent.submit(square { x: 4 })?;
        Ok(())
    }

    #[result_processor]
    fn notes(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        if let Some(step) = result.info(STEP) {
            result.note(STEP, step + 1);
        }
        result.note(ENERGY, *result.value()? as f64);
        let mut noted = self.noted.lock();
        noted.push((result.info(STEP).copied(), result.info(ENERGY).copied()));
        if noted.len() == 2 {
            agent.done().set();
        }
        Ok(())
    }
}

#[test]
fn a_handler_adds_notes_to_those_of_the_sender() {
    in_orders(100, || {
        let server = LocalTaskServer::new().workers(2).serve::<square>();
        let mut campaign = Campaign::new(Noting::default()).ignore_ctrl_c().task_server(server);
        campaign.run().expect("nothing fails");
        let mut noted = campaign.thinker().noted.lock().clone();
        noted.sort_by_key(|(step, _)| *step);
        assert_eq!(noted, [(None, Some(16.0)), (Some(8), Some(9.0))]);
    });
}

struct Timed;

#[thinker]
impl Timed {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND);
        let before = agent.elapsed();
        let times = agent.call(run_for { time: HOUR })?.times();
        let after = agent.elapsed();
        let started = times.started.expect("it has run");
        assert!(SECOND <= before && before <= times.submitted && times.submitted <= started);
        assert!(started + HOUR <= times.ended && times.ended <= after);
        Ok(())
    }
}

#[test]
fn the_times_of_tasks_are_on_the_clock_of_their_agent() {
    in_orders(50, || drop(campaign(Timed).run().expect("nothing fails")));
}

/// Sleeps, step by step; how far it has come in the end.
#[method]
fn steps(n: u32, task: &TaskContext<u32>) -> Result<u32> {
    for step in 1..=n {
        task.sleep(HOUR)?;
        task.emit(step);
    }
    Ok(n)
}

#[derive(Default)]
struct Sleeping {
    emitted: Mutex<u32>,
    ended: Mutex<Vec<(Option<FailureKind>, Duration)>>,
}

#[thinker]
impl Sleeping {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        let cancelled = agent.submit(steps { n: 100 })?;
        agent.submit(steps { n: 2 })?;
        agent.submit(steps { n: 100 }.time_limit(HOUR / 2))?;
        agent.sleep(HOUR * 3 + HOUR / 2)?;
        agent.cancel(cancelled);
        Ok(())
    }

    #[result_processor]
    fn store(&self, update: TaskUpdate<steps>) {
        match update {
            TaskUpdate::Emitted(_) => *self.emitted.lock() += 1,
            TaskUpdate::Finished(result, _) => {
                let kind = result.failure().map(Failure::kind);
                self.ended.lock().push((kind, result.times().ended));
            }
        }
    }
}

#[test]
fn a_method_sleeps_on_the_clock_of_the_runtime_until_its_task_is_cancelled() {
    in_orders(100, || {
        let server = LocalTaskServer::new().workers(3).serve::<steps>();
        let mut campaign = Campaign::new(Sleeping::default()).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nobody is left behind");
        assert_eq!((*campaign.thinker().emitted.lock(), report.wall_time()), (5, HOUR * 3 + HOUR / 2));
        let ended = campaign.thinker().ended.lock().clone();
        let expected = [
            (Some(FailureKind::TimedOut), HOUR / 2),
            (None, HOUR * 2),
            (Some(FailureKind::Cancelled), HOUR * 3 + HOUR / 2),
        ];
        assert_eq!(ended, expected);
    });
}

#[test]
fn a_method_that_is_called_directly_sleeps_too() {
    in_orders(1, || {
        let before = Instant::now();
        assert_eq!(steps(24, &TaskContext::detached()).expect("nobody cancels it"), 24);
        assert!(before.elapsed() < HOUR, "in virtual time");
    });
}
