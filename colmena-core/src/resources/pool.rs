//! Pools: names for sets of slots, as a field-less enum.

/// The pools of a thinker: a field-less enum with `#[derive(ResourcePool)]`.
///
/// `None::<P>` names the pool of the unallocated slots.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pool type",
    label = "not an enum of pools",
    note = "derive it on a field-less enum: `#[derive(ResourcePool)] enum Pool {{ Sim, Ml }}`"
)]
pub trait ResourcePool: Sized + Send + Sync + 'static {
    /// The names of the pools, in the order of their indices.
    const NAMES: &'static [&'static str];

    /// The index of this pool, below the number of names.
    fn index(&self) -> usize;

    /// The pool with this index.
    fn from_index(index: usize) -> Option<Self>;
}

/// No pools: all slots are unallocated.
#[diagnostic::do_not_recommend]
impl ResourcePool for () {
    const NAMES: &'static [&'static str] = &[];

    fn index(&self) -> usize {
        usize::MAX
    }

    fn from_index(_: usize) -> Option<Self> {
        None
    }
}

/// What names a pool of the enum `P`: one of its variants; `None`, for the unallocated slots; or an `Option` of the two.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no pool of `{P}`",
    label = "not a pool of `{P}`",
    note = "write a variant of `{P}`, or `None` for the unallocated slots",
    note = "a thinker's pools are those of the enum that it names: `#[thinker(pools = ..)]`"
)]
pub trait IntoPool<P> {
    /// The pool; `None` for that of the unallocated slots.
    fn into_pool(self) -> Option<P>;
}

#[diagnostic::do_not_recommend]
impl<P: ResourcePool> IntoPool<P> for P {
    fn into_pool(self) -> Option<P> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<P: ResourcePool> IntoPool<P> for Option<P> {
    fn into_pool(self) -> Option<P> {
        self
    }
}

/// The name of the pool of the unallocated slots, in messages.
pub(crate) const UNALLOCATED: &str = "unallocated";

/// The place of a pool in the ledger: 0 is the unallocated one, named pools follow in their order.
pub(crate) fn place<P: ResourcePool>(pool: Option<P>) -> usize {
    pool.map_or(0, |pool| pool.index().saturating_add(1))
}

/// The index of the pool called `name`; for pools that an attribute names by a string.
///
/// # Panics
/// If there is none; in a constant, that is a compile error that lists the names.
#[must_use]
#[track_caller]
pub const fn pool_named(names: &'static [&'static str], name: &'static str) -> usize {
    let mut index = 0;
    while index < names.len() {
        if same(names[index], name) {
            return index;
        }
        index += 1;
    }
    let (text, len) = no_such_pool(names, name);
    let (text, _) = text.split_at(len);
    match std::str::from_utf8(text) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("no pool has that name"),
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != other[i] {
            return false;
        }
        i += 1;
    }
    true
}

const LONGEST: usize = 512;

/// "no pool is named `smi`; the pools are: sim, ml", as far as it fits.
const fn no_such_pool(names: &[&str], name: &str) -> ([u8; LONGEST], usize) {
    let mut text = ([0; LONGEST], 0);
    text = append(text, "no pool is named `");
    text = append(text, name);
    text = append(text, if names.is_empty() { "`: the thinker names no pools" } else { "`; the pools are: " });
    let mut i = 0;
    while i < names.len() {
        if i > 0 {
            text = append(text, ", ");
        }
        text = append(text, names[i]);
        i += 1;
    }
    text
}

/// Appends all of `more`, or nothing, so that the text stays valid.
const fn append((mut text, len): ([u8; LONGEST], usize), more: &str) -> ([u8; LONGEST], usize) {
    let more = more.as_bytes();
    if len + more.len() > LONGEST {
        return (text, len);
    }
    let mut i = 0;
    while i < more.len() {
        text[len + i] = more[i];
        i += 1;
    }
    (text, len + more.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["sim", "ml"];

    #[test]
    fn pools_are_found_by_name() {
        assert_eq!(pool_named(NAMES, "ml"), 1);
    }

    #[test]
    #[should_panic(expected = "no pool is named `smi`; the pools are: sim, ml")]
    fn an_unknown_name_lists_the_known_ones() {
        let _ = pool_named(NAMES, "smi");
    }
}
