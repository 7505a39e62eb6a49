//! Queues, by the names of the original's behaviour.
//!
//! Kept in another form: `default_topic` (a method's topic is its name, unless it says another); `kill_signal_ends_server`
//! (a campaign ends its servers itself, when what they had accepted is done).
//! Not here yet: a kill signal for a server outside the process; `flush`, which is for Redis. Dropped: `flush` and `keep_inputs`
//! in one process, and roles; the guide says why.

use colmena::prelude::*;
use colmena::{Ending, GetResultError, Method};

use crate::world::{Alone, HOUR, SECOND, campaign, in_orders, pause, run_for, square, wait_for};

/// Runs an agent on two workers, in some orders.
#[track_caller]
fn alone(act: fn(&Agent<Alone>) -> Result<()>) {
    in_orders(100, move || {
        let report = campaign(Alone(act)).unallocated_slots(2).run().expect("nothing fails");
        assert_eq!((report.uncollected(), report.late()), (0, 0));
    });
}

/// Each topic has its queue; in it are its results, in the order of completion.
#[test]
fn topics_are_separate() {
    alone(|agent| {
        let queues = agent.queues();
        queues.send_inputs(run_for { time: SECOND * 2 })?;
        queues.send_inputs(run_for { time: SECOND })?;
        queues.send_inputs(square { x: 3 })?;
        assert_eq!(queues.get_result("squares")?.downcast::<square>().expect("a square").into_value()?, 9);
        let times = [queues.get_result("run_for")?, queues.get_result("run_for")?];
        let ids = times.map(|result| result.downcast::<run_for>().expect("a time").id().get());
        assert_eq!(ids, [2, 1]);
        Ok(())
    });
}

/// A topic that no method has is refused at the call, and those that there are are named.
#[test]
fn unknown_topic_refused() {
    alone(|agent| {
        let error = agent.queues().get_result("square").expect_err("the topic is `squares`");
        let text = "no method of this campaign has the topic `square`; there are: \
                    count_to, panics, refuse, run_for, squares, wait_for";
        assert_eq!(error.to_string(), text);
        Ok(())
    });
}

/// A wait for a result ends at its timeout, with an error.
#[test]
fn timeout_is_an_error() {
    alone(|agent| {
        let queues = agent.queues();
        queues.send_inputs(run_for { time: SECOND * 2 })?;
        let error = queues.clone().timeout(SECOND).get_result("run_for").expect_err("it takes longer");
        assert_eq!(error, GetResultError::TimedOut { topic: "run_for" });
        assert_eq!(error.to_string(), "no result of the topic `run_for` came in time");
        // It comes in the moment in which this wait ends, too: it may be missed, and is not lost.
        let result = queues.clone().timeout(SECOND).get_result("run_for");
        assert!(result.or_else(|_| queues.get_result("run_for")).is_ok());
        Ok(())
    });
}

/// A task is active from when it is sent until its result has been read.
#[test]
fn active_count() {
    alone(|agent| {
        let queues = agent.queues();
        assert_eq!(queues.active_count(), 0);
        queues.send_inputs(square { x: 2 })?;
        queues.send_inputs(run_for { time: HOUR })?;
        assert_eq!(queues.active_count(), 2);
        let _ = queues.get_result("squares")?;
        assert_eq!(queues.active_count(), 1);
        let _ = queues.get_result("run_for")?;
        assert_eq!(queues.active_count(), 0);
        Ok(())
    });
}

/// Sends two tasks, and waits until they have been handled.
struct Patient;

#[thinker]
impl Patient {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        let queues = agent.queues();
        assert_eq!(queues.wait_until_done(), Ok(true), "nothing is active");
        agent.submit(run_for { time: HOUR })?;
        agent.submit(run_for { time: HOUR * 2 })?;
        assert_eq!(queues.clone().timeout(SECOND).wait_until_done(), Ok(false));
        assert_eq!(queues.wait_until_done(), Ok(true));
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {
        pause(HOUR);
    }
}

/// One can wait until no task is active, its last result handled; with a timeout, if one likes.
#[test]
fn wait_until_done() {
    in_orders(100, || {
        let report = campaign(Patient).unallocated_slots(2).run().expect("nothing fails");
        assert_eq!((report.ending(), report.wall_time()), (&Ending::AgentEnded("sends"), HOUR * 3));
    });
}

/// Says no topic.
#[method]
fn relax(steps: u64) -> u64 {
    steps
}

/// The topic of a method is its name, unless it says another one.
#[test]
fn default_topic() {
    assert_eq!((relax::NAME, relax::TOPIC), ("relax", "relax"));
    assert_eq!((square::NAME, square::TOPIC), ("square", "squares"));
}

/// Which walker a step belongs to, and what had led to it.
#[derive(Clone, Debug, PartialEq)]
struct Origin {
    walker: u32,
    path: Vec<f64>,
}

const WALKER: Info<u32> = Info::new("walker");
const PATH: Info<Vec<f64>> = Info::new("path");

#[derive(Default)]
struct Walkers {
    came: Mutex<Vec<Origin>>,
}

#[thinker]
impl Walkers {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for walker in 0..3 {
            let path = vec![0.1; walker as usize];
            agent.submit(square { x: 1 }.info(WALKER, walker).info(PATH, path))?;
        }
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, result: TaskResult<square>) {
        let (walker, path) = (result.info(WALKER).copied(), result.info(PATH).cloned());
        assert!(result.info(Info::<f64>::new("walker")).is_none(), "of another type");
        self.came.lock().extend(walker.zip(path).map(|(walker, path)| Origin { walker, path }));
    }
}

/// What is noted on a task comes back with its result, untouched.
#[test]
fn task_info() {
    in_orders(50, || {
        let mut campaign = campaign(Walkers::default()).unallocated_slots(2);
        campaign.run().expect("nothing fails");
        let mut came = campaign.thinker().came.lock().clone();
        came.sort_unstable_by_key(|origin| origin.walker);
        let origin = |walker| Origin { walker, path: vec![0.1; walker as usize] };
        assert_eq!(came, [origin(0), origin(1), origin(2)]);
    });
}

/// Ends, with two tasks out: one runs, one waits for the only worker.
#[derive(Default)]
struct Brief {
    gate: Event,
    handled: Mutex<Vec<bool>>,
}

#[thinker]
impl Brief {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..2 {
            agent.submit(wait_for { gate: self.gate.clone() })?;
        }
        Ok(())
    }

    #[tear_down_agent]
    fn lets_them_end(&self, agent: &Agent<Self>) {
        if agent.name() == "sends" {
            pause(HOUR);
            self.gate.set();
        }
    }

    #[result_processor]
    fn store(&self, result: TaskResult<wait_for>) -> Result<()> {
        self.handled.lock().push(result.into_value()?);
        Ok(())
    }
}

/// A server ends when it is told to, after what it had accepted is done.
#[test]
fn kill_signal_ends_server() {
    in_orders(100, || {
        let mut campaign = campaign(Brief::default()).unallocated_slots(1);
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().handled.lock(), [true, true]);
    });
}
