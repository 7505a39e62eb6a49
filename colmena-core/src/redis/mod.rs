//! Queues over Redis: the tasks of methods that no server of this process serves go to servers elsewhere, the original's
//! among them, and their results come back. The other half, for thinkers elsewhere, is `serve.rs`.
//!
//! Two threads do it. The *sender* takes requests and pushes them; the *receiver* waits for results, settles their tasks,
//! and once a second holds the lease and looks for tasks that are lost (`sent.rs` and `held.rs`, which are pure). Each has a connection of
//! its own and gets a new one when it breaks (`broker.rs`). Both block in sockets, and so stand outside `wait`; the receiver is
//! woken by a message to itself.
//!
//! Invariant: a task is in `Sent` before its request is pushed. It settles through the in-flight table, so once, however
//! often it ran.

mod broker;
mod cancelled;
mod desk;
mod held;
mod pace;
mod push;
mod receiver;
mod replies;
pub(crate) mod reply;
mod sender;
mod sent;
mod serve;
pub(crate) mod shared;
mod wire_id;

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant, UNIX_EPOCH};

pub use broker::BrokerError;

use crate::queue::Queues;
use crate::queue::requests::Requests;
use crate::record::Record;
use crate::server::sealed::Sealed;
use crate::server::{Known, Late, Link, Running, TaskServer};
use crate::sync::Mutex;
use crate::task::TaskId;
use crate::task::flight::Head;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, Realm};
use crate::wire::Serialization;
use broker::Broker;
use receiver::Receiver;
use sender::Sender;
use sent::Sent;
use shared::Deposits;

/// The way to task servers elsewhere, over Redis: those of the original (0.6 to 0.7), which run wherever Parsl does.
///
/// It takes the tasks of all methods that no other task server of the campaign serves. Such a method has no body,
/// `#[method] fn simulate(x: f64) -> f64;`, and is served by a Python function of that name; `#[method(kwargs)]` passes its
/// inputs by name.
///
/// ```no_run
/// # use colmena_core::*;
/// # fn run<T: Thinker<Pools = ()>>(thinker: T) -> Result<()> {
/// let queues = RedisQueues::connect("redis://localhost:6379", "my-campaign")?;
/// Campaign::new(thinker).unallocated_slots(8).queues(queues).run()?;
/// # Ok(())
/// # }
/// ```
///
/// # What is promised
///
/// - A task settles once, though it may run more than once: a request whose push is not answered is pushed again.
/// - While the broker cannot be reached, agents wait; that is said once, and again when it is back. Connections are made anew
///   with a back-off of up to two seconds.
/// - What the broker refuses for the moment (it has no memory left, loads its data, is a replica that is read only) is tried again each
///   half second, and that is said once a minute; results are received meanwhile. If it refuses for good (a right has been taken away),
///   all tasks fail and say why. What a user may not do is an error at launch.
/// - What a server has taken cannot be told from what it runs. A task is presumed lost when its time limit has passed since it was
///   taken, when it is older than [`Self::lost_after`], when the connections of all servers that may have taken it are gone, or
///   when the broker has come back without its data. It is looked for once a second. Servers of this library say each second what they
///   have: if all that are there are of these, a task is lost, too, when none of them has it, some three seconds after one of
///   them has died. A lost task fails, or is sent again ([`Self::send_again`]). Without any of these signs it is waited for: so set
///   a time limit or an age where several servers of the original share a prefix and one may die alone.
/// - A limit of requests ([`Campaign::request_limit`](crate::Campaign::request_limit)) counts those that no server has taken: a place is
///   free when its task's result is here, and otherwise within a second after it was taken.
/// - A result that does not fit the declared type, or that only Python can read, is a failure that says so and where.
/// - There is one thinker for a prefix: it holds a lease of 15 seconds. Its campaign ends with failures if another takes it over.
/// - A [`Shared`](crate::Shared) input is sent once, as a value of Redis under its hash, and deleted there within a second after its last
///   handle is gone (if this process is killed, it stays for at most an hour). Servers of this library and the methods in Rust of
///   `colmena_rs` have it fetched once for each process; Python functions have it fetched by `colmena_rs.shared`.
/// - When a task is cancelled here, or its time limit has passed, the servers of this library, the methods in Rust of `colmena_rs` and
///   the Python functions that it wraps are told within a second; others are not, and run it in vain. A time limit reaches them with
///   the request. Here, too, it counts from when a server took the task, unless that is [left to them](Self::limits_at_servers).
///
/// Redis 6.2 or newer. A user of an ACL needs `~PREFIX_* +@list +@scripting +@connection +set +get +expire +unlink`, to notice that
/// servers are gone `+client|list`, and to tell servers what is cancelled `+publish &PREFIX_cancelled`; a server of this library needs
/// `~PREFIX_* +@list +@connection +set +get +expire` and, to hear what is cancelled, `+subscribe +publish &PREFIX_cancelled`.
#[derive(Debug)]
#[must_use = "queues do nothing before a campaign has them: `.queues(queues)`"]
pub struct RedisQueues {
    broker: Broker,
    options: Options,
}

/// What a user may choose.
#[derive(Clone, Copy, Debug)]
struct Options {
    serialization: Serialization,
    lost_after: Option<Duration>,
    send_again: u32,
    limits_at_servers: bool,
    stop_servers: bool,
    hold_back: Duration,
}

/// Longer than the original's thinker takes to note a task that it has sent, also where others keep it from running.
const HOLD_BACK: Duration = Duration::from_millis(100);

impl RedisQueues {
    /// Connects to the broker at `url`, `redis://[user:password@]host[:port][/database]`, or `unix:path`; `rediss://..` is
    /// TLS (feature `redis-tls`), by the system's certificates or those of `SSL_CERT_FILE`. Lists begin with `prefix`: servers are
    /// given the same. Blocks for at most five seconds.
    ///
    /// # Errors
    /// [`BrokerError`]: the address is none, or the broker cannot be reached there, or refuses.
    pub fn connect(url: &str, prefix: &str) -> Result<Self, BrokerError> {
        let broker = Broker::open(url, prefix)?;
        broker.greet()?;
        let (serialization, hold_back) = (Serialization::Json, HOLD_BACK);
        let (lost_after, send_again, limits_at_servers, stop_servers) = (None, 0, false, false);
        let options = Options { serialization, lost_after, send_again, limits_at_servers, stop_servers, hold_back };
        Ok(Self { broker, options })
    }

    /// How inputs are written, and with them values, since a server answers in the same way; unless said, as JSON.
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.options.serialization = serialization;
        self
    }

    /// Presumes a task lost when this time has passed since it was sent, whatever it waited for.
    pub fn lost_after(mut self, age: Duration) -> Self {
        self.options.lost_after = Some(age);
        self
    }

    /// Sends a task that is presumed lost again, at most so often; then it fails. Unless said, it fails at once.
    pub fn send_again(mut self, times: u32) -> Self {
        self.options.send_again = times;
        self
    }

    /// Leaves time limits to the servers. Unless said, a limit counts here, from when a server took the task, since some do not know
    /// it; but the original's server takes tasks as they come, and one that waits for a worker of Parsl for long would be given up
    /// before it begins. Servers of this library, methods in Rust of `colmena_rs` and Python functions that it
    /// wraps (`ends_when_told`) count for themselves, from the start of each attempt: say this if all are of these. One of
    /// several servers on Parsl that dies alone is then found by an age only ([`Self::lost_after`]).
    pub fn limits_at_servers(mut self) -> Self {
        self.options.limits_at_servers = true;
        self
    }

    /// Serves the methods of a task server to thinkers elsewhere, until one of them sends the message that ends servers (the
    /// original's `send_kill_signal`): the original's thinkers (0.6 to 0.7) need not be changed. What was taken is answered
    /// before this returns, with what is counted of each method; a method that goes on after its task has settled is not waited
    /// for. Without [`workers`](crate::LocalTaskServer::workers), there are as many as the machine has processors.
    ///
    /// ```no_run
    /// # use colmena_core::*;
    /// # fn run<M: Body>() -> Result<()> {
    /// let queues = RedisQueues::connect("redis://localhost:6379", "my-campaign")?;
    /// queues.serve(LocalTaskServer::new().serve::<M>())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The server cannot be started, or the broker cannot be reached, or refuses what a server does. Later on, connections are made
    /// anew; but that the broker refuses for good is an error, and what was taken and not answered is lost to its thinkers. So is a
    /// server that cannot go on ([`stuck_limit`](crate::LocalTaskServer::stuck_limit)): it leaves what it has not taken to others.
    pub fn serve(self, server: impl TaskServer) -> io::Result<Vec<crate::MethodReport>> {
        serve::serve(self.broker.of_server(), Box::new(server), self.options.hold_back)
    }

    /// Of [`Self::serve`]: holds the results of the original's thinkers back until this time has passed since their requests were taken;
    /// unless said, 100 ms. Such a thinker waits for ever if it handles a result before it has noted that the task is sent: so this
    /// must be longer than its threads may have to wait for their turn. (Beside four busy threads for each processor, one of 60 campaigns
    /// of 1,000 tasks hung at 5 ms, and none at 20.) Longer tasks are not held back at all; for many short ones in a second,
    /// the thinker needs more slots, or this a smaller value: zero if its queues are those of `colmena_rs.queues`, which do not have
    /// the fault. Thinkers of this library get their results at once.
    pub fn hold_back(mut self, time: Duration) -> Self {
        self.options.hold_back = time;
        self
    }

    /// Tells the servers to end when the campaign has ended. (The original's takes the message for one server.)
    pub fn stop_servers(mut self) -> Self {
        self.options.stop_servers = true;
        self
    }
}

impl TaskServer for RedisQueues {}

impl Sealed for RedisQueues {
    fn name(&self) -> &'static str {
        "RedisQueues"
    }

    fn methods(&self) -> Vec<Known> {
        Vec::new()
    }

    fn serves_the_rest(&self) -> bool {
        true
    }

    fn start(self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        let Self { broker, options } = *self;
        let (sending, receiving) = (broker.connection(), broker.connection());
        let (sending, mut receiving) = (sending.map_err(io::Error::other)?, receiving.map_err(io::Error::other)?);
        broker.try_out(&mut receiving).map_err(io::Error::other)?;
        let lease = broker.take_lease(&mut receiving).map_err(io::Error::other)?;
        link.requests.keep_places();
        let shared = Arc::new(Shared {
            deposits: Deposits::new(broker.prefix(), options.serialization),
            broker,
            lease,
            options,
            queues: link.queues,
            realm: link.realm,
            requests: Arc::clone(&link.requests),
            sent: Mutex::default(),
            topics: Mutex::default(),
            told: AtomicUsize::new(0),
        });
        let sender = Sender::new(Arc::clone(&shared), link.requests, sending);
        let receiver = Receiver::new(Arc::clone(&shared), receiving);
        let mut running = RunningRedis { shared, threads: Vec::new() };
        // In no realm: in a socket they wait for others, which is no standstill, and no running either.
        let spawn = |name: &str| Spawn { name: name.into(), realm: None, over: Over::Never, holder: 0 };
        let record = running.shared.queues.record().cloned();
        let theirs = record.clone();
        running.threads.push(spawn("redis sender").start(move || {
            let _listening = theirs.as_ref().map(Record::listen_here);
            sender.go_on();
        })?);
        running.threads.push(spawn("redis receiver").start(move || {
            let _listening = record.as_ref().map(Record::listen_here);
            receiver.go_on();
        })?);
        Ok(Box::new(running))
    }
}

/// Seconds since the epoch, as messages have them.
#[expect(clippy::disallowed_methods, reason = "messages have the world's time")]
fn epoch_seconds() -> f64 {
    std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// What both threads use.
struct Shared {
    broker: Broker,
    /// What this campaign is known by; its tasks' ids begin with it.
    lease: u64,
    /// The `Shared` values there.
    deposits: Arc<Deposits>,
    options: Options,
    queues: Arc<Queues>,
    realm: Arc<Realm>,
    requests: Arc<Requests>,
    sent: Mutex<Sent>,
    /// Of what has been sent: where results may come.
    topics: Mutex<Vec<String>>,
    /// How many of them the receiver has been woken for.
    told: AtomicUsize,
}

impl Shared {
    fn wire_id(&self, id: TaskId) -> String {
        wire_id::of(self.lease, id)
    }

    /// The task of this id, if it is of this campaign.
    fn task_id(&self, wire_id: &str) -> Option<TaskId> {
        wire_id::task(self.lease, wire_id)
    }

    /// The time limit of a task, if it counts here.
    fn limit_here(&self, head: &Head) -> Option<Duration> {
        head.options.time_limit.filter(|_| !self.options.limits_at_servers)
    }

    /// It has settled.
    fn forget(&self, id: TaskId) {
        self.sent.lock().forget(id);
        self.free_places();
    }

    /// Lets as many be sent as are known to have been taken.
    fn free_places(&self) {
        let freed = self.sent.lock().take_freed();
        (0..freed).for_each(|_| self.requests.give_back_place());
    }
}

struct RunningRedis {
    shared: Arc<Shared>,
    threads: Vec<Thread>,
}

impl Running for RunningRedis {
    fn join(&self, deadline: Option<Instant>) -> Vec<Late> {
        self.shared.broker.end();
        let late = self.threads.iter().filter(|thread| !thread.join(deadline));
        late.map(|thread| Late { thread: Arc::clone(thread.name()), task: None }).collect()
    }
}

/// When it goes (also if not both threads could be started), they end.
impl Drop for RunningRedis {
    fn drop(&mut self) {
        self.shared.broker.end();
    }
}
