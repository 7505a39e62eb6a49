//! Rehearsals: campaigns in virtual time, with models of their methods.

mod explore;
mod honest;
mod model;
mod paced;
mod repeat;
mod time;
mod world;
