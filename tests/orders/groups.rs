//! Groups: every result is read, or counted, whoever leaves when.

use std::time::Duration;

use colmena::prelude::*;
use colmena::{Failure, FailureKind, GroupError};

use crate::world::in_orders;

#[method]
fn square(x: u64) -> u64 {
    x * x
}

/// Takes ten seconds, in virtual time, unless it is cancelled.
#[method]
fn dawdle(x: u64, task: &TaskContext) -> u64 {
    for _ in 0..20 {
        if !task.is_cancelled() {
            let _ = Event::new().wait_timeout(Duration::from_millis(500));
        }
    }
    x
}

struct Batch {
    work: fn(&Agent<Batch>) -> Result<()>,
}

#[thinker]
impl Batch {
    #[agent]
    fn go(&self, agent: &Agent<Self>) -> Result<()> {
        (self.work)(agent)
    }
}

/// Runs `work` in each order; the campaign must end by itself, with all slots free. Then looks at the report.
fn in_each_order(work: fn(&Agent<Batch>) -> Result<()>, look: fn(&Report)) {
    in_orders(move |seed| {
        let server = LocalTaskServer::new().serve::<square>().serve::<dawdle>().workers(2);
        let report = Campaign::new(Batch { work }).unallocated_slots(2).seed(seed).task_server(server).run();
        look(&report.expect("nothing fails"));
    });
}

#[test]
fn all_results_come_in_the_order_sent() {
    in_each_order(
        |agent| {
            let results = agent.gather((1..=4).map(|x| square { x }))?.all()?;
            let values: Vec<u64> =
                results.into_iter().map(|result| result.into_value()).collect::<Result<_, Failure>>()?;
            assert_eq!(values, [1, 4, 9, 16]);
            Ok(())
        },
        |report| assert_eq!(report.uncollected(), 0),
    );
}

#[test]
fn a_group_grows_while_it_is_read() {
    in_each_order(
        |agent| {
            let mut group = agent.gather([square { x: 2 }])?;
            let mut seen = Vec::new();
            while let Some(result) = group.next() {
                let y = result?.into_value()?;
                seen.push(y);
                if y < 100 {
                    group.push(square { x: y })?;
                }
            }
            assert_eq!(seen, [4, 16, 256]);
            Ok(())
        },
        |report| assert_eq!(report.uncollected(), 0),
    );
}

//  agent                                   worker
//    gather 4; read 1                        settle 2, settle 3
//    drop the group: give up 3, cancel them  settle 4 (too late, or uncollected)
#[test]
fn dropping_a_group_leaves_nothing_outstanding() {
    in_each_order(
        |agent| {
            let mut group = agent.gather((1..=4).map(|x| square { x }))?;
            assert!(matches!(group.next(), Some(Ok(_))));
            assert_eq!(group.remaining(), 3);
            Ok(())
        },
        |report| assert_eq!(report.uncollected(), 3),
    );
}

#[test]
fn a_group_that_is_out_of_time_says_what_came() {
    in_each_order(
        |agent| {
            let tasks = || [dawdle { x: 1 }, dawdle { x: 2 }];
            let mut slow = agent.gather(tasks())?.timeout(Duration::from_secs(3));
            assert_eq!(slow.next().and_then(Result::err), Some(GroupError::TimedOut));
            assert!(slow.next().is_none(), "what has not come is cancelled");
            let incomplete =
                agent.gather(tasks())?.timeout(Duration::from_secs(3)).all().expect_err("ten seconds each");
            assert_eq!((incomplete.received.len(), incomplete.expected), (0, 2));
            Ok(())
        },
        |report| {
            let method = report.method("dawdle").expect("it was called");
            assert_eq!((method.cancelled, report.uncollected()), (4, 4));
        },
    );
}

#[test]
fn a_group_ends_at_done_and_hands_back_what_is_sent_after_it() {
    in_each_order(
        |agent| {
            let mut group = agent.gather([dawdle { x: 1 }])?;
            agent.done().set();
            assert!(matches!(group.next(), Some(Err(GroupError::Stopped(_)))));
            let unsent = agent.gather([square { x: 1 }, square { x: 2 }]).expect_err("done").unsent;
            assert_eq!(unsent.iter().map(|task| task.x).collect::<Vec<_>>(), [1, 2]);
            Ok(())
        },
        |report| assert_eq!(report.uncollected(), 1),
    );
}

#[test]
fn cancelling_a_task_of_a_group_is_a_result() {
    in_each_order(
        |agent| {
            let mut group = agent.gather([dawdle { x: 1 }])?;
            let id = group.push(dawdle { x: 2 })?;
            assert!(agent.cancel(id));
            let failed = group.next().ok_or("two are out")??;
            assert_eq!((failed.id(), failed.failure().map(Failure::kind)), (id, Some(FailureKind::Cancelled)));
            Ok(())
        },
        |report| assert_eq!(report.uncollected(), 1),
    );
}
