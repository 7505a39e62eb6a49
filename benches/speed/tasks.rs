//! What a task costs: a no-op through a whole campaign, against a bare relay that takes the same stamps.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use colmena::prelude::*;
use crossbeam_channel::unbounded;

use crate::pairs::{Effort, median};

/// The most that are outstanding in the pipelined rows.
const OUTSTANDING: usize = 1024;
const PIPELINED: usize = 100_000;
/// Tasks between two marks of the clock: the time for a task is the median over such stretches, since now and then one
/// is interrupted by another program.
const STRETCH: usize = 1000;
const SINGLE: usize = 400;

/// Long enough for all threads to fall asleep; and so short that, with what `sleep` adds, an idle core of a virtual machine
/// is still its own: beyond some 200 us waking it takes twice the time, or not, by chance.
pub(crate) const PAUSE: Duration = Duration::from_micros(80);

#[method(local)]
fn no_op(sent: Instant) -> Instant {
    sent
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

fn campaign<T: Thinker<Pools = Pool>>(thinker: T, slots: usize) -> Campaign<T> {
    let server = LocalTaskServer::new().serve::<no_op>().workers(1);
    Campaign::new(thinker).slots([(Pool::Sim, slots)]).task_server(server).ignore_ctrl_c()
}

/// Submits as fast as slots come. A task holds its slot until its handler has returned: that bounds what is outstanding.
struct Pipeline {
    tasks: usize,
    sent: AtomicUsize,
    handled: AtomicUsize,
    began: Instant,
    marks: Mutex<Vec<Instant>>,
}

#[thinker(pools = Pool)]
impl Pipeline {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(no_op { sent: self.began }.holding(slots))?;
        if self.sent.fetch_add(1, SeqCst) + 1 == self.tasks {
            agent.done().set();
        }
        Ok(())
    }

    /// The runtime takes three stamps: sent, started, ended. This is the fourth.
    #[result_processor(topic = "no_op")]
    fn handle(&self, result: TaskResult<no_op>, slots: Slots<Pool>) {
        let now = Instant::now();
        black_box(&result);
        drop(slots);
        if (self.handled.fetch_add(1, SeqCst) + 1).is_multiple_of(STRETCH) {
            self.marks.lock().push(now);
        }
    }
}

pub(crate) fn pipelined(effort: Effort) -> f64 {
    let tasks = effort.of(PIPELINED);
    let (sent, handled) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let thinker = Pipeline { tasks, sent, handled, began: Instant::now(), marks: Mutex::default() };
    let mut campaign = campaign(thinker, OUTSTANDING);
    campaign.run().expect("nothing fails");
    per_task(&campaign.thinker().marks.lock())
}

fn per_task(marks: &[Instant]) -> f64 {
    let stretches = marks.windows(2).map(|marks| (marks[1] - marks[0]).as_nanos() as f64);
    median(stretches.collect()) / STRETCH as f64
}

/// Sent, started, ended, handled.
struct Message([Option<Instant>; 4]);

const _: () = assert!(size_of::<Message>() == 64);

impl Message {
    fn new() -> Box<Self> {
        Box::new(Self([Some(Instant::now()), None, None, None]))
    }

    fn stamp(&mut self, place: usize) {
        self.0[place] = Some(Instant::now());
    }
}

/// Three threads, two channels. `send` runs in the first and gets the second's channel; `handle` in the third.
fn relay<R: Send>(
    send: impl FnOnce(&dyn Fn()),
    handle: impl FnOnce(&mut dyn Iterator<Item = Box<Message>>) -> R + Send,
) -> R {
    let (request, requests) = unbounded::<Box<Message>>();
    let (result, results) = unbounded::<Box<Message>>();
    thread::scope(|scope| {
        scope.spawn(move || {
            for mut message in requests {
                message.stamp(1);
                message.stamp(2);
                result.send(message).expect("the handler lives");
            }
        });
        let handler = scope.spawn(move || {
            handle(&mut results.into_iter().map(|mut message| {
                message.stamp(3);
                message
            }))
        });
        send(&|| request.send(Message::new()).expect("the worker lives"));
        drop(request);
        handler.join().expect("no panic")
    })
}

pub(crate) fn relay_pipelined(effort: Effort) -> f64 {
    let (messages, handled) = (effort.of(PIPELINED), AtomicUsize::new(0));
    let send = |send: &dyn Fn()| {
        for sent in 0..messages {
            while sent - handled.load(SeqCst) >= OUTSTANDING {
                thread::yield_now();
            }
            send();
        }
    };
    let marks: Vec<Instant> = relay(send, |results| {
        let mark = |message: Box<Message>| {
            let [.., now] = message.0;
            drop(black_box(message));
            now.filter(|_| (handled.fetch_add(1, SeqCst) + 1).is_multiple_of(STRETCH))
        };
        results.filter_map(mark).collect()
    });
    per_task(&marks)
}

/// Submits one task at a time, with a pause before each.
struct Single {
    tasks: usize,
    times: Mutex<Vec<f64>>,
}

#[thinker(pools = Pool)]
impl Single {
    #[agent]
    fn submit(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..self.tasks {
            thread::sleep(PAUSE);
            let sent = Instant::now();
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(no_op { sent }.holding(slots))?;
        }
        Ok(())
    }

    #[result_processor(topic = "no_op")]
    fn handle(&self, result: TaskResult<no_op>) {
        let time = result.inputs().sent.elapsed();
        self.times.lock().push(time.as_nanos() as f64);
    }
}

/// From before a task to its handler's entry, for each of some tasks.
pub(crate) fn times_one_at_a_time(effort: Effort) -> Vec<f64> {
    let mut campaign = campaign(Single { tasks: effort.of(SINGLE), times: Mutex::default() }, 1);
    campaign.run().expect("nothing fails");
    campaign.thinker().times.lock().clone()
}

pub(crate) fn one_at_a_time(effort: Effort) -> f64 {
    median(times_one_at_a_time(effort))
}

pub(crate) fn relay_one_at_a_time(effort: Effort) -> f64 {
    let send = |send: &dyn Fn()| {
        for _ in 0..effort.of(SINGLE) {
            thread::sleep(PAUSE);
            send();
        }
    };
    let time = |message: Box<Message>| {
        let [Some(sent), .., Some(handled)] = message.0 else { unreachable!("stamped") };
        (handled - sent).as_nanos() as f64
    };
    median(relay(send, |results| results.map(time).collect()))
}
