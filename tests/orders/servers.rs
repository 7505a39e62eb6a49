//! Task servers: time limits, retries, cancelling, bounded requests, and the end of a server.

use colmena::prelude::*;
use colmena::{AgentEnd, FailureKind, Problem, TaskId};

use crate::world::{
    Books, Cast, Part, Pool, SECOND, Ways, balance, campaign, counts, double, drawn, fails, in_orders, play, report,
    settled, square, steps, takes,
};

type Kind = Option<FailureKind>;

/// Tasks that end in a race: by their result, their limit or a cancel.
#[derive(Default)]
struct Racers {
    steps: u64,
    cancels: bool,
    books: Books,
    outcomes: Mutex<Vec<(TaskId, Kind)>>,
}

const TASKS: usize = 2;

#[thinker(pools = Pool)]
impl Racers {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        for _ in 0..TASKS {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            let id = agent.submit(takes { time: SECOND }.time_limit(SECOND).holding(slots))?;
            if self.cancels {
                agent.sleep(SECOND)?;
                steps(self.steps);
                agent.cancel(id);
            }
        }
        Ok(())
    }

    #[result_processor(topic = "takes")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<takes>, slots: Slots<Pool>) {
        assert_eq!(slots.count(), 1, "slots are handed on, however a task ends");
        let outcomes = {
            let mut outcomes = self.outcomes.lock();
            outcomes.push((result.id(), result.failure().map(|failure| failure.kind())));
            outcomes.len()
        };
        if outcomes == TASKS {
            agent.done().set();
        }
    }
}

/// ```text
/// worker                  time limits           send
///   takes a second
///                           a second is over      a second is over
///   settles it
///                           fails it: too late
///                                                 cancels it: too late
/// ```
#[test]
fn a_result_a_time_limit_and_a_cancel_at_one_moment() {
    let ways = [Ways::default(), Ways::default(), Ways::default()];
    let noted = ways.clone();
    in_orders(move |seed| {
        let thinker = Racers { steps: drawn(seed, 20), cancels: seed.is_multiple_of(2), ..Racers::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        let racers = campaign.thinker();
        let mut outcomes = racers.outcomes.lock().clone();
        outcomes.sort_by_key(|(id, _)| *id);
        outcomes.dedup_by_key(|(id, _)| *id);
        assert_eq!(outcomes.len(), TASKS, "each settles once");
        for (_, kind) in outcomes {
            let kinds = [None, Some(FailureKind::TimedOut), Some(FailureKind::Cancelled)];
            assert!(kinds.contains(&kind));
            noted.iter().zip(kinds).for_each(|(ways, this)| ways.note(kind == this));
        }
        assert_eq!((settled(&report), report.uncollected()), (TASKS as u64, 0));
        racers.books.balance(1);
    });
    ways.iter().for_each(Ways::assert_both);
}

/// Attempts that end in a race, by themselves or by their limit, while somebody cancels their task; and then, whether there
/// are as many workers as before.
#[derive(Default)]
struct Hasty {
    steps: u64,
    cancels: bool,
    books: Books,
    outcomes: Mutex<Vec<(TaskId, Kind, u32)>>,
}

#[thinker(pools = Pool)]
impl Hasty {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        let retry = Retry::times(1).on([FailureKind::TimedOut]);
        for _ in 0..TASKS {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            let id = agent.submit(takes { time: SECOND }.time_limit(SECOND).retry(retry).holding(slots))?;
            if self.cancels {
                agent.sleep(SECOND)?;
                steps(self.steps);
                agent.cancel(id);
            }
        }
        assert!(agent.queues().wait_until_done()?);
        let begun = agent.elapsed();
        agent.gather((0..2).map(|_| takes { time: SECOND }))?.all()?;
        assert_eq!(agent.elapsed() - begun, 2 * SECOND, "there is one worker, as before");
        Ok(())
    }

    #[result_processor(topic = "takes")]
    fn store(&self, result: TaskResult<takes>, slots: Slots<Pool>) {
        assert_eq!(slots.count(), 1, "slots are handed on, however a task ends");
        let kind = result.failure().map(|failure| failure.kind());
        let begun_again = kind != Some(FailureKind::Cancelled) || result.attempts() == 2;
        assert!(result.earlier_failures().len() as u32 == result.attempts() - 1 || !begun_again);
        self.outcomes.lock().push((result.id(), kind, result.attempts()));
    }
}

/// ```text
/// worker 1                time limits                  send           worker 2
///   takes a second
///                           a second is over             a second is over
///                           attempt 1 is given up
///                           worker 1 is written off
///   ends: too late
///                                                        cancels
///                                                                      must not begin attempt 2
/// ```
#[test]
fn an_attempt_that_is_given_up_its_result_and_a_cancel_at_one_moment() {
    let ways = [Ways::default(), Ways::default(), Ways::default(), Ways::default()];
    let noted = ways.clone();
    in_orders(move |seed| {
        let thinker = Hasty { steps: drawn(seed, 20), cancels: seed.is_multiple_of(2), ..Hasty::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        let hasty = campaign.thinker();
        let mut outcomes = hasty.outcomes.lock().clone();
        outcomes.sort_by_key(|(id, ..)| *id);
        outcomes.dedup_by_key(|(id, ..)| *id);
        assert_eq!(outcomes.len(), TASKS, "each settles once");
        for (_, kind, attempts) in outcomes {
            let kinds = [None, Some(FailureKind::TimedOut), Some(FailureKind::Cancelled)];
            assert!(kinds.contains(&kind) && (kind != Some(FailureKind::TimedOut) || attempts == 2));
            noted.iter().zip(kinds).for_each(|(ways, this)| ways.note(kind == this));
            noted[3].note(attempts == 2);
        }
        assert_eq!((settled(&report), report.uncollected()), (TASKS as u64 + 2, 0));
        assert!(report.left_behind().is_empty(), "{report}");
        hasty.books.balance(1);
    });
    ways.iter().for_each(Ways::assert_both);
}

/// ```text
/// worker                  two
///   attempt 1 fails
///                           cancels the task
///   may it try again? no
/// ```
#[test]
fn retries_end_with_success_or_with_a_cancel() {
    struct World {
        rec: ResourceCounter<Pool>,
        attempts: Mutex<Option<(Kind, u32)>>,
        panics: bool,
    }
    in_orders(|seed| {
        let rec = ResourceCounter::new([(Pool::Sim, 1)], 0);
        let world = World { rec, attempts: Mutex::new(None), panics: seed.is_multiple_of(2) };
        let parts: [Part<World, 2>; 2] = [
            |world, agent| {
                let slots = world.rec.acquire(Pool::Sim, 1)?;
                let task = fails { until: 3, panics: world.panics }.retries(2).holding(slots);
                let result = agent.call(task)?;
                let kind = result.failure().map(|failure| failure.kind());
                *world.attempts.lock() = Some((kind, result.attempts()));
                Ok(())
            },
            |_, _| Ok(()),
        ];
        let (outcome, world) = play(campaign(Cast { world, parts }).unallocated_slots(1));
        let report = outcome.expect("nothing fails");
        assert_eq!(*world.attempts.lock(), Some((None, 3)));
        assert_eq!(report.method("fails").map(|method| (method.succeeded, method.retries)), Some((1, 2)));
        balance(&world.rec, 1);
    });
}

/// Many who send through a door for one.
#[derive(Default)]
struct Narrow {
    sent: Mutex<u64>,
    stored: Mutex<u64>,
}

const EACH: u64 = 3;

impl Narrow {
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..EACH {
            agent.submit(square { x })?;
            *self.sent.lock() += 1;
        }
        Ok(())
    }

    fn count(&self, agent: &Agent<Self>) {
        let stored = {
            let mut stored = self.stored.lock();
            *stored += 1;
            *stored
        };
        if stored == 4 * EACH {
            agent.done().set();
        }
    }
}

#[thinker]
impl Narrow {
    #[agent(startup)]
    fn one(&self, agent: &Agent<Self>) -> Result<()> {
        self.send(agent)
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>) -> Result<()> {
        self.send(agent)
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) -> Result<()> {
        self.count(agent);
        agent.submit(double { x: result.inputs().x })?;
        *self.sent.lock() += 1;
        Ok(())
    }

    #[result_processor(topic = "double")]
    fn store_double(&self, agent: &Agent<Self>, result: TaskResult<double>) {
        let _ = result;
        self.count(agent);
    }
}

/// ```text
/// one             two             store           worker
///   takes the place
///                   waits           waits
///                                                   takes the request
///                   is woken
///                                   takes the place
///                   waits on: is woken again
/// ```
#[test]
fn room_for_one_request_lets_everybody_through() {
    in_orders(|_| {
        let mut campaign = campaign(Narrow::default()).unallocated_slots(2).request_limit(1);
        let report = campaign.run().expect("nothing fails");
        assert_eq!((*campaign.thinker().sent.lock(), settled(&report)), (4 * EACH, 4 * EACH));
        assert_eq!(report.uncollected(), 0);
    });
}

/// Two who send to a server that ends: one method each.
struct Late {
    steps: u64,
    ended: [Event; 2],
}

/// ```text
/// one             two             the program
///   may send        may send
///                                   done; the grace is over; closes
///   sends a square
///                   sends a double
///   takes one back: two's
/// ```
#[test]
fn what_is_sent_while_the_server_closes_settles_as_what_it_is() {
    in_orders(|seed| {
        let ended = [Event::new(), Event::new()];
        let world = Late { steps: drawn(seed, 40), ended: ended.clone() };
        let parts: [Part<Late, 3>; 3] = [
            |late, agent| {
                let called = agent.call(square { x: 3 }).map(|result| result.into_value());
                assert!(called.is_err() || called.is_ok_and(|value| value.is_err() || value.is_ok_and(|x| x == 9)));
                late.ended[0].set();
                Ok(())
            },
            |late, agent| {
                let called = agent.call(double { x: 3 }).map(|result| result.into_value());
                assert!(called.is_err() || called.is_ok_and(|value| value.is_err() || value.is_ok_and(|x| x == 6)));
                late.ended[1].set();
                Ok(())
            },
            |late, agent| {
                steps(late.steps);
                agent.done().set();
                Ok(())
            },
        ];
        let server = LocalTaskServer::new().serve::<square>().serve::<double>().workers(1);
        let mut campaign = Campaign::new(Cast { world, parts })
            .on_done(OnDone::Cancel(std::time::Duration::ZERO))
            .task_server(server)
            .ignore_ctrl_c();
        if let Err(error) = campaign.run() {
            assert!(error.problems().iter().all(|problem| matches!(problem, Problem::Unresponsive { .. })), "{error}");
        }
        // Those who were left behind end as well, and not by a panic.
        ended.iter().for_each(|event| event.wait().expect("outside the campaign"));
    });
}

/// Waits for what never comes, unless it is cancelled.
#[method(local)]
fn patient(gate: &Event, task: &TaskContext) -> bool {
    let _ = gate.wait_timeout(SECOND);
    while !task.is_cancelled() && !gate.is_set() {
        let _ = gate.wait_timeout(SECOND);
    }
    !gate.is_set()
}

/// Does not look at anything but its gate.
#[method(local)]
fn stubborn(gate: &Event) {
    let _ = gate.wait();
}

/// ```text
/// one                     worker                the program
///   calls stubborn
///                           waits at the gate
///   sets done
///                                                 the grace is over: cancels, goes on
///                                                 opens the gate
///                           settles: too late
/// ```
#[test]
fn who_does_not_end_in_time_is_named_and_left_behind() {
    in_orders(|seed| {
        let gate = Event::new();
        let polite = seed.is_multiple_of(2);
        let world = (gate.clone(), Ways::default());
        let call: Part<(Event, Ways), 2> = if polite {
            |(gate, _), agent| agent.call(patient { gate: gate.clone() }).map(drop).map_err(Into::into)
        } else {
            |(gate, _), agent| agent.call(stubborn { gate: gate.clone() }).map(drop).map_err(Into::into)
        };
        let parts: [Part<(Event, Ways), 2>; 2] = [call, |_, agent| {
            agent.sleep(SECOND)?;
            agent.done().set();
            Ok(())
        }];
        let mut campaign = Campaign::new(Cast { world, parts })
            .unallocated_slots(1)
            .on_done(OnDone::Cancel(3 * SECOND))
            .task_server(LocalTaskServer::new().serve::<patient>().serve::<stubborn>())
            .ignore_ctrl_c();
        let outcome = campaign.run();
        let unresponsive = match &outcome {
            Ok(_) => false,
            Err(error) => matches!(error.problems(), [Problem::Unresponsive { .. }]),
        };
        assert_eq!((outcome.is_ok(), unresponsive), (polite, !polite), "{outcome:?}");
        assert!(report(&outcome).agents().iter().all(|agent| agent.end == AgentEnd::Stopped));
        assert!(report(&outcome).wall_time() <= 8 * SECOND);
        gate.set();
    });
}

/// Emissions into an inbox for two, read by somebody slow.
#[derive(Default)]
struct Slow {
    seen: Mutex<Vec<u64>>,
}

#[thinker]
impl Slow {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(counts { n: 5 })?;
        Ok(())
    }

    #[result_processor(topic = "counts")]
    fn look(&self, agent: &Agent<Self>, update: TaskUpdate<counts>) {
        match update {
            TaskUpdate::Emitted(emitted) => self.seen.lock().push(emitted.value),
            TaskUpdate::Finished(..) => {
                agent.done().set();
            }
        }
        steps(3);
    }
}

/// ```text
/// worker                  look
///   emits 1, 2
///   emits 3: 1 is dropped
///                           sees 2, 3
///   emits 4, 5, ends
///                           sees 4, 5, and the end
/// ```
#[test]
fn emissions_that_nobody_reads_in_time_are_dropped_and_counted() {
    in_orders(|_| {
        let mut campaign = campaign(Slow::default()).unallocated_slots(1).emission_limit(2);
        let report = campaign.run().expect("nothing fails");
        let seen = campaign.thinker().seen.lock().clone();
        let dropped = report.method("counts").expect("it was used").dropped_emissions;
        assert_eq!(seen.len() as u64 + dropped, 5);
        assert!(seen.is_sorted() && seen.ends_with(&[4, 5]), "the newest are kept: {seen:?}");
    });
}
