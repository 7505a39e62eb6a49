//! Event responders: every `set` that returned true before `done` starts exactly one round.

use colmena::prelude::*;

use crate::world::{HOUR, campaign, in_orders, pause};

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
