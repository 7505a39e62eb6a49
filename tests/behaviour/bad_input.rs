//! What bad input gets: a typed error that says what, where and what there is instead; neither slots nor results are lost.

use colmena::prelude::*;
use colmena::{FailureKind, Problem, SlotsError};

use crate::world::{SECOND, campaign, everything, in_orders, pause, problems, refuse, square, wait_for};

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

type Rec = ResourceCounter<Pool>;

fn rec() -> Rec {
    Rec::new([(Pool::Sim, 3)], 1)
}

fn all_free(rec: &Rec) -> bool {
    rec.total_slots() == 4 && rec.snapshot().iter().all(|pool| pool.available == pool.allocated && pool.waiting == 0)
}

#[test]
fn a_request_for_more_slots_than_exist_is_refused_at_once() {
    let rec = rec();
    let text = "5 slots of `sim` were asked for, but there are only 4 in all pools together";
    let error = rec.acquire(Pool::Sim, 5).expect_err("there are 4");
    assert_eq!(error, SlotsError::TooMany { pool: "sim", asked: 5, total: 4 });
    assert_eq!(error.to_string(), text);
    assert_eq!(rec.try_acquire(Pool::Sim, 5).expect_err("there are 4").to_string(), text);
    assert_eq!(rec.reallocate(Pool::Sim, Pool::Ml, 5).expect_err("there are 4").to_string(), text);
    assert_eq!(rec.remove_slots(Pool::Sim, 5).expect_err("there are 4").to_string(), text);
    assert!(all_free(&rec));
}

#[test]
fn a_request_for_no_slots_is_refused() {
    let rec = rec();
    let text = "0 slots of `ml` are no request: ask for at least 1";
    assert_eq!(rec.acquire(Pool::Ml, 0).expect_err("none are asked for").to_string(), text);
    assert_eq!(rec.try_acquire(Pool::Ml, 0).expect_err("none are asked for").to_string(), text);
    assert_eq!(rec.reallocate(Pool::Ml, Pool::Sim, 0).expect_err("none are asked for").to_string(), text);
    assert!(rec.add_slots(0).is_err() && rec.remove_slots(None, 0).is_err());
    assert!(all_free(&rec));
}

#[test]
fn a_reallocation_within_one_pool_is_refused() {
    let rec = rec();
    let error = rec.reallocate(Pool::Sim, Pool::Sim, 1).expect_err("nothing would move");
    assert_eq!(error.to_string(), "slots cannot move from `sim` to itself");
    assert!(rec.reallocate(Pool::Sim, Pool::Sim, All).is_err());
    assert!(all_free(&rec));
}

#[test]
fn more_slots_than_there_are_cannot_be_split_off() {
    let rec = rec();
    let mut two = rec.acquire(Pool::Sim, 2).expect("they are free");
    assert_eq!(two.split(3).expect_err("there are 2").to_string(), "3 slots cannot be split off 2");
    drop(two);
    assert!(all_free(&rec));
}

/// The server ends under tasks in flight: what runs is told, what waits is cancelled.
#[derive(Default)]
struct Cut {
    results: Mutex<Vec<(u64, Option<FailureKind>)>>,
    gate: Event,
    free: Mutex<usize>,
}

#[thinker(pools = Pool)]
impl Cut {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(wait_for { gate: Event::new() })?;
        for _ in 0..2 {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(wait_for { gate: self.gate.clone() }.holding(slots))?;
        }
        pause(SECOND);
        Ok(())
    }

    #[result_processor]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<wait_for>) {
        self.results.lock().push((result.id().get(), result.failure().map(|failure| failure.kind())));
        *self.free.lock() = agent.rec().available_slots(Pool::Sim);
    }
}

#[test]
fn a_server_that_ends_under_its_tasks_settles_each_of_them_and_frees_their_slots() {
    // The first task waits for what nobody sets, for ever: this is a program that leaves a thread behind.
    let server = everything().workers(1);
    let mut campaign = Campaign::new(Cut::default()).ignore_ctrl_c().task_server(server).slots([(Pool::Sim, 2)]);
    campaign = campaign.on_done(OnDone::Cancel(std::time::Duration::from_millis(1)));
    let outcome = campaign.run();
    let [Problem::Unresponsive { threads, tasks, .. }] = outcome.as_ref().expect_err("one never ends").problems()
    else {
        panic!("one problem")
    };
    assert_eq!(
        (&threads[..], tasks.len(), tasks[0].1),
        (&["`worker 1` of `LocalTaskServer`, which runs task 1 of `wait_for`".to_owned()][..], 1, "wait_for")
    );
    let mut results = campaign.thinker().results.lock().clone();
    results.sort_unstable_by_key(|&(id, _)| id);
    assert_eq!(results, [1, 2, 3].map(|id| (id, Some(FailureKind::Cancelled))));
    assert_eq!(*campaign.thinker().free.lock(), 2);
}

struct Failing;

#[thinker(pools = Pool)]
impl Failing {
    /// A failed task is no failure of the campaign, unless an agent makes it one.
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Sim, 1)?;
        let result = agent.call(refuse { until: 9 }.holding(slots))?;
        assert_eq!(agent.rec().available_slots(Pool::Sim), 1);
        let failure = result.value().expect_err("it is refused");
        assert_eq!((failure.task().get(), failure.method(), failure.message()), (1, "refuse", "attempt 1 is refused"));
        result.into_value()?;
        Ok(())
    }
}

#[test]
fn a_failed_task_names_itself_where_it_ends_a_campaign() {
    in_orders(20, || {
        let outcome = campaign(Failing).slots([(Pool::Sim, 1)]).run();
        assert_eq!(problems(outcome), ["the agent `calls` failed: task 1 of `refuse` failed: attempt 1 is refused"]);
    });
}

#[derive(Default)]
struct Clumsy {
    free: Mutex<Option<usize>>,
}

#[thinker(pools = Pool)]
impl Clumsy {
    #[agent]
    fn drops_everything(&self, agent: &Agent<Self>) -> Result<()> {
        let mut slots = agent.rec().acquire(Pool::Sim, 3)?;
        let _part = slots.split(1)?;
        let _task = square { x: 1 }.holding(slots);
        panic!("tripped over");
    }

    #[tear_down_agent]
    fn look(&self, agent: &Agent<Self>) {
        *self.free.lock() = Some(agent.rec().available_slots(Pool::Sim));
    }
}

#[test]
fn an_agent_that_panics_frees_what_it_held() {
    in_orders(20, || {
        let mut campaign = campaign(Clumsy::default()).slots([(Pool::Sim, 3)]);
        let [text] = &problems(campaign.run())[..] else { panic!("one problem") };
        assert!(
            text.starts_with(
                "the agent `drops_everything` panicked: tripped over\n    at tests/behaviour/bad_input.rs:"
            )
        );
        assert_eq!(*campaign.thinker().free.lock(), Some(3));
    });
}

#[test]
fn more_slots_than_can_be_counted_are_refused() {
    let rec = ResourceCounter::<()>::new([], 1);
    let error = rec.add_slots(usize::MAX).expect_err("there is one already");
    let text = "4294967295 slots cannot be added: a counter holds at most 4294967295 in all";
    assert_eq!(error.to_string(), text);
    assert_eq!(rec.total_slots(), 1);
}
