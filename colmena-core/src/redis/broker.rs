//! The broker: its address, the names of lists there, connections and the lease.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{
    Client, Cmd, Connection, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError, cmd, parse_redis_url,
};

use crate::wait::{Flag, Limits, WaitingFor, wait};

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

pub(super) struct Broker {
    client: Client,
    address: String,
    prefix: String,
    /// How its connections are named.
    names: &'static str,
    /// Set when nothing is waited for any more.
    ended: Flag,
    /// It has been said that it cannot be reached.
    is_down: AtomicBool,
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
        let (ended, is_down) = (Flag::default(), AtomicBool::new(false));
        Ok(Self { client, address, prefix: prefix.to_owned(), names: Self::THINKERS, ended, is_down })
    }

    pub(super) fn error(&self, error: &RedisError) -> BrokerError {
        BrokerError { address: self.address.clone(), wrong: words(error) }
    }

    /// Makes a connection. Blocks for at most [`PATIENCE`].
    pub(super) fn connection(&self) -> Result<Connection, BrokerError> {
        let connect = || {
            let connection = self.client.get_connection_with_timeout(PATIENCE)?;
            connection.set_write_timeout(Some(SILENCE))?;
            connection.set_read_timeout(Some(SILENCE))?;
            Ok(connection)
        };
        let mut connection = connect().map_err(|error| self.error(&error))?;
        // Only so that others can tell whose it is.
        let _ = cmd("CLIENT").arg("SETNAME").arg(self.connection_name()).query::<()>(&mut connection);
        Ok(connection)
    }

    /// How thinkers of this library name their connections.
    pub(super) const THINKERS: &'static str = "colmena:thinker:";
    /// How servers do.
    const SERVERS: &'static str = "colmena:server:";

    /// The same, of a server.
    pub(super) fn of_server(self) -> Self {
        Self { names: Self::SERVERS, ..self }
    }

    /// Asks it something that every user may.
    pub(super) fn greet(&self) -> Result<(), BrokerError> {
        self.ask(&cmd("PING"), &mut self.connection()?)
    }

    fn connection_name(&self) -> String {
        let prefix = self.prefix.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' });
        self.names.chars().chain(prefix).collect()
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
            let limits = Limits { spin: false, ..Limits::NONE.within(Some(pause)) };
            let _ = wait(&mut &self.ended, limits, WaitingFor::Time);
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
    pub(super) fn take_lease(&self) -> Result<u64, BrokerError> {
        let lease = unlikely_number();
        let mut connection = self.connection()?;
        let mut take = cmd("SET");
        take.arg(self.lease_key()).arg(holder(lease)).arg("NX").arg("PX").arg(LEASE.as_millis() as u64);
        let taken: Option<String> = self.ask(&take, &mut connection)?;
        if taken.is_none() {
            let who: Option<String> = self.ask(cmd("GET").arg(self.lease_key()), &mut connection)?;
            let wrong = format!(
                "another thinker has the prefix `{}` ({}); give this one another, or wait {} s if that one was killed",
                self.prefix,
                who.unwrap_or_default(),
                LEASE.as_secs()
            );
            return Err(BrokerError { address: self.address.clone(), wrong });
        }
        self.ask::<()>(cmd("SET").arg(self.data_key()).arg(holder(lease)), &mut connection)?;
        Ok(lease)
    }

    fn ask<T: FromRedisValue>(&self, cmd: &Cmd, connection: &mut Connection) -> Result<T, BrokerError> {
        cmd.query(connection).map_err(|error| self.error(&error))
    }

    /// Renews the lease.
    pub(super) fn renew_lease(&self, lease: u64, connection: &mut Connection) -> Result<Lease, RedisError> {
        const RENEW: &str = "local now = redis.call('get', KEYS[1]) \
            if now and now ~= ARGV[1] then return 2 end \
            redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2]) \
            local data = redis.call('get', KEYS[2]) \
            if data == ARGV[1] then return 0 end \
            redis.call('set', KEYS[2], ARGV[1]) \
            return 1";
        let mut renew = cmd("EVAL");
        renew.arg(RENEW).arg(2).arg(self.lease_key()).arg(self.data_key());
        renew.arg(holder(lease)).arg(LEASE.as_millis() as u64);
        let renewed: u8 = renew.query(connection)?;
        Ok(match renewed {
            0 => Lease::Held,
            1 => Lease::DataGone,
            _ => Lease::Lost,
        })
    }

    /// Gives the lease up, and what was kept for it. If that fails, it ends by itself.
    pub(super) fn give_up_lease(&self, lease: u64, connection: &mut Connection) {
        const GIVE_UP: &str = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', unpack(KEYS)) end";
        let mut give_up = cmd("EVAL");
        give_up.arg(GIVE_UP).arg(3).arg(self.lease_key()).arg(self.data_key()).arg(self.wake(lease)).arg(holder(lease));
        let _ = give_up.query::<()>(connection);
    }

    /// Whether an error is of the connection, or of a broker that is about to be there: worth trying again.
    pub(super) fn is_passing(error: &RedisError) -> bool {
        let passing = ["LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "READONLY", "OOM", "CLUSTERDOWN"];
        error.is_unrecoverable_error()
            || error.is_io_error()
            || error.is_connection_dropped()
            || error.is_timeout()
            || error.code().is_some_and(|code| passing.contains(&code))
    }
}

/// An error of the client in the words of a user.
fn words(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        _ if error.kind() == ErrorKind::AuthenticationFailed => "this user or password is refused".to_owned(),
        _ if error.is_timeout() => "it does not answer".to_owned(),
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        _ => error.to_string(),
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
