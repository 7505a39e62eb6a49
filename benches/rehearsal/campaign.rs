//! The campaigns that are rehearsed: tasks of about an hour, none at the same moment.

use std::time::{Duration, Instant};

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

#[method]
fn simulate(x: u64) -> u64 {
    x
}

/// How large a campaign is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    slots: usize,
    tasks: u64,
}

pub(crate) const FEW: Size = Size { slots: 1_000, tasks: 50_000 };
pub(crate) const MANY: Size = Size { slots: 1_000_000, tasks: 1_500_000 };
const EXPLORED: u64 = 400;

struct Steering {
    sent: Mutex<u64>,
    tasks: u64,
}

#[thinker]
impl Steering {
    #[task_submitter(n_slots = 1)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots) -> Result<()> {
        let x = {
            let mut sent = self.sent.lock();
            *sent += 1;
            *sent
        };
        if x > self.tasks {
            agent.done().set();
            return Ok(());
        }
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        result.into_value()?;
        Ok(())
    }
}

fn campaign(size: Size) -> Campaign<Steering> {
    let server = LocalTaskServer::new().serve::<simulate>();
    let thinker = Steering { sent: Mutex::new(0), tasks: size.tasks };
    Campaign::new(thinker).unallocated_slots(size.slots).task_server(server)
}

fn plan() -> Rehearsal {
    let spread = |x: u64| x.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24;
    let lasting = move |simulate: &simulate, _: &mut _| Duration::from_nanos(3_000_000_000_000 + spread(simulate.x));
    Rehearsal::new().method(Model::<simulate>::running().lasting_by(lasting))
}

/// Nanoseconds for each task.
pub(crate) fn rehearse(size: Size) -> f64 {
    let begun = Instant::now();
    let report = campaign(size).rehearse(&plan()).expect("nothing fails");
    assert_eq!(report.method("simulate").map(|simulate| simulate.succeeded), Some(size.tasks));
    begun.elapsed().as_nanos() as f64 / size.tasks as f64
}

pub(crate) fn switches_of_a_task() -> f64 {
    let switches = plan().switches(|| campaign(FEW)).expect("nothing fails");
    switches as f64 / FEW.tasks as f64
}

#[derive(Default)]
struct Five {
    candidates: WorkQueue<u64>,
    seen: Mutex<u64>,
    retrain: Event,
    warm: Event,
}

/// Five agents.
#[thinker]
impl Five {
    #[agent(startup)]
    fn start(&self) {
        self.warm.set();
    }

    #[task_submitter(queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots, x: u64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        result.into_value()?;
        let mut seen = self.seen.lock();
        *seen += 1;
        if seen.is_multiple_of(25) {
            self.retrain.set();
        }
        Ok(())
    }

    #[event_responder(event = retrain)]
    fn learn(&self) {}

    #[event_responder(event = warm)]
    fn warms(&self) {}
}

/// How many orders were explored.
pub(crate) fn explore() -> u64 {
    let make = |_| {
        let thinker = Five { candidates: (0..100).collect(), ..Five::default() };
        thinker.candidates.close();
        let server = LocalTaskServer::new().serve::<simulate>();
        Campaign::new(thinker).unallocated_slots(8).task_server(server)
    };
    let explored = plan().explore(EXPLORED, make, |five, _| assert_eq!(*five.seen.lock(), 100));
    explored.expect("nothing fails").orders
}
