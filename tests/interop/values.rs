//! Tasks there and back: every kind of value, failures, retries, streams, ten thousand of them.

use std::time::Instant;

use colmena::FailureKind;
use colmena::prelude::*;
use colmena::wire::Serialization;
use serde_json::json;

use crate::programs::World;
use crate::{Alone, add, count_to, describe, echo, everything, misfit, nobody, not_plain, refuse, try_again};

fn ways() -> [(Serialization, &'static str); 2] {
    [(Serialization::Json, "json"), (Serialization::Pickle, "pickle")]
}

/// Runs an agent against a server of the original, in both ways.
fn in_both_ways(acts: fn(&Agent<Alone>) -> Result<()>) {
    for (serialization, name) in ways() {
        let world = World::with_server(name);
        let queues = world.queues().serialization(serialization);
        let report = Campaign::new(Alone(acts)).ignore_ctrl_c().queues(queues).run();
        report.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(world.redis_cli(&["KEYS", "*"]), "", "nothing is left");
    }
}

#[test]
fn needs_redis_every_task_comes_back_once() {
    in_both_ways(|agent| {
        let start = Instant::now();
        let sums = agent.gather((0..10_000).map(|x| add { x, y: 1 }))?.all()?;
        let sums: Vec<i64> = sums.into_iter().map(|result| result.into_value()).collect::<Result<_, _>>()?;
        assert_eq!(sums, (1..=10_000).collect::<Vec<_>>());
        println!("{:.0} tasks per second", 10_000.0 / start.elapsed().as_secs_f64());
        Ok(())
    });
}

#[test]
fn needs_redis_values_of_every_kind() {
    in_both_ways(|agent| {
        let values = [
            json!(null),
            json!([true, false, {}, [], ""]),
            json!([i64::MIN, i64::MAX, u64::MAX, 0, -1, 255, 256, 65_536]),
            json!([f64::MAX, f64::MIN, 5e-324, 0.1, -0.5, 1e22]),
            json!("é ☃ 😀 \"\\/\u{8}\n\r\t\0\u{7f}"),
            json!({"ünï": {"a b": [{"": null}]}}),
        ];
        for value in values {
            assert_eq!(agent.call(echo { value: value.clone() })?.into_value()?, value);
        }
        let large = json!("☃".repeat(1_000_000));
        assert_eq!(agent.call(echo { value: large.clone() })?.into_value()?, large);
        let all = agent.call(everything {})?.into_value()?;
        assert_eq!((all.none, all.yes, all.int, all.big), (None, true, i64::MIN, u64::MAX));
        assert_eq!((all.float, all.small, all.inf), (f64::MAX, 5e-324, f64::INFINITY));
        assert!(all.nan.is_nan());
        assert_eq!(all.text, "é ☃ 😀 \"\\\n\0");
        assert_eq!((all.list, all.map), ((1, (2.5, vec![])), json!({"a": {"b": [null]}})));
        let described = agent.call(describe { steps: 3, name: "ünï".to_owned() })?;
        assert_eq!(described.into_value()?, "ünï: 3", "by keyword");
        Ok(())
    });
}

#[test]
fn needs_redis_failures_say_what_python_says() {
    in_both_ways(|agent| {
        let failure = agent.call(refuse { why: "☃".to_owned() })?.into_value().unwrap_err();
        assert_eq!((failure.kind(), failure.attempts()), (FailureKind::Error, 1));
        assert_eq!(failure.message(), "ValueError('bad value: ☃')");
        assert!(failure.backtrace().unwrap().contains("in refuse"), "{:?}", failure.backtrace());

        let failure = agent.call(nobody { x: 1 })?.into_value().unwrap_err();
        assert_eq!((failure.kind(), failure.attempts()), (FailureKind::UnknownMethod, 0));
        assert!(failure.message().contains("not recognized"), "{failure}");

        let result = agent.call(try_again { key: "a".to_owned(), failures: 2 }.retries(2))?;
        assert_eq!((result.attempts(), result.into_value()?), (3, 3));
        let result = agent.call(try_again { key: "b".to_owned(), failures: 3 }.retries(1))?;
        let failure = result.into_value().unwrap_err();
        assert_eq!((failure.attempts(), failure.message()), (2, "OSError('attempt 2')"));

        let failure = agent.call(misfit {})?.into_value().unwrap_err();
        let wrong = "its value cannot be read: at `.energies[1]`: invalid type: string \"low\", expected f64";
        assert_eq!(failure.message(), wrong);
        Ok(())
    });
}

#[test]
fn needs_redis_classes_are_failures_that_name_them() {
    let world = World::with_server("pickle");
    let queues = world.queues().serialization(Serialization::Pickle);
    let calls = |agent: &Agent<Alone>| {
        let failure = agent.call(not_plain {})?.into_value().unwrap_err();
        assert!(failure.message().contains("a pickled `builtins.complex`"), "{failure}");
        assert_eq!(agent.call(add { x: 1, y: 2 })?.into_value()?, 3, "it goes on");
        Ok(())
    };
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues).run().unwrap();
}

/// A result that is no result stops nothing.
#[test]
fn needs_redis_what_cannot_be_read_stops_nothing() {
    let mut world = World::new();
    world.redis_cli(&["RPUSH", "test_add_result", "nothing", "{}", "{\"task_id\": \"1\", \"inputs\": [[], {}]}"]);
    world.start_server("json");
    let calls = |agent: &Agent<Alone>| {
        assert_eq!(agent.call(add { x: 1, y: 2 })?.into_value()?, 3);
        Ok(())
    };
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues()).run().unwrap();
}

struct Counting {
    seen: Mutex<Vec<Vec<u32>>>,
}

#[thinker]
impl Counting {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        for n in 0..4 {
            agent.submit(count_to { n })?;
        }
        Ok(())
    }

    #[result_processor]
    fn counts(&self, update: TaskUpdate<count_to>) {
        let mut seen = self.seen.lock();
        seen.resize(5, Vec::new());
        match update {
            TaskUpdate::Emitted(emitted) => seen[emitted.id.get() as usize].push(emitted.value),
            TaskUpdate::Finished(result, _) => {
                assert_eq!(result.value().unwrap(), "done");
                assert_eq!(seen[result.id().get() as usize].len() as u32, result.inputs().n);
            }
        }
    }
}

#[test]
fn needs_redis_streamed_results_come_in_order() {
    for (serialization, name) in ways() {
        let world = World::with_server(name);
        let queues = world.queues().serialization(serialization);
        let mut campaign = Campaign::new(Counting { seen: Mutex::default() }).ignore_ctrl_c().queues(queues);
        campaign.run().unwrap();
        assert_eq!(*campaign.thinker().seen.lock(), [vec![], vec![], vec![0], vec![0, 1], vec![0, 1, 2]], "{name}");
    }
}

/// Parsl spreads the same over its workers, as it does on a cluster.
#[test]
fn needs_redis_tasks_go_through_parsl() {
    let mut world = World::new();
    world.start_parsl("pickle");
    let calls = |agent: &Agent<Alone>| {
        let sums = agent.gather((0..200).map(|x| add { x, y: 1 }))?.all()?;
        let sums: Vec<i64> = sums.into_iter().map(|result| result.into_value()).collect::<Result<_, _>>()?;
        assert_eq!(sums, (1..=200).collect::<Vec<_>>());
        let failure = agent.call(refuse { why: "☃".to_owned() })?.into_value().unwrap_err();
        assert_eq!(failure.message(), "ValueError('bad value: ☃')");
        assert_eq!(agent.call(count_to { n: 3 })?.into_value()?, "done");
        Ok(())
    };
    let queues = world.queues().serialization(Serialization::Pickle).stop_servers();
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues).run().unwrap();
    world.wait_for_servers();
}
