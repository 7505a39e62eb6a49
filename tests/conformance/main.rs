//! Conformance with the original: its behaviour by its names, its faults shown absent, and what its users get wrong.
//!
//! A test here has the name that the original's behaviour goes by; its comment says that behaviour in a sentence. What is
//! kept in another form, or needs what is not here yet, is named in the header of its module; what is dropped and why, in
//! the guide (`guide/src/from-python.md`).

mod agents;
mod counter;
mod duet;
mod faults;
mod mistakes;
mod queues;
mod servers;
#[path = "../behaviour/world.rs"]
mod world;
