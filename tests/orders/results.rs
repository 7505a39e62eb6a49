//! Results that come early, late, to many or to nobody: each task settles once, and no result is lost.

use colmena::prelude::*;
use colmena::{CallError, FailureKind, TaskId};

use crate::world::{Books, Pool, SECOND, Ways, campaign, counts, drawn, in_orders, square, steps, takes};

/// Sends squares of 1 to `n`, and is done when all have come back.
#[derive(Default)]
struct Squares {
    n: u64,
    threads: usize,
    books: Books,
    sent: Mutex<Vec<TaskId>>,
    stored: Mutex<Vec<(TaskId, u64)>>,
}

#[thinker(pools = Pool)]
impl Squares {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        for x in 1..=self.n {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            let id = agent.submit(square { x }.holding(slots))?;
            self.sent.lock().push(id);
        }
        Ok(())
    }

    #[result_processor(topic = "square", threads = self.threads)]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        let stored = {
            let mut stored = self.stored.lock();
            stored.push((result.id(), *result.value()?));
            stored.len()
        };
        if stored as u64 == self.n {
            agent.done().set();
        }
        Ok(())
    }
}

impl Squares {
    #[track_caller]
    fn run(threads: usize) {
        let mut campaign = campaign(Self { n: 4, threads, ..Self::default() }).slots([(Pool::Sim, 2)]);
        let report = campaign.run().expect("nothing fails");
        let squares = campaign.thinker();
        let mut stored = squares.stored.lock().clone();
        stored.sort_unstable();
        let expected: Vec<_> = squares.sent.lock().iter().copied().zip([1, 4, 9, 16]).collect();
        assert_eq!(stored, expected);
        assert_eq!(report.method("square").map(|method| method.succeeded), Some(4));
        assert_eq!((report.uncollected(), report.late()), (0, 0));
        squares.books.balance(2);
    }
}

/// ```text
/// send                    worker                store
///   sends a task
///                           runs it, settles it
///                                                 handles it
///   goes on, with its id
/// ```
#[test]
fn a_result_that_comes_before_its_sender_goes_on() {
    in_orders(|_| Squares::run(1));
}

/// ```text
/// worker 1    worker 2    store 1     store 2
///   settles a
///               settles b
///                           takes a     takes b
///                                       handles b
///                           handles a
/// ```
#[test]
fn many_handlers_take_each_result_once() {
    in_orders(|_| Squares::run(2));
}

/// Calls, while somebody else ends the campaign.
#[derive(Default)]
struct Impatient {
    steps: u64,
    sleeps: bool,
    books: Books,
    got: Mutex<Option<bool>>,
}

#[thinker(pools = Pool)]
impl Impatient {
    #[agent(startup)]
    fn ask(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let outcome = match agent.call(takes { time: SECOND }.holding(slots)) {
            Ok(result) => Some(*result.value()? == SECOND),
            Err(CallError::Stopped { .. }) => Some(false),
            Err(_not_sent) => None,
        };
        *self.got.lock() = outcome;
        Ok(())
    }

    #[agent]
    fn end(&self, agent: &Agent<Self>) -> Result<()> {
        if self.sleeps {
            agent.sleep(SECOND)?;
        }
        steps(self.steps);
        Ok(())
    }
}

/// ```text
/// ask                     worker                end
///   sends, waits
///                                                 sets done
///   stops waiting
///                           settles the task
///   gives it up: too late
///   takes the result after all
/// ```
#[test]
fn a_call_that_is_given_up_when_its_result_comes() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let thinker = Impatient { steps: drawn(seed, 40), sleeps: !seed.is_multiple_of(4), ..Impatient::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        let got = *campaign.thinker().got.lock();
        // It settles and is counted, whoever gets it.
        assert_eq!(crate::world::settled(&report), u64::from(got.is_some()));
        assert_eq!(report.uncollected(), u64::from(got == Some(false)));
        campaign.thinker().books.balance(1);
        noted.note(got == Some(true));
    });
    ways.assert_both();
}

/// Emissions of two tasks, one of which is cancelled at some point.
#[derive(Default)]
struct Progress {
    steps: u64,
    seen: Mutex<Vec<(TaskId, u64)>>,
    finished: Mutex<Vec<(TaskId, bool)>>,
}

const EMISSIONS: u64 = 3;

#[thinker(pools = Pool)]
impl Progress {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        let kept = agent.submit(counts { n: EMISSIONS })?;
        let hasty = agent.submit(counts { n: EMISSIONS })?;
        assert!(kept < hasty);
        steps(self.steps);
        agent.cancel(hasty);
        Ok(())
    }

    #[result_processor(topic = "counts")]
    fn look(&self, agent: &Agent<Self>, update: TaskUpdate<counts>) {
        match update {
            TaskUpdate::Emitted(Emitted { id, value }) => {
                let finished = self.finished.lock().iter().any(|(other, _)| *other == id);
                assert!(!finished, "nothing of a task comes after its end");
                self.seen.lock().push((id, value));
            }
            TaskUpdate::Finished(result, _) => {
                let kind = result.failure().map(|failure| failure.kind());
                assert!(kind.is_none_or(|kind| kind == FailureKind::Cancelled));
                self.finished.lock().push((result.id(), kind.is_none()));
            }
        }
        if self.finished.lock().len() == 2 {
            agent.done().set();
        }
    }
}

/// ```text
/// send                    worker                look
///                           may it emit? yes
///   cancels the task
///                                                 handles its end
///                           emits
///                                                 sees an emission after the end
/// ```
#[test]
fn emissions_come_in_order_and_before_the_end() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let thinker = Progress { steps: drawn(seed, 60), ..Progress::default() };
        let mut campaign = campaign(thinker).unallocated_slots(2);
        campaign.run().expect("nothing fails");
        let progress = campaign.thinker();
        for &(id, succeeded) in &*progress.finished.lock() {
            let seen: Vec<u64> =
                progress.seen.lock().iter().filter(|(other, _)| *other == id).map(|(_, value)| *value).collect();
            assert!((1..=EMISSIONS).take(seen.len()).eq(seen.iter().copied()), "in order, none left out: {seen:?}");
            assert!(!succeeded || seen.len() as u64 == EMISSIONS);
            if id.get() == 2 {
                noted.note(succeeded);
            }
        }
    });
    ways.assert_both();
}
