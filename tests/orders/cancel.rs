//! Requests that are withdrawn while they are granted: no slot is lost, and what is said to have happened has.

use colmena::SlotsError;
use colmena::prelude::*;

use crate::world::{Pool, SECOND, Ways, balance, campaign, drawn, in_orders, square, steps, together};

/// A counter of which somebody holds slots at first, and an event that cancels.
struct Desk {
    rec: ResourceCounter<Pool>,
    held: Mutex<Option<Slots<Pool>>>,
    cancel: Event,
    steps: u64,
    ways: Ways,
}

impl Desk {
    fn new(sim: usize, held: usize, seed: u64, ways: &Ways) -> Self {
        let rec = ResourceCounter::new([(Pool::Sim, sim)], 0);
        let slots = rec.acquire(Pool::Sim, held).expect("they are free");
        Self { rec, held: Mutex::new(Some(slots)), cancel: Event::new(), steps: drawn(seed, 20), ways: ways.clone() }
    }

    fn release(&self) {
        let held = self.held.lock().take();
        drop(held);
    }

    /// Notes whether a request was granted; other errors than those expected are passed on.
    fn granted<T>(&self, outcome: Result<T, SlotsError>) -> Result<Option<T>> {
        let granted = match outcome {
            Ok(granted) => Some(granted),
            Err(SlotsError::Cancelled { .. } | SlotsError::TimedOut { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        self.ways.note(granted.is_some());
        Ok(granted)
    }
}

/// ```text
/// one: acquires           two: releases         three: cancels
///   waits in line
///                           grants the slot
///                                                 sets the event
///   sees the event: gives the slot back
/// ```
#[test]
fn a_cancel_that_races_a_grant() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let desk = together(
            Desk::new(1, 1, seed, &noted),
            [
                |desk, _| {
                    drop(desk.granted(desk.rec.cancel_if(&desk.cancel).acquire(Pool::Sim, 1))?);
                    Ok(())
                },
                |desk, _| {
                    desk.release();
                    Ok(())
                },
                |desk, _| {
                    steps(desk.steps);
                    desk.cancel.set();
                    Ok(())
                },
            ],
        );
        assert_eq!(balance(&desk.rec, 1), (1, 0));
    });
    ways.assert_both();
}

/// ```text
/// one: acquires, 1 s      two: after 1 s
///   waits in line
///                           releases: grants the slot
///   the time is over
/// ```
#[test]
fn a_timeout_that_races_a_grant() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let desk = together(
            Desk::new(1, 1, seed, &noted),
            [
                |desk, _| {
                    drop(desk.granted(desk.rec.timeout(SECOND).acquire(Pool::Sim, 1))?);
                    Ok(())
                },
                |desk, agent| {
                    agent.sleep(SECOND)?;
                    desk.release();
                    Ok(())
                },
            ],
        );
        assert_eq!(balance(&desk.rec, 1), (1, 0));
    });
    ways.assert_both();
}

/// ```text
/// one: wants 2            two: wants 1          three: cancels one
///   waits in line
///                           waits behind it
///                                                 sets the event
///   leaves the line: two gets the free slot
/// ```
#[test]
fn who_leaves_the_line_lets_in_those_behind() {
    in_orders(|seed| {
        let desk = together(
            Desk::new(2, 1, seed, &Ways::default()),
            [
                |desk, _| {
                    assert!(desk.granted(desk.rec.cancel_if(&desk.cancel).acquire(Pool::Sim, 2))?.is_none());
                    Ok(())
                },
                |desk, _| {
                    drop(desk.rec.acquire(Pool::Sim, 1)?);
                    Ok(())
                },
                |desk, _| {
                    steps(desk.steps);
                    desk.cancel.set();
                    Ok(())
                },
            ],
        );
        desk.release();
        assert_eq!(balance(&desk.rec, 2), (2, 0));
    });
}

/// ```text
/// one: moves a slot       two: releases         three: cancels
///   waits in line
///                                                 sets the event
///   sees the event
///                           the slot moves
///   leaves the line: it has moved after all
/// ```
#[test]
fn a_cancelled_reallocation_has_moved_nothing() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let (desk, moved) = together(
            (Desk::new(1, 1, seed, &noted), Mutex::new(0)),
            [
                |(desk, moved), _| {
                    let outcome = desk.rec.cancel_if(&desk.cancel).reallocate(Pool::Sim, Pool::Ml, 1);
                    *moved.lock() = desk.granted(outcome)?.unwrap_or(0);
                    Ok(())
                },
                |(desk, _), _| {
                    desk.release();
                    Ok(())
                },
                |(desk, _), _| {
                    steps(desk.steps);
                    desk.cancel.set();
                    Ok(())
                },
            ],
        );
        let moved = moved.into_inner();
        assert_eq!(balance(&desk.rec, 1), (1 - moved, moved));
    });
    ways.assert_both();
}

/// ```text
/// one: moves, within 1 s  two: after 1 s
///   waits in line
///   the time is over
///                           releases: the slot moves
///   leaves the line: it has moved after all
/// ```
#[test]
fn a_reallocation_that_timed_out_has_moved_nothing() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let (desk, moved) = together(
            (Desk::new(1, 1, seed, &noted), Mutex::new(0)),
            [
                |(desk, moved), _| {
                    let outcome = desk.rec.timeout(SECOND).reallocate(Pool::Sim, Pool::Ml, All);
                    *moved.lock() = desk.granted(outcome)?.unwrap_or(0);
                    Ok(())
                },
                |(desk, _), agent| {
                    agent.sleep(SECOND)?;
                    desk.release();
                    Ok(())
                },
            ],
        );
        let moved = moved.into_inner();
        assert_eq!(balance(&desk.rec, 1), (1 - moved, moved));
    });
    ways.assert_both();
}

/// As above, for slots that are to go.
#[test]
fn a_removal_that_timed_out_has_removed_nothing() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let (desk, removed) = together(
            (Desk::new(2, 2, seed, &noted), Mutex::new(0)),
            [
                |(desk, removed), _| {
                    let outcome = desk.rec.timeout(SECOND).remove_slots(Pool::Sim, 1);
                    *removed.lock() = usize::from(desk.granted(outcome)?.is_some());
                    Ok(())
                },
                |(desk, _), agent| {
                    agent.sleep(SECOND)?;
                    desk.release();
                    Ok(())
                },
            ],
        );
        balance(&desk.rec, 2 - removed.into_inner());
    });
    ways.assert_both();
}

/// One task that is cancelled as soon as it has been sent.
#[derive(Default)]
struct Hasty {
    cancelled: Mutex<Option<bool>>,
    failures: Mutex<Vec<Option<FailureKind>>>,
    steps: u64,
}

#[thinker(pools = Pool)]
impl Hasty {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let id = agent.submit(square { x: 3 }.holding(slots))?;
        steps(self.steps);
        *self.cancelled.lock() = Some(agent.cancel(id));
        assert!(!agent.cancel(id), "a task settles once");
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        assert_eq!(agent.rec().available_slots(Pool::Sim), 1, "its slots are free before its handler runs");
        self.failures.lock().push(result.failure().map(|failure| failure.kind()));
        agent.done().set();
    }
}

/// ```text
/// send                    worker                store
///   sends the task
///                           takes it, runs it
///   cancels it
///                           settles it: too late
///                                                 handles it, once
/// ```
#[test]
fn a_cancel_that_races_a_result() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let mut campaign = campaign(Hasty { steps: drawn(seed, 30), ..Hasty::default() }).slots([(Pool::Sim, 1)]);
        let report = campaign.run().expect("nothing fails");
        let cancelled = campaign.thinker().cancelled.lock().expect("the sender has ended");
        let failures = campaign.thinker().failures.lock();
        assert_eq!(*failures, [cancelled.then_some(FailureKind::Cancelled)]);
        assert_eq!(report.uncollected(), 0);
        noted.note(cancelled);
    });
    ways.assert_both();
}

/// Sleeps for a day, unless its task is cancelled.
#[method]
fn sleeps(task: &TaskContext) -> Result<()> {
    task.sleep(24 * 3600 * SECOND)?;
    Ok(())
}

#[derive(Default)]
struct Sleeper {
    steps: u64,
}

#[thinker]
impl Sleeper {
    #[agent]
    fn cancels(&self, agent: &Agent<Self>) -> Result<()> {
        let id = agent.submit(sleeps {})?;
        steps(self.steps);
        assert!(agent.cancel(id));
        Ok(())
    }

    #[result_processor]
    fn stores(&self, result: TaskResult<sleeps>) {
        assert_eq!(result.failure().map(Failure::kind), Some(FailureKind::Cancelled));
    }
}

/// ```text
/// cancels                     worker
///                               makes the list, registers
///   raises the flag
///                               looks at the flag, sleeps
///   wakes whom the list has
/// ```
#[test]
fn a_method_that_falls_asleep_while_its_task_is_cancelled_wakes() {
    in_orders(|seed| {
        let server = LocalTaskServer::new().serve::<sleeps>();
        let mut campaign = Campaign::new(Sleeper { steps: drawn(seed, 60) }).ignore_ctrl_c().task_server(server);
        let report = campaign.run().expect("nothing fails");
        assert!(report.wall_time() < SECOND, "{report}");
    });
}
