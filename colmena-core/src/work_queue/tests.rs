//! What the queue promises, sentence by sentence, and `reorder` against a slow and simple model.

use proptest::prelude::*;

use super::*;

fn numbers(n: u32) -> WorkQueue<u32> {
    (0..n).collect()
}

fn contents<T: Clone>(queue: &WorkQueue<T>) -> Vec<T> {
    queue.snapshot().to_vec()
}

#[test]
fn each_rule_gives_its_order() {
    let fifo = WorkQueue::new();
    let lifo = WorkQueue::lifo();
    let lowest = WorkQueue::lowest_first(|x: &i32| f64::from(x % 10));
    let highest = WorkQueue::highest_first(|x: &i32| f64::from(x % 10));
    for queue in [&fifo, &lifo, &lowest, &highest] {
        queue.extend([12, 31, 22, 3]).expect("open");
    }
    assert_eq!(contents(&fifo), [12, 31, 22, 3]);
    assert_eq!(contents(&lifo), [3, 22, 31, 12]);
    assert_eq!(contents(&lowest), [31, 12, 22, 3], "equal keys in order of arrival");
    assert_eq!(contents(&highest), [3, 12, 22, 31]);
}

#[test]
fn push_front_comes_first_whatever_the_rule() {
    let queue = WorkQueue::lowest_first(|x: &i32| f64::from(*x));
    queue.extend([1, 2]).expect("open");
    queue.push_front(9).expect("open");
    assert_eq!(contents(&queue), [9, 1, 2]);
}

#[test]
fn a_full_queue_refuses_and_gives_the_item_back() {
    let queue = WorkQueue::new().bounded(1, WhenFull::Refuse);
    assert_eq!(queue.push(1), Ok(()));
    assert_eq!(queue.push(2), Err(PushError::Full(2)));
    assert_eq!(contents(&queue), [1]);
}

#[test]
fn a_full_queue_drops_the_oldest_and_counts_it() {
    let queue = WorkQueue::lifo().bounded(2, WhenFull::DropOldest);
    queue.extend([1, 2, 3]).expect("it makes room");
    assert_eq!(contents(&queue), [3, 2]);
    assert_eq!(queue.dropped(), 1);
}

#[test]
fn a_closed_queue_takes_nothing_and_gives_what_it_has() {
    let queue = numbers(1);
    queue.close();
    assert_eq!(queue.push(2), Err(PushError::Closed(2)));
    assert_eq!(queue.pop(), Ok(0));
    assert_eq!(queue.pop(), Err(PopError::Closed));
    assert!(Source::is_finished(&queue));
}

#[test]
fn nothing_comes_in_no_time() {
    assert_eq!(numbers(0).pop_timeout(Duration::ZERO), Err(PopError::TimedOut));
}

#[test]
fn an_item_that_a_snapshot_shares_is_given_out_as_a_copy() {
    let queue = WorkQueue::new();
    queue.push(vec![1]).expect("open");
    let seen = queue.snapshot();
    assert_eq!(queue.try_pop(), Some(vec![1]));
    assert_eq!(seen.to_vec(), [[1]]);
}

#[test]
fn items_need_no_clone_unless_they_are_looked_at() {
    struct Once(u32);
    let queue = WorkQueue::new();
    queue.extend([Once(1), Once(2)]).unwrap_or_else(|_| panic!("open"));
    assert_eq!(queue.try_pop().map(|once| once.0), Some(1));
}

#[test]
fn a_wrong_order_changes_nothing() {
    let queue = numbers(3);
    let seen = queue.snapshot();
    assert_eq!(queue.reorder(&seen, &[0, 3]), Err(ReorderError::OutOfRange { index: 3, len: 3 }));
    assert_eq!(queue.reorder(&seen, &[1, 1]), Err(ReorderError::Repeated { index: 1 }));
    assert_eq!(contents(&queue), [0, 1, 2]);
}

#[test]
fn newcomers_stand_where_the_rule_puts_them() {
    let lifo = WorkQueue::lifo();
    let lowest = WorkQueue::lowest_first(|x: &i32| f64::from(*x));
    for queue in [&lifo, &lowest] {
        queue.extend([1, 5]).expect("open");
        let seen = queue.snapshot();
        queue.extend([3, 4]).expect("open");
        let by_value = |value| seen.iter().position(|x| *x == value).expect("seen");
        queue.reorder(&seen, &[by_value(5), by_value(1)]).expect("indices of the snapshot");
    }
    assert_eq!(contents(&lifo), [4, 3, 5, 1]);
    // Behind the last one that is no worse: 1, which the new order has put at the end.
    assert_eq!(contents(&lowest), [5, 1, 3, 4]);
}

#[test]
fn retain_and_replace_change_all_at_once() {
    let queue = numbers(6);
    queue.retain(|x| x % 2 == 0);
    assert_eq!(contents(&queue), [0, 2, 4]);
    queue.replace([7, 8]);
    assert_eq!(contents(&queue), [7, 8]);
}

#[test]
fn a_users_code_may_use_the_queue() {
    // It would deadlock if `retain` held the lock, or if an item were dropped under it.
    struct Nosy(Arc<WorkQueue<u32>>);
    impl Drop for Nosy {
        fn drop(&mut self) {
            let _ = self.0.len();
        }
    }
    let others = Arc::new(numbers(3));
    others.retain(|_| !others.is_empty());
    let queue = WorkQueue::new().bounded(1, WhenFull::DropOldest);
    queue.extend([Nosy(Arc::clone(&others)), Nosy(others)]).unwrap_or_else(|_| panic!("it makes room"));
    queue.replace([]);
}

proptest! {
    /// Named items that are still there come first, in the order given; then the others of the snapshot, in their old
    /// order; then the newcomers.
    #[test]
    fn reorder_is_what_it_says(
        n in 0_u32..12, order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        named in 0_usize..12, popped in 0_usize..12, pushed in 0_u32..5,
    ) {
        let queue = numbers(n);
        let seen = queue.snapshot();
        let order: Vec<usize> = order.into_iter().filter(|i| *i < n as usize).take(named).collect();
        let gone: Vec<u32> = (0..popped).filter_map(|_| queue.try_pop()).collect();
        queue.extend(100..100 + pushed).expect("open");
        queue.reorder(&seen, &order).expect("indices of the snapshot, each once");

        let first = order.iter().map(|&i| i as u32);
        let others = (0..n).filter(|i| !order.contains(&(*i as usize)));
        let here = |x: &u32| !gone.contains(x);
        let expected: Vec<u32> = first.chain(others).filter(here).chain(100..100 + pushed).collect();
        prop_assert_eq!(contents(&queue), expected);
    }
}
