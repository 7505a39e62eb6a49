//! Task servers: what runs the tasks.

pub(crate) mod executable;
pub(crate) mod local;
pub(crate) mod process;
mod workers;

use std::any::TypeId;
use std::panic::Location;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

pub use local::LocalTaskServer;
pub use process::ProcessTaskServer;
pub use process::serve::{ServedMethods, serve_if_asked};
pub(crate) use workers::{Fault, Runner};

use crate::campaign::{LaunchProblem, Problem};
use crate::queue::Queues;
use crate::queue::requests::Requests;
use crate::task::{Failure, Method, Retry, TaskId};
use crate::wait::{Realm, now};

/// The grace of programs and of worker processes when their server ends; what has not ended by then is killed.
const HURRY: Duration = Duration::from_millis(500);

/// A busy machine may take as long to kill them, and to tell their threads.
const KILLING: Duration = Duration::from_secs(1);

/// Something that runs the tasks of a campaign: [`LocalTaskServer`], [`ProcessTaskServer`].
///
/// Sealed: what it takes to be one is not public yet.
pub trait TaskServer: sealed::Sealed + Send + 'static {}

/// What a server must do; not nameable from outside.
pub(crate) mod sealed {
    pub trait Sealed: Send {
        /// What it is called in messages.
        #[doc(hidden)]
        fn name(&self) -> &'static str;

        /// The methods that it serves.
        #[doc(hidden)]
        fn methods(&self) -> Vec<super::Known>;

        /// Whether it takes what no other server serves: it hands tasks on, and what is served there is not known here.
        #[doc(hidden)]
        fn serves_the_rest(&self) -> bool {
            false
        }

        /// What can be known to be wrong before it is started.
        #[doc(hidden)]
        fn check(&self) -> Vec<super::LaunchProblem> {
            Vec::new()
        }

        /// Starts its threads. If some cannot be started, those that were end by themselves.
        #[doc(hidden)]
        fn start(self: Box<Self>, link: super::Link) -> std::io::Result<Box<dyn super::Running>>;
    }
}

/// What connects a server with its campaign.
#[doc(hidden)]
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "not nameable from outside")]
pub struct Link {
    pub(crate) requests: Arc<Requests>,
    pub(crate) queues: Arc<Queues>,
    pub(crate) realm: Arc<Realm>,
    /// The number of slots of the campaign: how many tasks may be meant to run at once.
    pub(crate) slots: usize,
    pub(crate) seed: u64,
    pub(crate) alarm: Weak<dyn Alarm>,
}

/// Whom a server tells what a campaign may not survive.
pub(crate) trait Alarm: Send + Sync {
    /// The server cannot go on: the campaign ends.
    fn server_failed(&self, server: &'static str, problem: Problem);

    /// A worker process is gone. `Some`, with what is wrong, if that is one too many.
    fn worker_lost(&self, failure: &Failure) -> Option<Problem>;
}

/// A server that has been started. It ends when its requests are closed and done.
#[doc(hidden)]
pub trait Running: Send {
    /// Waits until all its threads have ended, at most until `deadline`, or, if it has programs to end, until they must have
    /// been killed; those that have not.
    fn join(&self, deadline: Option<Instant>) -> Vec<Late>;
}

/// Until when threads are waited for that begin to end programs now.
fn until_killed(deadline: Option<Instant>) -> Option<Instant> {
    Some(deadline?.max(now() + HURRY + KILLING))
}

/// A thread of a server that has not ended in time.
#[doc(hidden)]
#[derive(Debug)]
pub struct Late {
    pub(crate) thread: Arc<str>,
    /// The task that it runs, and the method.
    pub(crate) task: Option<(TaskId, &'static str)>,
}

pub(crate) type Boxed = Box<dyn sealed::Sealed>;

/// A method that a server serves.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub(crate) name: &'static str,
    pub(crate) topic: &'static str,
    pub(crate) method: TypeId,
    /// Its inputs and its value stay in this process.
    pub(crate) is_local: bool,
    /// Where it is named: of a method that a server serves, the call of `serve`.
    pub(crate) place: &'static Location<'static>,
    /// Takes a task of it that comes from elsewhere.
    #[cfg(feature = "redis")]
    pub(crate) accept: fn(&Arc<Queues>, crate::redis::reply::Reply),
    /// What is done about failed attempts, unless a task says it.
    pub(crate) retry: Retry,
}

impl Known {
    #[track_caller]
    pub(crate) fn of<M: Method>() -> Self {
        Self {
            name: M::NAME,
            topic: M::TOPIC,
            method: TypeId::of::<M>(),
            is_local: M::LOCAL,
            place: Location::caller(),
            #[cfg(feature = "redis")]
            accept: crate::redis::reply::accept::<M>,
            retry: Retry::default(),
        }
    }
}
