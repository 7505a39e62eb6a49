//! Conformance with the original: its behaviour by its names, its faults shown absent, and what its users get wrong.
//!
//! A test here has the name that the original's behaviour goes by; its comment says that behaviour in a sentence. What is
//! kept in another form, or needs what is not here yet, is named in the header of its module; what is dropped, in the
//! README, below the table for users of the original.

mod agents;
mod counter;
mod duet;
mod faults;
mod queues;
mod servers;
#[path = "../behaviour/world.rs"]
mod world;
