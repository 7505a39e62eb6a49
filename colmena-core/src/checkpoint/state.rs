//! What can be in a checkpoint: what agents, who share the thinker, can change.
//!
//! All of it is saved while no agent is in a call. What is serialised is the user's, so it is never done under a lock of
//! ours: a `Mutex` is the user's, of a queue the items are shared first.

use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicIsize, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst,
};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Checkpoint, CheckpointError, Saved};
use crate::mutex::Mutex;
use crate::wire::items_of;

type Result<T> = std::result::Result<T, CheckpointError>;

impl<T: Serialize + DeserializeOwned> Checkpoint for Mutex<T> {
    fn save(&self) -> Result<Saved> {
        Saved::of(&*self.lock())
    }

    fn restore(&self, saved: &Saved) -> Result<()> {
        let before = std::mem::replace(&mut *self.lock(), saved.read()?);
        drop(before);
        Ok(())
    }
}

macro_rules! atomics {
    ($($atomic:ty),*) => {$(
        impl Checkpoint for $atomic {
            fn save(&self) -> Result<Saved> {
                Saved::of(&self.load(SeqCst))
            }

            fn restore(&self, saved: &Saved) -> Result<()> {
                self.store(saved.read()?, SeqCst);
                Ok(())
            }
        }
    )*};
}

atomics!(AtomicBool, AtomicI32, AtomicI64, AtomicIsize, AtomicU32, AtomicU64, AtomicUsize);

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<C: Checkpoint + ?Sized> Checkpoint for $pointer<C> {
            fn save(&self) -> Result<Saved> {
                (**self).save()
            }

            fn restore(&self, saved: &Saved) -> Result<()> {
                (**self).restore(saved)
            }
        }
    )*};
}

pointers!(Arc, Box);

/// As many as there were, each in its place.
impl<C: Checkpoint> Checkpoint for Vec<C> {
    fn save(&self) -> Result<Saved> {
        let each: Vec<Saved> = self.iter().map(Checkpoint::save).collect::<Result<_>>()?;
        let items: Vec<&str> = each.iter().map(Saved::as_json).collect();
        Ok(Saved(format!("[{}]", items.join(", "))))
    }

    fn restore(&self, saved: &Saved) -> Result<()> {
        let items = items_of(&saved.0)?;
        if items.len() != self.len() {
            return Err(CheckpointError::new(format!(
                "the checkpoint has {}, and here are {}",
                items.len(),
                self.len()
            )));
        }
        self.iter().zip(items).try_for_each(|(each, item)| each.restore(&Saved::from_json(item)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{Event, WorkQueue};

    /// What comes back of `from` in `to`, as it is written.
    fn passed_on<C: Checkpoint>(from: &C, to: &C) -> String {
        let saved = from.save().expect("it can be written");
        to.restore(&saved).expect("it can be read");
        assert_eq!(to.save().expect("it can be written"), saved);
        saved.as_json().to_owned()
    }

    #[test]
    fn a_state_comes_back() {
        let numbers = Mutex::new(BTreeMap::from([(1_u64, f64::NAN), (2, 0.1)]));
        assert_eq!(passed_on(&numbers, &Mutex::default()), r#"{"1": NaN, "2": 0.1}"#);
        assert_eq!(passed_on(&AtomicUsize::new(7), &AtomicUsize::new(0)), "7");
        let each = |n: [i64; 2]| Arc::new(n.map(AtomicI64::new).into_iter().collect::<Vec<_>>());
        assert_eq!(passed_on(&each([1, 2]), &each([0, 0])), "[1, 2]");
        let set = Event::new();
        set.set();
        passed_on(&set, &Event::new());
        passed_on(&Event::new(), &set);
    }

    #[test]
    fn a_queue_comes_back_in_its_order() {
        let (queue, other) = (WorkQueue::from_iter([3, 1, 2]), WorkQueue::new());
        let seen = queue.snapshot();
        queue.reorder(&seen, &[2, 0]).expect("indices into what was seen");
        queue.close();
        passed_on(&queue, &other);
        assert_eq!((other.snapshot().to_vec(), other.is_closed()), (vec![2, 3, 1], true));
        assert!(other.push(4).is_err());
    }

    #[test]
    fn what_does_not_fit_is_said_by_its_name() {
        let (count, known) = (AtomicUsize::new(1), Mutex::new(vec![1.5]));
        let saved = Saved::of_fields(&[("count", &count), ("known", &known)]).expect("it can be written");
        let texts = Mutex::new(vec![String::new()]);
        let wrong =
            |fields: &[(&str, &dyn Checkpoint)]| saved.restore_fields(fields).expect_err("it differs").to_string();
        assert!(wrong(&[("count", &count), ("known", &texts)]).starts_with("`known`: "));
        assert_eq!(wrong(&[("count", &count)]), "the checkpoint has a field `known`, which is not there any more");
        let more: &[(&str, &dyn Checkpoint)] = &[("count", &count), ("known", &known), ("more", &count)];
        assert_eq!(wrong(more), "the checkpoint has no field `more`");
    }

    proptest! {
        /// Whatever was pushed and taken, what is left comes back, in its order, and newcomers stand where they would.
        #[test]
        fn any_queue_comes_back(lowest: bool, pushed in prop::collection::vec(0_i32..9, 0..20), taken in 0_usize..20) {
            let queue = || match lowest {
                true => WorkQueue::lowest_first(|n: &i32| f64::from(*n)),
                false => WorkQueue::lifo(),
            };
            let (queue, other) = (queue(), queue());
            queue.extend(pushed).expect("it is open");
            (0..taken).for_each(|_| _ = queue.try_pop());
            other.extend([5, 6]).expect("it is open");
            passed_on(&queue, &other);
            for queue in [&queue, &other] {
                queue.push(4).expect("it is open");
            }
            prop_assert_eq!(queue.snapshot().to_vec(), other.snapshot().to_vec());
        }
    }
}
