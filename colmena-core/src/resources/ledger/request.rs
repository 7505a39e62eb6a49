//! Requests: what can be asked of a pool, where it stands, and what can come of it.

use super::{Holder, PoolIndex};

/// Names a request from its entry until it is taken or cancelled. Never reused; later requests have larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(super) u64);

/// What a request asks of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// To hold `n` slots.
    Acquire { n: u32, holder: Holder },
    /// The same, for a submitter that needs an item as well. While it is dry (no item) it is passed over.
    Offer { n: u32, holder: Holder, dry: bool },
    /// To move `n` free slots to another pool.
    Move { n: u32, to: PoolIndex },
    /// To move all slots that the pool has at the moment of granting, once none of them is held.
    MoveAll { to: PoolIndex },
    /// To take `n` free slots out of existence.
    Remove { n: u32 },
    /// A standing order: to move free slots to another pool, `step` at a time, as long as that one has fewer than `up_to`.
    Gather {
        to: PoolIndex,
        step: u32,
        up_to: Option<u32>,
        /// How many it has moved so far.
        moved: u32,
        /// It sleeps: with older standing orders it would send slots round in a ring.
        ring: bool,
    },
}

/// Why a request still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// For slots, or behind another that waits for slots: it holds up those behind it.
    InLine,
    /// Passed over: it wants more than the pool has at present.
    TooLarge,
    /// Passed over: an offer without an item.
    Dry,
    /// Passed over: a standing order whose destination has enough.
    AtLimit,
    /// Passed over: a standing order that would close a ring.
    Ring,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting(Standing),
    /// Granted this many, not yet taken.
    Granted(u32),
    /// The total shrank below what it wants.
    Refused(Refusal),
}

/// Why a call was refused. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 0 slots are no request.
    Zero,
    /// More than there are in all pools together.
    BeyondTotal { total: u32 },
    /// More than are kept in this pool.
    BeyondKept { kept: u32 },
    /// From a pool to itself.
    SamePool,
    /// The total would not fit its type.
    Overflow,
}

/// What cancelling a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// It was waiting, and has left the line.
    Withdrawn,
    /// It had been granted these slots; they are free again.
    GivenBack(u32),
    /// It had moved or removed this many; that stays done.
    Done(u32),
    /// It was a standing order; what it moved stays moved.
    Stopped { moved: u32 },
    /// It had been refused already.
    Refused(Refusal),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) ticket: Ticket,
    pub(super) pool: PoolIndex,
    /// Its order in line: that of its arrival, or for a standing order of its last grant.
    pub(super) place: u64,
    pub(super) want: Want,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) request: Request,
    pub(super) outcome: Result<u32, Refusal>,
}

impl Settled {
    pub(super) fn state(&self) -> State {
        self.outcome.map_or_else(State::Refused, State::Granted)
    }
}

impl Want {
    pub(super) fn moved(&self) -> Option<u32> {
        if let &Want::Gather { moved, .. } = self { Some(moved) } else { None }
    }

    /// How many slots there must be for this ever to be granted, as far as it is known:
    /// what a dry offer will want depends on the item that it finds.
    pub(super) fn claim(&self) -> u32 {
        match *self {
            Want::Acquire { n, .. } | Want::Move { n, .. } | Want::Remove { n } => n,
            Want::Offer { n, dry: false, .. } => n,
            Want::Offer { dry: true, .. } | Want::MoveAll { .. } | Want::Gather { .. } => 0,
        }
    }
}
