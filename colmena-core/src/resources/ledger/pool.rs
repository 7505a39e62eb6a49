//! One pool: its slots, who holds them, and the line of those who wait for them.

use std::collections::VecDeque;

use super::Holder;
use super::request::{Refusal, Request};

#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) allocated: u32,
    pub(super) free: u32,
    /// By [`Holder`]: slots in somebody's hands, or granted and not taken. Kept ones are in `kept`.
    pub(super) in_hand: Vec<u32>,
    /// Kept slots, oldest first.
    pub(super) kept: VecDeque<(Holder, u32)>,
    /// Who waits, ordered by place.
    pub(super) line: Vec<Request>,
}

impl Pool {
    pub(super) fn grow(&mut self, n: u32) {
        self.allocated += n;
        self.free += n;
    }

    pub(super) fn shrink(&mut self, n: u32) {
        self.allocated -= n;
        self.free -= n;
    }

    #[inline]
    pub(super) fn hold(&mut self, n: u32, holder: Holder) {
        self.free -= n;
        *self.share(holder) += n;
    }

    /// Takes slots out of the holder's hands; where they go is the caller's affair.
    #[inline]
    pub(super) fn let_go(&mut self, n: u32, holder: Holder) {
        let share = self.share(holder);
        assert!(n <= *share, "holder {holder} lets go of {n} slots and has {share}");
        *share -= n;
    }

    #[inline]
    pub(super) fn share(&mut self, holder: Holder) -> &mut u32 {
        if holder >= self.in_hand.len() {
            self.make_room(holder);
        }
        &mut self.in_hand[holder]
    }

    #[cold]
    fn make_room(&mut self, holder: Holder) {
        self.in_hand.resize(holder + 1, 0);
    }

    pub(super) fn kept_count(&self) -> u32 {
        self.kept.iter().map(|&(_, n)| n).sum()
    }

    pub(super) fn unkeep(&mut self, mut n: u32) -> Result<(), Refusal> {
        let kept = self.kept_count();
        if n > kept {
            return Err(Refusal::BeyondKept { kept });
        }
        while let Some((holder, oldest)) = self.kept.pop_front() {
            if n < oldest {
                self.kept.push_front((holder, oldest - n));
                break;
            }
            n -= oldest;
        }
        Ok(())
    }

    pub(super) fn held_by(&self) -> Vec<(Holder, u32)> {
        let mut shares = self.in_hand.clone();
        for &(holder, n) in &self.kept {
            shares[holder] += n;
        }
        shares.into_iter().enumerate().filter(|&(_, n)| n > 0).collect()
    }

    /// Puts a request into the line, at its place.
    pub(super) fn stand(&mut self, request: Request) {
        let by_place = |other: &Request| other.place;
        let (Ok(at) | Err(at)) = self.line.binary_search_by_key(&request.place, by_place);
        self.line.insert(at, request);
    }

    pub(super) fn standing_orders(&mut self) -> impl Iterator<Item = &mut Request> {
        self.line.iter_mut().filter(|request| request.want.moved().is_some())
    }
}
