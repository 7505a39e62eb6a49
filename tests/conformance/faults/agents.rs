//! Agents, events and programs that never came to an end.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use colmena::Ending;
use colmena::prelude::*;

use crate::world::{HOUR, SECOND, campaign, in_orders, pause, problems, report, run_for, square};

#[derive(Default)]
struct Mortal {
    event: Event,
    survived: Mutex<u32>,
}

#[thinker]
impl Mortal {
    #[event_responder(event = event)]
    fn dies(&self) {
        panic!("out of memory");
    }

    #[event_responder(event = event)]
    fn fails(&self) -> Result<()> {
        Err("no model".into())
    }

    #[event_responder(event = event)]
    fn lives(&self) {
        pause(SECOND);
        *self.survived.lock() += 1;
    }

    #[agent]
    fn sets(&self, agent: &Agent<Self>) {
        self.event.set();
        agent.done().wait();
    }
}

/// One of two responders of an event failed: the other one waited at the barrier for ever.
#[test]
fn f09_a_responder_that_fails_does_not_hold_up_the_others() {
    in_orders(300, || {
        let mut campaign = campaign(Mortal::default());
        let mut texts = problems(campaign.run());
        texts.sort_unstable();
        assert_eq!(texts[1], "the agent `fails` failed: no model");
        assert!(
            texts[0]
                .starts_with("the agent `dies` panicked: out of memory\n    at tests/conformance/faults/agents.rs:")
        );
        assert_eq!((texts.len(), *campaign.thinker().survived.lock()), (2, 1));
        assert!(!campaign.thinker().event.is_set(), "the last one has cleared it");
    });
}

/// An agent that fails before it begins, while results are on their way.
#[derive(Default)]
struct Unprepared {
    results: Mutex<Vec<u64>>,
    sent: Event,
}

#[thinker]
impl Unprepared {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) -> Result<()> {
        if agent.name() == "fails" {
            self.sent.wait()?;
            let cause = std::io::Error::other("no such file");
            return Err(Opening { path: "weights.bin", cause }.into());
        }
        Ok(())
    }

    #[agent(startup)]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 1..=3 {
            agent.submit(square { x })?;
        }
        self.sent.set();
        Ok(())
    }

    #[agent]
    fn fails(&self) {
        unreachable!("it is not prepared");
    }

    #[result_processor]
    fn store(&self, result: TaskResult<square>) -> Result<()> {
        self.results.lock().push(result.into_value()?);
        Ok(())
    }
}

#[derive(Debug)]
struct Opening {
    path: &'static str,
    cause: std::io::Error,
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot open {}", self.path)
    }
}

impl Error for Opening {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// An exception in `prepare_agent` was not logged and did not set `done`: the rest waited for ever.
#[test]
fn f10_an_agent_that_fails_in_prepare_agent_ends_the_campaign() {
    in_orders(200, || {
        let mut campaign = campaign(Unprepared::default()).unallocated_slots(2);
        let outcome = campaign.run();
        assert_eq!(report(&outcome).ending(), &Ending::AgentFailed("fails"));
        assert_eq!(problems(outcome), ["the agent `fails` failed: cannot open weights.bin: no such file"]);
        let mut results = campaign.thinker().results.lock().clone();
        results.sort_unstable();
        assert_eq!(results, [1, 4, 9]);
    });
}

#[derive(Default)]
struct Racing {
    event: Event,
    sets: Mutex<u64>,
}

impl Racing {
    fn set(&self) {
        for _ in 0..5 {
            if self.event.set() {
                *self.sets.lock() += 1;
            }
            pause(SECOND);
        }
    }
}

#[thinker]
impl Racing {
    #[agent(startup)]
    fn one(&self) {
        self.set();
    }

    #[agent(startup)]
    fn two(&self) {
        self.set();
    }

    #[event_responder(event = event)]
    fn answers(&self) {}

    #[event_responder(event = event)]
    fn answers_too(&self) {}

    #[agent]
    fn ends_it(&self) {
        pause(HOUR);
    }
}

/// ```text
/// one: sets               answers               answers_too
///   sets it
///                           answers, clears it
///   sets it again
///                                                 answers, clears it: that one, too
/// ```
#[test]
fn f20_no_set_is_lost_and_none_is_answered_twice() {
    in_orders(500, || {
        let mut campaign = campaign(Racing::default());
        let report = campaign.run().expect("nothing fails");
        let sets = *campaign.thinker().sets.lock();
        for name in ["answers", "answers_too"] {
            assert_eq!(report.agent(name).expect("it is one").calls, sets);
        }
    });
}

/// Work goes on in the background.
#[derive(Default)]
struct Background {
    handled: Mutex<u64>,
}

#[thinker]
impl Background {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..3 {
            agent.submit(run_for { time: SECOND })?;
        }
        Ok(())
    }

    #[result_processor]
    fn store(&self, _result: TaskResult<run_for>) {
        *self.handled.lock() += 1;
    }
}

/// A main program that raised before it had sent the kill signal never exited. Here nobody has to end the servers: all
/// threads of an order must end by themselves, or the order fails.
#[test]
fn f21_a_main_program_that_fails_early_leaves_nothing_running() {
    in_orders(100, || {
        let main = || {
            let mut campaign = campaign(Background::default()).unallocated_slots(2);
            let _running = campaign.start().expect("nothing is wrong");
            resume_unwind(Box::new("main fails before `join`"));
        };
        let panicked = catch_unwind(AssertUnwindSafe(main)).expect_err("it does");
        assert_eq!(panicked.downcast_ref::<&str>(), Some(&"main fails before `join`"));
    });
}
