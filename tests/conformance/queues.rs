//! Queues, by the names of the original's behaviour.
//!
//! Kept in another form: `default_topic` (a method's topic is its name, unless it says another); `kill_signal_ends_server`
//! (a campaign ends its servers itself, when what they had accepted is done).
//! Not here yet: a kill signal for a server outside the process; `flush`, which is for Redis. Dropped: see the README.

use colmena::Method;
use colmena::prelude::*;

use crate::world::{HOUR, campaign, in_orders, pause, square, wait_for};

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
