//! Colmena steers campaigns of expensive computations: a *thinker* decides what to compute next, a *task server* computes.
//!
//! Start with the attributes [`macro@thinker`] and [`macro@method`], and with [`Campaign`], which runs both.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use colmena_core::*;
pub use colmena_macros::{
    ResourcePool, agent, event_responder, method, prepare_agent, result_processor, task_submitter, tear_down_agent,
    thinker,
};

pub mod prelude {
    //! What most programs need: `use colmena::prelude::*;`.
    pub use colmena_core::{
        Agent, All, Campaign, Emitted, Event, LocalTaskServer, Mutex, OnDone, Report, ResourceCounter, ResourcePool,
        Result, Slots, Source, Stopped, TaskContext, TaskId, TaskOptions as _, TaskResult, TaskUpdate, WhenFull,
        WorkQueue,
    };
    pub use colmena_macros::{
        ResourcePool, agent, event_responder, method, prepare_agent, result_processor, task_submitter, tear_down_agent,
        thinker,
    };
}

#[doc(hidden)]
pub mod __private {
    pub use colmena_core as core;
    pub use serde;
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
