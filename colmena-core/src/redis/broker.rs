//! The broker: its address, the names of lists there, connections and the lease.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{
    Client, Cmd, Connection, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError, ServerError, cmd,
    parse_redis_url,
};

use crate::sync::Mutex;
use crate::wait::{Flag, Limits, WaitingFor, now, wait};

/// How long making a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may take, besides what was asked to wait. Rather long: what Redis pops for a connection that has been
/// given up is lost.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a connection is silent before the system asks for a sign of life, and the time between two such questions. It takes
/// it for broken after as many as is usual (Linux: 9).
const PROBED_AFTER: Duration = Duration::from_secs(5);
/// The times between attempts to connect: doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Before what the broker has refused for the moment is tried again, and between two times that this is said.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);
const SAID_EACH: Duration = Duration::from_secs(60);
/// How long the lease is held without being renewed.
const LEASE: Duration = Duration::from_secs(15);

/// A broker that cannot be used. Its `Debug` is its text, since a `main` that returns it prints that.
#[derive(thiserror::Error)]
#[error("Redis at {address}: {wrong}")]
#[non_exhaustive]
pub struct BrokerError {
    /// Its address, without a password.
    pub address: String,
    /// What is wrong.
    pub wrong: String,
}

impl std::fmt::Debug for BrokerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// What has come of the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    Held,
    /// The broker has come back without its data.
    DataGone,
    /// Somebody else has it.
    Lost,
}

/// Whose a connection to the broker is.
pub(super) enum Whose {
    /// A server's of this library and this prefix: what it is known by.
    Server(String),
    /// A thinker's of this library, or a server's of another prefix.
    Others,
    /// The original's programs give theirs no name.
    NotKnown,
}

pub(super) struct Broker {
    client: Client,
    address: String,
    prefix: String,
    /// What a server is known by; a thinker has its lease.
    server: Option<u64>,
    /// Set when nothing is waited for any more.
    ended: Flag,
    /// It has been said that it cannot be reached.
    is_down: AtomicBool,
    /// When it was last said that it refuses something for the moment.
    said_refused: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("address", &self.address).field("prefix", &self.prefix).finish()
    }
}

impl Broker {
    pub(super) fn open(url: &str, prefix: &str) -> Result<Self, BrokerError> {
        let wrong = |wrong: String| BrokerError { address: without_password(url), wrong };
        if url.starts_with("rediss:") && !cfg!(feature = "redis-tls") {
            return Err(wrong("TLS needs the feature `redis-tls`".to_owned()));
        }
        if parse_redis_url(url).is_none() {
            return Err(wrong("an address is `redis://host:port`, `rediss://host:port` or `unix:path`".to_owned()));
        }
        let info = url.into_connection_info().map_err(|error| wrong(words(&error)))?;
        // A large command is sent in pieces, of which the last is small, and must not wait for an answer to the others.
        let settings = TcpSettings::default().set_nodelay(true);
        // Who only listens would not notice that the other end is gone.
        let signs = TcpKeepalive::new().with_time(PROBED_AFTER).with_interval(PROBED_AFTER);
        let info = info.set_tcp_settings(settings.set_keepalive(signs));
        let address = info.addr().to_string();
        let client = Client::open(info).map_err(|error| wrong(words(&error)))?;
        let (ended, is_down, said_refused) = (Flag::default(), AtomicBool::new(false), Mutex::default());
        Ok(Self { client, address, prefix: prefix.to_owned(), server: None, ended, is_down, said_refused })
    }

    pub(super) fn error(&self, error: &RedisError) -> BrokerError {
        BrokerError { address: self.address.clone(), wrong: words(error) }
    }

    /// Makes a connection. Blocks for at most [`PATIENCE`].
    pub(super) fn connection(&self) -> Result<Connection, BrokerError> {
        let connect = || {
            let mut connection = self.client.get_connection_with_timeout(PATIENCE)?;
            connection.set_write_timeout(Some(SILENCE))?;
            connection.set_read_timeout(Some(SILENCE))?;
            // So that others can tell whose it is; a user who may not do that may do the rest. But somebody must answer.
            let named = cmd("CLIENT").arg("SETNAME").arg(self.connection_name()).query::<()>(&mut connection);
            named.or_else(|error| if Self::is_of_connection(&error) { Err(error) } else { Ok(()) })?;
            Ok(connection)
        };
        connect().map_err(|error| self.error(&error))
    }

    /// How thinkers of this library name their connections.
    const THINKERS: &'static str = "colmena:thinker:";
    /// How servers do.
    const SERVERS: &'static str = "colmena:server:";

    /// The same, of a server.
    pub(super) fn of_server(self) -> Self {
        Self { server: Some(unlikely_number()), ..self }
    }

    /// Asks it something that every user may.
    pub(super) fn greet(&self) -> Result<(), BrokerError> {
        self.ask(&cmd("PING"), &mut self.connection()?)
    }

    fn connection_name(&self) -> String {
        match self.server {
            Some(server) => format!("{}{server:016x}", self.names_of_servers()),
            None => format!("{}{}", Self::THINKERS, self.visible_prefix()),
        }
    }

    /// The beginning of the names of servers of this prefix.
    fn names_of_servers(&self) -> String {
        format!("{}{}#", Self::SERVERS, self.visible_prefix())
    }

    fn visible_prefix(&self) -> String {
        self.prefix.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect()
    }

    /// Whose a connection of this name is.
    pub(super) fn whose(&self, name: &str) -> Whose {
        match name.strip_prefix(&self.names_of_servers()) {
            Some(server) => Whose::Server(server.to_owned()),
            None if name.starts_with(Self::THINKERS) || name.starts_with(Self::SERVERS) => Whose::Others,
            None => Whose::NotKnown,
        }
    }

    /// Where a server says what it has.
    pub(super) fn held(&self, server: &str) -> String {
        format!("{}_held_{server}", self.prefix)
    }

    /// The same of this one.
    pub(super) fn held_here(&self) -> String {
        self.held(&format!("{:016x}", self.server.unwrap_or_default()))
    }

    /// Does once what is done later on, so that a user who may not is told at the start.
    pub(super) fn try_out(&self, connection: &mut Connection) -> Result<(), BrokerError> {
        let own = self.wake(unlikely_number());
        let mut all = redis::pipe();
        all.cmd("RPUSH").arg(&own).arg("there").cmd("EXPIRE").arg(&own).arg(60).cmd("BLPOP").arg(&own).arg(1);
        all.cmd("LPOP").arg(self.requests()).arg(0).cmd("GET").arg(&own);
        all.cmd("SET").arg(&own).arg("there").arg("EX").arg(60);
        if self.server.is_none() {
            all.cmd("UNLINK").arg(&own);
        }
        all.query(connection).map_err(|error| self.error(&error))
    }

    /// After an error: a connection to go on with, made anew, if need be with pauses. `None` at the end.
    ///
    /// # Errors
    /// The broker is there, and refuses for good.
    pub(super) fn recover(&self, error: &RedisError) -> Result<Option<Connection>, BrokerError> {
        if Self::is_for_the_moment(error) {
            self.say_refused(error);
            self.pause(REFUSED_PAUSE);
        } else if !Self::is_of_connection(error) {
            return Err(self.error(error));
        }
        Ok(self.reconnect())
    }

    /// Says what is refused for the moment, if that has not been said for a while.
    pub(super) fn say_refused(&self, error: &RedisError) {
        let now = now();
        let is_news = {
            let said = &mut *self.said_refused.lock();
            let is_news = said.is_none_or(|then| now.saturating_duration_since(then) >= SAID_EACH);
            *said = if is_news { Some(now) } else { *said };
            is_news
        };
        if is_news {
            tracing::warn!("{}; it is tried again until Redis takes it", self.error(error));
        }
    }

    /// Ends early at the end.
    fn pause(&self, pause: Duration) {
        let limits = Limits { spin: false, ..Limits::NONE.within(Some(pause)) };
        let _ = wait(&mut &self.ended, limits, WaitingFor::Time);
    }

    /// Makes a new connection in place of one that broke: tries until it succeeds. `None` at the end.
    pub(super) fn reconnect(&self) -> Option<Connection> {
        let mut pause = FIRST_PAUSE;
        while !self.ended.is_set() {
            match self.connection() {
                Ok(connection) => {
                    if self.is_down.swap(false, SeqCst) {
                        tracing::info!("Redis at {} is there again", self.address);
                    }
                    return Some(connection);
                }
                Err(error) if !self.is_down.swap(true, SeqCst) => {
                    tracing::warn!("{error}; tasks and results wait until it can be reached again");
                }
                Err(_) => {}
            }
            self.pause(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        None
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn end(&self) {
        self.ended.set();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_set()
    }

    pub(super) fn requests(&self) -> String {
        format!("{}_requests", self.prefix)
    }

    pub(super) fn results(&self, topic: &str) -> String {
        format!("{}_{topic}_result", self.prefix)
    }

    /// Where thinkers say what is cancelled.
    pub(super) fn cancelled(&self) -> String {
        format!("{}_cancelled", self.prefix)
    }

    /// Where the receiver is woken.
    pub(super) fn wake(&self, lease: u64) -> String {
        format!("{}_{lease:016x}_wake", self.prefix)
    }

    fn lease_key(&self) -> String {
        format!("{}_thinker", self.prefix)
    }

    /// There as long as the broker keeps its data.
    fn data_key(&self) -> String {
        format!("{}_thinker_data", self.prefix)
    }

    /// Takes the lease; the number by which it is known.
    pub(super) fn take_lease(&self, connection: &mut Connection) -> Result<u64, BrokerError> {
        let lease = unlikely_number();
        if self.renew_lease(lease, connection).map_err(|error| self.error(&error))? != Lease::Lost {
            return Ok(lease);
        }
        let who: Option<String> = self.ask(cmd("GET").arg(self.lease_key()), connection)?;
        let wrong = format!(
            "another thinker has the prefix `{}` ({}); give this one another, or wait {} s if that one was killed",
            self.prefix,
            who.unwrap_or_default(),
            LEASE.as_secs()
        );
        Err(BrokerError { address: self.address.clone(), wrong })
    }

    fn ask<T: FromRedisValue>(&self, cmd: &Cmd, connection: &mut Connection) -> Result<T, BrokerError> {
        cmd.query(connection).map_err(|error| self.error(&error))
    }

    /// Renews the lease, or takes it if nobody has it; also if the broker has no memory left for anything new.
    pub(super) fn renew_lease(&self, lease: u64, connection: &mut Connection) -> Result<Lease, RedisError> {
        const RENEW: &str = "local now = redis.call('get', KEYS[1]) \
            if now and now ~= ARGV[1] then return 2 end \
            if now then redis.call('expire', KEYS[1], ARGV[2]) else redis.call('set', KEYS[1], ARGV[1], 'ex', ARGV[2]) end \
            local data = redis.call('get', KEYS[2]) \
            if data == ARGV[1] then return 0 end \
            redis.call('set', KEYS[2], ARGV[1]) \
            return 1";
        let mut renew = cmd("EVAL");
        renew.arg(RENEW).arg(2).arg(self.lease_key()).arg(self.data_key());
        renew.arg(holder(lease)).arg(LEASE.as_secs());
        let renewed: u8 = renew.query(connection)?;
        Ok(match renewed {
            0 => Lease::Held,
            1 => Lease::DataGone,
            _ => Lease::Lost,
        })
    }

    /// Gives the lease up, and what was kept for it. If that fails, it ends by itself.
    pub(super) fn give_up_lease(&self, lease: u64, connection: &mut Connection) {
        const GIVE_UP: &str = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('unlink', unpack(KEYS)) end";
        let mut give_up = cmd("EVAL");
        give_up.arg(GIVE_UP).arg(3).arg(self.lease_key()).arg(self.data_key()).arg(self.wake(lease)).arg(holder(lease));
        let _ = give_up.query::<()>(connection);
    }

    /// The connection is broken, or of no use any more.
    pub(super) fn is_of_connection(error: &RedisError) -> bool {
        error.is_unrecoverable_error()
            || error.is_io_error()
            || error.is_connection_dropped()
            || error.is_timeout()
            || refusal(error).is_some_and(|refusal| refusal.code() == "NOAUTH")
    }

    /// The broker is busy, full, or about to be there: what it refuses now it may take later.
    pub(super) fn is_for_the_moment(error: &RedisError) -> bool {
        const CODES: [&str; 10] = [
            "LOADING",
            "BUSY",
            "TRYAGAIN",
            "MASTERDOWN",
            "READONLY",
            "OOM",
            "MISCONF",
            "NOREPLICAS",
            "UNBLOCKED",
            "CLUSTERDOWN",
        ];
        refusal(error).is_some_and(|refusal| CODES.contains(&refusal.code()))
    }

    /// Whether it is one of these two: worth trying again.
    pub(super) fn is_passing(error: &RedisError) -> bool {
        Self::is_of_connection(error) || Self::is_for_the_moment(error)
    }
}

/// What the broker has said, of several commands at the first one that it has refused.
fn refusal(error: &RedisError) -> Option<ServerError> {
    error.clone().into_server_errors()?.first().map(|(_, refusal)| refusal.clone())
}

/// An error of the client in the words of a user.
fn words(error: &RedisError) -> String {
    let refusal = refusal(error);
    let said = |refusal: &ServerError| refusal.details().unwrap_or_default().trim_end_matches('.').to_owned();
    match refusal.as_ref().map(|refusal| (refusal.code(), said(refusal))) {
        _ if error.kind() == ErrorKind::AuthenticationFailed => "this user or password is refused".to_owned(),
        _ if error.is_timeout() => "it does not answer".to_owned(),
        Some(("NOPERM", what)) => format!("{what} (the documentation of `RedisQueues` says what a user needs)"),
        Some((code, what)) => format!("{code} {what}"),
        None => error.to_string(),
    }
}

/// What a lease says of its holder.
fn holder(lease: u64) -> String {
    format!("process {}, campaign {lease:016x}", std::process::id())
}

/// A number that no other campaign has: of the moment and the process.
fn unlikely_number() -> u64 {
    let moment = super::epoch_seconds().to_bits();
    (moment ^ u64::from(std::process::id()).rotate_left(40)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn without_password(url: &str) -> String {
    match url.split_once("://").map(|(scheme, rest)| (scheme, rest.rsplit_once('@'))) {
        Some((scheme, Some((_, host)))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}
