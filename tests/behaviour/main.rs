//! What the runtime promises (DESIGN, section 4), heading by heading.
//!
//! Most programs here run in seeded orders, where time is virtual: hours cost nothing, and a wait that polled would not
//! get to their end. No test sleeps.

mod bad_input;
mod by_hand;
mod counter;
mod ctrl_c;
mod event;
mod executables;
mod failures;
mod launch;
mod limits;
mod mpi;
mod plain;
mod queues;
mod reallocator;
mod report;
mod responders;
mod retries;
mod servers;
mod shutdown;
mod standstill;
mod submitters;
mod tasks;
mod trouble;
mod waiting;
mod work_queue;
mod world;
