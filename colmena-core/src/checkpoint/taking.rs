//! Taking checkpoints: the thread that waits for the next cut, and what it saves then.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

use super::cut::{Cut, SavedAgent, SavedHead, SavedTask, Whole};
use super::gate::{Attendant, Due, Gate};
use super::pending::{Pending, Sent};
use super::{Checkpoint, CheckpointError, CheckpointEvery, CheckpointStatus, Saved};
use crate::campaign::{Ending, Problem};
use crate::record::Record;
use crate::sync::Mutex;
use crate::task::travel::{Holder, leaving};
use crate::thinker::Thinker;
use crate::thinker::runtime::Runtime;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Flag, Left, Limits, Over, WaitingFor, panic, wait};

/// That checkpoints are to be taken, and how.
pub(crate) struct Plan<T> {
    every: CheckpointEvery,
    save: fn(&T) -> Result<Saved, CheckpointError>,
    pub(super) restore: fn(&T, &Saved) -> Result<(), CheckpointError>,
}

impl<T> Clone for Plan<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Plan<T> {}

impl<T: Checkpoint> Plan<T> {
    pub(crate) fn new(every: CheckpointEvery) -> Self {
        Self { every, save: T::save, restore: T::restore }
    }
}

/// The checkpoints of a campaign.
pub(crate) struct Checkpoints<T: Thinker> {
    plan: Plan<T>,
    gate: Arc<Gate>,
    pending: Arc<Pending>,
    record: Arc<Record>,
    /// The slots with which the run began, by pool.
    pools: Vec<(String, u32)>,
    /// By the names of their threads.
    agents: Mutex<BTreeMap<Arc<str>, Arc<Marks>>>,
    /// The run had come to its end in an earlier process.
    had_ended: bool,
    handled_before: u64,
    thread: Mutex<Option<Thread>>,
    /// No more are taken.
    over: Flag,
    /// It has been said that tasks of the plain level are out.
    said: AtomicBool,
    story: Arc<Mutex<CheckpointStatus>>,
}

/// What is kept of one thread of an agent.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    draws: AtomicU64,
    has_ended: AtomicBool,
}

impl Marks {
    /// Calls `draw` as often as it has drawn before.
    pub(crate) fn draws_before(&self, draw: impl FnMut()) {
        std::iter::repeat_with(draw)
            .take(usize::try_from(self.draws.load(Relaxed)).unwrap_or(usize::MAX))
            .for_each(drop);
    }

    pub(crate) fn note_draw(&self) {
        self.draws.fetch_add(1, Relaxed);
    }

    pub(crate) fn note_end(&self) {
        self.has_ended.store(true, SeqCst);
    }
}

impl<T: Thinker> Checkpoints<T> {
    /// `from`: the checkpoint from which the run goes on. `pools`: with the slots that the campaign has been given.
    pub(crate) fn new(plan: Plan<T>, record: &Arc<Record>, pools: Vec<(String, u32)>, from: Option<&Cut>) -> Arc<Self> {
        let gate = Arc::new(Gate::new(plan.every));
        let handled_before = from.map_or(0, |cut| cut.handled);
        let pending = Arc::new(Pending::new(&gate, handled_before));
        let marks = |(name, agent): (&String, &SavedAgent)| {
            let marks = Marks { draws: agent.draws.into(), has_ended: agent.has_ended.into() };
            (Arc::from(&**name), Arc::new(marks))
        };
        let agents = Mutex::new(from.iter().flat_map(|cut| &cut.agents).map(marks).collect());
        let (had_ended, record) = (from.is_some_and(|cut| cut.ended), Arc::clone(record));
        let (thread, over, said) = (Mutex::default(), Flag::default(), AtomicBool::new(false));
        let story = Arc::default();
        Arc::new(Self {
            plan,
            gate,
            pending,
            record,
            pools,
            agents,
            had_ended,
            handled_before,
            thread,
            over,
            said,
            story,
        })
    }

    pub(crate) fn pending(&self) -> &Arc<Pending> {
        &self.pending
    }

    pub(crate) fn had_ended(&self) -> bool {
        self.had_ended
    }

    /// Results that had been handled when the checkpoint was taken from which the run has gone on.
    pub(crate) fn handled_before(&self) -> u64 {
        self.handled_before
    }

    /// What has come of them so far.
    pub(crate) fn story(&self) -> &Arc<Mutex<CheckpointStatus>> {
        &self.story
    }

    /// A thread of an agent begins.
    pub(crate) fn attend(&self, thread: &str) -> (Attendant, Arc<Marks>) {
        let (who, marks) = {
            let mut agents = self.agents.lock();
            let who: Arc<str> = thread.into();
            let marks = Arc::clone(agents.entry(Arc::clone(&who)).or_default());
            (who, marks)
        };
        (Attendant::new(&self.gate, &who), marks)
    }

    /// Whether this thread of an agent, or all of the run, had come to its end before.
    pub(crate) fn has_ended(&self, thread: &str) -> bool {
        self.had_ended || self.agents.lock().get(thread).is_some_and(|marks| marks.has_ended.load(SeqCst))
    }

    /// Starts the thread that takes checkpoints.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn start(self: &Arc<Self>, runtime: &Arc<Runtime<T>>) -> io::Result<()> {
        let realm = Some(Arc::clone(&runtime.realm));
        let spawn = Spawn { name: "checkpoints".into(), realm, over: Over::Done, holder: 0 };
        let (checkpoints, runtime) = (Arc::clone(self), Arc::clone(runtime));
        let thread = spawn.start(move || {
            let _listening = checkpoints.record.listen_here();
            while let Ok(Due::Now) = checkpoints.take_next(&runtime) {}
            checkpoints.over.set();
        })?;
        *self.thread.lock() = Some(thread);
        Ok(())
    }

    /// One more, now, and none after it: the campaign is about to be ended from outside. Blocks until it has been taken, or
    /// for a second or two if agents do not come out of their calls.
    pub(crate) fn take_the_last(&self) {
        if self.thread.lock().is_some() {
            self.gate.ask_for_the_last();
            let _ = wait(&mut &self.over, Limits::NONE, WaitingFor::Checkpoint);
        }
    }

    /// No more are taken. Blocks until the thread has ended; all agents have.
    pub(crate) fn close(&self) {
        self.gate.ask_for_the_last();
        let thread = self.thread.lock().take();
        thread.into_iter().for_each(|thread| _ = thread.join(None));
    }

    /// All agents have ended, and the run with them: whoever takes it up finds that.
    pub(crate) fn take_at_the_end(&self, runtime: &Runtime<T>) {
        if runtime.queues.outstanding() == 0 {
            self.save(runtime, true);
        }
    }

    fn take_next(&self, runtime: &Runtime<T>) -> Result<Due, Left> {
        let due = self.gate.await_due()?;
        let mut said = false;
        self.gate.await_cut(due, |inside| {
            let why =
                format!("`{}` came neither to the end of a call nor to `agent.safe_point(..)`", inside.join("`, `"));
            if !std::mem::replace(&mut said, true) {
                tracing::warn!(thinker = T::NAME, "no checkpoint yet: {why}");
            }
            self.story.lock().held_up = Some(why);
        })?;
        let may_be_saved = !runtime.realm.is_done() && self.only_pending(runtime);
        let saved = may_be_saved.then(|| self.saved(runtime, false));
        self.gate.open();
        saved.into_iter().for_each(|saved| self.put(runtime, saved));
        Ok(due)
    }

    /// What is out is known here. What the plain level has sent is not, nor what a caller has given up.
    fn only_pending(&self, runtime: &Runtime<T>) -> bool {
        let others = runtime.queues.outstanding().saturating_sub(self.pending.all().1.len());
        if others == 0 {
            return true;
        }
        let why = format!("{others} tasks are out whose results go to no result processor");
        if !self.said.swap(true, Relaxed) {
            tracing::warn!(thinker = T::NAME, "no checkpoint this time: {why}");
        }
        self.story.lock().held_up = Some(why);
        false
    }

    fn save(&self, runtime: &Runtime<T>, ended: bool) {
        self.put(runtime, self.saved(runtime, ended));
    }

    fn put(&self, runtime: &Runtime<T>, saved: Result<String, String>) {
        match saved {
            Ok(text) => {
                self.record.checkpoint(text);
                self.story.lock().note(runtime.queues.since_launch().as_secs_f64());
            }
            Err(error) => {
                runtime.shutdown.note(Problem::Checkpoint { error });
                runtime.shutdown.end(Ending::RecordFailed);
            }
        }
    }

    /// The types of users write themselves.
    fn saved(&self, runtime: &Runtime<T>, ended: bool) -> Result<String, String> {
        let whole = panic::catch(|| self.whole(runtime, ended)?.to_json()).map_err(|panic| panic.to_string())?;
        whole.map_err(|error| error.to_string())
    }

    fn whole(&self, runtime: &Runtime<T>, ended: bool) -> Result<Whole, CheckpointError> {
        let (handled, pending) = self.pending.all();
        let (allocated, kept) = runtime.rec.slots().allocated_and_kept();
        let cut = Cut {
            at: runtime.queues.elapsed().as_secs_f64(),
            handled,
            ended,
            last_id: runtime.queues.last_id(),
            unclaimed: runtime.queues.unclaimed().into_iter().collect(),
            pools: self.pools.clone(),
            allocated,
            kept,
            agents: self.agents(),
            ..Cut::of(T::NAME)
        };
        // What the state and several tasks share is written once.
        let holder: Arc<dyn Holder> = Arc::new(ThisFile);
        let (parts, _) = leaving(&holder, || {
            let state = (self.plan.save)(&runtime.thinker)?;
            let inputs = pending.iter().map(|sent| sent.flight.saved_inputs()).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, CheckpointError>((state, inputs))
        });
        let (state, inputs) = parts?;
        let tasks =
            pending.iter().zip(inputs).map(|(sent, inputs)| saved_task(sent, inputs)).collect::<Result<_, _>>()?;
        Ok(Whole { cut, state, tasks })
    }

    fn agents(&self) -> BTreeMap<String, SavedAgent> {
        let saved =
            |marks: &Marks| SavedAgent { draws: marks.draws.load(Relaxed), has_ended: marks.has_ended.load(SeqCst) };
        self.agents.lock().iter().map(|(name, marks)| (name.to_string(), saved(marks))).collect()
    }
}

/// What keeps the values that are shared by what is in a checkpoint.
struct ThisFile;

impl Holder for ThisFile {
    fn forget(self: Arc<Self>, _: u64) {}
}

fn saved_task(sent: &Sent, inputs: String) -> Result<SavedTask, CheckpointError> {
    let Sent { flight, slots } = sent;
    let flight_head = flight.head();
    let head = SavedHead {
        id: flight_head.id.get(),
        method: flight.method().to_owned(),
        attempts: flight_head.all_attempts(),
        slots: *slots,
        options: flight_head.options,
    };
    Ok(SavedTask { head, inputs, notes: flight.notes().to_json()? })
}
