//! Event: a flag that can be set, cleared and waited for.

use std::time::Duration;

use colmena::prelude::*;

use crate::world::{HOUR, campaign, in_orders};

#[test]
fn set_and_clear_say_whether_they_changed_anything() {
    let event = Event::new();
    assert!(event.set() && !event.set() && event.is_set());
    assert_eq!((event.clear(), event.clear()), (Ok(true), Ok(false)));
    assert!(!event.is_set());
    assert!(event.set_again() && !event.set_again(), "without a round it is a `set`");
}

#[test]
fn a_clone_is_the_same_event() {
    let (one, other) = (Event::new(), Event::default());
    let clone = one.clone();
    clone.set();
    assert!(one.is_set() && !other.is_set());
    assert_eq!(format!("{one:?} {other:?}"), "Event(set) Event(clear)");
}

#[test]
fn waiting_does_not_clear_it() {
    let event = Event::new();
    event.set();
    assert_eq!((event.wait(), event.wait_timeout(Duration::ZERO)), (Ok(()), Ok(true)));
    assert!(event.is_set());
}

#[test]
fn a_timeout_ends_a_wait_and_zero_is_now_or_never() {
    in_orders(5, || {
        assert_eq!(Event::new().wait_timeout(HOUR), Ok(false));
        assert_eq!(Event::new().wait_timeout(Duration::ZERO), Ok(false));
    });
}

#[derive(Default)]
struct Relay {
    first: Event,
    second: Event,
}

#[thinker]
impl Relay {
    #[agent(startup)]
    fn one(&self) -> Result<()> {
        self.first.wait()?;
        self.second.set();
        Ok(())
    }

    #[agent(startup)]
    fn two(&self) -> Result<()> {
        self.first.wait()?;
        Ok(())
    }

    #[agent]
    fn three(&self) -> Result<()> {
        self.first.set();
        self.second.wait()?;
        Ok(())
    }
}

#[test]
fn setting_it_wakes_everybody_who_waits() {
    in_orders(300, || {
        campaign(Relay::default()).run().expect("nobody is left waiting");
    });
}
