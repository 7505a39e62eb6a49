//! Slots that move between pools from several sides at once: none is lost, nobody waits for ever.

use colmena::prelude::*;
use colmena::{Agent, AgentEnd};

use crate::world::{Books, Cast, Part, Pool, Ways, balance, campaign, drawn, in_orders, play, square, steps, together};

const ROUNDS: usize = 3;

fn counter(sim: usize, ml: usize) -> ResourceCounter<Pool> {
    ResourceCounter::new([(Pool::Sim, sim), (Pool::Ml, ml)], 0)
}

/// ```text
/// one: moves 2 from Sim   two: moves 2 from Ml   three: holds one of Sim
///   waits for the third slot
///                           moves 2 to Sim
///   wakes, moves 2
/// ```
#[test]
fn opposite_reallocations_both_come_to_their_end() {
    in_orders(|_| {
        let there: Part<ResourceCounter<Pool>, 3> = |rec, _| {
            for _ in 0..ROUNDS {
                assert_eq!(rec.reallocate(Pool::Sim, Pool::Ml, 2)?, 2);
            }
            Ok(())
        };
        let back: Part<ResourceCounter<Pool>, 3> = |rec, _| {
            for _ in 0..ROUNDS {
                assert_eq!(rec.reallocate(Pool::Ml, Pool::Sim, 2)?, 2);
            }
            Ok(())
        };
        let holds: Part<ResourceCounter<Pool>, 3> = |rec, _| {
            for _ in 0..ROUNDS {
                drop(rec.acquire(Pool::Sim, 1)?);
            }
            Ok(())
        };
        let rec = together(counter(3, 2), [there, back, holds]);
        assert_eq!(balance(&rec, 5), (3, 2));
    });
}

/// ```text
/// one: moves all of Sim   two: moves all of Ml   three: holds one of Sim
///   waits for the held one
///                           moves all to Sim
///                                                  releases
///   moves all there are by now
/// ```
#[test]
fn all_means_all_at_the_moment_of_the_grant() {
    in_orders(|_| {
        let (rec, _) = together(
            (counter(2, 2), Mutex::new(0)),
            [
                |(rec, moved), _| {
                    *moved.lock() = rec.reallocate(Pool::Sim, Pool::Ml, All)?;
                    assert!([2, 4].contains(&*moved.lock()));
                    Ok(())
                },
                |(rec, _), _| {
                    let moved = rec.reallocate(Pool::Ml, Pool::Sim, All)?;
                    assert!([2, 4].contains(&moved));
                    Ok(())
                },
                |(rec, _), _| {
                    // Not if the pool is empty at this moment; then there is nothing to hold up.
                    if let Some(held) = rec.try_acquire(Pool::Sim, 1)? {
                        steps(5);
                        drop(held);
                    }
                    Ok(())
                },
            ],
        );
        let (sim, ml) = balance(&rec, 4);
        assert!((sim, ml) == (4, 0) || (sim, ml) == (0, 4), "whoever was last has moved all: {sim}, {ml}");
    });
}

/// ```text
/// one                     its background        two
///   asks for a move
///                           waits in line
///                                                 sets done
///                           gives up, or has moved: says so
/// ```
#[test]
fn a_background_reallocation_says_what_it_did() {
    #[derive(Clone)]
    struct World {
        rec: ResourceCounter<Pool>,
        moved: Event,
        said: WorkQueue2,
        steps: u64,
    }
    type WorkQueue2 = std::sync::Arc<Mutex<Option<bool>>>;

    let ways = Ways::default();
    let noted = ways.clone();
    in_orders(move |seed| {
        let world =
            World { rec: counter(1, 0), moved: Event::new(), said: WorkQueue2::default(), steps: drawn(seed, 60) };
        let parts: [Part<World, 2>; 2] = [
            |world, _| {
                let held = world.rec.acquire(Pool::Sim, 1)?;
                let World { said, moved, .. } = world.clone();
                let background = world.rec.reallocate_in_background(Pool::Sim, Pool::Ml, 1, move |outcome| {
                    *said.lock() = Some(outcome.is_ok());
                    moved.set();
                })?;
                steps(10);
                drop(held);
                background.join();
                assert!(world.moved.is_set());
                Ok(())
            },
            |world, agent| {
                steps(world.steps);
                agent.done().set();
                Ok(())
            },
        ];
        let (outcome, world) = play(Campaign::new(Cast { world, parts }));
        outcome.expect("nothing fails");
        let said = *world.said.lock();
        let moved = usize::from(said == Some(true));
        assert_eq!(balance(&world.rec, 1), (1 - moved, moved));
        noted.note(moved == 1);
    });
    ways.assert_both();
}

/// Two responders that borrow from each other's pool, and submitters that use both pools.
#[derive(Default)]
struct Neighbours {
    steps: u64,
    books: Books,
    left: Event,
    right: Event,
    work: [WorkQueue<u64>; 2],
    stored: Mutex<Vec<u64>>,
}

#[thinker(pools = Pool)]
impl Neighbours {
    #[task_submitter(task_type = Sim)]
    fn simulate(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let x = self.work[0].pop()?;
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>) {
        self.stored.lock().push(result.inputs().x);
        if result.inputs().x == 2 {
            self.left.set();
            self.right.set();
        }
        let _ = agent;
    }

    #[event_responder(event = left, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 2)]
    fn to_ml(&self, agent: &Agent<Self>) -> Result<()> {
        drop(agent.rec().acquire(Pool::Ml, 1)?);
        Ok(())
    }

    #[event_responder(event = right, reallocate_resources, gather_from = Ml, gather_to = Sim, disperse_to = Ml, max_slots = 2)]
    fn to_sim(&self, _: &Agent<Self>) {
        steps(5);
    }

    #[agent]
    fn end(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        (1..=4).try_for_each(|x| self.work[0].push(x))?;
        self.left.set();
        agent.sleep(crate::world::SECOND)?;
        self.right.set();
        steps(self.steps);
        Ok(())
    }
}

/// ```text
/// to_ml (Sim -> Ml)       to_sim (Ml -> Sim)    end
///   gathers 1
///                           gathers it back? no: no ring
///                                                 sets done
///   both stop, and give back what is free
/// ```
#[test]
fn responders_that_borrow_from_each_other_give_everything_back() {
    in_orders(|seed| {
        let thinker = Neighbours { steps: drawn(seed, 80), ..Neighbours::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 2), (Pool::Ml, 1)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!(campaign.thinker().books.balance(3), (2, 1), "{report}");
        let mut stored = campaign.thinker().stored.lock().clone();
        stored.sort_unstable();
        assert_eq!(stored.len() as u64, crate::world::settled(&report));
        assert!(report.agents().iter().all(|agent| matches!(agent.end, AgentEnd::Stopped | AgentEnd::Ended)));
    });
}

/// A responder whose round ends while `done` is set.
#[derive(Default)]
struct Borrower {
    steps: u64,
    books: Books,
    borrow: Event,
}

#[thinker(pools = Pool)]
impl Borrower {
    #[event_responder(event = borrow, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 2)]
    fn use_it(&self, agent: &Agent<Self>) {
        self.books.open(agent);
        steps(4);
    }

    #[agent]
    fn end(&self, agent: &Agent<Self>) {
        self.books.open(agent);
        self.borrow.set();
        steps(self.steps);
    }
}

/// ```text
/// use_it                  end
///   gathers 1, gives it back: waits in line
///   the slot moves
///                           sets done
///   stops waiting: gives back another one?
/// ```
#[test]
fn a_round_that_ends_at_done_gives_back_what_it_gathered() {
    in_orders(|seed| {
        let mut campaign = Campaign::new(Borrower { steps: drawn(seed, 60), ..Borrower::default() })
            .slots([(Pool::Sim, 2), (Pool::Ml, 1)])
            .ignore_ctrl_c();
        campaign.run().expect("nothing fails");
        assert_eq!(campaign.thinker().books.balance(3), (2, 1));
    });
}
