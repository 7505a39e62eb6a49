//! Requests on demand, in seeded orders.

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::rehearsal::{explore, orders};
use crate::task::Method;
use crate::task::flight::{Destination, Flight, Head, Inputs};
use crate::task::info::Notes;
use crate::task::task::Options;
use crate::wait::spawn::Spawn;
use crate::wait::{Over, Realm, pass_time};

const MINUTE: Duration = Duration::from_secs(60);

struct Nothing;

impl Method for Nothing {
    const NAME: &'static str = "nothing";
    const TOPIC: &'static str = "nothing";
    const PARAMETERS: &'static [&'static str] = &[];
    type Value = ();
    type Emission = ();
}

fn request(id: u64) -> Request {
    let head = Head::new(TaskId(id), Options::default(), 0, 0);
    Arc::new(Flight {
        head,
        inputs: Inputs::Own(Nothing),
        notes: Notes::default(),
        destination: Destination::Processor,
    })
}

/// ```text
/// worker                     whoever sends
///   asks; there is none
///                              sends one
///   is woken, takes it
///                              must not send another one: nobody has asked for it
///   runs it
///   asks
/// ```
#[test]
fn never_are_more_sent_than_workers_ask_for() {
    const WORKERS: usize = 2;
    const AHEAD: usize = 1;
    let outcome = explore(orders(2000), |_| {
        let (realm, requests) = (Arc::new(Realm::default()), Arc::new(Requests::on_demand()));
        let run = Arc::new(AtomicUsize::new(0));
        let worker = |_| {
            let (requests, run) = (Arc::clone(&requests), Arc::clone(&run));
            let spawn = Spawn { name: "worker".into(), realm: Some(Arc::clone(&realm)), over: Over::Never, holder: 0 };
            let life = move || {
                while requests.next().is_some() {
                    pass_time(MINUTE);
                    run.fetch_add(1, SeqCst);
                }
            };
            spawn.start(life).expect("a thread can be started")
        };
        let workers: Vec<_> = (0..WORKERS).map(worker).collect();
        for sent in 0..6 {
            let ahead = AHEAD * (sent % 2);
            assert!(requests.wait_until_wanted(ahead, 10 * MINUTE), "they ask when they have run what they have");
            assert!(sent - run.load(SeqCst) < WORKERS + ahead, "nobody has asked for it");
            assert!(requests.push(request(sent as u64 + 1)).is_ok());
        }
        requests.close();
        workers.iter().for_each(|worker| _ = worker.join(None));
        assert_eq!(run.load(SeqCst), 6);
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
}
