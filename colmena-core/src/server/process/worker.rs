//! A worker: a process that runs methods, seen from its server.
//!
//! It has a process group of its own. The socket between the two is its standard input at first. A thread reads what it
//! says and hands that over. Whatever ends it, it is reaped here, and what is left of its group is killed.

use std::io::{BufReader, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process_group};

use super::inbox::{Inbox, News};
use super::log::Log;
use super::message::{self, Answer, Offer, VERSION};
use super::outbox::Outbox;
use super::plan::Plan;
use super::{ASKED, frame};
use crate::server::executable::failure::ended;
use crate::task::CancelReason;
use crate::task::flight::{Flagged, Head};
use crate::wait::spawn::Spawn;
use crate::wait::{Either, Left, Limits, Over, WaitingFor, Which, now, wait};

const QUIETLY: Limits = Limits { spin: false, ..Limits::NONE };

/// Of what a worker says, so many messages are held.
const ROOM: usize = 64;

#[derive(Debug)]
pub(super) struct Worker {
    name: Arc<str>,
    child: Child,
    group: Pid,
    plan: Arc<Plan>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) log: Arc<Log>,
    /// Until when it must have said which methods it serves; `None`: it has.
    hello_by: Option<Instant>,
    /// It has been asked something and has not answered.
    pub(super) is_busy: bool,
    is_reaped: bool,
}

/// Why there is no worker.
#[derive(Debug)]
pub(super) enum NoWorker {
    /// This went wrong.
    Lost(String),
    /// The program is no worker, or not one of these methods.
    Unfit(String),
    /// The task does not want one any more.
    Unwanted,
}

impl Worker {
    /// Starts the process; it may not have come far yet.
    ///
    /// # Errors
    /// It, or a thread that listens to it, cannot be started.
    pub(super) fn start(plan: &Arc<Plan>, place: usize) -> Result<Self, String> {
        let name: Arc<str> = format!("worker {}", place + 1).into();
        let fail = |error: std::io::Error| format!("{name} cannot be started: {error}");
        let (ours, theirs) = UnixStream::pair().map_err(fail)?;
        let reading = ours.try_clone().map_err(fail)?;
        let mut child = command(plan, theirs)
            .spawn()
            .map_err(|error| format!("{name} cannot be started: `{}`: {error}", plan.program.display()))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let group = Pid::from_child(&child);
        plan.begins(group);
        let (outbox, inbox) = (Arc::new(Outbox::new(ours)), Arc::new(Inbox::new(ROOM)));
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else { unreachable!("both are piped") };
        // From here on the worker is ended if something goes wrong.
        let log = Log::follow(Arc::clone(&name), plan.record.as_ref(), stdout, stderr);
        let listening = listen(&name, reading, &inbox);
        let hello_by = now().checked_add(plan.patience);
        let log = log.and_then(|log| listening.map(|()| log)).map_err(|error| {
            let _ = kill_process_group(group, Signal::KILL);
            plan.has_ended(group);
            let _ = child.wait();
            fail(error)
        })?;
        let plan = Arc::clone(plan);
        Ok(Self {
            name: Arc::clone(&name),
            child,
            group,
            plan,
            outbox,
            inbox,
            log,
            hello_by,
            is_busy: false,
            is_reaped: false,
        })
    }

    /// Waits until it has said which methods it serves, once.
    ///
    /// # Errors
    /// It has ended, says something else, says nothing in time, or serves too few. It is to be dropped then.
    pub(super) fn greet(&mut self, flag: Option<Flagged<'_>>) -> Result<(), NoWorker> {
        let Some(by) = self.hello_by else { return Ok(()) };
        let limits = QUIETLY.until(Some(by));
        let news = match flag {
            None => wait(&mut &*self.inbox, limits, WaitingFor::Worker).map(Which::First),
            Some(flag) => wait(&mut Either(&*self.inbox, flag), limits, WaitingFor::Worker),
        };
        let wrong = match news {
            Ok(Which::First(News::Message(hello))) => match self.check(&hello) {
                Ok(()) => {
                    self.hello_by = None;
                    return Ok(());
                }
                Err(wrong) => wrong,
            },
            Ok(Which::First(News::End(why))) => return Err(NoWorker::Unfit(self.bury(why))),
            Ok(Which::Second(())) => return Err(NoWorker::Unwanted),
            Err(Left::TimedOut | Left::Stopped) => {
                let patience = self.plan.patience;
                format!("{} has not said within {patience:?} which methods it serves", self.name)
            }
        };
        let _ = self.kill();
        Err(NoWorker::Unfit(wrong + &self.log.last_words()))
    }

    fn check(&self, hello: &[u8]) -> Result<(), String> {
        let (version, offers) = match message::split(hello) {
            Ok((Answer::Hello { version, methods }, [])) => (version, methods),
            _ => return Err(format!("{} begins with something else than its methods", self.name)),
        };
        if version != VERSION {
            let theirs = format!("{} speaks version {version} of Colmena's messages", self.name);
            return Err(format!("{theirs}, this process {VERSION}: build both with the same release"));
        }
        self.plan.wanted.iter().try_for_each(|wanted| {
            let missing = || not_served(&self.name, wanted.name, &offers);
            let offer = offers.iter().find(|offer| offer.name == wanted.name).ok_or_else(missing)?;
            self.check_parameters(offer, wanted.parameters)
        })
    }

    fn check_parameters(&self, offer: &Offer, wanted: &[&str]) -> Result<(), String> {
        if offer.parameters == wanted {
            return Ok(());
        }
        let (name, method, theirs) = (&self.name, &offer.name, offer.parameters.join(", "));
        let ours = wanted.join(", ");
        Err(format!("{name} serves `{method}({theirs})`, this process sends `{method}({ours})`: build both together"))
    }

    /// What it says next. Once the task's flag is raised it is told so, and must answer within the grace: `Err`, if not.
    pub(super) fn next(&self, task: &Head, attempt: u32, told: &mut Option<Instant>) -> Result<News, Left> {
        if told.is_none() {
            let mut either = Either(&*self.inbox, task.flagged(attempt));
            match wait(&mut either, QUIETLY, WaitingFor::Worker)? {
                Which::First(news) => return Ok(news),
                Which::Second(()) => {
                    let because = task.cancelled_because(attempt).unwrap_or(CancelReason::Cancelled);
                    self.outbox.send(message::alone(&message::Ask::Cancel { task: task.id, attempt, because }));
                    *told = Some(self.plan.over());
                }
            }
        }
        let mut either = Either(&*self.inbox, &self.plan.hurry);
        match wait(&mut either, QUIETLY.until(*told), WaitingFor::Worker)? {
            Which::First(news) => Ok(news),
            Which::Second(()) => {
                let soon = told.iter().copied().chain([self.plan.soon()]).min();
                wait(&mut &*self.inbox, QUIETLY.until(soon), WaitingFor::Worker)
            }
        }
    }

    /// Of a worker that is gone, or is to be: how it ended.
    pub(super) fn bury(&mut self, why: Result<(), String>) -> String {
        let status = self.kill();
        let who = format!("{} (process {})", self.name, self.child.id());
        let text = match (why, status) {
            (Err(rubbish), _) => format!("{who} wrote rubbish on its socket: {rubbish}"),
            (Ok(()), Ok(status)) => format!("{who} {}", ended(status)),
            (Ok(()), Err(error)) => format!("{who} ended; its status is not to be had: {error}"),
        };
        text + &self.log.last_words()
    }

    /// Kills what there is of it, if it has not been.
    fn kill(&mut self) -> std::io::Result<std::process::ExitStatus> {
        if !self.is_reaped {
            self.is_reaped = true;
            let _ = kill_process_group(self.group, Signal::KILL);
            self.plan.has_ended(self.group);
            self.outbox.shut();
            self.inbox.close();
        }
        self.child.wait()
    }
}

/// Lets an idle worker end by itself; what is left after a grace is killed.
impl Drop for Worker {
    fn drop(&mut self) {
        if !self.is_reaped && !self.is_busy && self.hello_by.is_none() {
            self.outbox.end();
            let limits = QUIETLY.until(Some(self.plan.soon()));
            while let Ok(News::Message(_)) = wait(&mut &*self.inbox, limits, WaitingFor::Worker) {}
        }
        let _ = self.kill();
        self.log.finish();
    }
}

fn not_served(worker: &str, method: &str, offers: &[Offer]) -> String {
    let known: Vec<_> = offers.iter().map(|offer| format!("`{}`", offer.name)).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    format!("{worker} does not serve `{method}`, but {known}")
}

fn command(plan: &Plan, theirs: UnixStream) -> Command {
    let mut command = Command::new(&plan.program);
    if let Some(name) = &plan.shown_as {
        command.arg0(name);
    }
    command.args(&plan.args).env(ASKED, plan.memory.unwrap_or(0).to_string()).process_group(0);
    command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the thread that reads what a worker says. It ends when the socket is closed at one of its ends.
fn listen(name: &str, socket: UnixStream, inbox: &Arc<Inbox>) -> std::io::Result<()> {
    let inbox = Arc::clone(inbox);
    let spawn = Spawn { name: format!("reader of {name}").into(), realm: None, over: Over::Never, holder: 0 };
    let body = move || {
        let mut socket = BufReader::new(socket);
        let end = loop {
            match frame::read(&mut socket) {
                Ok(None) => break Ok(()),
                Ok(Some(message)) => {
                    if !inbox.push(message) {
                        break Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::InvalidData => break Err(error.to_string()),
                Err(_) => break Ok(()), // it has ended in the middle of a frame
            }
        };
        inbox.end(end);
    };
    spawn.start(body).map(drop)
}
