//! Work queue: what is still to be done, in an order that agents can change.

use std::collections::VecDeque;

use colmena::prelude::*;
use colmena::{PopError, PushError, ReorderError};

use crate::world::{SECOND, campaign, in_orders, pause};

fn items<T: Clone>(queue: &WorkQueue<T>) -> Vec<T> {
    queue.snapshot().to_vec()
}

#[test]
fn first_in_first_out_unless_made_otherwise() {
    let (fifo, lifo) = (WorkQueue::new(), WorkQueue::lifo());
    for queue in [&fifo, &lifo] {
        queue.extend([1, 2, 3]).expect("unbounded");
        queue.push_front(0).expect("unbounded");
    }
    assert_eq!((items(&fifo), items(&lifo)), (vec![0, 1, 2, 3], vec![0, 3, 2, 1]));
    assert_eq!((fifo.try_pop(), fifo.peek(), fifo.len(), fifo.is_empty()), (Some(0), Some(1), 3, false));
}

#[test]
fn a_key_orders_items_and_equal_ones_stay_in_the_order_of_arrival() {
    let worst = f64::NAN;
    let low = WorkQueue::lowest_first(|&(key, _): &(f64, u8)| key);
    let high = WorkQueue::highest_first(|&(key, _): &(f64, u8)| key);
    for queue in [&low, &high] {
        queue.extend([(2.0, 1), (worst, 2), (1.0, 3), (2.0, 4), (f64::INFINITY, 5)]).expect("unbounded");
    }
    let order = |queue: &WorkQueue<(f64, u8)>| items(queue).into_iter().map(|(_, n)| n).collect::<Vec<_>>();
    assert_eq!(order(&low), [3, 1, 4, 5, 2], "by `total_cmp`: not a number comes last");
    assert_eq!(order(&high), [2, 5, 1, 4, 3]);
}

#[test]
fn a_bounded_queue_refuses_or_drops_the_oldest() {
    let refusing = WorkQueue::new().bounded(2, WhenFull::Refuse);
    refusing.extend([1, 2]).expect("there is room");
    let error = refusing.push(3).expect_err("it is full");
    assert_eq!((error, error.to_string().as_str()), (PushError::Full(3), "the work queue is full"));
    let dropping = WorkQueue::lifo().bounded(2, WhenFull::DropOldest);
    dropping.extend([1, 2, 3]).expect("it drops");
    assert_eq!((items(&dropping), dropping.dropped()), (vec![3, 2], 1));
}

#[test]
fn what_left_stays_gone_newcomers_come_by_the_rule_and_the_unnamed_follow() {
    let queue: WorkQueue<char> = "abcde".chars().collect();
    let seen = queue.snapshot();
    assert_eq!(queue.try_pop(), Some('a'));
    queue.push('f').expect("unbounded");
    queue.reorder(&seen, &[3, 0, 1]).expect("indices of the snapshot");
    assert_eq!(items(&queue), ['d', 'b', 'c', 'e', 'f']);
    let by_key = WorkQueue::lowest_first(|&x: &i32| f64::from(x));
    by_key.extend([1, 5, 9]).expect("unbounded");
    let seen = by_key.snapshot();
    by_key.push(7).expect("unbounded");
    by_key.reorder(&seen, &[2, 1]).expect("indices of the snapshot");
    assert_eq!(items(&by_key), [9, 5, 1, 7]);
    let lifo: WorkQueue<char> = WorkQueue::lifo();
    lifo.extend(['a', 'b']).expect("unbounded");
    let seen = lifo.snapshot();
    lifo.push('c').expect("unbounded");
    lifo.reorder(&seen, &[1, 0]).expect("indices of the snapshot");
    assert_eq!(items(&lifo), ['c', 'a', 'b']);
}

#[test]
fn an_index_that_is_out_of_range_or_repeated_changes_nothing() {
    let queue: WorkQueue<u8> = (0..3).collect();
    let seen = queue.snapshot();
    let error = queue.reorder(&seen, &[2, 3]).expect_err("there are 3");
    assert_eq!(error, ReorderError::OutOfRange { index: 3, len: 3 });
    assert_eq!(error.to_string(), "index 3 is out of range: the snapshot has 3 items");
    let error = queue.reorder(&seen, &[2, 2]).expect_err("it is repeated");
    assert_eq!(error.to_string(), "index 2 occurs twice in the order");
    assert_eq!(items(&queue), [0, 1, 2]);
}

#[test]
fn retain_and_replace_change_everything_at_once() {
    let queue: WorkQueue<u8> = (0..6).collect();
    queue.retain(|x| x % 2 == 0);
    assert_eq!(items(&queue), [0, 2, 4]);
    queue.replace([9, 8]);
    assert_eq!(items(&queue), [9, 8]);
}

#[test]
fn a_closed_queue_takes_nothing_and_gives_what_it_has() {
    let queue: WorkQueue<u8> = [1].into_iter().collect();
    queue.close();
    assert_eq!(queue.push(2), Err(PushError::Closed(2)));
    queue.replace([7, 8]);
    assert!(queue.is_closed());
    let queue: WorkQueue<u8> = [1].into_iter().collect();
    queue.close();
    assert_eq!((queue.pop(), queue.pop(), queue.try_pop()), (Ok(1), Err(PopError::Closed), None));
    assert_eq!(PopError::Closed.to_string(), "the work queue is closed and empty");
}

#[derive(Default)]
struct Handover {
    queue: WorkQueue<u64>,
    got: Mutex<VecDeque<u64>>,
}

#[thinker]
impl Handover {
    #[agent(startup)]
    fn one(&self) {
        while let Ok(x) = self.queue.pop() {
            self.got.lock().push_back(x);
        }
    }

    #[agent(startup)]
    fn two(&self) {
        while let Ok(x) = self.queue.pop_timeout(SECOND) {
            self.got.lock().push_back(x);
        }
    }

    #[agent(startup)]
    fn fills(&self) {
        for x in 0..10 {
            let _ = self.queue.push(x);
            if x % 3 == 0 {
                pause(SECOND);
            }
        }
        self.queue.close();
    }
}

#[test]
fn each_item_is_popped_once_and_closing_ends_the_waits() {
    in_orders(300, || {
        let mut campaign = campaign(Handover::default());
        campaign.run().expect("nobody is left waiting");
        let mut got: Vec<_> = campaign.thinker().got.lock().iter().copied().collect();
        got.sort_unstable();
        assert_eq!(got, (0..10).collect::<Vec<_>>());
    });
}
