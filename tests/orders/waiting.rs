//! The ways to wait, by themselves: relays, and waits that end while what they wait for comes.

use colmena::prelude::*;
use colmena::{AgentEnd, Ending, PopError};

use crate::world::{Cast, Part, Pool, SECOND, Ways, drawn, in_orders, play, steps, together};

const ROUNDS: u32 = 5;

/// Three queues in a ring.
#[derive(Default)]
struct Ring([WorkQueue<u32>; 3]);

impl Ring {
    fn pass_on(&self, from: usize) -> Result<()> {
        while let Ok(n) = self.0[from].pop() {
            let _ = self.0[(from + 1) % 3].push(n + 1);
        }
        Ok(())
    }
}

/// ```text
/// one              two              three
///   pops: waits      pops: waits      pops: waits
///   wakes, pushes
///                    wakes, pushes
///                                     wakes, pushes
/// ```
#[test]
fn a_relay_through_queues_ends() {
    in_orders(|_| {
        let ring = Ring::default();
        ring.0[0].push(0).expect("it is open");
        let ring = together(
            ring,
            [
                |ring, _| {
                    for _ in 0..ROUNDS {
                        let n = ring.0[0].pop()?;
                        ring.0[1].push(n + 1)?;
                    }
                    ring.0.iter().for_each(WorkQueue::close);
                    Ok(())
                },
                |ring, _| ring.pass_on(1),
                |ring, _| ring.pass_on(2),
            ],
        );
        let left: Vec<u32> = ring.0.iter().filter_map(WorkQueue::try_pop).collect();
        assert!(left.len() <= 1 && left.iter().all(|n| *n <= 3 * ROUNDS), "one token went round: {left:?}");
    });
}

/// What was popped, and from what.
#[derive(Default)]
struct Popped {
    queue: WorkQueue<u64>,
    items: Mutex<Vec<u64>>,
}

impl Popped {
    fn pop_all(&self) -> Result<()> {
        loop {
            match self.queue.pop() {
                Ok(item) => self.items.lock().push(item),
                Err(PopError::Closed) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// ```text
/// one, two: pop        three: pushes        four: pushes, closes
///   wait                 pushes 1
///                                             pushes 3
///   one wakes: takes 1
///                                             closes
///   two wakes: takes 3
///   both wake: closed
/// ```
#[test]
fn each_item_is_popped_once_and_a_closed_queue_ends_all() {
    in_orders(|_| {
        let pop: Part<Popped, 4> = |popped, _| popped.pop_all();
        let popped = together(
            Popped::default(),
            [
                pop,
                pop,
                |popped, _| {
                    // Refused, if the queue has been closed.
                    let _ = popped.queue.push(1);
                    let _ = popped.queue.push(2);
                    Ok(())
                },
                |popped, _| {
                    popped.queue.push(3)?;
                    popped.queue.push(4)?;
                    popped.queue.close();
                    Ok(())
                },
            ],
        );
        let mut items = popped.items.into_inner();
        items.sort_unstable();
        assert!([&[1, 2, 3, 4][..], &[1, 3, 4], &[3, 4]].contains(&&items[..]), "{items:?}");
        assert!(popped.queue.is_empty());
    });
}

/// ```text
/// one: pops, 1 s       two: after 1 s
///   waits
///                        pushes, wakes
///   the time is over
/// ```
#[test]
fn a_timeout_that_races_a_push_loses_no_item() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |_| {
        let popped = together(
            Popped::default(),
            [
                |popped, _| match popped.queue.pop_timeout(SECOND) {
                    Ok(item) => {
                        popped.items.lock().push(item);
                        Ok(())
                    }
                    Err(PopError::TimedOut) => Ok(()),
                    Err(error) => Err(error.into()),
                },
                |popped, agent| {
                    agent.sleep(SECOND)?;
                    Ok(popped.queue.push(7)?)
                },
            ],
        );
        let (taken, left) = (popped.items.into_inner().len(), popped.queue.len());
        assert_eq!(taken + left, 1);
        noted.note(taken == 1);
    });
    ways.assert_both();
}

/// ```text
/// one                  two
///   sets ping            waits for ping
///   waits for pong
///                        clears ping, sets pong
///   clears pong
/// ```
#[test]
fn two_events_pass_a_ball() {
    in_orders(|_| {
        together(
            [Event::new(), Event::new()],
            [
                |[ping, pong], _| {
                    for _ in 0..ROUNDS {
                        assert!(ping.set());
                        pong.wait()?;
                        assert_eq!(pong.clear(), Ok(true));
                    }
                    Ok(())
                },
                |[ping, pong], _| {
                    for _ in 0..ROUNDS {
                        ping.wait()?;
                        assert_eq!(ping.clear(), Ok(true));
                        assert!(pong.set());
                    }
                    Ok(())
                },
            ],
        );
    });
}

/// ```text
/// one: waits, 1 s      two: after 1 s
///   waits
///                        sets
///   the time is over
/// ```
#[test]
fn a_timeout_that_races_a_set() {
    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |_| {
        let (event, seen) = together(
            (Event::new(), Mutex::new(None)),
            [
                |(event, seen), _| {
                    *seen.lock() = Some(event.wait_timeout(SECOND)?);
                    Ok(())
                },
                |(event, _), agent| {
                    agent.sleep(SECOND)?;
                    assert!(event.set());
                    Ok(())
                },
            ],
        );
        assert!(event.is_set());
        noted.note(seen.into_inner().expect("it has ended"));
    });
    ways.assert_both();
}

/// What five agents wait for, and nobody brings.
struct Nothing {
    queue: WorkQueue<u64>,
    event: Event,
    steps: u64,
}

/// ```text
/// one .. five          six
///   look: not done
///                        sets done, wakes
///   park: not without a look at the wake
/// ```
#[test]
fn done_ends_every_kind_of_wait() {
    in_orders(|seed| {
        let world = Nothing { queue: WorkQueue::new(), event: Event::new(), steps: drawn(seed, 60) };
        let parts: [Part<Nothing, 6>; 6] = [
            |world, _| Ok(world.event.wait()?),
            |world, _| world.queue.pop().map(drop).map_err(Into::into),
            |_, agent| agent.rec().acquire(Pool::Ml, 1).map(drop).map_err(Into::into),
            |_, agent| agent.rec().reallocate(Pool::Ml, Pool::Sim, 1).map(drop).map_err(Into::into),
            |_, agent| agent.sleep(1000 * SECOND).map_err(Into::into),
            |world, agent| {
                steps(world.steps);
                agent.done().set();
                Ok(())
            },
        ];
        let (outcome, _) = play(Campaign::new(Cast { world, parts }).slots([(Pool::Sim, 1)]));
        let report = outcome.expect("an agent that stops at `done` has not failed");
        assert_eq!(*report.ending(), Ending::SetBy("six".into()));
        assert!(report.agents().iter().all(|agent| agent.end == AgentEnd::Stopped), "{report}");
        assert_eq!(report.wall_time().as_secs(), 0, "every wait ends at once");
    });
}
