//! What was written, as plain structs: what the checks read and the emitters follow.

pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod method;
pub(crate) mod pool;
pub(crate) mod runtime;
pub(crate) mod state;
pub(crate) mod thinker;
