//! R15: what goes into checkpoints is a struct. What its fields are is left to rustc, which says it at their types.

use crate::diag::Diagnostics;
use crate::model::state::State;

/// Checks that it is a struct.
pub(crate) fn check(state: &State, diag: &mut Diagnostics) {
    if state.fields.is_none() {
        diag.error(&state.ident, "the state in a checkpoint is that of a struct")
            .help(format!("write `struct {} {{ .. }}`: each of its fields is saved", state.ident));
    }
}
