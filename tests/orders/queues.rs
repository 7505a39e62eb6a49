//! Submitters whose queues run dry, are filled, are closed: no item is lost, none is sent twice, no slot is held for nothing.

use colmena::prelude::*;
use colmena::{AgentEnd, Ending, NotSent, PopError};

use crate::world::{Books, Pool, campaign, drawn, in_orders, square, steps};

/// What is to be sent, and what was.
#[derive(Default)]
struct Items {
    steps: u64,
    books: Books,
    work: WorkQueue<u64>,
    sent: Mutex<Vec<u64>>,
    refused: Mutex<Vec<u64>>,
    stored: Mutex<Vec<u64>>,
    popped: Mutex<Vec<u64>>,
}

impl Items {
    fn send<T: Thinker>(&self, agent: &Agent<T>, slots: Slots<Pool>, x: u64) -> Result<()>
    where
        square: colmena::ProcessedBy<T>,
    {
        match agent.submit(square { x }.holding(slots)) {
            Ok(_) => self.sent.lock().push(x),
            Err(refused) => {
                assert!(matches!(refused.reason(), NotSent::Stopped(_)));
                self.refused.lock().push(x);
            }
        }
        Ok(())
    }

    /// Every item is somewhere, once; whatever was sent has been handled.
    #[track_caller]
    fn assert_all(&self, n: u64, total: usize) {
        let sorted = |items: &Mutex<Vec<u64>>| {
            let mut items = items.lock().clone();
            items.sort_unstable();
            items
        };
        assert_eq!(sorted(&self.stored), sorted(&self.sent));
        let left = self.work.snapshot().to_vec();
        let mut all = [sorted(&self.sent), sorted(&self.refused), sorted(&self.popped), left].concat();
        all.sort_unstable();
        assert!((0..n).eq(all.iter().copied()), "{all:?}");
        self.books.balance(total);
    }
}

impl Source for Items {
    type Item = u64;

    fn take(&self) -> Option<u64> {
        self.work.take()
    }

    fn is_finished(&self) -> bool {
        self.work.is_finished()
    }

    fn watch<'a>(&'a self, watch: &mut Watch<'a>) {
        self.work.watch(watch);
    }
}

impl Lookahead for Items {
    fn peek(&self) -> Option<u64> {
        self.work.peek()
    }

    fn put_back(&self, x: u64) {
        self.work.put_back(x);
    }
}

/// One submitter, one queue that is filled bit by bit and closed.
#[derive(Default)]
struct Single {
    items: Items,
}

#[thinker(pools = Pool)]
impl Single {
    #[task_submitter(task_type = Sim, queue = items)]
    fn draw(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        self.items.send(agent, slots, x)
    }

    #[result_processor(topic = "square")]
    fn store(&self, result: TaskResult<square>) {
        self.items.stored.lock().push(result.inputs().x);
    }

    #[agent(startup)]
    fn fill(&self, agent: &Agent<Self>) -> Result<()> {
        self.items.books.open(agent);
        for x in 0..5 {
            self.items.work.push(x)?;
            steps(self.items.steps);
        }
        self.items.work.close();
        Ok(())
    }
}

/// ```text
/// draw                    fill
///   granted a slot
///   finds no item
///                           pushes one, wakes
///   gives the slot back
///   looks again
///                           pushes the last, closes
///   takes it, and ends
/// ```
#[test]
fn a_queue_that_runs_dry_and_is_closed_is_emptied() {
    in_orders(|seed| {
        let items = Items { steps: drawn(seed, 25), ..Items::default() };
        let mut campaign = campaign(Single { items }).slots([(Pool::Sim, 2)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(*report.ending(), Ending::AgentEnded("draw"));
        let items = &campaign.thinker().items;
        items.assert_all(5, 2);
        assert_eq!(items.sent.lock().len(), 5, "all of them have been sent");
    });
}

/// Two submitters of different sizes and a thief at one queue.
#[derive(Default)]
struct Rivals {
    items: Items,
}

#[thinker(pools = Pool)]
impl Rivals {
    #[task_submitter(task_type = Sim, n_slots = |x| 1 + *x as usize % 2, queue = items)]
    fn by_need(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        assert_eq!(slots.count() as u64, 1 + x % 2, "what this item needs, whoever took the one before");
        self.items.send(agent, slots, x)
    }

    #[task_submitter(task_type = Sim, n_slots = 2, queue = items)]
    fn in_pairs(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        assert_eq!(slots.count(), 2);
        self.items.send(agent, slots, x)
    }

    #[agent(startup)]
    fn steal(&self) -> Result<()> {
        loop {
            steps(8);
            match self.items.work.pop() {
                Ok(x) => self.items.popped.lock().push(x),
                Err(PopError::Closed | PopError::Stopped(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    #[result_processor(topic = "square")]
    fn store(&self, result: TaskResult<square>) {
        self.items.stored.lock().push(result.inputs().x);
    }

    #[agent(startup)]
    fn fill(&self, agent: &Agent<Self>) -> Result<()> {
        self.items.books.open(agent);
        for x in 0..6 {
            self.items.work.push(x)?;
            steps(self.items.steps);
        }
        self.items.work.close();
        Ok(())
    }
}

/// ```text
/// by_need                 in_pairs              steal
///   sees an item of 1
///   granted 1 slot
///                                                 takes that item
///   takes the next one: needs 2
///   gives 1 back, waits for 2 at its old place
///                           waits behind it
/// ```
#[test]
fn rivals_at_one_queue_take_each_item_once() {
    in_orders(|seed| {
        let items = Items { steps: drawn(seed, 25), ..Items::default() };
        let mut campaign = campaign(Rivals { items }).slots([(Pool::Sim, 3)]);
        let report = campaign.run().expect("nothing fails");
        assert!(matches!(report.ending(), Ending::AgentEnded("by_need" | "in_pairs")), "{report}");
        assert!(campaign.thinker().items.work.is_empty());
        campaign.thinker().items.assert_all(6, 3);
    });
}

/// A submitter without an item, and others who want its slots.
#[derive(Default)]
struct Idle {
    items: Items,
    acquired: Mutex<u32>,
}

#[thinker(pools = Pool)]
impl Idle {
    #[task_submitter(task_type = Sim, n_slots = 2, queue = items)]
    fn draw(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        self.items.send(agent, slots, x)
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        self.items.stored.lock().push(result.inputs().x);
        agent.done().set();
    }

    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.items.books.open(agent);
        for n in [1, 2, 1] {
            let held = agent.rec().acquire(Pool::Sim, n)?;
            *self.acquired.lock() += 1;
            steps(self.items.steps);
            drop(held);
        }
        // Only now: the others did not wait behind a submitter without an item.
        Ok(self.items.work.push(0)?)
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>) -> Result<()> {
        agent.rec().reallocate(Pool::Sim, Pool::Ml, 1)?;
        agent.rec().reallocate(Pool::Ml, Pool::Sim, 1)?;
        Ok(())
    }
}

/// ```text
/// draw                    one                   two
///   granted 2, dry
///                           waits for 2           waits for 1
///   gives them back
///                           gets 2
/// ```
#[test]
fn a_submitter_without_an_item_holds_up_nobody() {
    in_orders(|seed| {
        let items = Items { steps: drawn(seed, 10), ..Items::default() };
        let mut campaign = campaign(Idle { items, ..Idle::default() }).slots([(Pool::Sim, 2)]);
        campaign.run().expect("nobody stands still");
        assert_eq!(*campaign.thinker().acquired.lock(), 3);
        campaign.thinker().items.assert_all(1, 2);
    });
}

/// Chooses between two queues; the second counts only once an event is set.
#[derive(Default)]
struct Choice {
    first: WorkQueue<u64>,
    second: WorkQueue<u64>,
    open: Event,
}

impl Choice {
    fn of<R>(&self, look: impl Fn(&WorkQueue<u64>) -> Option<R>) -> Option<R> {
        look(&self.first).or_else(|| if self.open.is_set() { look(&self.second) } else { None })
    }
}

impl Source for Choice {
    type Item = u64;

    fn take(&self) -> Option<u64> {
        self.of(WorkQueue::try_pop)
    }

    fn is_finished(&self) -> bool {
        [&self.first, &self.second].iter().all(|queue| queue.is_closed() && queue.is_empty())
    }

    fn watch<'a>(&'a self, watch: &mut Watch<'a>) {
        watch.queue(&self.first);
        watch.queue(&self.second);
        watch.event(&self.open);
    }
}

#[derive(Default)]
struct Chooser {
    items: Items,
    choice: Choice,
}

#[thinker(pools = Pool)]
impl Chooser {
    #[task_submitter(task_type = Sim, queue = choice)]
    fn draw(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        self.items.send(agent, slots, x)
    }

    #[result_processor(topic = "square")]
    fn store(&self, result: TaskResult<square>) {
        self.items.stored.lock().push(result.inputs().x);
    }

    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.items.books.open(agent);
        self.choice.first.push(0)?;
        self.choice.first.close();
        Ok(())
    }

    #[agent(startup)]
    fn two(&self) -> Result<()> {
        self.choice.second.push(1)?;
        steps(self.items.steps);
        self.choice.open.set();
        self.choice.second.close();
        Ok(())
    }
}

/// ```text
/// draw                    one                   two
///   looks at both: nothing
///                                                 pushes: not open yet
///   looks again: nothing
///                                                 sets the event, closes
///   wakes, takes it
///                           pushes, closes
///   takes it, and ends
/// ```
#[test]
fn a_source_of_several_wakes_at_each_of_them() {
    in_orders(|seed| {
        let items = Items { steps: drawn(seed, 25), ..Items::default() };
        let mut campaign = campaign(Chooser { items, ..Chooser::default() }).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(report.agent("draw").map(|agent| (agent.end, agent.calls)), Some((AgentEnd::Ended, 2)));
        campaign.thinker().items.assert_all(2, 1);
    });
}
