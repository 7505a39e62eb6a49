//! The plain level of the queues: one for each topic, read by whoever asks.

use colmena::prelude::*;
use colmena::{GetResultError, NotSent};

use crate::world::{Alone, HOUR, SECOND, campaign, count_to, in_orders, pause, problems, refuse, run_for, square};

/// Shares its topic with `square`.
#[method(topic = "squares")]
fn root(x: f64) -> f64 {
    x.sqrt()
}

/// Runs an agent in some orders; how many results nobody collected.
#[track_caller]
fn alone(act: fn(&Agent<Alone>) -> Result<()>, uncollected: u64) {
    in_orders(100, move || {
        let server = LocalTaskServer::new().workers(1).serve::<root>();
        let report = campaign(Alone(act)).task_server(server).unallocated_slots(2).run().expect("nothing fails");
        assert_eq!((report.uncollected(), report.late()), (uncollected, 0));
    });
}

#[test]
fn a_result_knows_its_method_and_is_taken_for_no_other() {
    let act = |agent: &Agent<Alone>| {
        let queues = agent.queues();
        let id = queues.send_inputs(root { x: 9.0 })?;
        let result = queues.get_result("squares")?;
        assert_eq!((result.id(), result.method(), result.failure().is_none()), (id, "root", true));
        let result = result.downcast::<square>().expect_err("it is a root");
        assert_eq!(result.downcast::<root>().expect("it is").into_value()?, 3.0);

        queues.send_inputs(refuse { until: 2 })?;
        let refused = queues.get_result("refuse")?;
        assert_eq!(refused.failure().map(|failure| failure.message().to_owned()), Some("attempt 1 is refused".into()));
        Ok(())
    };
    alone(act, 0);
}

#[test]
fn what_is_emitted_for_a_plain_queue_is_dropped_and_the_end_comes() {
    let act = |agent: &Agent<Alone>| {
        agent.queues().send_inputs(count_to { n: 3 })?;
        let result = agent.queues().get_result("count_to")?.downcast::<count_to>().expect("it is");
        assert_eq!(result.into_value()?, 3);
        Ok(())
    };
    alone(act, 0);
}

#[test]
fn after_done_what_is_there_is_read_and_the_rest_is_counted() {
    let act = |agent: &Agent<Alone>| {
        let queues = agent.queues();
        (0..3).try_for_each(|x| queues.send_inputs(square { x }).map(drop))?;
        queues.send_inputs(run_for { time: SECOND })?;
        pause(SECOND * 2);
        agent.done().set();
        let _ = queues.get_result("squares")?;
        let _ = queues.get_result("squares")?;
        assert_eq!(queues.wait_until_done(), Err(Stopped), "two are outstanding");
        let refused = queues.send_inputs(square { x: 3 }).expect_err("the campaign is done");
        assert_eq!(refused.reason(), &NotSent::Stopped(Stopped));
        assert_eq!(refused.into_task().x, 3);
        let late = queues.send_inputs(square { x: 4 }.after_done())?;
        assert_eq!(late.get(), 5);
        Ok(())
    };
    alone(act, 3);
}

#[test]
fn waiting_for_a_result_ends_at_done() {
    let act = |agent: &Agent<Alone>| {
        agent.done().set();
        assert_eq!(agent.queues().get_result("squares").err(), Some(GetResultError::Stopped(Stopped)));
        Ok(())
    };
    alone(act, 0);
}

#[test]
fn a_plain_result_that_nobody_sends_is_a_standstill() {
    in_orders(100, || {
        let act = |agent: &Agent<Alone>| {
            let _ = agent.queues().get_result("squares")?;
            Ok(())
        };
        let stalled = problems(campaign(Alone(act)).run());
        assert!(stalled[0].contains("`acts` waits for a result of the topic `squares`"), "{stalled:?}");
    });
}

#[derive(Default)]
struct Waits;

#[thinker]
impl Waits {
    #[agent]
    fn waits(&self, agent: &Agent<Self>) {
        agent.done().wait();
    }
}

#[test]
fn code_outside_steers_a_campaign_that_runs_in_the_background() {
    in_orders(100, || {
        let mut campaign = campaign(Waits).unallocated_slots(2).woken_from_outside();
        let running = campaign.start().expect("it starts");
        let queues = running.queues();
        for x in 0..4 {
            queues.send_inputs(square { x }).expect("it is sent");
        }
        let mut sum = 0;
        while queues.active_count() > 0 {
            let result = queues.get_result("squares").expect("it comes").downcast::<square>().expect("it is");
            sum += result.into_value().expect("it has a value");
        }
        assert_eq!(sum, 14);
        running.done().set();
        let ended = queues.timeout(HOUR).get_result("squares").err();
        assert_eq!(ended, Some(GetResultError::Stopped(Stopped)), "it ends with the last agent");
        running.join().expect("nothing fails");
    });
}
