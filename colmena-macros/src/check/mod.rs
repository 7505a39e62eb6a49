//! The rules of the design (R1 to R15), as far as tokens can tell: one `check_*` for each, over the model.
//!
//! What only rustc knows is checked by the code that is emitted, with the user's spans; R1 is the parser's.

pub(crate) mod agent;
pub(crate) mod command;
pub(crate) mod method;
pub(crate) mod option;
pub(crate) mod pool;
pub(crate) mod state;
pub(crate) mod thinker;
