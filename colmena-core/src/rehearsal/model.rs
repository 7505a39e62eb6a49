//! Model: how long a method takes in a rehearsal, and what comes of it.

use std::any::Any;
use std::fmt;
use std::io;
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::vec;

use rand_core::Rng;

use super::paced::Paced;
use crate::error::BoxError;
use crate::queue::Queues;
use crate::queue::requests::Request;
use crate::record::samples::Samples;
use crate::server::{Known, LocalTaskServer};
use crate::sync::Mutex;
use crate::task::context::Emit;
use crate::task::failure::Cause;
use crate::task::flight::{CancelReason, Destination, Flight};
use crate::task::{Body, FailureKind, Method, Retry, TaskContext};
use crate::wait::panic;
use crate::wait::random::AgentRng;

/// A method that has emitted more than this in one attempt is taken to go on until it is told.
const MOST_EMISSIONS: usize = 200_000;

/// How long the method `M` takes in a [`Rehearsal`](super::Rehearsal), what it gives, and how often it goes wrong.
///
/// Functions of it are given a random generator that follows from the rehearsal's seed; it works with `rand` and
/// `rand_distr`. They, and a method that is [run](Self::running), take no virtual time, and must not wait:
/// [`TaskContext::sleep`] returns at once. What a method emits comes at equal intervals, the last at the end of its time; where
/// something goes wrong before, the rest does not come. How many there are is known when the method has been run, so it is run
/// whole, at the start of its attempt; for one that looks whether it is cancelled, there is [`Self::emitting_every`].
///
/// ```
/// use std::time::Duration;
/// use colmena_core::rehearsal::Model;
/// # use colmena_core::{Body, BoxError, Method, TaskContext};
/// # struct Simulate { atoms: u64 }
/// # impl Method for Simulate {
/// #     const NAME: &'static str = "simulate";
/// #     const TOPIC: &'static str = "simulate";
/// #     const PARAMETERS: &'static [&'static str] = &["atoms"];
/// #     type Value = f64;
/// #     type Emission = ();
/// # }
///
/// /// Half a second per atom; one in a hundred fails, one in a thousand takes its worker with it.
/// let model = Model::<Simulate>::giving(|simulate, _| -(simulate.atoms as f64))
///     .lasting_by(|simulate, _| Duration::from_millis(500) * simulate.atoms as u32)
///     .failing(0.01)
///     .losing_workers(0.001);
/// ```
#[must_use = "a model is for a rehearsal: `.method(model)`"]
pub struct Model<M: Method> {
    pub(super) lasts: Arc<Lasts<M>>,
    pub(super) gives: Arc<Gives<M>>,
    pub(super) chances: Chances,
    /// Emissions come at this interval.
    pace: Option<Duration>,
}

type Lasts<M> = dyn Fn(&M, &mut AgentRng) -> Duration + Send + Sync;
type Gives<M> = dyn Fn(&M, &TaskContext<<M as Method>::Emission>, &mut AgentRng) -> Result<<M as Method>::Value, BoxError>
    + Send
    + Sync;

/// Shares of all attempts, from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chances {
    fails: f64,
    loses_worker: f64,
    hangs: f64,
}

/// What an attempt has drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Chance {
    Gives,
    Fails,
    /// After this share of its time.
    LosesWorker(f64),
    Hangs,
}

impl Chances {
    pub(super) fn draw(self, rng: &mut AgentRng) -> Chance {
        let Self { fails, loses_worker, hangs } = self;
        match share(rng) {
            drawn if drawn < hangs => Chance::Hangs,
            drawn if drawn < hangs + loses_worker => Chance::LosesWorker(share(rng)),
            drawn if drawn < hangs + loses_worker + fails => Chance::Fails,
            _ => Chance::Gives,
        }
    }
}

impl<M: Method> Model<M> {
    /// What comes back is what the method itself gives: it is run for real, when its time is over; if it emits, at its start.
    pub fn running() -> Self
    where
        M: Body,
    {
        Self::new(|inputs, context, _| inputs.run(context))
    }

    /// What comes back, and how long an attempt takes, is what was [recorded](crate::Campaign::record_in) of an earlier run in
    /// this directory: of the task with the same inputs; if there is none, of any task of the method, drawn anew for each
    /// attempt. Tasks that failed are left out: [`Self::failing`] says how many are to. All records of the method are kept in
    /// memory.
    ///
    /// # Errors
    /// The directory cannot be read, or no task of the method has succeeded there.
    pub fn recorded(dir: impl AsRef<Path>) -> io::Result<Self> {
        let samples = Arc::new(Samples::read::<M>(dir.as_ref())?);
        let times = Arc::clone(&samples);
        let model = Self::new(move |inputs, _, rng| Ok(samples.value(inputs, rng.next_u64())?));
        Ok(model.lasting_by(move |inputs, rng| times.time(inputs, rng.next_u64())))
    }

    /// What comes back is what `value` makes of the inputs.
    pub fn giving(value: impl Fn(&M, &mut AgentRng) -> M::Value + Send + Sync + 'static) -> Self {
        Self::new(move |inputs, _, rng| Ok(value(inputs, rng)))
    }

    fn new(
        gives: impl Fn(&M, &TaskContext<M::Emission>, &mut AgentRng) -> Result<M::Value, BoxError> + Send + Sync + 'static,
    ) -> Self {
        Self { lasts: Arc::new(|_, _| Duration::ZERO), gives: Arc::new(gives), chances: Chances::default(), pace: None }
    }

    /// Each attempt takes this long. (Unless anything is said, it takes no time.)
    pub fn lasting(self, time: Duration) -> Self {
        self.lasting_by(move |_, _| time)
    }

    /// How long an attempt takes follows from its inputs, or is drawn from a distribution.
    pub fn lasting_by(mut self, time: impl Fn(&M, &mut AgentRng) -> Duration + Send + Sync + 'static) -> Self {
        self.lasts = Arc::new(time);
        self
    }

    /// How long an attempt takes is drawn from these times, as they were measured; of none, it takes no time.
    pub fn lasting_one_of(self, times: impl IntoIterator<Item = Duration>) -> Self {
        let times: Vec<Duration> = times.into_iter().collect();
        self.lasting_by(move |_, rng| match times.len() as u64 {
            0 => Duration::ZERO,
            n => times[(rng.next_u64() % n) as usize],
        })
    }

    /// The method goes step by step, as a [`LocalTaskServer`] runs it: what it emits comes `pause` after what it emitted before (the
    /// first one `pause` after its start), [`TaskContext::sleep`] takes its time, and when the task is cancelled or exceeds its
    /// time limit, the method is told, and settled without as it would be. It takes as long as all that, and at least as
    /// long as it is said to [last](Self::lasting). An attempt that loses its worker, or hangs, emits nothing.
    ///
    /// For methods that go on until they are told, and those that act on being told. Each worker is a thread:
    /// as many as the campaign has slots, or as [`Rehearsal::workers`](super::Rehearsal::workers) says; they are counted
    /// apart from those of other methods, and start up in no time.
    pub fn emitting_every(mut self, pause: Duration) -> Self {
        self.pace = Some(pause);
        self
    }

    /// This share of attempts, from 0 to 1, fails with an error when its time is over.
    pub fn failing(mut self, share: f64) -> Self {
        self.chances.fails = share;
        self
    }

    /// This share of attempts, from 0 to 1, loses its worker at some moment on the way.
    pub fn losing_workers(mut self, share: f64) -> Self {
        self.chances.loses_worker = share;
        self
    }

    /// This share of attempts, from 0 to 1, never ends by itself: without a time limit the campaign waits for ever, which
    /// the rehearsal finds.
    pub fn hanging(mut self, share: f64) -> Self {
        self.chances.hangs = share;
        self
    }
}

impl<M: Method> Clone for Model<M> {
    fn clone(&self) -> Self {
        Self { lasts: Arc::clone(&self.lasts), gives: Arc::clone(&self.gives), ..*self }
    }
}

impl<M: Method> fmt::Debug for Model<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("method", &M::NAME).field("chances", &self.chances).finish_non_exhaustive()
    }
}

/// What is to become of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Gives,
    Fails,
    LosesWorker,
    TimesOut(Duration),
}

/// An attempt that has begun.
pub(super) struct Attempt {
    /// `None`: for ever.
    pub(super) lasts: Option<Duration>,
    fate: Fate,
    played: Option<Box<Played>>,
}

/// A method that emits has been run; what it has emitted and given comes out in its time.
struct Played {
    /// From one emission to the next, and from the start to the first.
    every: Duration,
    /// Those that come before the attempt ends.
    emissions: vec::IntoIter<Emission>,
    /// A `Result<M::Value, Cause>`.
    outcome: Box<dyn Any + Send>,
}

/// Sends one value on.
pub(super) type Emission = Box<dyn FnOnce() + Send>;

impl Attempt {
    pub(super) fn emissions(&mut self) -> Option<&mut impl Iterator<Item = Emission>> {
        self.played.as_mut().map(|played| &mut played.emissions)
    }

    /// Until the next emission, if there is one.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.played.as_ref().filter(|played| played.emissions.len() > 0).map(|played| played.every)
    }
}

/// What has become of a task at the end of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    Settled,
    /// After a pause.
    TriesAgain(Duration),
}

/// A model of some method.
pub(super) trait AnyModel: Send + Sync {
    fn known(&self) -> Known;

    /// Whether it goes step by step, and so by a server of its own.
    fn is_paced(&self) -> bool;

    /// Has the server run it step by step. `policy` is what is done about failed attempts.
    fn serve_paced(&self, server: LocalTaskServer, policy: Retry, seed: u64) -> LocalTaskServer;

    /// Starts an attempt: how long it takes, and what becomes of it.
    fn begin(&self, task: &Request, queues: &Queues, rng: &mut AgentRng) -> Attempt;

    /// Ends the attempt. `policy` is what is done about failed ones, unless the task says it.
    fn end(&self, task: Request, attempt: Attempt, policy: Retry, queues: &Queues, rng: &mut AgentRng) -> After;
}

/// A model, and where in the program it is given.
pub(super) struct Modelled<M: Method> {
    pub(super) known: Known,
    pub(super) model: Model<M>,
}

impl<M: Method> Modelled<M> {
    fn flight(task: &Request) -> Arc<Flight<M>> {
        let any: Arc<dyn Any + Send + Sync> = Arc::clone(task) as _;
        any.downcast().unwrap_or_else(|_| unreachable!("tasks are given to the model of their method"))
    }

    /// Runs a method whose emissions somebody wants. It would take `lasts`, and ends after `ends`.
    fn play(
        &self,
        flight: &Arc<Flight<M>>,
        lasts: Duration,
        ends: Duration,
        queues: &Queues,
        rng: &mut AgentRng,
    ) -> Option<Box<Played>> {
        let for_processor = matches!(flight.destination, Destination::Processor);
        let emit = queues.route::<M>().emitter().filter(|_| for_processor)?;
        let emitted = Arc::new(Mutex::new(Vec::new()));
        let outcome = self.outcome(flight, Some(collecting(&emitted)), rng);
        let attempt = flight.head.attempts();
        let emission = |value| {
            let (emit, flight) = (Arc::clone(&emit), Arc::clone(flight));
            Box::new(move || emit(&flight.head, attempt, value)) as Emission
        };
        let mut emissions: Vec<_> = mem::take(&mut *emitted.lock()).into_iter().map(emission).collect();
        let every = lasts / u32::try_from(emissions.len().max(1)).unwrap_or(u32::MAX);
        let due = ends.as_nanos().checked_div(every.as_nanos()).and_then(|due| usize::try_from(due).ok());
        emissions.truncate(due.unwrap_or(usize::MAX));
        Some(Box::new(Played { every, emissions: emissions.into_iter(), outcome: Box::new(outcome) }))
    }

    /// What the method gives.
    fn outcome(
        &self,
        flight: &Arc<Flight<M>>,
        emit: Option<Arc<Emit<M::Emission>>>,
        rng: &mut AgentRng,
    ) -> Result<M::Value, Cause> {
        let task: Request = Arc::clone(flight) as _;
        let context = TaskContext { attempt: flight.head.attempts(), flight: Some(task), emit, rehearsed: true };
        match panic::catch(|| (self.model.gives)(&flight.inputs, &context, rng)) {
            Ok(outcome) => outcome.map_err(|error| Cause::error(&*error)),
            Err(panic) => Err(Cause::panic(panic)),
        }
    }
}

fn collecting<Y: Send + 'static>(emitted: &Arc<Mutex<Vec<Y>>>) -> Arc<Emit<Y>> {
    let emitted = Arc::clone(emitted);
    Arc::new(move |_, _, value| {
        let mut emitted = emitted.lock();
        assert!(emitted.len() < MOST_EMISSIONS, "it goes on emitting: say `.emitting_every(..)` of its model");
        emitted.push(value);
    })
}

/// Between 0 and 1.
fn share(rng: &mut AgentRng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

impl<M: Method> AnyModel for Modelled<M> {
    fn known(&self) -> Known {
        self.known
    }

    fn is_paced(&self) -> bool {
        self.model.pace.is_some()
    }

    fn serve_paced(&self, server: LocalTaskServer, policy: Retry, seed: u64) -> LocalTaskServer {
        match self.model.pace {
            Some(every) => {
                server.serve_by(self.known, Paced { model: self.model.clone(), every, seed }).retry::<M>(policy)
            }
            None => server,
        }
    }

    fn begin(&self, task: &Request, queues: &Queues, rng: &mut AgentRng) -> Attempt {
        let flight = Self::flight(task);
        flight.head.start_attempt(queues.stamp());
        let lasts = (self.model.lasts)(&flight.inputs, rng);
        let (ends, fate) = match self.model.chances.draw(rng) {
            Chance::Hangs => (None, Fate::Gives),
            Chance::LosesWorker(share) => (Some(lasts.mul_f64(share)), Fate::LosesWorker),
            Chance::Fails => (Some(lasts), Fate::Fails),
            Chance::Gives => (Some(lasts), Fate::Gives),
        };
        let (limited, fate) = match flight.head.options.time_limit {
            Some(limit) if ends.is_none_or(|ends| ends > limit) => (Some(limit), Fate::TimesOut(limit)),
            _ => (ends, fate),
        };
        // What hangs does nothing.
        let played = ends.and(limited).and_then(|ends| self.play(&flight, lasts, ends, queues, rng));
        Attempt { lasts: limited, fate, played }
    }

    fn end(&self, task: Request, attempt: Attempt, policy: Retry, queues: &Queues, rng: &mut AgentRng) -> After {
        let flight = Self::flight(&task);
        drop(task);
        let attempts = flight.head.attempts();
        if let Some(reason) = flight.head.cancelled_because(attempts) {
            // Otherwise it has settled.
            if reason == CancelReason::EndOfCampaign {
                let cancelled = flight.head.cancellation(attempts);
                _ = queues.settle(&queues.route::<M>(), flight, Err(cancelled));
            }
            return After::Settled;
        }
        let retry = flight.head.options.retry.unwrap_or(policy);
        let outcome = match attempt.fate {
            Fate::Fails => Err(Cause::new(FailureKind::Error, "as the model has it")),
            Fate::LosesWorker => Err(Cause::new(FailureKind::WorkerLost, "as the model has it")),
            Fate::TimesOut(limit) => Err(Cause::time_limit(limit)),
            Fate::Gives => match attempt.played {
                Some(played) => *played.outcome.downcast().unwrap_or_else(|_| unreachable!("it is of this method")),
                None => self.outcome(&flight, None, rng),
            },
        };
        match outcome {
            Err(cause) if retry.allows(cause.kind, attempts) => {
                flight.head.note_failure(cause.of(flight.head.id, M::NAME, attempts));
                // Of a policy without pauses nothing is drawn.
                let shortest = retry.pause(attempts, 0);
                let pause = if shortest.is_zero() { shortest } else { retry.pause(attempts, rng.next_u64()) };
                return After::TriesAgain(pause);
            }
            outcome => _ = queues.settle(&queues.route::<M>(), flight, outcome),
        }
        After::Settled
    }
}
