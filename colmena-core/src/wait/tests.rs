//! The protocol of waiting by itself, in seeded orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use super::spawn::{Spawn, Thread};
use super::*;
use crate::rehearsal::{explore, orders};

const SECOND: Duration = Duration::from_secs(1);

/// Tokens, each for one thread.
#[derive(Default)]
struct Tokens {
    count: AtomicUsize,
    waiting: WaitList,
}

impl Tokens {
    fn put(&self) {
        point();
        self.count.fetch_add(1, SeqCst);
        self.waiting.notify_one();
    }
}

impl Waitable for &Tokens {
    type Output = ();

    fn try_take(&mut self) -> Option<()> {
        point();
        self.count.fetch_update(SeqCst, SeqCst, |count| count.checked_sub(1)).ok().map(drop)
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, took: bool) {
        self.waiting.leave_and_pass_on(me, took, || self.count.load(SeqCst) > 0);
    }
}

fn start(name: &str, realm: &Arc<Realm>, over: Over, body: impl FnOnce() + Send + 'static) -> Thread {
    let spawn = Spawn { name: name.into(), realm: Some(Arc::clone(realm)), over, holder: 0 };
    spawn.start(body).expect("a thread can be started")
}

fn in_orders(usual: u64, program: impl Fn(u64) + Send + Sync + 'static) {
    explore(orders(usual), program).unwrap_or_else(|failed| panic!("{failed}"));
}

/// One waits until `done`, the other one for as long as it takes. Whether the first one got the token.
fn one_stops(put: fn(&Arc<Realm>, &Arc<Tokens>), limits: fn() -> Limits) -> bool {
    let (realm, tokens) = (Arc::new(Realm::default()), Arc::new(Tokens::default()));
    let took = Arc::new(Flag::default());
    let (hasty, noted) = (Arc::clone(&tokens), Arc::clone(&took));
    let hasty = start("hasty", &realm, Over::Done, move || {
        if wait(&mut &*hasty, limits(), WaitingFor::Item).is_ok() {
            noted.set();
        }
    });
    let patient = Arc::clone(&tokens);
    let patient = start("patient", &realm, Over::Never, move || {
        wait(&mut &*patient, Limits::AGENT, WaitingFor::Item).expect("it waits for as long as it takes");
    });
    put(&realm, &tokens);
    hasty.join(None);
    if took.is_set() {
        tokens.put();
    }
    patient.join(None);
    took.is_set()
}

/// ```text
/// hasty                   patient               the program
///   waits                   waits
///                                                 sets done, wakes both
///                           finds nothing, waits
///                                                 puts a token, wakes hasty
///   registers: is done, leaves
///                           must be woken instead
/// ```
#[test]
fn a_wake_that_is_not_used_is_passed_on_at_done() {
    in_orders(3000, |_| {
        one_stops(
            |realm, tokens| {
                sleep(SECOND).expect("nobody stops the program");
                realm.set_done();
                tokens.put();
            },
            || Limits::AGENT,
        );
    });
}

/// As above; what ends the wait is its deadline, at the moment at which the token comes.
#[test]
fn a_wake_that_is_not_used_is_passed_on_at_a_deadline() {
    in_orders(3000, |_| {
        one_stops(
            |_, tokens| {
                sleep(SECOND).expect("nobody stops the program");
                tokens.put();
            },
            || Limits::AGENT.within(Some(SECOND)),
        );
    });
}

/// ```text
/// waiter                  waker
///   tries: nothing
///                           publishes, looks at the list: nobody
///   registers
///   tries again
/// ```
#[test]
fn no_wake_up_is_lost() {
    in_orders(3000, |_| {
        let (realm, tokens) = (Arc::new(Realm::default()), Arc::new(Tokens::default()));
        let waiters: Vec<Thread> = ["one", "two"]
            .into_iter()
            .map(|name| {
                let tokens = Arc::clone(&tokens);
                start(name, &realm, Over::Never, move || {
                    (0..2).for_each(|_| {
                        wait(&mut &*tokens, Limits::AGENT, WaitingFor::Item).expect("nobody stops it");
                    });
                })
            })
            .collect();
        (0..4).for_each(|_| tokens.put());
        assert!(waiters.iter().all(|waiter| waiter.join(None)));
        assert_eq!(tokens.count.load(SeqCst), 0);
    });
}
