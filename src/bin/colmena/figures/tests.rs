//! Figures of small runs, whole; and what holds of any run.

use proptest::prelude::*;

use super::lanes::{Before, walk};
use super::spread::Spread;
use super::sweep::{Parts, Span, deciding, sweep};
use super::*;
use crate::run::{Agent, Allocation, Task};

const MS: Nanos = 1_000_000;

/// On one slot of the pool `sim`: sent, started, ended, its result there; in milliseconds.
fn task(run: &mut Run, [created, started, ended, received]: [Nanos; 4]) -> Task {
    let [method, pool] = ["simulate", "sim"].map(|name| run.names.id(name));
    let at = |time: Nanos| Some(time * MS);
    let (created, started, ended, received) = (at(created), at(started), at(ended), at(received));
    Task { method, topic: method, pool, slots: 1, created, started, ended, received, ..Task::default() }
}

/// Two tasks on one slot, one after the other, and an agent that decides between them.
fn two_tasks() -> Run {
    let mut run = Run::default();
    let (first, second) = (task(&mut run, [0, 10, 40, 42]), task(&mut run, [52, 55, 85, 85]));
    let cause = run.names.id("ValueError");
    run.tasks = vec![first, Task { cause: Some(cause), retries: 2, ..second }];
    run.examples.insert(cause, "ValueError('no')".into());
    let sim = run.names.id("sim");
    run.allocations = vec![Allocation { at: 0, slots: vec![(sim, 1)] }];
    let agent = |name: &str, kind: &str, at: Nanos, took: Nanos| Agent {
        name: name.into(),
        kind: kind.into(),
        calls: vec![(at * MS, took * MS)],
        ended: Some((100 * MS, "Stopped".into())),
        ..Agent::default()
    };
    run.agents = vec![agent("send", "TaskSubmitter", 45, 7), agent("main", "Agent", 0, 100)];
    run
}

fn spread(milliseconds: &[Nanos]) -> Spread {
    Spread::of(milliseconds.iter().map(|time| time * MS).collect())
}

/// The sum of no floating-point numbers is -0.
#[test]
fn an_agent_that_was_not_called_was_not_busy() {
    let run = Run { agents: vec![Agent { name: "idle".into(), ..Agent::default() }], ..two_tasks() };
    assert!(Figures::of(&run).agents[0].seconds.is_sign_positive());
}

#[test]
fn of_two_tasks() {
    let figures = Figures::of(&two_tasks());
    let method = MethodFigures {
        method: "simulate".into(),
        topic: "simulate".into(),
        succeeded: 1,
        failed: 1,
        retries: 2,
        failures: vec![Failures { cause: "ValueError".into(), n: 1, example: Some("ValueError('no')".into()) }],
        run: spread(&[30, 30]),
        queue: spread(&[3, 10]),
        decision: spread(&[10]),
        communication: spread(&[0, 2]),
    };
    assert_eq!(figures.methods, [method]);
    let [pool] = &figures.pools[..] else { panic!("{:?}", figures.pools) };
    let rounded = |seconds: f64| (seconds * 1e6).round() as i64;
    let Idle { no_candidate, no_decision, waiting_for_server, result_on_its_way } = pool.idle;
    let idle = [no_candidate, no_decision, waiting_for_server, result_on_its_way].map(rounded);
    // Of 100 ms: 3 from 42 to 45 and 15 at the end without a candidate, 7 deciding, 10 and 3 on the way to the server, 2 back.
    assert_eq!(idle, [18_000, 7_000, 13_000, 2_000]);
    assert_eq!((rounded(pool.slot_seconds), rounded(pool.utilisation)), (100_000, 600_000));
    assert_eq!((pool.slots, pool.recorded, &pool.between), (1, true, &spread(&[15])));
    let agents: Vec<_> = figures.agents.iter().map(|agent| (&*agent.agent, rounded(agent.seconds))).collect();
    assert_eq!(agents, [("main", 100_000), ("send", 7_000)]);
}

#[test]
fn of_nothing() {
    let figures = Figures::of(&Run::default());
    assert_eq!(figures, Figures::default());
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let spread = Spread::of((1..=200).map(|n| n * MS).collect());
    let Spread { n, p50, p95, p99, most, mean, .. } = spread;
    assert_eq!((n, p50, p95, p99, most, mean), (200, 0.1, 0.19, 0.198, 0.2, 0.1005));
}

#[test]
fn slots_that_are_taken_away_are_not_idle() {
    let mut run = two_tasks();
    let sim = run.names.id("sim");
    run.allocations.push(Allocation { at: 90 * MS, slots: vec![(sim, 0)] });
    let mut last = None;
    sweep(&run, sim, &[], 100 * MS, |span| last = Some(span));
    assert_eq!(last, Some(Span { from: 90 * MS, to: 100 * MS, slots: Parts::default() }));
}

/// Any run of one pool.
fn runs() -> impl Strategy<Value = Run> {
    let times = prop::array::uniform4(0_i64..50);
    let tasks = prop::collection::vec((0_i64..200, times, 1_u32..4), 1..40);
    let allocations = prop::collection::vec((0_i64..300, 0_u32..9), 0..5);
    let calls = prop::collection::vec((0_i64..250, 0_i64..30), 0..10);
    (tasks, allocations, calls).prop_map(|(tasks, allocations, calls)| {
        let mut run = Run::default();
        for (at, [sent, queued, ran, back], slots) in tasks {
            let started = at + sent + queued;
            let one = task(&mut run, [at + sent, started, started + ran, started + ran + back]);
            run.tasks.push(Task { slots, ..one });
        }
        run.tasks.sort_by_key(|task| task.ended);
        let sim = run.names.id("sim");
        let allocation = |(at, n): (Nanos, u32)| Allocation { at: at * MS, slots: vec![(sim, n)] };
        run.allocations = allocations.into_iter().map(allocation).collect();
        run.allocations.sort_by_key(|allocation| allocation.at);
        let calls = calls.into_iter().map(|(at, took)| (at * MS, took * MS)).collect();
        run.agents =
            vec![Agent { name: "a".into(), kind: "TaskSubmitter".into(), calls, ended: None, ..Agent::default() }];
        run
    })
}

/// By looking at each millisecond.
fn most_at_once(run: &Run) -> u32 {
    let at = |now: Nanos| {
        let runs = |task: &&Task| task.ran().is_some_and(|(from, to)| from <= now && now < to);
        run.tasks.iter().filter(runs).map(|task| task.slots).sum()
    };
    (0..400).map(|now| at(now * MS)).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn parts_add_up_to_what_is_allocated(run in runs()) {
        let sim = 1;
        let (mut at, end) = (0, run.length());
        sweep(&run, sim, &deciding(&run), end, |Span { from, to, slots }| {
            assert!(from == at && to > from, "spans follow each other");
            at = to;
            let allocated = run.allocations.iter().rev().find(|allocation| allocation.at <= from);
            let allocated = allocated.map_or(0, |allocation| allocation.slots[0].1);
            let known = run.allocations.iter().any(|allocation| allocation.slots[0].1 > 0);
            assert_eq!(slots.all(), if known { allocated } else { most_at_once(&run) });
        });
        prop_assert_eq!(at, end);
    }

    #[test]
    fn lanes_are_as_few_as_can_be_and_hold_one_task_at_a_time(run in runs()) {
        let (mut ends, mut slots) = (Vec::new(), 0);
        walk(&run, 1, |placed| {
            let lane = placed.lane as usize;
            ends.resize(ends.len().max(lane + 1), None);
            assert_eq!(placed.before.map(|Before { ended, .. }| ended), ends[lane]);
            assert!(ends[lane].is_none_or(|ended| ended <= placed.from));
            ends[lane] = Some(placed.to);
            slots += 1;
        });
        prop_assert_eq!(slots, run.tasks.iter().map(|task| task.slots).sum::<u32>());
        // What took no time needs a lane, too.
        if run.tasks.iter().all(|task| task.ran().is_some_and(|(from, to)| from < to)) {
            prop_assert_eq!(ends.len() as u32, most_at_once(&run));
        }
    }

    #[test]
    fn utilisation_is_a_share(run in runs()) {
        for pool in Figures::of(&run).pools {
            prop_assert!((0.0..=1.0).contains(&pool.utilisation));
            let Idle { no_candidate, no_decision, waiting_for_server, result_on_its_way } = pool.idle;
            let idle = no_candidate + no_decision + waiting_for_server + result_on_its_way;
            let whole = pool.utilisation * pool.slot_seconds + idle;
            prop_assert!((whole - pool.slot_seconds).abs() < 1e-9);
        }
    }
}
