//! A seat: the worker of one thread of the server, and its successors.
//!
//! The thread sends an attempt to the worker and waits for the answer, or for the task's flag. A worker that is lost costs
//! the attempt that it was at; the next one is started at once, and has time to come up until it is needed.

use std::sync::Arc;

use super::inbox::News;
use super::message::{self, Answer, Ask, Run};
use super::plan::Plan;
use super::worker::{NoWorker, Worker};
use crate::error::Stopped;
use crate::server::workers::{Fault, Runner};
use crate::task::flight::{Flagged, Head};
use crate::task::travel::{Holder, leaving};
use crate::task::{Codec, Method, TaskContext};
use crate::wait::panic::Panic;

/// So often in a row a worker is started for an attempt, before that fails.
const STARTS: usize = 3;

pub(super) struct Seat {
    plan: Arc<Plan>,
    place: usize,
    worker: Option<Worker>,
}

impl Seat {
    pub(super) fn new(plan: Arc<Plan>, place: usize, worker: Option<Worker>) -> Self {
        Self { plan, place, worker }
    }

    /// The worker, ready to be asked; if need be a new one.
    fn ready(&mut self, flag: Flagged<'_>) -> Result<&mut Worker, Fault> {
        if let Some(mut gone) = self.worker.take_if(|worker| worker.is_busy || worker.inbox.has_ended()) {
            tracing::warn!("{}", gone.bury(Ok(())));
        }
        let mut wrong = String::new();
        for _ in 0..STARTS {
            let worker = self.worker.take().map_or_else(|| Worker::start(&self.plan, self.place), Ok);
            let greeted = worker.map_err(NoWorker::Lost).and_then(|mut worker| {
                worker.greet(Some(flag))?;
                Ok(worker)
            });
            match greeted {
                Ok(worker) => return Ok(self.worker.insert(worker)),
                Err(NoWorker::Unwanted) => return Err(Fault::Error(Stopped.into())),
                Err(NoWorker::Lost(text) | NoWorker::Unfit(text)) => wrong = text,
            }
        }
        Err(Fault::lost(format!("a lost worker cannot be replaced ({STARTS} starts): {wrong}")))
    }

    /// Its worker is gone, or says what makes no sense.
    fn lost(&mut self, why: Result<(), String>) -> Fault {
        let text = self.worker.take().map(|mut worker| worker.bury(why));
        self.replace();
        Fault::lost(text.unwrap_or_default())
    }

    /// The task is not wanted any more, and its method does not return.
    fn abandon(&mut self) -> Fault {
        if let Some(mut worker) = self.worker.take() {
            let text = worker.bury(Ok(()));
            tracing::warn!("it did not return within {:?} when it was told to: {text}", self.plan.grace);
        }
        self.replace();
        Fault::Error(Stopped.into())
    }

    /// One that cannot be started is tried again when it is needed.
    fn replace(&mut self) {
        if !self.plan.hurry.is_set() {
            self.worker = Worker::start(&self.plan, self.place).ok();
        }
    }
}

/// Runs a method in the worker of the seat.
pub(super) struct InAnotherProcess<M: Method>(pub(super) Codec<M>);

impl<M: Method> Runner<M, Seat> for InAnotherProcess<M> {
    /// After the grace.
    fn ends_when_told(&self) -> bool {
        true
    }

    fn run(&self, inputs: &M, context: &TaskContext<M::Emission>, seat: &mut Seat) -> Result<M::Value, Fault> {
        let Some(task) = context.head() else { return Err(Fault::lost("there is no task to send")) };
        let worker = seat.ready(task.flagged(context.attempt))?;
        let holder: Arc<dyn Holder> = Arc::clone(&worker.outbox) as _;
        let (frame, fresh) = leaving(&holder, || self.ask(inputs, context, task));
        let frame = frame.map_err(|wrong| Fault::Error(format!("the inputs cannot be sent: {wrong}").into()))?;
        worker.log.begin(task.id);
        worker.is_busy = true;
        worker.outbox.send(frame);
        fresh.sent_to(&holder);
        self.answer(context, task, seat)
    }
}

impl<M: Method> InAnotherProcess<M> {
    fn ask(&self, inputs: &M, context: &TaskContext<M::Emission>, task: &Head) -> Result<Vec<u8>, String> {
        let (attempt, resources) = (context.attempt(), context.resources());
        let run = Run { method: M::NAME.into(), task: task.id, attempt, resources, numbered: true };
        let frame = message::open(&Ask::Run(run)).map_err(|error| error.to_string())?;
        message::with(frame, &self.0.inputs, inputs)
    }

    /// Waits for the answer; passes emissions on meanwhile.
    fn answer(&self, context: &TaskContext<M::Emission>, task: &Head, seat: &mut Seat) -> Result<M::Value, Fault> {
        let mut told = None;
        loop {
            let Some(worker) = &mut seat.worker else { return Err(seat.lost(Ok(()))) };
            let message = match worker.next(task, context.attempt, &mut told) {
                Ok(News::Message(message)) => message,
                Ok(News::End(why)) => return Err(seat.lost(why)),
                Err(_) => return Err(seat.abandon()),
            };
            match self.read(&message, context, task) {
                Ok(None) => {}
                Ok(Some(outcome)) => {
                    worker.is_busy = false;
                    return outcome;
                }
                Err(rubbish) => return Err(seat.lost(Err(rubbish))),
            }
        }
    }

    /// What a message comes to; nothing, if it is an emission.
    ///
    /// # Errors
    /// It makes no sense.
    fn read(
        &self,
        message: &[u8],
        context: &TaskContext<M::Emission>,
        task: &Head,
    ) -> Result<Option<Result<M::Value, Fault>>, String> {
        let (answer, rest) = message::split::<Answer>(message)?;
        let outcome = match answer {
            Answer::Emitted(id) if id == task.id => {
                context.emit(self.0.emission.unpack(rest)?);
                return Ok(None);
            }
            // From a thread that a method has left behind.
            Answer::Emitted(_) => return Ok(None),
            Answer::Value(id) if id == task.id => Ok(self.0.value.unpack(rest)?),
            Answer::Failed { task: id, stopped: true, .. } if id == task.id => Err(Fault::Error(Stopped.into())),
            Answer::Failed { task: id, message, .. } if id == task.id => Err(Fault::Error(message.into())),
            Answer::Panicked { task: id, message, place, backtrace } if id == task.id => {
                Err(Fault::panicked(Panic { message, place, backtrace }))
            }
            _ => return Err("an answer that nobody has asked for".to_owned()),
        };
        Ok(Some(outcome))
    }
}
