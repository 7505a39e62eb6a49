//! Agents that panic or fail in prepare, body or tear-down: the campaign ends, names them, and loses nothing.

use colmena::prelude::*;
use colmena::{AgentEnd, Ending, Problem};

use crate::world::{Books, Pool, campaign, drawn, in_orders, report, settled, square, takes};

const WHO: [&str; 5] = ["plain", "submit", "draw", "store", "respond"];
const WHERE: [&str; 3] = ["prepare", "body", "tear-down"];

/// One agent of each kind, one of which goes wrong somewhere.
#[derive(Default)]
struct Fragile {
    who: &'static str,
    place: &'static str,
    panics: bool,
    books: Books,
    work: WorkQueue<u64>,
    respond: Event,
    sent: Mutex<u64>,
    stored: Mutex<u64>,
    torn_down: Mutex<Vec<&'static str>>,
}

impl Fragile {
    /// Goes wrong, if this is the one and the place.
    fn pass(&self, agent: &Agent<Self>, place: &'static str) -> Result<()> {
        match (agent.name(), place) == (self.who, self.place) {
            true if self.panics => panic!("as it was to"),
            true => Err("as it was to".into()),
            false => Ok(()),
        }
    }
}

#[thinker(pools = Pool)]
impl Fragile {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        self.pass(agent, "prepare")
    }

    #[tear_down_agent]
    fn tear_down(&self, agent: &Agent<Self>) -> Result<()> {
        self.torn_down.lock().push(agent.name());
        self.pass(agent, "tear-down")
    }

    #[agent]
    fn plain(&self, agent: &Agent<Self>) -> Result<()> {
        let held = agent.rec().acquire(Pool::Ml, 1)?;
        self.pass(agent, "body")?;
        drop(held);
        self.respond.set();
        agent.sleep(crate::world::SECOND)?;
        Ok(())
    }

    #[task_submitter(task_type = Ml)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        self.pass(agent, "body")?;
        let _ = agent.call(takes { time: crate::world::SECOND / 4 }.holding(slots))?;
        Ok(())
    }

    #[task_submitter(task_type = Sim, queue = work)]
    fn draw(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        self.pass(agent, "body")?;
        agent.submit(square { x }.holding(slots))?;
        *self.sent.lock() += 1;
        Ok(())
    }

    #[result_processor(topic = "square")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>, slots: Slots<Pool>) -> Result<()> {
        assert_eq!((result.is_ok(), slots.count()), (true, 1));
        self.pass(agent, "body")?;
        *self.stored.lock() += 1;
        Ok(())
    }

    #[event_responder(event = respond, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 2)]
    fn respond(&self, agent: &Agent<Self>) -> Result<()> {
        let held = agent.rec().acquire(Pool::Ml, 1)?;
        self.pass(agent, "body")?;
        drop(held);
        Ok(())
    }
}

/// ```text
/// who                     the others            worker
///                           wait, work            runs
///   panics or fails
///   sets done, lets go of what it holds
///                           stop                  settles
///   tears down
/// ```
#[test]
fn whoever_panics_or_fails_wherever_is_named_and_takes_nothing_along() {
    in_orders(|seed| {
        let (who, place) = (WHO[drawn(seed, 5) as usize], WHERE[drawn(seed / 5, 3) as usize]);
        let panics = seed.is_multiple_of(2);
        let thinker = Fragile { who, place, panics, work: (0..3).collect(), ..Fragile::default() };
        let mut campaign = campaign(thinker).slots([(Pool::Sim, 1), (Pool::Ml, 1)]);
        let outcome = campaign.run();
        let (report, fragile) = (report(&outcome), campaign.thinker());

        // Not wrong at all: the body was never reached.
        let problems = outcome.as_ref().err().map_or(&[][..], |error| error.problems());
        let named: Vec<bool> = problems
            .iter()
            .map(|problem| match problem {
                Problem::AgentPanicked { agent, message, .. } => panics && *agent == who && message == "as it was to",
                Problem::AgentFailed { agent, error } => !panics && *agent == who && error == "as it was to",
                _ => false,
            })
            .collect();
        assert!(named.iter().all(|named| *named), "{outcome:?}");
        assert!(place == "body" || named.len() == 1, "{who} in its {place}: {outcome:?}");
        if place != "tear-down" && !named.is_empty() && *report.ending() != Ending::AgentEnded("plain") {
            assert_eq!(*report.ending(), Ending::AgentFailed(who));
        }
        let end = report.agent(who).expect("it is in the report").end;
        match (named.is_empty() || place == "tear-down", panics) {
            (true, _) => assert!(matches!(end, AgentEnd::Ended | AgentEnd::Stopped)),
            (false, true) => assert_eq!(end, AgentEnd::Panicked),
            (false, false) => assert_eq!(end, AgentEnd::Failed),
        }

        // Whatever happened: all tear down, all settles, every result is handled or counted, every slot is free.
        let mut torn_down = fragile.torn_down.lock().clone();
        torn_down.sort_unstable();
        assert_eq!(torn_down, ["draw", "plain", "respond", "store", "submit"]);
        assert_eq!(fragile.books.balance(2), (1, 1), "{who} in its {place}");
        assert_eq!(report.method("square").map_or(0, |method| method.settled()), *fragile.sent.lock());
        assert!(*fragile.stored.lock() <= *fragile.sent.lock());
        let handled = *fragile.stored.lock() + u64::from(who == "store") * named.len() as u64;
        assert!(handled + report.uncollected() >= *fragile.sent.lock(), "{report}");
        assert!(settled(report) >= *fragile.sent.lock());
    });
}

/// Two threads of one processor, one of which panics.
#[derive(Default)]
struct Twins {
    stored: Mutex<u64>,
    panicked: Mutex<bool>,
    books: Books,
}

#[thinker(pools = Pool)]
impl Twins {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        self.books.open(agent);
        for x in 0..4 {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(square { x }.holding(slots))?;
        }
        Ok(())
    }

    #[result_processor(topic = "square", threads = 2)]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<square>, slots: Slots<Pool>) {
        drop(slots);
        let _ = agent;
        let panics = result.inputs().x == 1;
        *self.panicked.lock() |= panics;
        assert!(!panics, "as it was to");
        *self.stored.lock() += 1;
    }
}

/// ```text
/// store 1                 store 2               worker
///   panics, leaves
///                                                 settles one more
///                           handles it
/// ```
#[test]
fn a_handler_that_panics_leaves_its_twin_to_handle_the_rest() {
    in_orders(|_| {
        let mut campaign = campaign(Twins::default()).slots([(Pool::Sim, 1)]);
        let outcome = campaign.run();
        let (report, twins) = (report(&outcome), campaign.thinker());
        let (stored, panicked) = (*twins.stored.lock(), u64::from(*twins.panicked.lock()));
        assert_eq!(report.uncollected(), 0, "one of them lives: {report}");
        assert_eq!(stored + panicked, settled(report), "{report}");
        twins.books.balance(1);
    });
}
