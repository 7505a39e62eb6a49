//! What has been sent and has not come back: pure. Which of it waits at the broker, which a server has taken, and which is
//! lost.
//!
//! Requests are taken in the order in which they were pushed: if `n` are left, those are the last `n`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::held::{Round, speaks};
use crate::task::TaskId;

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Sent {
    tasks: BTreeMap<TaskId, Task>,
    /// How many requests have been pushed.
    pushed: u64,
    /// Places for requests that have become free, and have not been given back.
    freed: usize,
    /// The connections that looked like servers at the last look.
    servers: Arc<Connections>,
}

/// Connections to the broker: how it lists each, by a number and an address, since numbers begin anew with the broker.
pub(super) type Connections = BTreeSet<String>;

#[derive(Debug)]
struct Task {
    /// The how-manieth request it is; the highest number before it is pushed.
    place: u64,
    sent: Instant,
    taken: Option<Taken>,
    time_limit: Option<Duration>,
    /// How often it has been sent.
    times: u32,
    /// It has a place among the requests that wait, until it is known that a server has taken it.
    has_place: bool,
    /// Servers have been told that nobody wants it.
    told: bool,
    /// In how many rounds nobody has had it. In the first, its result may have been on its way.
    missed: u32,
}

/// What is known of a task's being taken.
#[derive(Clone, Debug)]
struct Taken {
    /// The look that showed it.
    when: Instant,
    /// The servers that may have taken it: those of that look and of the one before. `None`: not known.
    by_one_of: Option<Arc<Connections>>,
}

/// What a look at the broker shows.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) now: Instant,
    /// How many requests had been pushed before the look.
    pub(super) pushed: u64,
    /// How many of them are there.
    pub(super) waiting: u64,
    /// The connections that look like servers; `None`: not known.
    pub(super) servers: Option<Connections>,
    /// The broker has come back without its data.
    pub(super) data_gone: bool,
    /// What servers have said, if all have, and no result was on its way.
    pub(super) round: Option<Round>,
}

/// Why a task is taken for lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    TimeLimit(Duration),
    Age(Duration),
    ServersGone,
    NobodyHasIt,
    DataGone,
}

/// A task that is taken for lost, and how often it has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) id: TaskId,
    pub(super) why: Why,
    pub(super) times: u32,
}

impl Sent {
    /// Call before the request is pushed.
    pub(super) fn note(&mut self, id: TaskId, time_limit: Option<Duration>, now: Instant) {
        let before = self.tasks.get(&id);
        let (times, has_place) = (before.map_or(0, |task| task.times) + 1, before.is_none_or(|task| task.has_place));
        let (place, taken, told, missed) = (u64::MAX, None, false, 0);
        self.tasks.insert(id, Task { place, sent: now, taken, time_limit, times, has_place, told, missed });
    }

    /// Its request has been pushed, after all others.
    pub(super) fn note_pushed(&mut self, id: TaskId) {
        self.pushed += 1;
        if let Some(task) = self.tasks.get_mut(&id) {
            task.place = self.pushed;
        }
    }

    pub(super) fn forget(&mut self, id: TaskId) {
        self.freed += usize::from(self.tasks.remove(&id).is_some_and(|task| task.has_place));
    }

    /// How many places have become free since this was last asked.
    pub(super) fn take_freed(&mut self) -> usize {
        std::mem::take(&mut self.freed)
    }

    pub(super) fn pushed(&self) -> u64 {
        self.pushed
    }

    pub(super) fn ids(&self) -> Vec<TaskId> {
        self.tasks.keys().copied().collect()
    }

    /// Those of which servers have not been told that nobody wants them.
    pub(super) fn untold(&self) -> Vec<TaskId> {
        self.tasks.iter().filter(|(_, task)| !task.told).map(|(&id, _)| id).collect()
    }

    pub(super) fn note_told(&mut self, id: TaskId) {
        self.tasks.get_mut(&id).into_iter().for_each(|task| task.told = true);
    }

    /// Looks: the tasks that have been taken since the last look, and those that are lost.
    pub(super) fn look(&mut self, look: &Look, lost_after: Option<Duration>) -> (Vec<TaskId>, Vec<Lost>) {
        let first_waiting = (look.pushed + 1).saturating_sub(look.waiting);
        let by_one_of = self.note_servers(look.servers.as_ref());
        let (mut taken, mut lost) = (Vec::new(), Vec::new());
        for (&id, task) in self.tasks.iter_mut().filter(|(_, task)| task.place <= look.pushed) {
            if task.place < first_waiting && task.taken.is_none() {
                task.taken = Some(Taken { when: look.now, by_one_of: by_one_of.clone() });
                self.freed += usize::from(std::mem::take(&mut task.has_place));
                taken.push(id);
            }
            task.note_round(id, look.round.as_ref(), task.place < first_waiting);
            let data_gone = look.data_gone && task.place < first_waiting;
            let why = task.why_lost(look, data_gone, lost_after);
            lost.extend(why.map(|why| Lost { id, why, times: task.times }));
        }
        (taken, lost)
    }

    /// Keeps who is there now, and says who may have taken what was taken since the look before.
    ///
    /// If all who were there have been replaced meanwhile, it counts as theirs: a task that one of the new ones has taken in that
    /// time runs twice or fails, where one that was lost would be waited for without end. Unless all of them say what they have.
    fn note_servers(&mut self, now: Option<&Connections>) -> Option<Arc<Connections>> {
        let now = now?;
        if *self.servers == *now {
            return Some(Arc::clone(&self.servers));
        }
        let before = std::mem::replace(&mut self.servers, Arc::new(now.clone()));
        let are_replaced = !before.is_empty() && before.is_disjoint(now);
        let all_speak = before.union(now).all(|server| speaks(server));
        Some(if are_replaced && !all_speak { before } else { Arc::new(&*before | now) })
    }
}

impl Task {
    /// A round counts if the task was taken before it began, and has not been put back.
    fn note_round(&mut self, id: TaskId, round: Option<&Round>, is_taken: bool) {
        let taken = self.taken.as_ref().filter(|_| is_taken);
        match (taken, round) {
            (Some(taken), Some(round)) if taken.when <= round.began && !round.held.contains(&id) => self.missed += 1,
            (Some(_), None) => {}
            _ => self.missed = 0,
        }
    }

    fn why_lost(&self, look: &Look, data_gone: bool, lost_after: Option<Duration>) -> Option<Why> {
        let since = |then: Instant| look.now.saturating_duration_since(then);
        if data_gone {
            return Some(Why::DataGone);
        }
        if let Some(age) = lost_after.filter(|&age| since(self.sent) >= age) {
            return Some(Why::Age(age));
        }
        let taken = self.taken.as_ref()?;
        if taken.by_one_of.as_ref().zip(look.servers.as_ref()).is_some_and(|(then, now)| then.is_disjoint(now)) {
            return Some(Why::ServersGone);
        }
        if self.missed > 1 {
            return Some(Why::NobodyHasIt);
        }
        self.time_limit.filter(|&limit| since(taken.when) >= limit).map(Why::TimeLimit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World {
        sent: Sent,
        start: Instant,
    }

    impl World {
        fn new(tasks: u64) -> Self {
            let start = crate::wait::now();
            let mut sent = Sent::default();
            for id in (1..=tasks).map(TaskId) {
                sent.note(id, Some(Duration::from_secs(10)), start);
                sent.note_pushed(id);
            }
            Self { sent, start }
        }

        /// After so many seconds, with so many requests left and these servers. What is lost fails.
        fn look(&mut self, seconds: u64, waiting: u64, servers: &[u64]) -> (Vec<u64>, Vec<(u64, Why)>) {
            self.look_after(None, seconds, waiting, servers)
        }

        /// The same when a round is over that began after so many seconds: these tasks are held.
        fn look_after(
            &mut self,
            round: Option<(u64, &[u64])>,
            seconds: u64,
            waiting: u64,
            servers: &[u64],
        ) -> (Vec<u64>, Vec<(u64, Why)>) {
            let now = self.start + Duration::from_secs(seconds);
            let round = round.map(|(began, held)| Round {
                began: self.start + Duration::from_secs(began),
                held: held.iter().copied().map(TaskId).collect(),
            });
            let servers = Some(servers.iter().map(u64::to_string).collect());
            let look = Look { now, pushed: self.sent.pushed(), waiting, servers, data_gone: false, round };
            let (taken, lost) = self.sent.look(&look, Some(Duration::from_secs(60)));
            lost.iter().for_each(|lost| self.sent.forget(lost.id));
            (taken.iter().map(|id| id.get()).collect(), lost.iter().map(|lost| (lost.id.get(), lost.why)).collect())
        }
    }

    #[test]
    fn the_last_requests_are_those_that_wait() {
        let mut world = World::new(5);
        assert_eq!(world.look(1, 5, &[]), (vec![], vec![]));
        assert_eq!(world.look(2, 3, &[7]), (vec![1, 2], vec![]));
        assert_eq!(world.look(3, 3, &[7]), (vec![], vec![]));
        world.sent.forget(TaskId(1));
        assert_eq!(world.look(4, 0, &[7]), (vec![3, 4, 5], vec![]));
    }

    #[test]
    fn a_place_is_free_once_when_its_task_is_known_to_be_taken_or_is_settled() {
        let mut world = World::new(4);
        world.look(1, 4, &[]);
        assert_eq!(world.sent.take_freed(), 0);
        world.look(2, 2, &[7]);
        assert_eq!(world.sent.take_freed(), 2);
        (1..=3).for_each(|id| world.sent.forget(TaskId(id)));
        assert_eq!(world.sent.take_freed(), 1, "that of the third");
        world.sent.note(TaskId(4), None, world.start);
        world.sent.forget(TaskId(4));
        assert_eq!(world.sent.take_freed(), 1, "it had kept its place when it was sent again");
    }

    #[test]
    fn a_time_limit_counts_from_when_it_was_taken() {
        let mut world = World::new(2);
        world.look(5, 1, &[7]);
        assert_eq!(world.look(14, 1, &[7]).1, []);
        assert_eq!(world.look(15, 1, &[7]).1, [(1, Why::TimeLimit(Duration::from_secs(10)))]);
    }

    #[test]
    fn a_task_is_told_of_once_each_time_it_is_sent() {
        let mut world = World::new(2);
        world.sent.note_told(TaskId(1));
        assert_eq!(world.sent.untold(), [TaskId(2)]);
        world.sent.note(TaskId(1), None, world.start);
        assert_eq!(world.sent.untold(), [TaskId(1), TaskId(2)]);
        world.sent.forget(TaskId(2));
        world.sent.note_told(TaskId(2)); // it may have gone meanwhile
        assert_eq!(world.sent.untold(), [TaskId(1)]);
    }

    #[test]
    fn age_counts_from_sending() {
        let mut world = World::new(1);
        assert_eq!(world.look(59, 1, &[]).1, []);
        assert_eq!(world.look(60, 1, &[]).1, [(1, Why::Age(Duration::from_secs(60)))]);
    }

    #[test]
    fn tasks_are_lost_with_all_servers_that_were_there() {
        let mut world = World::new(3);
        assert_eq!(world.look(1, 1, &[7, 8]).1, []);
        assert_eq!(world.look(2, 1, &[8, 9]).1, [], "one is left");
        assert_eq!(world.look(3, 1, &[10]).1, [(1, Why::ServersGone), (2, Why::ServersGone)], "new ones are there");
        world.sent.note(TaskId(1), None, world.start);
        assert_eq!(world.look(3, 1, &[10]).1, [], "it has not been pushed");
        world.sent.note_pushed(TaskId(1));
        assert_eq!(world.look(4, 2, &[10]).1, [], "it waits again");
    }

    #[test]
    fn whoever_came_later_has_not_taken_it() {
        let mut world = World::new(2);
        assert_eq!(world.look(1, 1, &[7]).0, [1]);
        assert_eq!(world.look(2, 1, &[7, 8]).1, []);
        assert_eq!(
            world.look(3, 0, &[8]).1,
            [(1, Why::ServersGone)],
            "the second may have been taken by the one that is left"
        );
    }

    #[test]
    fn what_is_taken_while_all_are_replaced_is_lost() {
        let mut world = World::new(2);
        assert_eq!(world.look(1, 2, &[7, 8]).1, []);
        assert_eq!(world.look(2, 1, &[9]).1, [(1, Why::ServersGone)]);
        assert_eq!(world.look(3, 0, &[9]).1, [], "it is there");
    }

    #[test]
    fn what_is_taken_while_servers_that_speak_are_replaced_may_be_with_the_new_ones() {
        let mut world = World::new(1);
        let mut look = |seconds, waiting, server: &str| {
            let now = world.start + Duration::from_secs(seconds);
            let servers = Some(Connections::from([server.to_owned()]));
            let look = Look { now, pushed: 1, waiting, servers, data_gone: false, round: None };
            world.sent.look(&look, None)
        };
        assert_eq!(look(1, 1, "#a"), (vec![], vec![]));
        assert_eq!(look(2, 0, "#b"), (vec![TaskId(1)], vec![]));
        assert_eq!(look(3, 0, "#b").1, []);
        let lost = Lost { id: TaskId(1), why: Why::ServersGone, times: 1 };
        assert_eq!(look(4, 0, "#c").1, [lost]);
    }

    #[test]
    fn what_was_taken_while_nobody_is_there_is_lost() {
        let mut world = World::new(2);
        assert_eq!(world.look(1, 2, &[]).1, [], "nobody has taken anything");
        assert_eq!(world.look(2, 1, &[]).1, [(1, Why::ServersGone)]);
        assert_eq!(world.look(3, 0, &[7]).1, [], "somebody new is there");
    }

    #[test]
    fn nothing_is_lost_while_servers_cannot_be_looked_for() {
        let mut world = World::new(1);
        let look = Look { now: world.start, pushed: 1, waiting: 0, servers: None, data_gone: false, round: None };
        assert_eq!(world.sent.look(&look, None), (vec![TaskId(1)], vec![]));
    }

    #[test]
    fn what_nobody_has_in_two_rounds_since_it_was_taken_is_lost() {
        let mut world = World::new(4);
        assert_eq!(world.look(1, 1, &[7, 8]).0, [1, 2, 3]);
        let mut look = |round, seconds, waiting| world.look_after(round, seconds, waiting, &[7]).1;
        assert_eq!(look(Some((0, &[])), 2, 1), [], "that round began before they were taken");
        assert_eq!(look(Some((1, &[2])), 3, 0), [], "results may be on their way");
        assert_eq!(look(None, 4, 0), []);
        assert_eq!(look(Some((3, &[2, 4])), 5, 1), [(1, Why::NobodyHasIt), (3, Why::NobodyHasIt)]);
        assert_eq!(look(Some((5, &[2])), 6, 1), [], "the fourth has been put back");
        assert_eq!(look(Some((6, &[4])), 7, 0), [], "the second has been missed once");
        assert_eq!(look(Some((7, &[2])), 8, 0), [], "and is there again, where the fourth is not");
    }
}
