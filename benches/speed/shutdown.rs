//! How fast ten idle agents end, against ten threads that wait for a message.

use std::thread;
use std::time::{Duration, Instant};

use colmena::prelude::*;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::pairs::{Effort, median};

const RUNS: usize = 16;
const THREADS: usize = 10;
/// Long enough for all threads to have started and fallen asleep.
const SETTLE: Duration = Duration::from_millis(3);

#[method]
fn one(x: u64) -> u64 {
    x
}

#[method]
fn other(x: u64) -> u64 {
    x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

/// Ten agents, all of them idle.
struct Idle {
    tell: Sender<colmena::Done>,
    never: Event,
    items: WorkQueue<u64>,
}

#[thinker(pools = Pool)]
impl Idle {
    /// Hands out what ends the campaign.
    #[agent]
    fn wait_for_event(&self, agent: &Agent<Self>) -> Result<()> {
        self.tell.send(agent.done())?;
        self.never.wait()?;
        Ok(())
    }

    #[agent]
    fn wait_for_slots(&self, agent: &Agent<Self>) -> Result<()> {
        let _slots = agent.rec().acquire(Pool::Ml, 1)?;
        Ok(())
    }

    #[agent]
    fn sleep(&self, agent: &Agent<Self>) -> Result<()> {
        agent.sleep(Duration::from_secs(60))?;
        Ok(())
    }

    #[task_submitter(task_type = Sim, queue = items)]
    fn submit_items(&self, _slots: Slots<Pool>, _item: u64) {}

    #[task_submitter(task_type = Ml)]
    fn submit(&self, _slots: Slots<Pool>) {}

    #[result_processor(topic = "one")]
    fn handle_one(&self, _result: TaskResult<one>) {}

    #[result_processor(topic = "other", threads = 2)]
    fn handle_other(&self, _result: TaskResult<other>) {}

    #[event_responder(event = never)]
    fn respond(&self) {}

    #[event_responder(event = never, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim)]
    fn reallocate(&self) {}
}

pub(crate) fn campaign(effort: Effort) -> f64 {
    median((0..effort.of(RUNS)).map(|_| end_campaign()).collect())
}

fn end_campaign() -> f64 {
    let (tell, done) = bounded(1);
    let server = LocalTaskServer::new().serve::<one>().serve::<other>();
    let thinker = Idle { tell, never: Event::new(), items: WorkQueue::new() };
    let mut campaign = Campaign::new(thinker).slots([(Pool::Sim, 1)]).task_server(server);
    thread::scope(|scope| {
        let setter = scope.spawn(move || set(&done));
        let report = campaign.run().expect("nothing fails");
        let ended = Instant::now();
        assert_eq!(report.agents().len(), THREADS);
        (ended - setter.join().expect("no panic")).as_nanos() as f64
    })
}

fn set(done: &Receiver<colmena::Done>) -> Instant {
    let done = done.recv().expect("an agent sends it");
    thread::sleep(SETTLE);
    let began = Instant::now();
    done.set();
    began
}

pub(crate) fn threads(effort: Effort) -> f64 {
    median((0..effort.of(RUNS)).map(|_| end_threads()).collect())
}

fn end_threads() -> f64 {
    let (send, receive) = bounded::<()>(1);
    let start = || {
        let receive = receive.clone();
        thread::spawn(move || receive.recv().is_err())
    };
    let threads: Vec<_> = (0..THREADS).map(|_| start()).collect();
    thread::sleep(SETTLE);
    let began = Instant::now();
    drop(send);
    for thread in threads {
        assert!(thread.join().expect("no panic"));
    }
    began.elapsed().as_nanos() as f64
}
