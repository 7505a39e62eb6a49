//! Redis that stands still or is away for five seconds, a network that drops what is sent, a worker of Parsl that is killed:
//! every task settles once, and each test prints how long it took from the fault to the end.

use std::process::Command;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use colmena::FailureKind;
use colmena::prelude::*;

use crate::faults::{endure, endure_as};
use crate::programs::{World, python};
use crate::{add, echo, killed_once, serving};

const SECOND: Duration = Duration::from_secs(1);

/// What the fault itself takes.
pub(crate) fn seconds(n: &str) {
    assert!(Command::new("sleep").arg(n).status().is_ok_and(|status| status.success()));
}

#[test]
fn needs_redis_the_broker_stands_still_for_five_seconds() {
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |world| {
        world.signal_redis("-STOP");
        seconds("5");
        world.signal_redis("-CONT");
    });
    assert_eq!(lost, 0);
    assert!(took < 20 * SECOND, "{took:?}");
}

#[test]
fn needs_redis_the_broker_is_away_for_five_seconds() {
    let mut world = World::with_server("json");
    let run = world.file("run");
    let recorded = |campaign: Campaign<_>| campaign.record_in(&run);
    let (lost, took) = endure_as(&mut world, 1, recorded, |world| {
        world.stop_redis(true);
        world.kill_servers(); // it ends by itself without Redis
        seconds("5");
        world.start_redis();
        world.start_server("json");
    });
    assert_eq!(lost, 0);
    let log = std::fs::read_to_string(format!("{run}/log.jsonl")).expect("it was recorded");
    let is_said = |text: &str| log.lines().any(|line| line.contains("\"thread\": \"redis ") && line.contains(text));
    assert!(is_said("tasks and results wait until it can be reached again") && is_said("is there again"), "{log}");
    assert!(took < 25 * SECOND, "{took:?}");
}

/// As the thinker has it, and as the server does: two types, one name.
#[method]
fn held();

mod bodies {
    use std::sync::Barrier;

    use colmena::prelude::*;

    pub(crate) static HELD: Barrier = Barrier::new(2);

    /// Says that it has begun, and runs until it is let go.
    #[method]
    pub(crate) fn held() {
        HELD.wait();
        HELD.wait();
    }
}

struct Filling {
    is_full: Arc<Barrier>,
}

#[thinker]
impl Filling {
    /// Its result is refused.
    #[agent(startup)]
    fn has_begun(&self, agent: &Agent<Self>) -> Result<()> {
        Ok(agent.call(held {})?.into_value()?)
    }

    /// Its requests are.
    #[agent]
    fn goes_on(&self, agent: &Agent<Self>) -> Result<()> {
        self.is_full.wait();
        for (x, result) in agent.gather((0..100).map(|x| echo { value: x.into() }))?.all()?.into_iter().enumerate() {
            assert_eq!(result.into_value()?, x);
        }
        Ok(())
    }
}

#[test]
fn needs_redis_the_broker_is_full_for_three_seconds() {
    let world = World::new();
    let (queues, run) = (world.queues(), world.file("run"));
    let server = LocalTaskServer::new().workers(2).serve::<bodies::held>().serve::<serving::bodies::echo>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let is_full = Arc::new(Barrier::new(2));
    let filling = Filling { is_full: Arc::clone(&is_full) };
    let mut campaign = Campaign::new(filling).ignore_ctrl_c().record_in(&run).queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    bodies::HELD.wait();
    assert_eq!(world.redis_cli(&["CONFIG", "SET", "maxmemory", "1"]), "OK");
    bodies::HELD.wait();
    is_full.wait();
    seconds("3");
    let refusals = world.redis_cli(&["INFO", "errorstats"]);
    let refusals = refusals.split_once("errorstat_OOM:count=").expect("some were refused").1;
    let refusals: u32 = refusals.split_whitespace().next().unwrap().parse().unwrap();
    assert!((2..100).contains(&refusals), "{refusals}: it is asked now and then");
    assert_eq!(world.redis_cli(&["CONFIG", "SET", "maxmemory", "0"]), "OK");
    running.join().unwrap();
    let methods = serving.join().unwrap().unwrap();
    assert_eq!(methods.iter().map(|method| method.succeeded).sum::<u64>(), 101);
    let log = std::fs::read_to_string(format!("{run}/log.jsonl")).expect("it was recorded");
    assert!(log.contains("OOM command not allowed") && log.contains("is tried again until Redis takes it"), "{log}");
}

/// Where the test has a network of its own: how many seconds it is to be away.
const NETWORK: &str = "COLMENA_TEST_NETWORK_AWAY";

/// Takes the network down, or brings it up: flags of an interface are set by an ioctl.
const SWITCH: &str = "import fcntl, socket, struct, sys
flags = struct.pack('16sh14x', b'lo', int(sys.argv[1] == 'up'))
fcntl.ioctl(socket.socket(), 0x8914, flags)";

fn network(state: &str) {
    let status = Command::new(python()).args(["-c", SWITCH, state]).status();
    assert!(status.is_ok_and(|status| status.success()), "the network is its own");
}

/// In a network of its own, of which nobody is told that it is away: what is sent is lost, connections stay as they are.
///
/// For longer, by hand: the variable says how many seconds.
#[test]
fn needs_redis_the_network_is_away_for_five_seconds() {
    if let Some(away) = std::env::var(NETWORK).ok().filter(|_| std::env::var_os(OWN).is_some()) {
        return endure_without_network(&away);
    }
    let away = std::env::var(NETWORK).unwrap_or_else(|_| "5".to_owned());
    let own = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--net"]).env(NETWORK, &away).env(OWN, "");
        unshare
    };
    if !own().arg("true").status().is_ok_and(|status| status.success()) {
        return eprintln!("not tested: no network may be made here");
    }
    let this = "outages::needs_redis_the_network_is_away_for_five_seconds";
    let test = std::env::current_exe().expect("this test has a file");
    let status = own().arg(test).args(["--exact", this, "--nocapture"]).status();
    assert!(status.is_ok_and(|status| status.success()));
}

const OWN: &str = "COLMENA_TEST_NETWORK_OWN";

fn endure_without_network(away: &str) {
    network("up");
    let mut world = World::with_server("json");
    let (lost, took) = endure(&mut world, 1, |_| {
        network("down");
        seconds(away);
        network("up");
    });
    assert_eq!(lost, 0);
    assert!(away != "5" || took < 25 * SECOND, "{took:?}");
}

struct Killing {
    files: [String; 2],
}

#[thinker]
impl Killing {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let [once, again] = self.files.clone();
        let start = Instant::now();
        let result = agent.call(killed_once { file: again }.retries(1))?;
        assert_eq!((result.attempts(), result.into_value()?), (2, true));
        println!("{:?} from the task that kills its worker to its value in the next", start.elapsed());
        let failure = agent.call(killed_once { file: once })?.into_value().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::WorkerLost, "{failure}");
        let sums = agent.gather((0..50).map(|x| add { x, y: 1 }))?.all()?;
        assert!(
            sums.iter().zip(1..).all(|(result, sum)| result.value().is_ok_and(|value| *value == sum)),
            "it goes on"
        );
        Ok(())
    }
}

#[test]
fn needs_redis_a_worker_of_parsl_is_killed() {
    let mut world = World::new();
    world.start_parsl("json");
    let thinker = Killing { files: ["once", "again"].map(|name| world.file(name)) };
    Campaign::new(thinker).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
    world.wait_for_servers();
}
