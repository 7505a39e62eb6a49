//! A submitter with a queue: it holds neither slots nor item while it waits for the other.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use colmena::prelude::*;
use colmena::{Ending, Watch};

use crate::world::{SECOND, campaign, in_orders, pause, run_for, square};

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[derive(Default)]
struct Waiting {
    jobs: WorkQueue<u64>,
    log: Mutex<Vec<u64>>,
}

#[thinker(pools = Pool)]
impl Waiting {
    #[task_submitter(task_type = Sim, n_slots = 2, queue = jobs)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        assert_eq!(slots.count(), 2);
        self.log.lock().push(x);
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[agent(startup)]
    fn looks(&self, agent: &Agent<Self>) -> Result<()> {
        let rec = agent.rec();
        pause(SECOND);
        assert_eq!(rec.available_slots(Pool::Sim), 2, "it waits for an item, and holds no slots");
        let all = rec.try_acquire(Pool::Sim, 2)?.expect("while the queue is empty, others get them");
        self.jobs.extend([5, 6])?;
        pause(SECOND);
        assert_eq!(self.jobs.len(), 2, "it waits for slots, and holds no item");
        self.jobs.push_front(7)?;
        drop(all);
        pause(SECOND);
        assert_eq!(*self.log.lock(), [7, 5, 6], "the best at the moment when the slots are there");
        self.jobs.push(8)?;
        self.jobs.close();
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}
}

#[test]
fn it_holds_neither_slots_nor_item_while_it_waits_for_the_other() {
    in_orders(300, || {
        let mut campaign = campaign(Waiting::default()).slots([(Pool::Sim, 2)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().log.lock(), [7, 5, 6, 8]);
        assert_eq!(
            report.ending(),
            &Ending::AgentEnded("submit"),
            "a closed and empty queue ends it, and the campaign"
        );
        assert_eq!(report.agent("submit").expect("it is one").calls, 4);
    });
}

#[derive(Default)]
struct InLine {
    jobs: WorkQueue<u64>,
    log: Mutex<Vec<&'static str>>,
}

#[thinker(pools = Pool)]
impl InLine {
    #[agent(startup)]
    fn first(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        pause(SECOND * 5);
        self.jobs.push(1)?;
        pause(SECOND);
        drop(slots);
        Ok(())
    }

    #[task_submitter(task_type = Sim, queue = jobs)]
    fn submit(&self, agent: &Agent<Self>, _slots: Slots<Pool>, _x: u64) {
        self.log.lock().push("submit");
        pause(SECOND);
        if self.log.lock().len() == 4 {
            agent.done().set();
        }
    }

    /// Asks after the submitter. Free slots are passed on to it while there are no items.
    #[agent(startup)]
    fn passes_by(&self, agent: &Agent<Self>) -> Result<()> {
        pause(SECOND);
        let error = agent.rec().timeout(SECOND).acquire(Pool::Sim, 1);
        assert!(error.is_err(), "they are held");
        pause(SECOND);
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        self.log.lock().push("passes_by");
        drop(slots);
        pause(SECOND * 3);
        let _slots = agent.rec().acquire(Pool::Sim, 1)?;
        self.log.lock().push("passes_by");
        self.jobs.push(2)?;
        Ok(())
    }
}

#[test]
fn it_keeps_its_place_in_line_and_is_passed_over_while_there_is_no_item() {
    in_orders(300, || {
        let mut campaign = campaign(InLine::default()).slots([(Pool::Sim, 1)]);
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().log.lock(), ["submit", "passes_by", "passes_by", "submit"]);
    });
}

/// The even ones first, and none before the gate is open.
#[derive(Default)]
struct Choice {
    even: WorkQueue<u64>,
    odd: WorkQueue<u64>,
    gate: Event,
}

impl Source for Choice {
    type Item = u64;

    fn take(&self) -> Option<u64> {
        if self.gate.is_set() { self.even.try_pop().or_else(|| self.odd.try_pop()) } else { None }
    }

    fn is_finished(&self) -> bool {
        [&self.even, &self.odd].iter().all(|queue| queue.is_closed() && queue.is_empty())
    }

    fn watch<'a>(&'a self, watch: &mut Watch<'a>) {
        watch.queue(&self.even);
        watch.queue(&self.odd);
        watch.event(&self.gate);
    }
}

#[derive(Default)]
struct Choosing {
    choice: Choice,
    log: Mutex<Vec<u64>>,
}

#[thinker]
impl Choosing {
    #[task_submitter(queue = choice)]
    fn submit(&self, slots: Slots, x: u64) {
        drop(slots);
        self.log.lock().push(x);
    }

    #[agent(startup)]
    fn fills(&self) -> Result<()> {
        self.choice.odd.extend([1, 3])?;
        pause(SECOND);
        assert!(self.log.lock().is_empty());
        self.choice.even.push(2)?;
        self.choice.gate.set();
        pause(SECOND);
        assert_eq!(*self.log.lock(), [2, 1, 3]);
        self.choice.odd.push(5)?;
        self.choice.even.close();
        self.choice.odd.close();
        Ok(())
    }
}

#[test]
fn a_source_can_choose_between_queues_and_names_what_wakes_it() {
    in_orders(300, || {
        let mut campaign = campaign(Choosing::default()).unallocated_slots(1);
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().log.lock(), [2, 1, 3, 5]);
    });
}

#[derive(Clone, Copy)]
struct Job {
    nodes: usize,
}

#[derive(Default)]
struct ByItem {
    jobs: WorkQueue<Job>,
    width: AtomicUsize,
    log: Mutex<Vec<usize>>,
}

impl ByItem {
    /// Called outside every lock: it may look at the queue.
    fn nodes(&self, job: &Job) -> usize {
        assert!(self.jobs.len() < 100);
        job.nodes
    }

    /// Another number each time that it is asked.
    fn wider(&self) -> usize {
        self.width.fetch_add(1, SeqCst).min(1) + 1
    }
}

#[thinker(pools = Pool)]
impl ByItem {
    #[task_submitter(task_type = Sim, n_slots = |job| self.nodes(job), queue = jobs)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, job: Job) -> Result<()> {
        assert_eq!(slots.count(), job.nodes);
        self.log.lock().push(job.nodes);
        agent.submit(run_for { time: SECOND }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {}
}

#[test]
fn the_number_of_slots_can_depend_on_the_item() {
    in_orders(300, || {
        let jobs = [1, 3, 2, 4].into_iter().map(|nodes| Job { nodes }).collect::<WorkQueue<_>>();
        jobs.close();
        let mut campaign = campaign(ByItem { jobs, ..ByItem::default() }).slots([(Pool::Sim, 4)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().log.lock(), [1, 3, 2, 4]);
        assert_eq!(report.wall_time(), SECOND * 3);
    });
}

struct Once(ByItem);

#[thinker(pools = Pool)]
impl Once {
    #[task_submitter(task_type = Sim, n_slots = self.0.wider())]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) {
        self.0.log.lock().push(slots.count());
        if self.0.log.lock().len() == 3 {
            agent.done().set();
        }
    }
}

#[test]
fn without_a_queue_it_runs_each_time_the_slots_are_granted_and_an_expression_is_evaluated_once() {
    in_orders(50, || {
        let mut campaign = campaign(Once(ByItem::default())).slots([(Pool::Sim, 4)]);
        campaign.run().expect("nothing fails");
        let log = campaign.thinker().0.log.lock().clone();
        assert!(log.iter().all(|&n| n == log[0]), "{log:?}");
        assert_eq!((log.len(), campaign.thinker().0.width.load(SeqCst)), (3, 1));
    });
}
