//! The other way round: the original's thinkers on a task server of this library.

use std::process::Command;
use std::time::{Duration, Instant};

use colmena::prelude::*;
use colmena::{FailureKind, RedisQueues};

use crate::programs::{PREFIX, World, script};
use crate::{Alone, count_to, echo};

#[method]
fn square(x: i64) -> i64 {
    x * x
}

#[method]
fn describe(values: &[f64], name: &str) -> (Vec<f64>, String) {
    (values.to_vec(), name.to_owned())
}

#[method]
fn refuse(why: &str) -> Result<u8> {
    Err(why.into())
}

#[method]
fn panic() -> u8 {
    panic!("at the disco")
}

#[method]
fn count(n: u32, task: &TaskContext<u32>) -> String {
    (0..n).for_each(|i| task.emit(i));
    "done".to_owned()
}

#[method]
fn nothing() {}

/// Longer than by default: a machine that runs other tests keeps a thread of the thinker waiting for its turn for longer, too.
const HOLD_BACK: Duration = Duration::from_millis(500);

/// Twenty campaigns, since fault F1 of the original's thinker is a race: of ten on a server that answers at once, eight wait
/// for ever.
///
/// For as many tasks in a second as without holding back there are so many more slots.
fn campaigns(serialization: &str, campaigns: u32, tasks: u32, theirs: &str, hold_back: Duration) {
    let world = World::new();
    let queues = world.queues().hold_back(hold_back);
    let server = LocalTaskServer::new().workers(2).serve::<square>().serve::<describe>().serve::<refuse>();
    let server = server.serve::<panic>().serve::<count>().serve::<nothing>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let start = Instant::now();
    let mut thinker = Command::new("timeout");
    thinker.args(["--kill-after=1", "120"]).arg(crate::programs::python()).arg(script("thinker.py"));
    let [port, n, tasks_each] = [world.port.into(), campaigns, tasks].map(|number| number.to_string());
    thinker.args([&port, PREFIX, serialization, &n, &tasks_each, theirs]);
    let output = thinker.output().expect("Python can be started");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim() == "all well", "{said}\n{wrong}");
    println!("{} tasks in {:?}", campaigns * tasks, start.elapsed());
    let methods = serving.join().expect("it does not panic").expect("it could be started");
    let squares = methods.iter().find(|report| report.name == "square").expect("it was asked for squares");
    assert_eq!(squares.succeeded, u64::from(campaigns * tasks));
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "0");
}

#[test]
fn needs_redis_the_originals_thinkers_are_served() {
    campaigns("json", 20, 1000, ORIGINALS, HOLD_BACK);
}

#[test]
fn needs_redis_the_originals_thinkers_are_served_in_pickles() {
    campaigns("pickle", 2, 100, ORIGINALS, HOLD_BACK);
}

const ORIGINALS: &str = "colmena.queue.redis";

/// Those do not have the fault: nothing is held back, and none of ten waits for ever.
#[test]
fn needs_redis_thinkers_with_queues_of_colmena_rs_are_answered_at_once() {
    campaigns("json", 10, 1000, "colmena_rs.queues", Duration::ZERO);
}

/// Declared without a body as a thinker has it, and with one as the server has it: two types, one name.
pub(crate) mod bodies {
    use std::sync::{Barrier, Condvar};
    use std::time::Duration;

    use colmena::prelude::*;

    #[method]
    pub(crate) fn echo(value: serde_json::Value) -> serde_json::Value {
        value
    }

    static PRESENT: (std::sync::Mutex<usize>, Condvar) = (std::sync::Mutex::new(0), Condvar::new());

    /// Whether so many have come.
    #[method]
    pub(crate) fn meet(others: usize) -> bool {
        let (present, news) = &PRESENT;
        let mut present = present.lock().expect("nobody panics");
        *present += 1;
        news.notify_all();
        let met = news.wait_timeout_while(present, Duration::from_secs(20), |present| *present < others);
        !met.expect("nobody panics").1.timed_out()
    }

    /// One for each test.
    pub(crate) static HELD: [Barrier; 2] = [const { Barrier::new(2) }; 2];

    /// Says that it has begun, and runs until it is let go.
    #[method]
    pub(crate) fn hold(test: usize) {
        HELD[test].wait();
        HELD[test].wait();
    }

    /// Or never.
    #[method]
    pub(crate) fn returns(at_all: bool) {
        if !at_all {
            loop {
                std::thread::park();
            }
        }
    }

    #[method]
    pub(crate) fn count_to(n: u32, task: &TaskContext<u32>) -> String {
        (0..n).for_each(|i| task.emit(i));
        "done".to_owned()
    }
}

/// Long enough for several looks at the broker: a server of this library is seen there. Only the original's thinkers would wait.
#[test]
fn needs_redis_thinkers_of_this_library_are_served() {
    let world = World::new();
    let queues = world.queues().hold_back(Duration::from_secs(3600));
    let server = LocalTaskServer::new().workers(2).serve::<bodies::echo>().serve::<bodies::count_to>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let calls = |agent: &Agent<Alone>| {
        for _ in 0..10 {
            let tasks = (0..1000).map(|x| echo { value: x.into() });
            for (x, result) in agent.gather(tasks)?.all()?.into_iter().enumerate() {
                assert_eq!(result.into_value()?, x);
            }
            agent.sleep(Duration::from_millis(250))?;
        }
        let large = serde_json::Value::from("x".repeat(10 << 20));
        assert_eq!(agent.call(echo { value: large.clone() })?.into_value()?, large);
        assert_eq!(agent.call(count_to { n: 3 })?.into_value()?, "done");
        Ok(())
    };
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
    serving.join().unwrap().unwrap();
}

/// At most so many requests are on Redis that no server has taken.
#[test]
fn needs_redis_the_limit_of_requests_holds_there() {
    let world = World::new();
    let mut campaign = Campaign::new(Echoes(0..10)).ignore_ctrl_c().request_limit(4);
    campaign = campaign.queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    // The thinker has looked, and what it sent was still there: nobody takes anything, so that more would stay.
    world.await_commands(3, r#""LLEN" "test_requests""#);
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "4");
    let queues = world.queues();
    let methods = queues.serve(LocalTaskServer::new().workers(1).serve::<bodies::echo>()).unwrap();
    running.join().unwrap();
    assert_eq!(methods.iter().map(|method| method.succeeded).sum::<u64>(), 10);
}

/// Each of the first four tasks ends only when all four run: a server takes what its workers can begin, and leaves the rest to
/// the other one.
#[test]
fn needs_redis_servers_take_what_they_can_begin() {
    let world = World::new();
    let serve = || {
        let queues = world.queues();
        std::thread::spawn(move || queues.serve(LocalTaskServer::new().workers(2).serve::<bodies::meet>()))
    };
    let servers = [serve(), serve()];
    let calls = |agent: &Agent<Alone>| {
        let met = agent.gather((0..12).map(|_| meet { others: 4 }))?.all()?;
        assert!(
            met.iter().all(|result| *result.value().expect("it runs")),
            "one server has taken what it cannot begin"
        );
        Ok(())
    };
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues().stop_servers()).run().unwrap();
    world.redis_cli(&["RPUSH", "test_requests", "defaultnull"]); // the other one, too
    for server in servers {
        let methods = server.join().unwrap().unwrap();
        assert!(methods.iter().all(|method| method.succeeded >= 2), "{methods:?}");
    }
}

#[method]
fn meet(others: usize) -> bool;

/// While all its workers are busy it takes nothing, but its connection is neither idle nor another's than a server's.
#[test]
fn needs_redis_a_server_whose_workers_are_busy_shows_itself() {
    let world = World::new();
    let queues = world.queues();
    let server = std::thread::spawn(move || queues.serve(LocalTaskServer::new().workers(1).serve::<bodies::hold>()));
    let calls = |agent: &Agent<Alone>| {
        assert!(agent.gather([hold { test: 0 }, hold { test: 0 }])?.all()?.iter().all(TaskResult::is_ok));
        Ok(())
    };
    let mut campaign = Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    bodies::HELD[0].wait();
    world.await_commands(2, r#""SET" "test_held_"#);
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "1", "the other one waits there");
    (0..3).for_each(|_| _ = bodies::HELD[0].wait());
    running.join().unwrap();
    server.join().unwrap().unwrap();
}

#[method]
fn hold(test: usize);

/// Or its tasks would be taken for lost with another server.
#[test]
fn needs_redis_a_server_that_is_told_to_end_says_what_it_has_until_it_does() {
    let world = World::new();
    let queues = world.queues();
    let server = std::thread::spawn(move || queues.serve(LocalTaskServer::new().workers(2).serve::<bodies::hold>()));
    let calls = |agent: &Agent<Alone>| Ok(agent.call(hold { test: 1 })?.into_value()?);
    let mut campaign = Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues());
    let running = campaign.start().unwrap();
    bodies::HELD[1].wait();
    world.redis_cli(&["RPUSH", "test_requests", "defaultnull"]);
    world.await_commands(3, r#""SET" "test_held_"#);
    assert_eq!(world.redis_cli(&["LLEN", "test_requests"]), "0", "it has been told");
    bodies::HELD[1].wait();
    running.join().unwrap();
    assert_eq!(server.join().unwrap().unwrap()[0].succeeded, 1);
}

/// A method that does not return keeps its thread. Of one server that is too many: it ends, takes no more, and another one goes on;
/// that one has such a thread, too, and ends all the same.
#[test]
fn needs_redis_a_server_whose_methods_are_stuck_ends() {
    let world = World::new();
    let serve = |limit| {
        let queues = world.queues();
        let server = LocalTaskServer::new().workers(1).stuck_limit(limit).serve::<bodies::returns>();
        std::thread::spawn(move || queues.serve(server))
    };
    let calls = |agent: &Agent<Alone>| {
        for _ in 0..2 {
            let stuck = returns { at_all: false }.time_limit(Duration::from_millis(100));
            let failure = agent.call(stuck)?.into_value().unwrap_err();
            assert_eq!(failure.kind(), FailureKind::TimedOut, "{failure}");
        }
        Ok(agent.call(returns { at_all: true })?.into_value()?)
    };
    let first = serve(0);
    let mut campaign = Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues().stop_servers());
    let running = campaign.start().unwrap();
    let error = first.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("has 1 stuck thread, and may have 0"), "{error}");
    let second = serve(1);
    running.join().unwrap();
    let methods = second.join().unwrap().unwrap();
    assert_eq!((methods[0].timed_out, methods[0].succeeded), (1, 1));
}

#[method]
fn returns(at_all: bool);

/// Two campaigns on one Redis do not see each other.
#[test]
fn needs_redis_prefixes_keep_campaigns_apart() {
    let world = World::new();
    let run = |prefix: &'static str, values: std::ops::Range<u64>| {
        let queues = || RedisQueues::connect(&world.url(), prefix).expect("Redis is there");
        let (ours, theirs) = (queues(), queues());
        let serving =
            std::thread::spawn(move || theirs.serve(LocalTaskServer::new().workers(1).serve::<bodies::echo>()));
        let running = std::thread::spawn(move || {
            let thinker = Echoes(values);
            Campaign::new(thinker).ignore_ctrl_c().queues(ours.stop_servers()).run().map(drop)
        });
        (serving, running)
    };
    for (serving, running) in [run("one", 0..500), run("two", 500..1000)] {
        running.join().unwrap().unwrap();
        let methods = serving.join().unwrap().unwrap();
        assert_eq!(methods.iter().map(|method| method.succeeded).sum::<u64>(), 500);
    }
}

struct Echoes(std::ops::Range<u64>);

#[thinker]
impl Echoes {
    #[agent]
    fn asks(&self, agent: &Agent<Self>) -> Result<()> {
        for result in agent.gather(self.0.clone().map(|x| echo { value: x.into() }))?.all()? {
            let asked = result.inputs().value.clone();
            assert_eq!(result.into_value()?, asked);
        }
        Ok(())
    }
}
