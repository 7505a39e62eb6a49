//! From tokens to what was written: options with their spans, `impl` blocks and functions with opaque bodies.

pub(crate) mod block;
pub(crate) mod function;
pub(crate) mod options;
pub(crate) mod types;
pub(crate) mod value;
