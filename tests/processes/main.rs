//! Worker processes: real ones, in real time, which crash, hang, write rubbish and are killed. In every test each task settles
//! exactly once, the slots add up, and no process is left.
//!
//! No test sleeps. The workers are this binary, started with the name of the test [`world::the_worker`].
#![cfg(target_os = "linux")]

mod ends;
mod launch;
mod limits;
mod lost;
mod shared;
mod tasks;
mod world;
