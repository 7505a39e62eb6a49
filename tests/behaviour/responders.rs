//! Event responders: every `set` that returned true before `done` starts exactly one round.

use colmena::RoundInProgress;
use colmena::prelude::*;

use crate::world::{HOUR, SECOND, campaign, in_orders, pause, problems};

#[derive(Default)]
struct Rounds {
    event: Event,
    log: Mutex<Vec<&'static str>>,
}

#[thinker]
impl Rounds {
    #[event_responder(event = event)]
    fn quick(&self) {
        self.log.lock().push("quick");
    }

    #[event_responder(event = event)]
    fn slow(&self) {
        pause(SECOND * 2);
        assert_eq!(self.event.clear(), Err(RoundInProgress), "a user's `clear` inside a round is refused");
        self.log.lock().push("slow");
    }

    #[agent]
    fn sets(&self) -> Result<()> {
        assert!(self.event.set());
        pause(SECOND);
        assert!(!self.event.set(), "during a round it changes nothing");
        assert!(self.event.is_set(), "until the last one has ended");
        pause(SECOND * 2);
        assert!(!self.event.is_set(), "then it is cleared");
        assert_eq!(*self.log.lock(), ["quick", "slow"]);
        assert!(self.event.set());
        pause(SECOND);
        assert!(self.event.set_again() && !self.event.set_again(), "one more round afterwards");
        pause(SECOND * 2);
        assert!(self.event.is_set());
        pause(SECOND * 3);
        assert_eq!(self.log.lock().len(), 6);
        assert!(self.event.set(), "the last round starts before `done`, and is answered");
        Ok(())
    }
}

#[test]
fn each_set_starts_one_round_and_the_last_to_end_clears_the_event() {
    in_orders(300, || {
        let mut campaign = campaign(Rounds::default());
        let report = campaign.run().expect("nothing fails");
        let log = campaign.thinker().log.lock().clone();
        assert_eq!(log.iter().filter(|&&who| who == "quick").count(), 4);
        assert_eq!(report.agent("slow").expect("it is one").calls, 4);
        assert!(!campaign.thinker().event.is_set());
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

#[test]
fn no_set_is_lost_and_none_is_answered_twice() {
    in_orders(500, || {
        let mut campaign = campaign(Racing::default());
        let report = campaign.run().expect("nothing fails");
        let sets = *campaign.thinker().sets.lock();
        for name in ["answers", "answers_too"] {
            assert_eq!(report.agent(name).expect("it is one").calls, sets);
        }
    });
}

#[derive(Default)]
struct Early {
    event: Event,
    log: Mutex<Vec<&'static str>>,
}

#[thinker]
impl Early {
    #[prepare_agent]
    fn take_time(&self, agent: &Agent<Self>) {
        if agent.name() == "prepares" {
            pause(HOUR);
        }
    }

    #[event_responder(event = event)]
    fn is_ready(&self) {
        self.log.lock().push("is ready");
    }

    #[event_responder(event = event)]
    fn prepares(&self, agent: &Agent<Self>) {
        self.log.lock().push("prepares");
        agent.done().set();
        assert!(!self.event.set(), "the round is not over");
    }

    #[tear_down_agent]
    fn set_it_again(&self, agent: &Agent<Self>) {
        if agent.name() == "prepares" {
            self.event.set();
        }
    }
}

#[test]
fn an_event_set_before_launch_starts_a_round_for_all_and_none_starts_after_done() {
    in_orders(300, || {
        let early = Early::default();
        early.event.set();
        let mut campaign = campaign(early);
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().log.lock(), ["is ready", "prepares"]);
    });
}

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

#[test]
fn a_responder_that_dies_does_not_hold_up_the_others() {
    in_orders(300, || {
        let mut campaign = campaign(Mortal::default());
        let mut texts = problems(campaign.run());
        texts.sort_unstable();
        assert_eq!(texts[1], "the agent `fails` failed: no model");
        assert!(
            texts[0].starts_with("the agent `dies` panicked: out of memory\n    at tests/behaviour/responders.rs:")
        );
        assert_eq!((texts.len(), *campaign.thinker().survived.lock()), (2, 1));
        assert!(!campaign.thinker().event.is_set(), "the last one has cleared it");
    });
}
