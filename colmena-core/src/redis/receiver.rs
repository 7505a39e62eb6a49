//! The receiver: waits for results, settles their tasks; once a second holds the lease and looks for tasks that are lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Connection, RedisError, cmd};

use super::broker::{Broker, BrokerError, Lease, Whose};
use super::held::{Round, Rounds, SPEAKS, Word};
use super::sender::{Body, END};
use super::sent::{Connections, Look, Lost, Why};
use super::{Shared, cancelled};
use crate::task::failure::Cause;
use crate::task::{FailureKind, TaskId};
use crate::wait::{now, panic};
use crate::wire::received::Received;
use crate::wire::{Message, Request, Unreadable, task};

/// The time between two looks.
const BEAT: Duration = Duration::from_secs(1);
/// The shortest wait that Redis knows.
const SHORTEST: Duration = Duration::from_millis(1);
/// How many results are fetched at once, after the first.
const BATCH: usize = 100;

pub(super) struct Receiver {
    shared: Arc<Shared>,
    connection: Option<Connection>,
    next_beat: Instant,
    /// A result has come: whoever sent it has been looked for.
    has_received: bool,
    rounds: Rounds,
    /// To be sent again.
    again: Vec<Body>,
}

impl Receiver {
    pub(super) fn new(shared: Arc<Shared>, connection: Connection) -> Self {
        let (next_beat, rounds) = (now(), Rounds::default());
        Self { shared, connection: Some(connection), next_beat, has_received: false, rounds, again: Vec::new() }
    }

    /// The life of the receiver.
    pub(super) fn go_on(mut self) {
        let last = self.receive_all();
        // The broker may have been away in the end.
        match last.map_or_else(|| self.shared.broker.connection(), Ok) {
            Ok(mut connection) => self.shared.part(&mut connection),
            Err(error) => Shared::say_untold(&error),
        }
    }

    /// Until the end; the connection that there is then.
    fn receive_all(&mut self) -> Option<Connection> {
        while let Some(mut connection) = self.connection.take() {
            let is_last = self.shared.broker.has_ended();
            self.connection = match self.turn(&mut connection) {
                Ok(Turn::End) => return Some(connection),
                // The sender may not have been able to say so.
                Ok(Turn::Nothing) if is_last => return Some(connection),
                Ok(_) => Some(connection),
                Err(error) => {
                    tracing::debug!("receiving results: {error}");
                    match self.shared.broker.recover(&error) {
                        Ok(connection) => connection,
                        Err(refused) => {
                            self.shared.give_way(&refused.to_string());
                            return Some(connection);
                        }
                    }
                }
            };
        }
        None
    }

    fn turn(&mut self, connection: &mut Connection) -> Result<Turn, RedisError> {
        let until_beat = self.next_beat.saturating_duration_since(now());
        if !until_beat.is_zero() {
            let turn = self.shared.receive(connection, until_beat)?;
            if matches!(turn, Turn::Result) && !std::mem::replace(&mut self.has_received, true) {
                self.next_beat = now();
            }
            return Ok(turn);
        }
        match self.beat(connection) {
            // Receiving goes on meanwhile, or nothing would ever make room for it.
            Err(error) if Broker::is_for_the_moment(&error) => self.shared.broker.say_refused(&error),
            beaten => beaten?,
        }
        self.next_beat = now() + BEAT;
        Ok(Turn::Woken)
    }

    fn beat(&mut self, connection: &mut Connection) -> Result<(), RedisError> {
        self.shared.beat(connection, &mut self.rounds, &mut self.again)?;
        self.shared.push(&self.again, connection)?;
        self.again.clear();
        Ok(())
    }
}

/// What has come of waiting.
enum Turn {
    Result,
    Woken,
    Nothing,
    /// The sender has ended.
    End,
}

impl Shared {
    /// Waits for a result at most so long, and takes what else is there. What has been taken is handled before anything else
    /// can go wrong.
    fn receive(&self, connection: &mut Connection, patience: Duration) -> Result<Turn, RedisError> {
        let wake = self.broker.wake(self.lease);
        let mut first = cmd("BLPOP");
        first.arg(&wake);
        self.topics.lock().iter().for_each(|list| _ = first.arg(list));
        first.arg(patience.max(SHORTEST).as_secs_f64());
        let found: Option<(String, Vec<u8>)> = first.query(connection)?;
        let Some((list, body)) = found else { return Ok(Turn::Nothing) };
        if list == wake {
            return Ok(if body == END { Turn::End } else { Turn::Woken });
        }
        self.handle(body);
        let rest: Option<Vec<Vec<u8>>> = cmd("LPOP").arg(list).arg(BATCH).query(connection)?;
        rest.unwrap_or_default().into_iter().for_each(|body| self.handle(body));
        Ok(Turn::Result)
    }

    /// Counts as running meanwhile: whom it wakes is not taken for standing still.
    fn handle(&self, body: Vec<u8>) {
        self.realm.one_more();
        match Received::result(body) {
            Ok(received) => self.handle_message(received),
            Err(unreadable) => self.handle_unreadable(&unreadable),
        }
        self.realm.one_less();
    }

    fn handle_message(&self, received: Received) {
        let message = &received.message;
        let Some(id) = self.task_id(&message.task_id) else {
            return tracing::warn!("a result for a task of another campaign is dropped: {}", message.task_id);
        };
        if message.complete != Some(false) || message.success != Some(true) {
            self.forget(id);
        }
        match self.queues.flight(id) {
            // What a user's type does when it is read, or dropped.
            Some(flight) => {
                if let Err(panic) = panic::catch(|| flight.receive(&self.queues, received)) {
                    self.queues.fail(id, Cause::panic(panic));
                }
            }
            None => self.count_late(message),
        }
    }

    /// Its task had settled otherwise.
    fn count_late(&self, message: &Message) {
        let method = message.method.as_deref().unwrap_or_default();
        let known = self.queues.routes().into_iter().map(|route| route.method()).find(|known| *known == method);
        known.into_iter().for_each(|method| self.queues.count_late(method));
    }

    fn handle_unreadable(&self, unreadable: &Unreadable) {
        let id = unreadable.task_id.as_deref().and_then(|id| self.task_id(id));
        match id {
            Some(id) => {
                self.forget(id);
                self.queues.fail(id, task::unreadable(&unreadable.error));
            }
            None => tracing::warn!("a result that cannot be read is dropped: {unreadable}"),
        }
    }

    /// Holds the lease, and looks what has become of what was sent; what is to be sent again is added to `again`.
    fn beat(&self, connection: &mut Connection, rounds: &mut Rounds, again: &mut Vec<Body>) -> Result<(), RedisError> {
        let lease = self.broker.renew_lease(self.lease, connection)?;
        if lease == Lease::Lost {
            self.give_way("another thinker has taken over the prefix on Redis");
            return Ok(());
        }
        if lease == Lease::DataGone {
            self.deposits.lose_all();
        }
        self.deposits.delete_gone(false, connection)?;
        self.deposits.renew(now(), connection)?;
        // In this order: what has been taken is seen before the words are read, so the next words are of all that.
        let moment = now();
        let pushed = self.sent.lock().pushed();
        let waiting = cmd("LLEN").arg(self.broker.requests()).query(connection)?;
        let servers = servers(&self.broker, connection);
        let round = self.round(moment, servers.as_ref(), rounds, connection)?;
        let data_gone = lease == Lease::DataGone;
        let look = Look { now: moment, pushed, waiting, servers, data_gone, round };
        let mut unwanted = self.unwanted();
        let (taken, lost) = self.sent.lock().look(&look, self.options.lost_after);
        self.free_places();
        let stamp = self.queues.stamp();
        for flight in taken.into_iter().filter_map(|id| self.queues.flight(id)) {
            flight.head().start_attempt(stamp);
        }
        unwanted.extend(lost.into_iter().filter_map(|lost| self.handle_lost(lost, again)));
        self.tell_unwanted(&unwanted, connection)
    }

    /// Tells servers that nobody wants these any more.
    fn tell_unwanted(&self, unwanted: &[TaskId], connection: &mut Connection) -> Result<(), RedisError> {
        if unwanted.is_empty() {
            return Ok(());
        }
        let wire_ids: Vec<_> = unwanted.iter().map(|&id| self.wire_id(id)).collect();
        cancelled::tell(&wire_ids, &self.broker, connection)?;
        let mut sent = self.sent.lock();
        unwanted.iter().for_each(|&id| sent.note_told(id));
        Ok(())
    }

    /// Hears what servers have; a round that is over, if no result is on its way.
    fn round(
        &self,
        moment: Instant,
        servers: Option<&Connections>,
        rounds: &mut Rounds,
        connection: &mut Connection,
    ) -> Result<Option<Round>, RedisError> {
        let ours =
            servers.and_then(|all| all.iter().map(|server| server.strip_prefix(SPEAKS)).collect::<Option<Vec<_>>>());
        let texts = ours.iter().flatten().map(|server| get(&self.broker.held(server), connection));
        let texts = texts.collect::<Result<Vec<Option<String>>, _>>()?;
        let words = texts.iter().map(|text| Word::parse(text.as_deref()?, |wire_id| self.task_id(wire_id)));
        let words = ours.map(|ours| ours.into_iter().map(str::to_owned).zip(words).collect());
        let Some(round) = rounds.look(moment, words.as_ref()) else { return Ok(None) };
        let lists = self.topics.lock().clone();
        for list in lists {
            if cmd("LLEN").arg(list).query::<u64>(connection)? > 0 {
                return Ok(None);
            }
        }
        Ok(Some(round))
    }

    /// Tasks that were cancelled here, and those that were told to end, since the campaign does: those of which servers have
    /// not been told.
    fn unwanted(&self) -> Vec<TaskId> {
        let mut ids = self.sent.lock().untold();
        ids.retain(|&id| match self.queues.flight(id) {
            Some(flight) => flight.head().is_cancelled(),
            None => {
                self.forget(id);
                true
            }
        });
        ids
    }

    /// The task, if it fails.
    fn handle_lost(&self, lost: Lost, again: &mut Vec<Body>) -> Option<TaskId> {
        let flight = self.queues.flight(lost.id)?;
        if lost.times <= self.options.send_again {
            tracing::warn!("{} of `{}` is sent again: {}", lost.id, flight.method(), text(lost.why));
            self.add(&flight, again);
            return None;
        }
        self.forget(lost.id);
        let cause = match lost.why {
            Why::TimeLimit(limit) => Cause::time_limit(limit),
            why => Cause::new(FailureKind::Lost, text(why)),
        };
        self.fail(lost.id, cause);
        Some(lost.id)
    }

    fn fail(&self, id: TaskId, cause: Cause) {
        self.realm.one_more();
        self.queues.fail(id, cause);
        self.realm.one_less();
    }

    /// Nothing will come any more.
    fn give_way(&self, wrong: &str) {
        tracing::error!("{wrong}; tasks fail from now on");
        self.broker.end();
        let ids = self.sent.lock().ids();
        ids.into_iter().for_each(|id| self.fail(id, Cause::new(FailureKind::Lost, wrong)));
    }

    /// The last thing that is done.
    fn part(&self, connection: &mut Connection) {
        if let Err(error) = self.tell_of_the_end(connection) {
            Self::say_untold(&self.broker.error(&error));
        }
        let _ = self.deposits.delete_gone(true, connection); // what stays is said of killed processes, too
        self.broker.give_up_lease(self.lease, connection);
    }

    /// Nobody waits for what is still out; and servers may be wanted no more, unless another thinker has them now.
    fn tell_of_the_end(&self, connection: &mut Connection) -> Result<(), RedisError> {
        let left = self.sent.lock().untold();
        self.tell_unwanted(&left, connection)?;
        if self.options.stop_servers && self.broker.renew_lease(self.lease, connection)? != Lease::Lost {
            cmd("RPUSH").arg(self.broker.requests()).arg(Request::KILL).query::<()>(connection)?;
        }
        Ok(())
    }

    fn say_untold(error: &BrokerError) {
        tracing::warn!("servers are not told that the campaign has ended: {error}");
    }
}

fn text(why: Why) -> String {
    match why {
        Why::TimeLimit(limit) => format!("no result {limit:?} after a server took it"),
        Why::Age(age) => format!("no result {age:?} after it was sent"),
        Why::ServersGone => "the connections of the servers that may have had it are gone".to_owned(),
        Why::NobodyHasIt => "none of the servers that are there has it".to_owned(),
        Why::DataGone => "Redis has come back without its data".to_owned(),
    }
}

/// The connections of others that last took from a list or pushed to one; `None`: the user may not know.
fn servers(broker: &Broker, connection: &mut Connection) -> Option<Connections> {
    let list: String = cmd("CLIENT").arg("LIST").query(connection).ok()?;
    Some(list.lines().filter_map(|line| server(broker, line)).collect())
}

fn get(key: &str, connection: &mut Connection) -> Result<Option<String>, RedisError> {
    cmd("GET").arg(key).query(connection)
}

/// How a server is known that has this connection: one of this library by its number, any other by the connection.
fn server(broker: &Broker, line: &str) -> Option<String> {
    const COMMANDS: [&str; 8] = ["blpop", "lpop", "brpop", "rpop", "blmove", "lmove", "rpush", "lpush"];
    let field = |name: &str| line.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
    match broker.whose(field("name")?) {
        // Whoever only listens may have ended as a server.
        Whose::Server(server) if field("cmd")? != "subscribe" => Some(format!("{SPEAKS}{server}")),
        Whose::NotKnown if COMMANDS.contains(&field("cmd")?) => Some(format!("{} {}", field("id")?, field("addr")?)),
        Whose::Server(_) | Whose::NotKnown | Whose::Others => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Broker, server};

    #[test]
    fn servers_are_known_by_what_they_do_and_ours_by_their_names() {
        let broker = Broker::open("redis://localhost", "x").expect("it is an address");
        let server = |line: &str| server(&broker, line);
        let line = |name: &str, cmd: &str| {
            format!("id=7 addr=127.0.0.1:1 laddr=127.0.0.1:2 fd=8 name={name} cmd={cmd} user=default")
        };
        let known = || Some("7 127.0.0.1:1".to_owned());
        assert_eq!(server(&line("", "blpop")), known());
        assert_eq!(server(&line("colmena:thinker:x", "blpop")), None);
        for cmd in ["blpop", "set"] {
            assert_eq!(server(&line("colmena:server:x#12ab", cmd)), Some("#12ab".to_owned()));
        }
        assert_eq!(server(&line("colmena:server:x#12ab", "subscribe")), None);
        assert_eq!(server(&line("colmena:server:other#12ab", "blpop")), None, "of another campaign");
        assert_eq!(server(&line("", "ping")), None);
        assert_eq!(server("nothing"), None);
    }
}
