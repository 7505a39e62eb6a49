//! The other side: a program that is a worker, if it is asked to.
//!
//! The main thread runs the methods, one at a time. Another one reads the socket: it raises the flag of a task that is not
//! wanted any more, and when the socket ends while a method runs it kills the process, with all of its group: whatever ended
//! the server, nothing of it is left.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, Signal, kill_current_process_group, setrlimit};

use super::inbox::{Inbox, News};
use super::language::Language;
use super::message::{Answer, Ask, Offer, Run, VERSION};
use super::{ASKED, frame};
use crate::error::{in_full, is_stop};
use crate::sync::Mutex;
use crate::task::flight::{AnyFlight, Destination, Flight, Head, Inputs};
use crate::task::info::Notes;
use crate::task::task::Options;
use crate::task::travel::Arrived;
use crate::task::{Body, CancelReason, Portable, TaskContext, TaskId};
use crate::wait::spawn::Spawn;
use crate::wait::{Limits, Over, WaitingFor, panic, wait};

/// Makes this process a worker of a [`ProcessTaskServer`](crate::ProcessTaskServer), if it was started as one; otherwise it
/// returns at once. Call it at the beginning of `main`:
///
/// ```no_run
/// # use colmena_core::{BoxError, Body, IntoTask, Method, Portable, Task, TaskContext, Codec};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # #[allow(non_camel_case_types)]
/// # struct simulate { x: f64 }
/// # impl Method for simulate {
/// #     const NAME: &'static str = "simulate";
/// #     const TOPIC: &'static str = "simulate";
/// #     const PARAMETERS: &'static [&'static str] = &["x"];
/// #     const CODEC: Option<Codec<Self>> = Some(Codec::of());
/// #     type Value = f64;
/// #     type Emission = ();
/// # }
/// # impl Body for simulate {
/// #     fn run(&self, _: &TaskContext) -> Result<f64, BoxError> { Ok(self.x) }
/// # }
/// # impl Portable for simulate {}
/// fn main() {
///     colmena_core::serve_if_asked::<simulate>(); // several: `::<(simulate, rank)>()`
///     // the campaign
/// }
/// ```
///
/// A worker does not come back from it. It ends with its server: when the server has no more tasks, or is gone, in whatever
/// way. Standard input is empty for its methods; what they print goes to the log of the server.
pub fn serve_if_asked<M: ServedMethods>() {
    let Some(asked) = asked() else { return };
    let mut table = Vec::new();
    M::add_to(&mut table);
    let code = match work(&asked, &table) {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(io::stderr(), "a worker cannot work: {error}");
            1
        }
    };
    std::process::exit(code);
}

/// How this process is to be a worker.
struct Asked {
    /// In bytes, 0 for no limit.
    memory: u64,
    language: Language,
}

/// Whether this process was started as a worker, and has not become one. What a worker starts inherits the variable, but not
/// the socket.
fn asked() -> Option<Asked> {
    let asked = match &*std::env::var(ASKED).ok()? {
        "json" => Asked { memory: 0, language: Language::Json },
        memory => Asked { memory: memory.parse().ok()?, language: Language::Postcard },
    };
    let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
    UnixStream::from(stdin).peer_addr().ok().map(|_| asked)
}

/// Whether this process should have become a worker.
pub(crate) fn should_be_a_worker() -> bool {
    asked().is_some()
}

/// Methods that a program serves when it is a worker: one, or a tuple of at most sixteen (of which each may be a tuple).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served by a worker process",
    label = "neither a method that can be, nor a tuple of such",
    note = "a method needs a body here, and must not be `local`; several are written `::<(simulate, rank)>`"
)]
pub trait ServedMethods {
    #[doc(hidden)]
    fn add_to(table: &mut Vec<Served>);
}

impl<M: Body + Portable> ServedMethods for M {
    fn add_to(table: &mut Vec<Served>) {
        let (name, parameters, topic, emits) = (M::NAME, M::PARAMETERS, M::TOPIC, M::EMITS);
        table.push(Served { name, parameters, topic, emits, run: run::<M> });
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: ServedMethods, $($rest: ServedMethods),*> ServedMethods for ($first, $($rest,)*) {
            fn add_to(table: &mut Vec<Served>) {
                $first::add_to(table);
                $($rest::add_to(table);)*
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}
tuples!(A B C D E F G H I J K L M N O P);

/// A method of the worker.
#[doc(hidden)]
#[derive(Debug)]
pub struct Served {
    name: &'static str,
    parameters: &'static [&'static str],
    topic: &'static str,
    emits: bool,
    /// The frame of the answer.
    run: fn(&Arc<Link>, &Run<'_>, &[u8], &mut Arrived) -> Vec<u8>,
}

/// What connects the worker with its server.
#[derive(Debug)]
struct Link {
    language: Language,
    outgoing: Mutex<UnixStream>,
    inbox: Inbox,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// With the number of the attempt.
    running: Option<(Arc<dyn AnyFlight>, u32)>,
    /// The attempt that was cancelled last, and why; it may not have begun, or have ended.
    cancelled: Option<(TaskId, u32, CancelReason)>,
    /// The server is gone: nothing begins any more.
    over: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("over", &self.over).finish_non_exhaustive()
    }
}

/// The life of a worker.
fn work(&Asked { memory, language }: &Asked, table: &[Served]) -> io::Result<()> {
    if memory > 0 {
        setrlimit(Resource::As, Rlimit { current: Some(memory), maximum: Some(memory) })?;
    }
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let (outgoing, incoming) = (Mutex::new(socket.try_clone()?), socket);
    // The reader must not wait for room: it watches for the end of the server. Of tasks one comes at a time, and of values
    // to forget no more than have come.
    let link = Arc::new(Link { language, outgoing, inbox: Inbox::new(usize::MAX), state: Mutex::default() });
    let offers = table.iter().map(|served| Offer {
        name: served.name.to_owned(),
        parameters: served.parameters.iter().map(ToString::to_string).collect(),
        topic: served.topic.to_owned(),
        emits: served.emits,
    });
    link.send(&language.alone(&Answer::Hello { version: VERSION, methods: offers.collect() }))?;
    let reading = Arc::clone(&link);
    let spawn = Spawn { name: "reader".into(), realm: None, over: Over::Never, holder: 0 };
    spawn.start(move || reading.read(incoming))?;
    link.go_on(table)
}

impl Link {
    fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.outgoing.lock().write_all(frame)
    }

    /// Hands messages over, until there are none.
    fn read(&self, socket: UnixStream) {
        let mut socket = BufReader::new(socket);
        while let Ok(Some(message)) = frame::read(&mut socket) {
            if let Ok((Ask::Cancel { task, attempt, because }, _)) = self.language.split(&message) {
                self.cancel(task, attempt, because);
            } else if !self.inbox.push(message) {
                break;
            }
        }
        self.end();
    }

    fn cancel(&self, task: TaskId, attempt: u32, because: CancelReason) {
        let running = {
            let mut state = self.state.lock();
            state.cancelled = Some((task, attempt, because));
            state.running.clone().filter(|(running, number)| running.head().id == task && *number == attempt)
        };
        if let Some((running, _)) = running {
            running.head().raise_flag(because);
            running.head().wake_sleepers();
        }
    }

    /// The server is gone. A method that runs cannot be told to end in a way that is sure to end it.
    fn end(&self) {
        let is_busy = {
            let mut state = self.state.lock();
            state.over = true;
            state.running.is_some()
        };
        if is_busy {
            let _ = kill_current_process_group(Signal::KILL);
        }
        self.inbox.end(Ok(()));
    }

    fn go_on(self: &Arc<Self>, table: &[Served]) -> io::Result<()> {
        let mut arrived = Arrived::default();
        while let Ok(News::Message(message)) =
            wait(&mut &self.inbox, Limits { spin: false, ..Limits::NONE }, WaitingFor::Requests)
        {
            match self.language.split(&message) {
                Ok((Ask::Run(run), inputs)) => {
                    let served = table.iter().find(|served| served.name == run.method);
                    let answer = match served {
                        Some(served) => (served.run)(self, &run, inputs, &mut arrived),
                        None => self.failed(run.task, format!("this worker does not serve `{}`", run.method)),
                    };
                    self.send(&answer)?;
                }
                Ok((Ask::Forget(number), _)) => arrived.forget(number),
                Ok((Ask::Cancel { .. }, _)) => {}
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(())
    }

    /// False if the server is gone.
    fn begin(&self, task: Arc<dyn AnyFlight>, attempt: u32) -> bool {
        let mut state = self.state.lock();
        let cancelled = state.cancelled.filter(|(id, number, _)| *id == task.head().id && *number == attempt);
        if let Some((.., because)) = cancelled {
            task.head().raise_flag(because); // nobody sleeps yet
        }
        state.running = Some((task, attempt));
        !state.over
    }

    /// From now on the end of the server is a plain one. The task goes after the lock.
    fn finish(&self) {
        let _task = {
            let mut state = self.state.lock();
            state.cancelled = None;
            state.running.take()
        };
    }

    fn is_running(&self, task: TaskId) -> bool {
        self.state.lock().running.as_ref().is_some_and(|(running, _)| running.head().id == task)
    }

    fn failed(&self, task: TaskId, message: String) -> Vec<u8> {
        self.language.alone(&Answer::Failed { task, message, stopped: false })
    }

    fn panicked(&self, task: TaskId, panic: panic::Panic) -> Vec<u8> {
        let panic::Panic { message, place, backtrace } = panic;
        self.language.alone(&Answer::Panicked { task, message, place, backtrace })
    }
}

/// Runs a method once. What it came to is a frame, made before the task is over.
fn run<M: Body>(link: &Arc<Link>, run: &Run<'_>, inputs: &[u8], arrived: &mut Arrived) -> Vec<u8> {
    let (task, codec) = (run.task, const { codec::<M>() });
    let read = || link.language.read(&codec.inputs, inputs);
    let inputs = panic::catch(|| if run.numbered { arrived.during(read) } else { read() });
    let inputs = match inputs {
        Ok(Ok(inputs)) => inputs,
        Ok(Err(wrong)) => return link.failed(task, format!("the inputs cannot be read: {wrong}")),
        Err(panic) => return link.panicked(task, panic),
    };
    let options = Options { resources: Some(run.resources), ..Options::default() };
    let head = Head::new(task, options, 0, 0);
    let flight = Arc::new(Flight {
        head,
        inputs: Inputs::Own(inputs),
        notes: Notes::default(),
        destination: Destination::Topic,
    });
    if !link.begin(flight.clone(), run.attempt) {
        return Vec::new();
    }
    let context = context(link, run, flight.clone());
    let answer = panic::catch(|| match flight.inputs.run(&context) {
        Ok(value) => {
            let frame = link.language.with(&Answer::Value(task), &codec.value, &value);
            frame.unwrap_or_else(|wrong| link.failed(task, format!("the value cannot be sent: {wrong}")))
        }
        Err(error) => {
            let (message, stopped) = (in_full(&*error), is_stop(&*error) && context.is_cancelled());
            link.language.alone(&Answer::Failed { task, message, stopped })
        }
    });
    let answer = answer.unwrap_or_else(|panic| link.panicked(task, panic));
    link.finish();
    answer
}

/// The codec of a method that can be served elsewhere.
pub(super) const fn codec<M: crate::Method>() -> crate::Codec<M> {
    match M::CODEC {
        Some(codec) => codec,
        None => {
            panic!("it is `Portable` and has no codec: add `const CODEC: Option<Codec<Self>> = Some(Codec::of());`")
        }
    }
}

fn context<M: Body>(link: &Arc<Link>, run: &Run<'_>, flight: Arc<Flight<M>>) -> TaskContext<M::Emission> {
    let (link, task, codec) = (Arc::clone(link), run.task, const { codec::<M>() });
    let emit = move |_: &Head, _, value: M::Emission| {
        match link.language.with(&Answer::Emitted(task), &codec.emission, &value) {
            // A socket that is closed has been noticed by the reader.
            Ok(frame) if link.is_running(task) => drop(link.send(&frame)),
            Ok(_) => {}
            Err(wrong) => drop(writeln!(io::stderr(), "an emission of {task} cannot be sent: {wrong}")),
        }
    };
    let emit = M::EMITS.then(|| Arc::new(emit) as _);
    TaskContext { flight: Some(flight), attempt: run.attempt, emit, rehearsed: false }
}
