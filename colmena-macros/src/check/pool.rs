//! What holds for an enum of pools.

use crate::diag::Diagnostics;
use crate::model::pool::Pools;

/// Checks that the type is an enum without fields and that its names differ.
pub(crate) fn check(pools: &Pools, diag: &mut Diagnostics) {
    let Some(variants) = &pools.variants else {
        diag.error(&pools.ident, "the pools of a thinker are an enum")
            .help(format!("write `enum {} {{ Sim, Ml }}`, with a variant for each pool", pools.ident));
        return;
    };
    if variants.is_empty() {
        diag.error(&pools.ident, "an enum of pools has at least one variant")
            .help("a thinker without pools needs no enum");
    }
    if !pools.generics.params.is_empty() {
        diag.error(&pools.generics, "an enum of pools cannot be generic")
            .help("remove the parameters: a pool is a name");
    }
    for (i, variant) in variants.iter().enumerate() {
        if let Some(fields) = &variant.fields {
            diag.error(fields, format!("a pool is a name: `{}` cannot have fields", variant.ident))
                .help("state belongs into the thinker");
        }
        let (name, at) = &variant.name;
        if let Some(first) = variants[..i].iter().find(|before| before.name.0 == *name) {
            diag.error(at, format!("`{}` and `{}` are both named \"{name}\"", first.ident, variant.ident))
                .help(format!("name one of them otherwise: `#[pool(name = \"{name}2\")]`"));
        }
    }
}
