//! What servers of this library say that they have, once a second each: pure. A server that dies says nothing any more, so what
//! none of the others has is lost, whichever of them had taken it.
//!
//! Only what is said after a task was taken counts. So a *round* begins at one look of the thinker and is over at the first at which
//! all servers that are there have spoken since: what was taken before it began, and is in none of their words, nobody has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::task::TaskId;

/// How servers of this library are known, with a number after it; any other by its connection.
pub(super) const SPEAKS: &str = "#";

/// Whether a server says what it has.
pub(super) fn speaks(server: &str) -> bool {
    server.starts_with(SPEAKS)
}

/// What one server says.
#[derive(Debug)]
pub(super) struct Word {
    /// For the how-manieth time it speaks.
    n: u64,
    /// The tasks of this thinker that it has: it has not pushed their results.
    tasks: BTreeSet<TaskId>,
}

impl Word {
    /// As it stands on the broker.
    pub(super) fn text(n: u64, wire_ids: &[String]) -> String {
        format!("{n} {}", wire_ids.join(" "))
    }

    pub(super) fn parse(text: &str, task: impl Fn(&str) -> Option<TaskId>) -> Option<Self> {
        let (n, wire_ids) = text.split_once(' ')?;
        Some(Self { n: n.parse().ok()?, tasks: wire_ids.split(' ').filter_map(task).collect() })
    }
}

/// The servers that are there, by what they are known by, and the last word of each.
pub(super) type Words = BTreeMap<String, Option<Word>>;

/// A round that is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) began: Instant,
    /// What all servers have together.
    pub(super) held: BTreeSet<TaskId>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Rounds(Option<Begun>);

#[derive(Debug)]
struct Begun {
    when: Instant,
    /// How often each had spoken then.
    spoken: BTreeMap<String, u64>,
}

impl Rounds {
    /// Looks: the round, if it is over. `None`: there are others, who do not speak, or it is not known who is there.
    pub(super) fn look(&mut self, now: Instant, words: Option<&Words>) -> Option<Round> {
        let Some(words) = words else {
            self.0 = None;
            return None;
        };
        let round = self.0.as_ref().and_then(|begun| begun.round(words));
        let has_come = |begun: &Begun| words.keys().any(|server| !begun.spoken.contains_key(server));
        if round.is_some() || self.0.as_ref().is_none_or(has_come) {
            let spoken = words.iter().map(|(server, word)| (server.clone(), word.as_ref().map_or(0, |word| word.n)));
            self.0 = Some(Begun { when: now, spoken: spoken.collect() });
        }
        round
    }
}

impl Begun {
    fn round(&self, words: &Words) -> Option<Round> {
        let mut held = BTreeSet::new();
        for (server, word) in words {
            let word = word.as_ref()?;
            if word.n <= *self.spoken.get(server)? {
                return None;
            }
            held.extend(&word.tasks);
        }
        Some(Round { began: self.when, held })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn words<const N: usize>(words: [(&str, Option<&str>); N]) -> Words {
        let task = |id: &str| id.parse().ok().map(TaskId);
        words.map(|(server, text)| (server.to_owned(), text.and_then(|text| Word::parse(text, task)))).into()
    }

    struct World {
        rounds: Rounds,
        start: Instant,
    }

    impl World {
        /// After so many seconds: since when the round is that is over, and what is held.
        fn look(&mut self, seconds: u64, words: Option<&Words>) -> Option<(u64, Vec<u64>)> {
            let round = self.rounds.look(self.start + Duration::from_secs(seconds), words)?;
            Some(((round.began - self.start).as_secs(), round.held.iter().map(|id| id.get()).collect()))
        }
    }

    fn world() -> World {
        World { rounds: Rounds::default(), start: crate::wait::now() }
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        for ids in [vec![], vec!["7".to_owned(), "9".to_owned()]] {
            let word = Word::parse(&Word::text(3, &ids), |id| id.parse().ok().map(TaskId)).expect("it is one");
            assert_eq!((word.n, word.tasks.len()), (3, ids.len()));
        }
        assert!(Word::parse("nothing", |_| None).is_none());
    }

    #[test]
    fn a_round_is_over_when_all_have_spoken_since_it_began() {
        let mut world = world();
        assert_eq!(world.look(0, Some(&words([("a", Some("5 1 2")), ("b", Some("7 3"))]))), None, "it begins");
        assert_eq!(world.look(1, Some(&words([("a", Some("6 2")), ("b", Some("7 3"))]))), None, "`b` has said nothing");
        let over = words([("a", Some("7 2 4")), ("b", Some("8 "))]);
        assert_eq!(world.look(2, Some(&over)), Some((0, vec![2, 4])));
        assert_eq!(world.look(3, Some(&over)), None, "that is the next one");
        assert_eq!(world.look(4, Some(&words([("a", Some("8 4")), ("b", Some("9 "))]))), Some((2, vec![4])));
    }

    #[test]
    fn who_is_gone_is_not_waited_for_and_who_has_come_is() {
        let mut world = world();
        world.look(0, Some(&words([("a", Some("5 1")), ("b", Some("7 2"))])));
        assert_eq!(world.look(1, Some(&words([("b", Some("8 2"))]))), Some((0, vec![2])), "`a` is gone");
        assert_eq!(world.look(2, Some(&words([("b", Some("9 2")), ("c", None)]))), None, "`c` begins a new one");
        assert_eq!(world.look(3, Some(&words([("b", Some("10 2")), ("c", None)]))), None);
        assert_eq!(world.look(4, Some(&words([("b", Some("10 2")), ("c", Some("1 3"))]))), Some((2, vec![2, 3])));
    }

    #[test]
    fn with_others_there_is_no_round() {
        let mut world = world();
        world.look(0, Some(&words([("a", Some("5 1"))])));
        assert_eq!(world.look(1, None), None);
        assert_eq!(world.look(2, Some(&words([("a", Some("6 1"))]))), None, "it begins anew");
        assert_eq!(world.look(3, Some(&words([("a", Some("7 1"))]))), Some((2, vec![1])));
    }
}
