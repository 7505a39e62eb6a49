//! Races, forced: programs run in thousands of seeded orders, one thread at a time.
//!
//! `COLMENA_ORDERS=100000` runs more of each. A test opens with a picture of the interleaving that it is about, one
//! column for each thread; the scheduler finds that one, and the others.

mod campaigns;
mod cancel;
mod chains;
mod done;
mod groups;
mod panics;
mod plain;
mod queues;
mod reallocation;
mod responders;
mod results;
mod scheduler;
mod servers;
mod standstill;
mod taken_up;
mod waiting;
mod world;
