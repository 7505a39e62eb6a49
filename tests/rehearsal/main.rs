//! Rehearsals: campaigns in virtual time, with models of their methods.

mod explore;
mod model;
mod repeat;
mod time;
mod world;
